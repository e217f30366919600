//! A first condition: holds once the run has touched at least so many files.

use orchestrator_sdk::prelude::*;

struct FileCount;

impl Condition for FileCount {
    fn describe() -> ConditionDescription {
        ConditionDescription::new("file-count", env!("CARGO_PKG_VERSION"))
            .purpose("Holds once the run has touched at least this many files.")
            .parameters(["least"])
    }

    fn evaluate(context: Context, args: Vec<String>) -> Result<bool, Error> {
        let least: usize = args
            .first()
            .and_then(|least| least.parse().ok())
            .ok_or_else(|| Error::invalid_input(format!("file-count takes a number, and got {args:?}")))?;
        Ok(context.files.len() >= least)
    }
}

export_condition!(FileCount);

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::testing::Host;

    #[test]
    fn a_number_is_compared_and_anything_else_refused() {
        assert!(Host::new().evaluate::<FileCount>(&["0"]).unwrap());
        assert!(!Host::new().evaluate::<FileCount>(&["1"]).unwrap());
        assert!(Host::new().evaluate::<FileCount>(&["many"]).is_err());
    }
}

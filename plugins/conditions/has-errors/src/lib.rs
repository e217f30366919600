//! Holds once anything in the run has failed, even where a later attempt went well.

use orchestrator_sdk::prelude::*;

struct HasErrors;

impl Condition for HasErrors {
    fn describe() -> ConditionDescription {
        ConditionDescription::new("has-errors", env!("CARGO_PKG_VERSION"))
            .purpose("Holds once an attempt of any step of the run has failed.")
    }

    fn evaluate(context: Context, _args: Vec<String>) -> Result<bool, Error> {
        Ok(!context.errors.is_empty())
    }
}

export_condition!(HasErrors);

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::testing::Host;

    #[test]
    fn it_holds_once_there_is_an_error() {
        assert!(!Host::new().evaluate::<HasErrors>(&[]).unwrap());
        let host = Host::new().with_run(|run| run.errors.push("the model did not answer".into()));
        assert!(host.evaluate::<HasErrors>(&[]).unwrap());
    }
}

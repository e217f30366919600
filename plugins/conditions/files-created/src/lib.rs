//! Holds once the run has created or changed a file that is still there.
//!
//! The usual guard of a testing step: without code there is nothing to test.

use orchestrator_sdk::prelude::*;

struct FilesCreated;

impl Condition for FilesCreated {
    fn describe() -> ConditionDescription {
        ConditionDescription::new("files-created", env!("CARGO_PKG_VERSION"))
            .purpose("Holds once the run has created or changed a file that is still there.")
    }

    fn evaluate(context: Context, _args: Vec<String>) -> Result<bool, Error> {
        Ok(!context.files.is_empty())
    }
}

export_condition!(FilesCreated);

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::{FileChange, Operation, testing::Host};

    #[test]
    fn it_holds_once_there_is_a_file() {
        assert!(!Host::new().evaluate::<FilesCreated>(&[]).unwrap());
        let file = FileChange {
            path: "a.js".into(),
            operation: Operation::Create,
            previous_path: None,
            size: 1,
            sha256: String::new(),
        };
        let host = Host::new().with_run(|run| run.files.push(file));
        assert!(host.evaluate::<FilesCreated>(&[]).unwrap());
    }
}

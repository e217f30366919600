//! Holds when the last command of the run succeeded.
//!
//! Not the opposite of `last-command-failed`: before any command has ended, neither of them holds.

use orchestrator_sdk::prelude::*;

struct LastCommandSucceeded;

impl Condition for LastCommandSucceeded {
    fn describe() -> ConditionDescription {
        ConditionDescription::new("last-command-succeeded", env!("CARGO_PKG_VERSION"))
            .purpose("Holds when the last command of the run ended with exit code 0, in its time.")
    }

    fn evaluate(context: Context, _args: Vec<String>) -> Result<bool, Error> {
        Ok(context.last_command.as_ref().is_some_and(|outcome| outcome.succeeded()))
    }
}

export_condition!(LastCommandSucceeded);

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::testing::{Host, outcome};

    #[test]
    fn it_takes_a_command_that_succeeded() {
        let after = |exit_code| {
            let last = outcome("npm test", exit_code, "");
            Host::new()
                .with_run(|run| run.last_command = Some(last))
                .evaluate::<LastCommandSucceeded>(&[])
                .unwrap()
        };
        assert!(after(0));
        assert!(!after(1));
        assert!(!Host::new().evaluate::<LastCommandSucceeded>(&[]).unwrap());
    }
}

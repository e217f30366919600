//! Holds when the last command of the run failed.
//!
//! No command yet is not a failure: a fixing step behind this condition is skipped, not started with nothing to fix.

use orchestrator_sdk::prelude::*;

struct LastCommandFailed;

impl Condition for LastCommandFailed {
    fn describe() -> ConditionDescription {
        ConditionDescription::new("last-command-failed", env!("CARGO_PKG_VERSION")).purpose(
            "Holds when the last command of the run ended with another exit code than 0, by a signal, or by its time \
             limit; not when no command has ended yet.",
        )
    }

    fn evaluate(context: Context, _args: Vec<String>) -> Result<bool, Error> {
        Ok(context.last_command.as_ref().is_some_and(|outcome| !outcome.succeeded()))
    }
}

export_condition!(LastCommandFailed);

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::testing::{Host, outcome};

    fn after(exit_code: Option<i32>, timed_out: bool) -> bool {
        let mut last = outcome("npm test", 0, "");
        last.exit_code = exit_code;
        last.timed_out = timed_out;
        Host::new().with_run(|run| run.last_command = Some(last)).evaluate::<LastCommandFailed>(&[]).unwrap()
    }

    #[test]
    fn a_code_a_signal_and_the_time_limit_are_failures() {
        assert!(after(Some(1), false));
        assert!(after(None, false));
        assert!(after(Some(0), true));
    }

    #[test]
    fn success_and_no_command_at_all_are_not() {
        assert!(!after(Some(0), false));
        assert!(!Host::new().evaluate::<LastCommandFailed>(&[]).unwrap());
    }
}

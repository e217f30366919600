//! What one call may start, asked before any launcher is.
//!
//! The argument list is compared as it is, word by word, with the patterns of the plugin's policy; there is no shell
//! and no joined line to compare with. That a program is on the list says what is intended. What the program then
//! does is confined by the launcher alone: `npm test` is a stranger's code by design.

use crate::CommandLine;
use orchestrator_core::{ErrorCode, Failure};
use orchestrator_policy::Programs;
use std::sync::atomic::{AtomicU64, Ordering};

/// What one call may start.
#[derive(Debug)]
pub struct CommandPolicy {
    programs: Programs,
    most: u64,
    started: AtomicU64,
}

impl CommandPolicy {
    /// The programs that may be started, and how many starts there may be.
    #[must_use]
    pub fn new(programs: Programs, most: Option<u64>) -> Self {
        Self { programs, most: most.unwrap_or(u64::MAX), started: AtomicU64::new(0) }
    }

    /// Whether a program of this name can be among what may be started.
    #[must_use]
    pub fn names(&self, program: &str) -> bool {
        self.programs.names(program)
    }

    /// Passes a command that may be started, and counts it.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidInput`] for what is no command, [`ErrorCode::Denied`] for one that no pattern accepts,
    /// [`ErrorCode::LimitExceeded`] when the call has started as many as it may.
    pub fn admit(&self, command: &CommandLine) -> Result<(), Failure> {
        command.check()?;
        self.programs.check(&command.argv)?;
        let count = |started: u64| (started < self.most).then_some(started + 1);
        match self.started.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count) {
            Ok(_) => Ok(()),
            Err(_) => Err(Failure::new(
                ErrorCode::LimitExceeded,
                format!(
                    "starting '{}': plugin '{}' has started {} programs in this call, which is the limit; an \
                     operator raises it in the policy file: [plugin.{}.limits] commands",
                    command.shown_program(),
                    self.programs.plugin,
                    self.most,
                    self.programs.plugin
                ),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_policy::Pattern;

    fn policy(most: u64) -> CommandPolicy {
        let patterns = vec![Pattern::parse("npm test").unwrap()];
        let programs = Programs { plugin: "tester".into(), patterns, from: "policy.toml:3".into() };
        CommandPolicy::new(programs, Some(most))
    }

    fn line(argv: &[&str]) -> CommandLine {
        CommandLine { argv: argv.iter().map(|&word| word.into()).collect(), ..CommandLine::default() }
    }

    #[test]
    fn what_no_pattern_accepts_is_denied_and_not_counted() {
        let policy = policy(1);
        for argv in
            [&["npm", "publish"][..], &["npm"], &["npm test"], &["sh", "-c", "npm test"], &["./npm", "test"]]
        {
            assert_eq!(policy.admit(&line(argv)).unwrap_err().code, ErrorCode::Denied, "{argv:?}");
        }
        assert_eq!(policy.admit(&line(&[])).unwrap_err().code, ErrorCode::InvalidInput);
        policy.admit(&line(&["npm", "test"])).unwrap();
    }

    #[test]
    fn a_call_starts_only_so_many() {
        let policy = policy(2);
        policy.admit(&line(&["npm", "test"])).unwrap();
        policy.admit(&line(&["npm", "test"])).unwrap();
        let refused = policy.admit(&line(&["npm", "test"])).unwrap_err();
        assert_eq!(refused.code, ErrorCode::LimitExceeded);
        assert!(refused.message.contains("has started 2 programs"), "{}", refused.message);
    }
}

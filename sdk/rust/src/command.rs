//! Programs, started in the project's folder without a shell.
//!
//! Their environment holds no secrets and standard input is closed, so a program that asks a question gets no answer.
//! Start, output and end become events on their own. Needs [`crate::Permissions::COMMAND`].

use crate::{CommandOutcome, Error, sys};
use std::time::Duration;

pub use crate::contract::command::{CommandLine, OutputChunk, OutputStream};

/// Starts a program and waits for its end: `command::run(["npm", "test"])`.
///
/// # Errors
/// [`crate::ErrorCode::NotFound`] when there is no such program, [`crate::ErrorCode::Denied`] without the permission.
/// A program that fails is an outcome, not an error.
pub fn run<I: IntoIterator<Item = S>, S: Into<String>>(argv: I) -> Result<CommandOutcome, Error> {
    Command::new(argv).run()
}

/// Whether a program of this name is on the search path.
#[must_use]
pub fn is_available(program: &str) -> bool {
    sys::is_available(program)
}

/// A program to start.
#[derive(Debug, Clone, PartialEq)]
pub struct Command(CommandLine);

impl Command {
    /// A program and its arguments, started in the project's root.
    pub fn new<I: IntoIterator<Item = S>, S: Into<String>>(argv: I) -> Self {
        Self(CommandLine {
            argv: argv.into_iter().map(Into::into).collect(),
            directory: None,
            environment: Vec::new(),
            timeout_ms: None,
        })
    }

    /// Starts it in a folder relative to the project's root.
    #[must_use]
    pub fn directory(mut self, directory: &str) -> Self {
        self.0.directory = Some(directory.into());
        self
    }

    /// Sets an environment variable on top of the scrubbed environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.0.environment.push((name.into(), value.into()));
        self
    }

    /// Ends it after this time; never later than the step's own time is over.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.0.timeout_ms = Some(u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// Starts it and waits for its end.
    ///
    /// # Errors
    /// As [`run`].
    pub fn run(&self) -> Result<CommandOutcome, Error> {
        sys::run(&self.0)
    }

    /// Starts it.
    ///
    /// # Errors
    /// As [`run`].
    pub fn start(&self) -> Result<Process, Error> {
        Ok(Process { inner: sys::start_command(&self.0)? })
    }
}

/// A program at work. Dropping it ends the program and everything that it started.
#[derive(Debug)]
pub struct Process {
    inner: sys::Process,
}

impl Process {
    /// Waits for output; none once the program has ended and everything it printed has been read.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Cancelled`] and [`crate::ErrorCode::Timeout`].
    pub fn read_output(&self) -> Result<Option<OutputChunk>, Error> {
        self.inner.read_output()
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// As [`Process::read_output`].
    pub fn wait(&self) -> Result<CommandOutcome, Error> {
        self.inner.wait()
    }

    /// Ends the program and everything that it started.
    pub fn kill(&self) {
        self.inner.kill();
    }
}

impl CommandOutcome {
    /// Whether the program did what it was asked to.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.exit_code == Some(0) && !self.timed_out
    }

    /// The command as people write it.
    #[must_use]
    pub fn command_line(&self) -> String {
        line(&self.argv)
    }

    /// How it ended, in a few words: `exit code 1`, `timed out`, `ended by signal 9`. Of a program that ended well though
    /// the tests in its output failed: `exit code 0, but its tests fail`.
    #[must_use]
    pub fn ending(&self) -> String {
        match (self.timed_out, self.exit_code, self.signal) {
            (true, _, _) => "timed out".into(),
            (_, Some(code), _) => format!("exit code {code}"),
            (_, None, Some(signal)) => format!("ended by signal {signal}"),
            // By the contract, the one other end that has no exit code.
            (_, None, None) => "exit code 0, but its tests fail".into(),
        }
    }
}

/// A command as people write it, with quotes where an argument needs them. For reading, not for a shell.
#[must_use]
pub fn line(argv: &[String]) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:@+,%".contains(c);
    let words = argv.iter().map(|word| match !word.is_empty() && word.chars().all(plain) {
        true => word.clone(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_is_told_as_it_was() {
        let ending = |timed_out, exit_code, signal| {
            let argv = vec!["npm".into(), "test".into()];
            let (output, truncated, duration_ms) = (String::new(), false, 1);
            CommandOutcome { argv, exit_code, signal, timed_out, truncated, output, duration_ms }.ending()
        };
        assert_eq!(ending(false, Some(1), None), "exit code 1");
        assert_eq!(ending(true, None, Some(9)), "timed out");
        assert_eq!(ending(false, None, Some(9)), "ended by signal 9");
        assert_eq!(ending(false, None, None), "exit code 0, but its tests fail");
    }

    #[test]
    fn a_command_is_shown_with_quotes_where_an_argument_needs_them() {
        let argv = ["git", "commit", "-m", "it's done", ""].map(String::from);
        assert_eq!(line(&argv), r"git commit -m 'it'\''s done' ''");
    }
}

//! Running a project: what to run, running it, and saying what came of it.
//!
//! The runner and the tester do the same up to the last step, so that what one finds the other finds. What to run is
//! looked for where it is written down: in the manifests, then in the plan; a model is asked only where both say nothing
//! ([`find_agenda`]).

pub mod agenda;
mod ask;
mod find;

pub use find::find_agenda;

use agenda::{Agenda, Purpose, Task};
use orchestrator_sdk::{
    CommandOutcome, Error, cancellation,
    command::{self, Command},
    events,
};
use serde::{Deserialize, Serialize};

/// A command that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Folder it was started in; none for the project's root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// What it was for.
    pub purpose: Purpose,
    /// The exit code; none when a signal or the time limit ended it.
    pub exit_code: Option<i32>,
    /// Whether the time limit ended it.
    pub timed_out: bool,
    /// Milliseconds that it took.
    pub duration_ms: u64,
}

impl Ran {
    /// Whether the command did what it was asked to.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.exit_code == Some(0) && !self.timed_out
    }

    /// The command as people write it, with its folder.
    #[must_use]
    pub fn line(&self) -> String {
        let line = command::line(&self.argv);
        match &self.directory {
            Some(directory) => format!("{line} (in {directory})"),
            None => line,
        }
    }
}

/// How the tests went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All that ran passed, and at least one ran.
    Passed,
    /// At least one failed, or they could not be run to their end.
    Failed,
    /// The project has none.
    None,
    /// There are some, and they were not run: what they need is not on this machine, or could not be installed.
    NotRun,
}

/// What came of an agenda.
#[derive(Debug, Default)]
pub struct Session {
    /// The commands that ended, in order.
    pub ran: Vec<Ran>,
    /// Tasks that were left out, each with the reason.
    pub left_out: Vec<String>,
    /// How the last command ended, when it failed.
    pub failure: Option<CommandOutcome>,
}

impl Session {
    /// Runs an agenda until its end or the first failure: what comes later builds on what comes first, and the failure
    /// should be the run's last command, because that is what gets fixed. `run` runs one task to its end.
    ///
    /// # Errors
    /// What `run` answers; [`orchestrator_sdk::ErrorCode::Cancelled`].
    pub fn run(
        agenda: &Agenda,
        mut run: impl FnMut(&Task) -> Result<CommandOutcome, Error>,
    ) -> Result<Self, Error> {
        let mut session = Self::default();
        let total = agenda.tasks.len().max(1) as f32;
        for (index, task) in agenda.tasks.iter().enumerate() {
            cancellation::check()?;
            if let Some(missing) = task.missing_program() {
                let left_out = format!("{}: the program {missing} is not on this machine", task.line());
                events::status(&format!("Left out {left_out}"))?;
                session.left_out.push(left_out);
                continue;
            }
            let outcome = run(task)?;
            session.ran.push(task.ran(&outcome));
            events::progress((index + 1) as f32 / total);
            if !outcome.succeeded() {
                session.failure = Some(outcome);
                break;
            }
        }
        Ok(session)
    }

    /// How the tests went, as far as exit codes tell.
    #[must_use]
    pub fn verdict(&self, agenda: &Agenda) -> Verdict {
        let tests = || self.ran.iter().filter(|ran| ran.purpose == Purpose::Test);
        match () {
            () if !agenda.has_tests() => Verdict::None,
            () if tests().any(|ran| !ran.succeeded()) => Verdict::Failed,
            () if self.failure.is_some() || tests().next().is_none() => Verdict::NotRun,
            () => Verdict::Passed,
        }
    }

    /// The failure in a few words, such as `npm test failed with exit code 1`.
    #[must_use]
    pub fn failure_line(&self) -> Option<String> {
        let outcome = self.failure.as_ref()?;
        let ran = self.ran.last()?;
        Some(match outcome.timed_out || outcome.signal.is_some() {
            true => format!("{} {}", ran.line(), outcome.ending()),
            false => format!("{} failed with {}", ran.line(), outcome.ending()),
        })
    }
}

impl Task {
    /// The command, ready to start.
    #[must_use]
    pub fn command(&self) -> Command {
        // Test runners that watch for changes or ask questions behave when they believe that nobody is there.
        let command = Command::new(&self.argv).env("CI", "1");
        match &self.directory {
            Some(directory) => command.directory(directory),
            None => command,
        }
    }

    fn missing_program(&self) -> Option<&str> {
        let program = self.argv.first()?;
        // A path leads into the project: an earlier task may be what puts it there.
        (!program.contains('/') && !command::is_available(program)).then_some(program.as_str())
    }

    fn ran(&self, outcome: &CommandOutcome) -> Ran {
        Ran {
            argv: self.argv.clone(),
            directory: self.directory.clone(),
            purpose: self.purpose,
            exit_code: outcome.exit_code,
            timed_out: outcome.timed_out,
            duration_ms: outcome.duration_ms,
        }
    }
}

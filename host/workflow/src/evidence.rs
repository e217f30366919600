//! What a run's commands show of what it made: the verdict, folded from the events.
//!
//! The unit is a step: one that runs commands again (a loop, another attempt) replaces what it showed before, and one
//! whose tests pass replaces what earlier steps showed. Going back from the latest step, the first that failed or tested
//! decides. What an agent says of itself is never asked. The price: a command whose output nobody can read and that
//! ends with 0 is believed.

use orchestrator_core::context::CommandPurpose;
use orchestrator_core::event::{ExhaustedLoop, Verdict, VerdictKind};
use orchestrator_core::{CommandOutcome, Plan, StepName};
use orchestrator_testreport::{Purpose, purpose};
use serde::{Deserialize, Serialize};

/// Most failed commands that are kept of one step.
const FAILURES_MAX: usize = 16;
/// Endings of files that no test runs.
const TEXTS: [&str; 5] = ["md", "markdown", "rst", "adoc", "txt"];

/// What has been shown so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    steps: Vec<Shown>,
    /// The first file of code that was changed since a command last tested or built.
    changed: Option<String>,
    /// Loops that ended without a way forward.
    pub(crate) loops: Vec<ExhaustedLoop>,
    /// Whether the step at hand has begun anew since its last command.
    is_fresh: bool,
}

/// What the commands of one step showed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Shown {
    step: StepName,
    failures: Vec<Failed>,
    /// What showed that tests pass.
    tested: Option<String>,
    /// What was built.
    built: Option<String>,
}

/// A command that failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Failed {
    argv: Vec<String>,
    what: String,
    /// Whether it is there to show that something works; other programs may fail as they like, but for the last.
    matters: bool,
}

impl Evidence {
    /// An attempt of a step began.
    pub(crate) fn begin(&mut self) {
        self.is_fresh = true;
    }

    /// A file was changed.
    pub(crate) fn change(&mut self, path: &str) {
        let is_text = path.rsplit_once('.').is_some_and(|(_, ending)| TEXTS.contains(&ending));
        if !is_text && self.changed.is_none() {
            self.changed = Some(path.to_owned());
        }
    }

    /// A command ended.
    pub(crate) fn command(&mut self, step: &str, plan: Option<&Plan>, outcome: &CommandOutcome) {
        if std::mem::take(&mut self.is_fresh) || self.steps.last().is_none_or(|shown| shown.step != step) {
            self.steps.retain(|shown| shown.step != step);
            self.steps.push(Shown { step: step.to_owned(), ..Shown::default() });
        }
        let Some(shown) = self.steps.last_mut() else { return };
        let purpose = purpose_of(outcome, plan);
        let line = outcome.argv.join(" ");
        let argv = without_labels(&outcome.argv);
        // The last program of a step counts, whatever it is.
        shown.failures.retain(|failed| failed.matters && failed.argv != argv);
        if outcome.succeeded() {
            // What failed in an earlier step is mended when the same command succeeds, wherever that is.
            let mended = |failed: &Failed| failed.argv == argv;
            self.steps.iter_mut().for_each(|shown| shown.failures.retain(|failed| !mended(failed)));
        }
        let Some(shown) = self.steps.last_mut() else { return };
        if !outcome.succeeded() {
            shown.tested = shown.tested.take().filter(|_| purpose != Purpose::Test);
            shown.failures.truncate(FAILURES_MAX - 1);
            let what = failure(&line, outcome);
            shown.failures.push(Failed { argv, what, matters: purpose != Purpose::Other });
            return;
        }
        match purpose {
            Purpose::Test => {
                self.changed = None;
                // Tests that were counted, and there was none.
                let none = outcome.tests.as_ref().is_some_and(|tests| tests.passed == 0);
                if !none {
                    let counted =
                        outcome.tests.as_ref().map_or_else(|| "the tests pass".into(), ToString::to_string);
                    shown.tested = Some(format!("{counted} ({line})"));
                }
            }
            Purpose::Build => {
                self.changed = None;
                shown.built = Some(line);
            }
            Purpose::Install | Purpose::Other => {}
        }
    }

    /// A loop ended without a way forward.
    pub(crate) fn exhaust(&mut self, exhausted: ExhaustedLoop) {
        self.loops.push(exhausted);
    }

    /// What can be said now.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let (kind, mut why) = self.judge();
        for given_up in &self.loops {
            why.push_str(&format!("; {given_up}"));
        }
        Verdict { kind, why, loops: self.loops.clone() }
    }

    fn judge(&self) -> (VerdictKind, String) {
        let mut built = None;
        for shown in self.steps.iter().rev() {
            if let Some(failed) = shown.failures.last() {
                return (VerdictKind::Failed, failed.what.clone());
            }
            if let Some(tested) = &shown.tested {
                return match &self.changed {
                    None => (VerdictKind::Tested, tested.clone()),
                    Some(path) => (VerdictKind::Untested, format!("{path} was changed after {tested}")),
                };
            }
            built = built.or(shown.built.as_ref());
        }
        match (built, &self.changed) {
            (Some(line), None) => (VerdictKind::Built, format!("{line} succeeded, and no tests ran")),
            (Some(line), Some(path)) => (VerdictKind::Untested, format!("{path} was changed after {line}")),
            (None, _) if self.steps.is_empty() => (VerdictKind::Untested, "no command ran".into()),
            (None, _) => (VerdictKind::Untested, "no command tested or built it".into()),
        }
    }
}

/// What a command was for: by its report, by the plan, by how it is written.
fn purpose_of(outcome: &CommandOutcome, plan: Option<&Plan>) -> Purpose {
    if outcome.tests.is_some() {
        return Purpose::Test;
    }
    let planned = plan.and_then(|plan| plan.commands.iter().find(|command| command.argv == outcome.argv));
    match planned.map(|command| command.purpose) {
        Some(CommandPurpose::Test) => Purpose::Test,
        Some(CommandPurpose::Install) => Purpose::Install,
        Some(CommandPurpose::Start) | None => purpose(&outcome.argv),
    }
}

/// The command without what names its report, which has another name in each round.
fn without_labels(argv: &[String]) -> Vec<String> {
    argv.iter().filter(|word| !word.starts_with("--junit-xml=")).cloned().collect()
}

/// What failed, in a few words.
fn failure(line: &str, outcome: &CommandOutcome) -> String {
    let how = match (outcome.timed_out, outcome.exit_code, outcome.signal) {
        (true, ..) => "its time was over".to_owned(),
        (_, Some(code), _) => format!("exit code {code}"),
        (_, None, Some(signal)) => format!("signal {signal}"),
        (_, None, None) => "no exit code".to_owned(),
    };
    match outcome.tests.as_ref().filter(|tests| tests.failed > 0) {
        Some(tests) => format!("{tests} ({line}, {how})"),
        None => format!("{line} failed ({how})"),
    }
}

#[cfg(test)]
mod tests;

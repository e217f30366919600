//! How a command ended, as people are told.

use orchestrator_core::{CommandOutcome, LimitReached};
use std::time::Duration;

/// What a limit means, in a few words.
pub(super) fn over(limit: LimitReached) -> &'static str {
    match limit {
        LimitReached::Time => "its time was over",
        LimitReached::Silence => "it printed nothing for too long",
        LimitReached::Cpu => "it computed for too long",
        LimitReached::Memory => "it took more memory than commands may have",
        LimitReached::WorkspaceBytes => "the project holds more bytes than it may",
        LimitReached::WorkspaceFiles => "the project holds more files than it may",
    }
}

/// How a command ended, in a few words.
pub(super) fn ending(outcome: &CommandOutcome) -> String {
    let seconds = Duration::from_millis(outcome.duration_ms).as_secs_f64();
    match (outcome.limit, outcome.exit_code, outcome.signal) {
        (Some(limit), ..) => format!("ended after {seconds:.1} s because {}", over(limit)),
        (_, Some(0), _) if !outcome.succeeded() => format!("its tests fail, after {seconds:.1} s"),
        (_, Some(0), _) => format!("done in {seconds:.1} s"),
        (_, Some(code), _) => format!("exit code {code} after {seconds:.1} s"),
        (_, None, Some(signal)) => format!("ended by signal {signal} after {seconds:.1} s"),
        (_, None, None) => format!("ended after {seconds:.1} s"),
    }
}

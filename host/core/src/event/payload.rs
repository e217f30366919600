//! What happens within a step, and how a run ends: the `data` of each event type but `status`.

use crate::{
    context::{CommandOutcome, FileChange, FileChangeKind},
    error::ErrorCode,
    event::{Verdict, VerdictKind},
    run::{RunStatus, Usage},
};
use serde::{Deserialize, Serialize};

/// A thought of an agent or of its model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Thinking {
    /// Whether this is part of a model's reasoning, rather than a whole thought of the agent.
    pub partial: bool,
}

/// Work on a file that began, or that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FileOperation {
    /// Relative to the project's root, with `/`.
    pub path: String,
    /// What is being done.
    pub operation: FileChangeKind,
    /// Whether it began or was given up.
    pub status: FileOperationStatus,
    /// The earlier path of a file being renamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// With `started`: whether no tag of the model's answer named this file, and a fenced block was taken for it,
    /// because a path stood with it. Left out when false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inferred: bool,
}

/// How work on a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileOperationStatus {
    /// It began; `file_content` and `file_complete` follow.
    Started,
    /// It was given up: what was streamed of it is void, and the file is as before.
    Discarded,
}

/// A piece of a file's content, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FileContent {
    /// Relative to the project's root, with `/`.
    pub path: String,
    /// The piece.
    pub chunk: String,
}

/// A file is done.
pub type FileComplete = FileChange;

/// A command started, printed, or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CommandEvent {
    /// The command as people write it.
    pub command: String,
    /// Which of these it is.
    #[serde(flatten)]
    pub stage: CommandStage,
}

/// Where a command stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum CommandStage {
    /// It started.
    Started {
        /// The program and its arguments.
        argv: Vec<String>,
    },
    /// It printed something.
    Output {
        /// Where it printed.
        stream: OutputStream,
        /// What it printed.
        chunk: String,
    },
    /// It ended.
    Finished {
        /// How.
        outcome: Box<CommandOutcome>,
    },
}

/// One of a program's two output streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutputStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Something failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ErrorEvent {
    /// The kind of failure.
    pub code: ErrorCode,
    /// Whether this ends the run.
    pub terminal: bool,
    /// Whether a repetition can help.
    pub retryable: bool,
    /// Which try failed, from 1; none outside of steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// How long a provider asked to be left alone, when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// What is known about a plugin that trapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trap: Option<Box<TrapReport>>,
}

/// What is known about a plugin that trapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TrapReport {
    /// The plugin, by agent type or condition name.
    pub plugin: String,
    /// The plugin's own version.
    pub version: String,
    /// SHA-256 of the component, in hexadecimal.
    pub digest: String,
    /// What the engine says.
    pub trap: String,
    /// The guest's panic message, when it left one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panic: Option<String>,
    /// The last lines that the guest wrote to standard error.
    #[serde(default)]
    pub stderr: Vec<String>,
    /// The guest's frames, innermost first.
    #[serde(default)]
    pub backtrace: Vec<String>,
}

/// The run is over and every step was done or skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CompleteEvent {
    /// The files that the run created or changed and that are still there.
    pub files: Vec<String>,
    /// What the models cost, all steps together.
    pub usage: Usage,
    /// From the first event to this one.
    pub duration_ms: u64,
    /// How far it has been shown to work. None in the records of programs that did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

impl ErrorEvent {
    /// What a run that ended with this came to; none when it goes on.
    #[must_use]
    pub fn status(&self) -> Option<RunStatus> {
        match (self.terminal, self.code) {
            (false, _) => None,
            (true, ErrorCode::Cancelled) => Some(RunStatus::Cancelled),
            (true, _) => Some(RunStatus::Failed),
        }
    }
}

impl CompleteEvent {
    /// What a run that ended with this came to: every step was done or skipped, and what it made may still fail.
    #[must_use]
    pub fn status(&self) -> RunStatus {
        match self.verdict.as_ref().map(|verdict| verdict.kind) {
            Some(VerdictKind::Failed) => RunStatus::Failed,
            Some(VerdictKind::Tested | VerdictKind::Built | VerdictKind::Untested) | None => {
                RunStatus::Succeeded
            }
        }
    }
}

//! The events of a run: the journal's records, the SSE stream's lines and the input of every fold are one type.
//!
//! The wire form keeps the integration guide's fields (`type`, `message`, `data`, `step`, `agent`, `progress`) and
//! adds `run_id`, `seq`, `time` and `step_name`. A `file_content` event repeats its chunk as `content` on the top
//! level, because the guide's own client reads it there while its event table shows it in `data.chunk`.

use crate::{
    context::{CommandOutcome, FileChange, FileChangeKind, Plan},
    error::ErrorCode,
    ids::{AgentType, RunId, StepName},
    run::{RunRequest, Usage},
    workflow::Workflow,
};
use serde::{Deserialize, Serialize, Serializer};

/// One thing that happened in a run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Event {
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
    /// One line for people.
    #[serde(default)]
    pub message: String,
    /// The step's place in the workflow, from 1; none outside of steps.
    #[serde(default)]
    pub step: Option<u32>,
    /// The step's name; none outside of steps.
    #[serde(default)]
    pub step_name: Option<StepName>,
    /// The agent at work; none outside of steps.
    #[serde(default)]
    pub agent: Option<AgentType>,
    /// How far the run has come: 0 in the first event, never falling, 100 in `complete` alone.
    pub progress: u8,
    /// The run.
    pub run_id: RunId,
    /// Gapless from 1 within the run.
    pub seq: u64,
    /// When the journal took it, RFC 3339 UTC.
    pub time: jiff::Timestamp,
}

impl Event {
    /// Whether this is the run's last event.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        match &self.kind {
            EventKind::Complete(_) => true,
            EventKind::Error(error) => error.terminal,
            _ => false,
        }
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            #[serde(flatten)]
            kind: &'a EventKind,
            message: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            content: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            step: Option<u32>,
            #[serde(skip_serializing_if = "Option::is_none")]
            step_name: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            agent: Option<&'a AgentType>,
            progress: u8,
            run_id: RunId,
            seq: u64,
            time: jiff::Timestamp,
        }
        let content = match &self.kind {
            EventKind::FileContent(content) => Some(content.chunk.as_str()),
            _ => None,
        };
        let Self { kind, message, step, step_name, agent, progress, run_id, seq, time } = self;
        Wire {
            kind,
            message,
            content,
            step: *step,
            step_name: step_name.as_deref(),
            agent: agent.as_ref(),
            progress: *progress,
            run_id: *run_id,
            seq: *seq,
            time: *time,
        }
        .serialize(serializer)
    }
}

/// What happened, by the guide's event types. The payload is the event's `data`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum EventKind {
    /// The workflow moved on.
    Status(Status),
    /// A thought of an agent or of its model.
    ThinkingStep(Thinking),
    /// The plan is there.
    PlanCreated(Plan),
    /// Work on a file began.
    FileOperation(FileOperation),
    /// A piece of a file's content.
    FileContent(FileContent),
    /// A file is done.
    FileComplete(FileComplete),
    /// A command started, printed, or ended.
    CommandExecute(CommandEvent),
    /// Something failed. The run goes on unless `terminal` is set.
    Error(ErrorEvent),
    /// The run is over and every step was done or skipped.
    Complete(CompleteEvent),
}

impl EventKind {
    /// The `type` of the wire form.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::ThinkingStep(_) => "thinking_step",
            Self::PlanCreated(_) => "plan_created",
            Self::FileOperation(_) => "file_operation",
            Self::FileContent(_) => "file_content",
            Self::FileComplete(_) => "file_complete",
            Self::CommandExecute(_) => "command_execute",
            Self::Error(_) => "error",
            Self::Complete(_) => "complete",
        }
    }
}

/// How the workflow moved on. `state` says which of these it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Status {
    /// The run was accepted; the first event of every run.
    Accepted {
        /// What was asked for.
        #[schema(value_type = Object)]
        request: RunRequest,
        /// The workflow as it was when the run was asked for.
        workflow: Workflow,
        /// The plugins that this run keeps, whatever is replaced meanwhile.
        plugins: Vec<PinnedPlugin>,
        /// Agents that were disabled when the run was asked for; their steps are skipped.
        #[serde(default)]
        disabled: Vec<AgentType>,
        /// The model provider that answers this run.
        provider: String,
    },
    /// Another run holds the project; this one waits in line.
    Queued {
        /// The run that holds the project.
        behind: RunId,
    },
    /// The run's turn has come.
    Started,
    /// An attempt of a step began.
    StepStarted {
        /// Which try, from 1.
        attempt: u32,
        /// How many times the workflow has looped back, from 0.
        round: u32,
    },
    /// A step is done.
    StepSucceeded {
        /// Which try, from 1.
        attempt: u32,
        /// How long the attempt took.
        duration_ms: u64,
        /// What the agent left for later steps.
        #[serde(default)]
        #[schema(value_type = Object)]
        output: serde_json::Value,
    },
    /// A step was left out.
    StepSkipped {
        /// Why.
        reason: SkipReason,
    },
    /// The next attempt of the step comes after a pause.
    Waiting {
        /// Which try comes next.
        next_attempt: u32,
        /// How long the pause is.
        delay_ms: u64,
    },
    /// The workflow goes back to an earlier step.
    LoopedBack {
        /// The step it goes back to.
        to: StepName,
        /// Which round this is, from 1.
        round: u32,
        /// How many rounds there may be.
        max_rounds: u32,
        /// Digest of the failure that this round is to cure, when there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    },
    /// A loop ended without a way forward.
    LoopExhausted {
        /// Why.
        reason: ExhaustedReason,
        /// How many rounds there were.
        rounds: u32,
    },
    /// A model answered.
    ModelUsed {
        /// The model id that answered.
        model: String,
        /// What it cost.
        usage: Usage,
    },
    /// Something that people should know, such as that answers are replayed from a script.
    Notice {
        /// Short, stable label of the notice.
        code: String,
    },
    /// An agent's own word.
    Agent {
        /// What the agent attached.
        #[serde(default)]
        #[schema(value_type = Object)]
        detail: serde_json::Value,
    },
}

/// A plugin as a run keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PinnedPlugin {
    /// Agent type or condition name.
    pub name: String,
    /// The plugin's own version.
    pub version: String,
    /// SHA-256 of the component, in hexadecimal.
    pub digest: String,
}

/// Why a step was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SkipReason {
    /// An operator disabled the agent.
    AgentDisabled,
    /// The step's condition does not hold.
    ConditionFalse {
        /// The condition's name.
        condition: String,
    },
}

/// Why a loop ended without a way forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExhaustedReason {
    /// All rounds were used.
    MaxRounds,
    /// The same failure came twice.
    SameFailure,
}

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
        outcome: CommandOutcome,
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
    pub trap: Option<TrapReport>,
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
}

#[cfg(test)]
mod tests;

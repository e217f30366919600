//! The events of a run: the journal's records, the SSE stream's lines and the input of every fold are one type.
//!
//! The wire form keeps the fields of the API's first description (`type`, `message`, `data`, `step`, `agent`, `progress`) and
//! adds `run_id`, `seq`, `time` and `step_name`. A `file_content` event repeats its chunk as `content` on the top
//! level, because that description's own client reads it there while its table of events shows it in `data.chunk`.

mod payload;
mod status;
mod verdict;

pub use payload::{
    CommandEvent, CommandStage, CompleteEvent, ErrorEvent, FileComplete, FileContent, FileOperation,
    FileOperationStatus, OutputStream, Thinking, TrapReport,
};
pub use status::{ExhaustedReason, Moment, PinnedPlugin, SkipReason, Status};
pub use verdict::{ExhaustedLoop, Verdict, VerdictKind};

use crate::{
    context::Plan,
    ids::{AgentType, RunId, StepName},
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
    pub time: crate::Timestamp,
}

impl Event {
    /// What stands in place of the events `first` to `last` of a run, which cannot be read. Its time and progress are
    /// those of an event before them.
    #[must_use]
    pub fn lost(
        run_id: RunId,
        first: u64,
        last: u64,
        detail: &impl ToString,
        progress: u8,
        time: crate::Timestamp,
    ) -> Self {
        let message = match first == last {
            true => format!("Event {first} of run {run_id} cannot be read"),
            false => format!("Events {first} to {last} of run {run_id} cannot be read"),
        };
        let kind = EventKind::Status(Status::Damaged { first, last, detail: detail.to_string() });
        Self { kind, message, step: None, step_name: None, agent: None, progress, run_id, seq: last, time }
    }

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
            time: crate::Timestamp,
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

/// What happened, by the types that the API has for it. The payload is the event's `data`.
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

#[cfg(test)]
mod tests;

//! The seams between a capability and the run that it serves.
//!
//! Capabilities never call upward. What happened goes into an [`EventSink`]; a completion that one capability opened
//! and another consumes travels as a [`CompletionStream`].

use crate::{
    error::Failure,
    event::{EventKind, Thinking},
    ids::{AgentType, ProjectId, RunId},
    run::{StopReason, Usage},
};
use async_trait::async_trait;

/// Something that happened, before the journal has numbered and dated it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// What happened.
    pub kind: EventKind,
    /// One line for people.
    pub message: String,
}

impl NewEvent {
    /// An event with its line for people.
    pub fn new(kind: EventKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// A piece of a model's reasoning, as it comes; none where there is nothing in it to be read.
    #[must_use]
    pub fn reasoning(piece: String) -> Option<Self> {
        let is_blank = piece.trim().is_empty();
        (!is_blank).then(|| Self::new(EventKind::ThinkingStep(Thinking { partial: true }), piece))
    }
}

/// Where a call's events go. The implementation adds run, step, agent and progress, and keeps the order.
///
/// Returning means that the event is in line, not that it is stored: a chunk of a file should not wait for a disk.
/// The wait comes from a full line, so a guest that emits faster than the journal writes is slowed down.
#[async_trait]
pub trait EventSink: Send + Sync {
    /// Takes one event.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Internal`] when the journal cannot be written, [`crate::ErrorCode::Cancelled`] when the
    /// run is over.
    async fn emit(&self, event: NewEvent) -> Result<(), Failure>;

    /// Takes one event from somebody who cannot wait, such as a value that is being dropped. It is written before the
    /// run's next event, which comes at the end of the call at the latest: also of one that is cut off.
    fn post(&self, event: NewEvent);

    /// How far the step has come, 0 to 1. Lower values than before are ignored.
    fn progress(&self, fraction: f32);
}

/// Who asks for a completion, and when. Never sent to a provider; the scripted model chooses its reply by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallOrigin {
    /// The run.
    pub run_id: RunId,
    /// The project.
    pub project_id: ProjectId,
    /// The agent.
    pub agent: AgentType,
    /// The step's attempt, from 1.
    pub attempt: u32,
    /// The workflow's round, from 0.
    pub round: u32,
    /// Marks this run's artifact tags, so that no file can contain one by accident.
    pub nonce: String,
}

/// A piece of a model's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompletionChunk {
    /// Part of the answer.
    Text(String),
    /// Part of the model's visible reasoning.
    Thinking(String),
}

/// How a completion ended and what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionEnd {
    /// The model id that answered.
    pub model: String,
    /// Why it stopped.
    pub stop_reason: StopReason,
    /// What it cost.
    pub usage: Usage,
}

/// A model's answer on its way. Dropping it ends the request.
#[async_trait]
pub trait CompletionStream: Send {
    /// The next piece; `None` once the answer is whole.
    ///
    /// # Errors
    /// [`crate::ErrorCode::Unavailable`] when the answer broke off or stalled.
    async fn next(&mut self) -> Result<Option<CompletionChunk>, Failure>;

    /// How it ended. `None` before [`CompletionStream::next`] has returned `None`.
    fn end(&self) -> Option<&CompletionEnd>;
}

/// A completion in a store's resource table, under the one type that every capability looks it up by.
pub struct OpenCompletion(pub Box<dyn CompletionStream>);

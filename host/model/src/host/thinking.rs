//! A model's reasoning as events, a line or so at a time.
//!
//! One event per token would fill a run's journal with crumbs; one event at the end would show nothing while a model
//! thinks. So pieces are gathered until a line ends or enough has come together. Not by the clock, as where files grow before
//! the reader's eyes (`outbox.rs` of `host/edits`): nothing else is told meanwhile, and reasoning reads better by lines.

use orchestrator_core::{EventSink, Failure, NewEvent};

/// Bytes after which an event is sent though no line has ended.
const BATCH: usize = 240;

/// Gathers reasoning and sends it on.
pub(super) struct ThinkingBatch<'a> {
    events: &'a dyn EventSink,
    gathered: String,
}

impl<'a> ThinkingBatch<'a> {
    pub(super) fn new(events: &'a dyn EventSink) -> Self {
        Self { events, gathered: String::new() }
    }

    /// Adds a piece, and sends what has come together when that is enough.
    pub(super) async fn add(&mut self, piece: &str) -> Result<(), Failure> {
        self.gathered.push_str(piece);
        match self.gathered.ends_with('\n') || self.gathered.len() >= BATCH {
            true => self.flush().await,
            false => Ok(()),
        }
    }

    /// Sends the rest.
    pub(super) async fn flush(&mut self) -> Result<(), Failure> {
        match NewEvent::reasoning(std::mem::take(&mut self.gathered)) {
            Some(event) => self.events.emit(event).await,
            None => Ok(()),
        }
    }
}

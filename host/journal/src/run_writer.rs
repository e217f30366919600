//! The pen of one run.

use crate::{EventParts, JournalError, Subscription, open_run::OpenRun, shared::Shared, writer::Command};
use orchestrator_core::{Event, RunId};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Appends to one run. Clones, and other handles of the same run, share its numbering.
#[derive(Debug, Clone)]
pub struct RunWriter {
    pub(crate) run: Arc<OpenRun>,
    pub(crate) shared: Arc<Shared>,
}

impl RunWriter {
    pub(crate) fn new(run: Arc<OpenRun>, shared: Arc<Shared>) -> Self {
        Self { run, shared }
    }

    /// The run that this handle writes.
    #[must_use]
    pub fn run_id(&self) -> RunId {
        self.run.id
    }

    /// Numbers and dates an event and puts it in line to be stored; returns it as it will be read. Waits only while
    /// the line is full. Dropping the future before it is done appends nothing.
    ///
    /// # Errors
    /// [`JournalError::RunEnded`] after the terminal event, [`JournalError::EventTooLarge`], or the reason why an
    /// earlier event of the run could not be stored.
    pub async fn append(&self, parts: EventParts) -> Result<Event, JournalError> {
        self.reserve().await?.append(parts)
    }

    /// A place in line for one event. Waits only while the line is full.
    ///
    /// # Errors
    /// [`JournalError::Closed`].
    pub async fn reserve(&self) -> Result<Slot<'_>, JournalError> {
        let permit = self.shared.commands()?.reserve().await.map_err(|_| JournalError::Closed)?;
        Ok(Slot { writer: self, permit })
    }

    /// Follows the run from the event after number `after` (0 for all of it).
    ///
    /// # Errors
    /// [`JournalError::UnknownEvent`] when the run has not come to that number.
    pub fn subscribe(&self, after: u64) -> Result<Subscription, JournalError> {
        Subscription::new(Arc::clone(&self.run), Arc::clone(&self.shared), after)
    }

    /// Waits until everything appended before is committed.
    ///
    /// # Errors
    /// The reason why an event of the run could not be stored.
    pub async fn flush(&self) -> Result<(), JournalError> {
        self.shared.ask(|reply| Command::Flush(Arc::clone(&self.run), reply)).await
    }
}

/// A place in line. Dropping it gives it back.
pub struct Slot<'a> {
    writer: &'a RunWriter,
    permit: mpsc::Permit<'a, Command>,
}

impl Slot<'_> {
    /// As [`RunWriter::append`], without waiting: what is done under a lock together with it is done before anybody can
    /// read the event.
    ///
    /// # Errors
    /// As [`RunWriter::append`].
    pub fn append(self, parts: EventParts) -> Result<Event, JournalError> {
        let Self { writer: RunWriter { run, .. }, permit } = self;
        let put = |stored, standing| permit.send(Command::Append(Arc::clone(run), stored, standing));
        let event = run.enqueue(parts, put)?;
        self.writer.shared.appended(event.is_terminal());
        Ok(event)
    }
}

//! The pen of one run.

use crate::{EventParts, JournalError, journal::Shared, open_run::OpenRun, writer::Command};
use orchestrator_core::{Event, RunId};
use std::sync::Arc;

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
        let permit = self.shared.commands()?.reserve().await.map_err(|_| JournalError::Closed)?;
        self.run.enqueue(parts, permit)
    }

    /// Waits until everything appended before is committed.
    ///
    /// # Errors
    /// The reason why an event of the run could not be stored.
    pub async fn flush(&self) -> Result<(), JournalError> {
        self.shared.ask(|reply| Command::Flush(Arc::clone(&self.run), reply)).await
    }
}

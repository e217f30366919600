//! A handle on a program at work.

use crate::{
    chunk::{OutputChunk, Unread},
    launcher::RunningProcess,
    supervise::lost,
};
use orchestrator_core::{CommandOutcome, Failure};
use std::sync::Arc;
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// A program at work. Dropping it ends the program and everything that it started before it returns; the end is
/// announced as an event only by [`Process::kill`] and [`Process::wait`].
pub struct Process {
    pub(crate) output: mpsc::UnboundedReceiver<Unread>,
    pub(crate) stop: CancellationToken,
    pub(crate) process: Arc<dyn RunningProcess>,
    pub(crate) task: JoinHandle<Result<CommandOutcome, Failure>>,
    /// Set once the task has been waited for.
    pub(crate) end: Option<Result<CommandOutcome, Failure>>,
    /// The handle's place among those of its call.
    pub(crate) _place: OwnedSemaphorePermit,
}

impl Process {
    /// Waits for output; none once the program has ended and everything it printed was read. What exceeds
    /// [`crate::OUTPUT_MAX`] is not here but, in part, in the outcome.
    pub async fn read_output(&mut self) -> Option<OutputChunk> {
        self.output.recv().await.map(|(chunk, _room)| chunk)
    }

    /// Waits for the end; returns the same however often it is asked. Output that nobody reads does not stop the
    /// program.
    ///
    /// # Errors
    /// When the end could not be seen, or an event could not be written.
    pub async fn wait(&mut self) -> Result<CommandOutcome, Failure> {
        if let Some(end) = &self.end {
            return end.clone();
        }
        let end = (&mut self.task).await.unwrap_or_else(|error| Err(lost(&error)));
        self.end.insert(end).clone()
    }

    /// Ends the program and everything that it started: asks, waits a second, and kills.
    ///
    /// # Errors
    /// As for [`Process::wait`].
    pub async fn kill(&mut self) -> Result<CommandOutcome, Failure> {
        self.stop.cancel();
        self.wait().await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.task.abort();
        self.process.kill();
    }
}

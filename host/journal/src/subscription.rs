//! Following a run: the past from the database, the present from the tail, without a seam.
//!
//! A subscription is a cursor, not a queue. Nothing is pushed to it, so a reader that stops reading costs nothing and
//! slows nobody down; when it comes back it gets what it missed. Each event arrives exactly once because the cursor
//! moves with what was handed out and with nothing else.

use crate::{
    BATCH_BYTES, BATCH_EVENTS, JournalError, StoredEvent, events,
    journal::Shared,
    open_run::{Head, OpenRun},
    tail::FollowerId,
};
use orchestrator_core::RunId;
use std::sync::Arc;
use tokio::sync::watch;

/// Follows one run. Ends after the terminal event.
#[derive(Debug)]
pub struct Subscription {
    run: Arc<OpenRun>,
    shared: Arc<Shared>,
    head: watch::Receiver<Head>,
    follower: FollowerId,
    cursor: u64,
}

impl Subscription {
    pub(crate) fn new(run: Arc<OpenRun>, shared: Arc<Shared>, after: u64) -> Self {
        let follower = run.with_tail(|tail| tail.join(after));
        Self { head: run.watch(), run, shared, follower, cursor: after }
    }

    /// The run that is followed.
    #[must_use]
    pub fn run_id(&self) -> RunId {
        self.run.id
    }

    /// Number of the last event that was handed out.
    #[must_use]
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Whether the run is over and every event was handed out: the next batch is none.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let head = self.head.borrow();
        head.ended && self.cursor >= head.committed
    }

    /// Waits for events, and returns one or more of them in order, every one committed; in place of those that
    /// cannot be read stands one of status `damaged` that says so. None after the terminal event. Dropping the future loses nothing.
    ///
    /// # Errors
    /// When the journal cannot be read, or when events of the run could not be stored; the latter comes after all
    /// that were.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<StoredEvent>>, JournalError> {
        loop {
            let Head { committed, ended, failure } = self.head.borrow_and_update().clone();
            if self.cursor < committed {
                let batch = self.read().await?;
                if let Some(last) = batch.last() {
                    self.cursor = last.seq;
                    self.run.with_tail(|tail| tail.advance(self.follower, self.cursor));
                    return Ok(Some(batch));
                }
                return Err(JournalError::Unreadable {
                    what: format!("event {} of run {}", self.cursor + 1, self.run.id),
                    detail: "it is missing".into(),
                });
            }
            if ended {
                return Ok(None);
            }
            if let Some(failure) = failure {
                return Err(failure);
            }
            // The sender lives in `self.run`, so this can only end by a change.
            self.head.changed().await.map_err(|_| JournalError::Closed)?;
        }
    }

    async fn read(&self) -> Result<Vec<StoredEvent>, JournalError> {
        if let Some(batch) = self.run.with_tail(|tail| tail.after(self.cursor, BATCH_EVENTS, BATCH_BYTES)) {
            return Ok(batch);
        }
        let (number, cursor) = (self.run.number, self.cursor);
        let query = move |connection: &_| events::read(connection, number, cursor, BATCH_EVENTS);
        self.shared.readers.rows("reading events", query).await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.run.with_tail(|tail| tail.leave(self.follower));
    }
}

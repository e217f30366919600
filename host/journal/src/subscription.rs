//! Following a run: the past from the database, the present from the tail, without a seam.
//!
//! A subscription is a cursor, not a queue. Nothing is pushed to it, so a reader that stops reading costs nothing and
//! slows nobody down; when it comes back it gets what it missed. Each event arrives exactly once because the cursor
//! moves with what was handed out and with nothing else.
//!
//! When events of the run could not be stored, the subscription goes over to the run's next handles, which begin where
//! the committed events end: nothing that it handed out is taken back, and the run's end, which always comes, arrives
//! there.

use crate::{
    BATCH_BYTES, BATCH_EVENTS, JournalError, StoredEvent, events,
    open_run::{Head, OpenRun},
    shared::Shared,
    tail::FollowerId,
    writer::Command,
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
    /// A cursor can only stand where the run has been: an event is published once it is committed, so a number beyond
    /// the last committed one reached nobody. To wait there would skip what comes first.
    pub(crate) fn new(run: Arc<OpenRun>, shared: Arc<Shared>, after: u64) -> Result<Self, JournalError> {
        let head = run.watch();
        let last = head.borrow().newest();
        if after > last {
            return Err(JournalError::UnknownEvent { run: run.id, after, last });
        }
        let follower = run.with_tail(|tail| tail.join(after));
        Ok(Self { head, run, shared, follower, cursor: after })
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
        head.removed || (head.ended || head.ending.is_some()) && self.cursor >= head.newest()
    }

    /// Whether there are events that were not handed out: the next batch need not be waited for.
    pub(crate) fn has_more(&self) -> bool {
        self.head.borrow().newest() > self.cursor
    }

    /// Waits for events, and returns one or more of them in order, every one committed, but for an end that cannot be
    /// written yet (see [`crate::Ending`]); in place of those that cannot be read stands one of status `damaged` that
    /// says so. None after the terminal event, and once the run is removed. Dropping the future loses nothing.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<StoredEvent>>, JournalError> {
        loop {
            let Head { committed, ended, failure, ending, removed } = self.head.borrow_and_update().clone();
            if removed {
                return Ok(None);
            }
            if self.cursor < committed {
                let batch = self.read().await?;
                if let Some(last) = batch.last() {
                    self.cursor = last.seq;
                    self.run.with_tail(|tail| tail.advance(self.follower, self.cursor));
                    return Ok(Some(batch));
                }
                if self.is_removed().await? {
                    return Ok(None);
                }
                return Err(JournalError::Unreadable {
                    what: format!("event {} of run {}", self.cursor + 1, self.run.id),
                    detail: "it is missing".into(),
                });
            }
            if let Some(ending) = ending {
                return Ok(self.hand_out(&ending));
            }
            if ended {
                return Ok(None);
            }
            if failure.is_some() {
                self.change_over().await?;
                continue;
            }
            // The sender lives in `self.run`, so this can only end by a change.
            self.head.changed().await.map_err(|_| JournalError::Closed)?;
        }
    }

    /// What was not handed out of an end that is not committed.
    fn hand_out(&mut self, ending: &[StoredEvent]) -> Option<Vec<StoredEvent>> {
        let rest: Vec<_> = ending.iter().filter(|event| event.seq > self.cursor).cloned().collect();
        self.cursor = rest.last()?.seq;
        Some(rest)
    }

    /// Goes on with the handles that came after those through which an event could not be stored.
    async fn change_over(&mut self) -> Result<(), JournalError> {
        let id = self.run.id;
        let run = self.shared.ask(|reply| Command::Open(id, reply)).await?;
        *self = Self::new(run, Arc::clone(&self.shared), self.cursor)?;
        Ok(())
    }

    /// Whether the run is no more. A removal is committed a moment before those who follow the run hear of it; whatever
    /// the writer answers comes after that.
    async fn is_removed(&self) -> Result<bool, JournalError> {
        let id = self.run.id;
        match self.shared.ask(|reply| Command::Open(id, reply)).await {
            Err(JournalError::UnknownRun(_)) => Ok(true),
            opened => opened.map(|_| self.run.is_removed()),
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

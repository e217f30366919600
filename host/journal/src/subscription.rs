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

/// What there is for a follower, without waiting for more.
#[derive(Debug)]
pub(crate) enum Ready {
    /// Events, one or more.
    Batch(Vec<StoredEvent>),
    /// Nothing that was not handed out; [`Subscription::changed`] says when to look again.
    Nothing,
    /// Nothing, and nothing will come.
    Over,
}

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

    /// Waits for events, and returns one or more of them in order, every one committed, but for an end that cannot be
    /// written yet (see [`crate::Ending`]); in place of those that cannot be read stands one of status `damaged` that
    /// says so. None after the terminal event, and once the run is removed. Dropping the future loses nothing.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<StoredEvent>>, JournalError> {
        loop {
            match self.ready().await? {
                Ready::Batch(batch) => return Ok(Some(batch)),
                Ready::Over => return Ok(None),
                Ready::Nothing => self.changed().await?,
            }
        }
    }

    /// Returns the next batch of what there is already, as [`Self::next_batch`] does; none once all of that was handed
    /// out, whether more will come or not. Dropping the future loses nothing.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn next_committed(&mut self) -> Result<Option<Vec<StoredEvent>>, JournalError> {
        match self.ready().await? {
            Ready::Batch(batch) => Ok(Some(batch)),
            Ready::Nothing | Ready::Over => Ok(None),
        }
    }

    /// Waits until something has come since [`Self::ready`] looked.
    pub(crate) async fn changed(&mut self) -> Result<(), JournalError> {
        // The sender lives in `self.run`, so this can only end by a change.
        self.head.changed().await.map_err(|_| JournalError::Closed)
    }

    /// What there is. Dropping the future loses nothing.
    pub(crate) async fn ready(&mut self) -> Result<Ready, JournalError> {
        loop {
            let Head { committed, ended, failure, ending, removed } = self.head.borrow_and_update().clone();
            if removed {
                return Ok(Ready::Over);
            }
            if self.cursor < committed {
                let batch = self.read().await?;
                if let Some(last) = batch.last() {
                    self.cursor = last.seq;
                    self.run.with_tail(|tail| tail.advance(self.follower, self.cursor));
                    return Ok(Ready::Batch(batch));
                }
                if self.is_removed().await? {
                    return Ok(Ready::Over);
                }
                return Err(JournalError::Unreadable {
                    what: format!("event {} of run {}", self.cursor + 1, self.run.id),
                    detail: "it is missing".into(),
                });
            }
            match (ending, ended, failure) {
                (Some(ending), ..) => return Ok(self.hand_out(&ending)),
                (None, true, _) => return Ok(Ready::Over),
                (None, false, None) => return Ok(Ready::Nothing),
                (None, false, Some(_)) => self.change_over().await?,
            }
        }
    }

    /// What was not handed out of an end that is not committed.
    fn hand_out(&mut self, ending: &[StoredEvent]) -> Ready {
        let rest: Vec<_> = ending.iter().filter(|event| event.seq > self.cursor).cloned().collect();
        let Some(last) = rest.last() else { return Ready::Over };
        self.cursor = last.seq;
        Ready::Batch(rest)
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

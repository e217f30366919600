//! The thread that writes.
//!
//! It owns the connection that writes, so there is nothing to lock, and the map of open runs, so a run can never be
//! opened twice or with a stale counter. Each turn it takes whatever is waiting, writes it as one transaction and
//! then answers. Under load the batches grow by themselves; a few events wait a moment for more, unless somebody waits
//! for them (see [`crate::pace`]).
//!
//! Failures stay with their owner where the database allows it: a statement that fails is undone alone and reported
//! to the run or the caller it belongs to. When the transaction itself is lost (a full disk, say), everybody in the
//! batch is told.

mod command;
mod stage;

pub(crate) use command::{Announce, Answer, Command, Reply};
pub(crate) use stage::insert;

use crate::{
    JournalError, LINE_MAX, StoredEvent, open_run::OpenRun, pace::Pace, projection, reach::Indexes,
    readers::Readers, runs, tail::TailLimits, trouble::Notebook,
};
use orchestrator_core::RunId;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use stage::{Pending, stage};
use std::{
    collections::HashMap,
    fs::File,
    path::PathBuf,
    sync::{Arc, Weak},
};
use tokio::sync::mpsc;

/// So many commands are worth a transaction: they do not wait for more.
const ENOUGH: usize = 64;

/// The writer's state.
pub(crate) struct Writer {
    connection: Connection,
    /// Where damages are noted.
    readers: Arc<Readers>,
    path: PathBuf,
    limits: TailLimits,
    pace: Arc<Pace>,
    trouble: Arc<Notebook>,
    open: HashMap<RunId, Weak<OpenRun>>,
    indexes: Indexes,
    /// How large `open` may grow before the entries of closed runs are swept out.
    sweep_at: usize,
    /// Held as long as runs may be written; none where only the ledger is.
    _lock: Option<File>,
}

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        readers: Arc<Readers>,
        path: PathBuf,
        limits: TailLimits,
        pace: Arc<Pace>,
        trouble: Arc<Notebook>,
        lock: Option<File>,
    ) -> Self {
        Self {
            connection,
            readers,
            path,
            limits,
            pace,
            trouble,
            open: HashMap::new(),
            indexes: Indexes::default(),
            sweep_at: 64,
            _lock: lock,
        }
    }

    /// Serves until every sender is gone and the line is empty.
    pub(crate) fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut batch = Vec::with_capacity(LINE_MAX);
        while commands.blocking_recv_many(&mut batch, LINE_MAX) > 0 {
            self.gather(&mut batch, &mut commands);
            let (pending, lost) = self.write(&mut batch);
            self.announce(pending, lost.as_ref());
        }
    }

    /// Waits for more, where the batch is small and nobody waits for it.
    fn gather(&self, batch: &mut Vec<Command>, commands: &mut mpsc::Receiver<Command>) {
        if batch.len() >= ENOUGH || !batch.iter().all(Command::can_wait) {
            return self.pace.met();
        }
        self.pace.gather();
        while batch.len() < LINE_MAX
            && let Ok(command) = commands.try_recv()
        {
            batch.push(command);
        }
    }

    /// Writes a batch as one transaction. Returns what has to be said, and why the transaction was lost if it was.
    fn write(&mut self, batch: &mut Vec<Command>) -> (Vec<Pending>, Option<JournalError>) {
        let failed =
            |error: rusqlite::Error| JournalError::sqlite(&self.path, "writing to the journal", &error);
        if !batch.iter().any(Command::writes) {
            let staged =
                batch.drain(..).filter_map(|command| stage(command, Ok(&self.connection), &failed).0);
            return (staged.collect(), None);
        }
        let mut pending = Vec::with_capacity(batch.len());
        let mut standings = HashMap::new();
        // Immediate: another process may write the ledger. Waiting for it happens here, at the beginning, and not in the
        // middle of a transaction whose reads would then be out of date.
        let mut transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed);
        for command in batch.drain(..) {
            let standing = match &command {
                Command::Append(run, _, standing) => Some((run.number, *standing)),
                _ => None,
            };
            let (next, error) = stage(command, transaction.as_deref(), &failed);
            if error.is_none() && next.is_some() {
                standings.extend(standing);
            }
            pending.extend(next);
            if transaction.as_ref().is_ok_and(|open| open.is_autocommit()) {
                transaction = Err(error.unwrap_or_else(|| JournalError::Storage {
                    doing: "writing to the journal",
                    detail: "the database gave the transaction up".into(),
                }));
            }
        }
        // Once for each run, however many of its events there are.
        let projected = |open: Transaction<'_>| {
            for (run, standing) in &standings {
                projection::write(&open, *run, standing)?;
            }
            open.commit()
        };
        let lost = transaction.and_then(|open| projected(open).map_err(failed)).err();
        (pending, lost)
    }

    fn announce(&mut self, pending: Vec<Pending>, lost: Option<&JournalError>) {
        let wrote = |pending: &Pending| {
            matches!(pending, Pending::Event(..) | Pending::Change(_) | Pending::Removed(..))
        };
        if lost.is_some() || pending.iter().any(wrote) {
            self.trouble.note(lost);
        }
        // Each run's events at once, so that whoever follows it wakes up once; and before the answers, so that whoever
        // got one finds them delivered.
        let mut events: HashMap<_, (Arc<OpenRun>, Vec<StoredEvent>)> = HashMap::new();
        let mut answers = Vec::new();
        for next in pending {
            match next {
                Pending::Event(run, event) => {
                    let of_run = events.entry(Arc::as_ptr(&run)).or_insert_with(|| (run, Vec::new()));
                    of_run.1.push(event);
                }
                answer => answers.push(answer),
            }
        }
        for (run, events) in events.into_values() {
            match lost {
                Some(error) => run.fail(error),
                None => run.deliver(events.into_iter()),
            }
        }
        for answer in answers {
            // A caller that no longer waits has no use for the answer, so failed sends are fine.
            match answer {
                Pending::Event(..) => {}
                Pending::Flush(run, reply) => drop(reply.send(run.failure().map_or(Ok(()), Err))),
                Pending::Open(id, reply) => drop(reply.send(self.open(id))),
                Pending::Change(announce) => announce(lost),
                Pending::Removed(id, announce) => {
                    if lost.is_none() {
                        self.forget(id);
                    }
                    announce(lost);
                }
            }
        }
    }

    /// Ends the use of the handles of a run that is no more.
    fn forget(&mut self, id: RunId) {
        if let Some(run) = self.open.remove(&id).and_then(|run| run.upgrade()) {
            run.remove();
        }
    }

    /// Finds the run among the open ones, or reads where its committed events end. Called between transactions, so
    /// that what it reads is committed.
    fn open(&mut self, id: RunId) -> Result<Arc<OpenRun>, JournalError> {
        if let Some(run) = self.open.get(&id).and_then(Weak::upgrade)
            && run.failure().is_none()
        {
            return Ok(run);
        }
        let (end, damaged) = runs::end_of(&self.connection, id, &mut self.indexes)
            .map_err(|error| JournalError::sqlite(&self.path, "opening a run", &error))?
            .ok_or(JournalError::UnknownRun(id))?;
        damaged.into_iter().for_each(|damage| self.readers.damages.note(damage));
        let run = Arc::new(OpenRun::new(id, end, self.limits));
        if self.open.len() >= self.sweep_at {
            self.open.retain(|_, run| run.strong_count() > 0);
            self.sweep_at = (self.open.len() * 2).max(64);
        }
        self.open.insert(id, Arc::downgrade(&run));
        Ok(run)
    }
}

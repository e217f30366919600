//! A run that somebody writes or follows: what its handles share.
//!
//! There is one [`OpenRun`] per run while any handle lives. The writer thread makes it (see [`crate::writer`]), so its
//! counters begin where the committed events end. It has three parts with three users: the *line* numbers events as
//! they are appended, the *tail* keeps the newest committed ones for subscribers, and the *head* tells them how far
//! the commits have come.
//!
//! After a failed write the run's numbering would have a hole, so the failure stays: each later append through the
//! same handles reports it. A handle taken out anew starts from what was committed.

use crate::{
    EVENT_MAX, EventParts, JournalError, StoredEvent, lock,
    record::now,
    runs::End,
    tail::{Tail, TailLimits},
    writer::Command,
};
use jiff::Timestamp;
use orchestrator_core::{Event, RunId, Standing};
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, watch};

/// A run that somebody writes or follows.
#[derive(Debug)]
pub(crate) struct OpenRun {
    pub(crate) id: RunId,
    /// The run's key in the tables.
    pub(crate) number: i64,
    line: Mutex<Line>,
    tail: Mutex<Tail>,
    head: watch::Sender<Head>,
}

/// Numbers and dates events. The lock on it is held while an event goes into the writer's channel, which makes the
/// order of numbers the order of commits.
#[derive(Debug)]
struct Line {
    last_seq: u64,
    last_time: Timestamp,
    ended: bool,
    standing: Option<Standing>,
}

/// How far the run's commits have come.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// Number of the last committed event; 0 before the first.
    pub(crate) committed: u64,
    /// Whether the terminal event is committed.
    pub(crate) ended: bool,
    /// Why no more will be committed through these handles.
    pub(crate) failure: Option<JournalError>,
}

impl OpenRun {
    pub(crate) fn new(id: RunId, end: End, limits: TailLimits) -> Self {
        let End { number, committed, ended, standing } = end;
        Self {
            id,
            number,
            line: Mutex::new(Line { last_seq: committed, last_time: Timestamp::MIN, ended, standing }),
            tail: Mutex::new(Tail::new(limits)),
            head: watch::Sender::new(Head { committed, ended, failure: None }),
        }
    }

    /// Numbers, dates and serializes an event, and puts it into the place that `permit` holds in the line.
    pub(crate) fn enqueue(
        self: &Arc<Self>,
        parts: EventParts,
        permit: mpsc::Permit<'_, Command>,
    ) -> Result<Event, JournalError> {
        let mut line = lock(&self.line);
        if let Some(failure) = self.failure() {
            return Err(failure);
        }
        if line.ended {
            return Err(JournalError::RunEnded(self.id));
        }
        // A clock that is set back must not make a run's events go back in time.
        let time = now().max(line.last_time);
        let EventParts { kind, message, step, step_name, agent, progress } = parts;
        let seq = line.last_seq + 1;
        let event = Event { kind, message, step, step_name, agent, progress, run_id: self.id, seq, time };
        let json = serde_json::to_string(&event).map_err(|error| JournalError::Storage {
            doing: "serializing an event",
            detail: error.to_string(),
        })?;
        if json.len() > EVENT_MAX {
            return Err(JournalError::EventTooLarge { bytes: json.len() });
        }
        let terminal = event.is_terminal();
        let standing = Standing::after(line.standing, &event);
        *line = Line { last_seq: seq, last_time: time, ended: terminal, standing: Some(standing) };
        let stored = StoredEvent { seq, json: json.into(), terminal };
        permit.send(Command::Append(Arc::clone(self), stored, standing));
        Ok(event)
    }

    /// Shows committed events, in order, to those who follow the run.
    pub(crate) fn deliver(&self, events: impl Iterator<Item = StoredEvent>) {
        let mut tail = lock(&self.tail);
        let mut newest = None;
        for event in events {
            newest = Some((event.seq, event.terminal));
            tail.push(event);
        }
        drop(tail);
        if let Some((committed, ended)) = newest {
            self.head.send_modify(|head| (head.committed, head.ended) = (committed, ended));
        }
    }

    /// Ends the use of these handles. The first failure is the one that is told.
    pub(crate) fn fail(&self, error: &JournalError) {
        self.head.send_modify(|head| {
            head.failure.get_or_insert_with(|| error.clone());
        });
    }

    /// Why no more can be written through these handles.
    pub(crate) fn failure(&self) -> Option<JournalError> {
        self.head.borrow().failure.clone()
    }

    /// Watches how far the commits have come.
    pub(crate) fn watch(&self) -> watch::Receiver<Head> {
        self.head.subscribe()
    }

    /// Works on the newest events. Not to be held for long: the writer thread waits for it.
    pub(crate) fn with_tail<T>(&self, work: impl FnOnce(&mut Tail) -> T) -> T {
        work(&mut lock(&self.tail))
    }
}

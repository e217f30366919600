//! A run that somebody writes or follows: what its handles share.
//!
//! There is one [`OpenRun`] per run while any handle lives. The writer thread makes it (see [`crate::writer`]), so its
//! counters begin where the committed events end. It has three parts with three users: the *line* numbers events as
//! they are appended, the *tail* keeps the newest committed ones for subscribers, and the *head* tells them how far
//! the commits have come.
//!
//! After a failed write the run's numbering would have a hole, so the failure stays: each later append through the
//! same handles reports it. A handle taken out anew starts from what was committed, and so do those who follow the run:
//! they change over to the new one by themselves.

use crate::{
    EVENT_MAX, EventParts, JournalError, StoredEvent, lock,
    runs::End,
    tail::{Tail, TailLimits},
};
use orchestrator_core::Timestamp;
use orchestrator_core::{Event, RunId, Standing};
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

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
#[derive(Debug, Clone)]
struct Line {
    last_seq: u64,
    last_time: Timestamp,
    ended: bool,
    standing: Option<Standing>,
}

impl Line {
    fn after(standing: Standing, ended: bool) -> Self {
        Self { last_seq: standing.seq, last_time: standing.updated, ended, standing: Some(standing) }
    }
}

/// A run's last events, told and not written.
pub(crate) struct Told {
    pub(crate) events: Vec<Event>,
    pub(crate) stored: Arc<[StoredEvent]>,
    /// Where the run stands after them.
    pub(crate) standing: Option<Standing>,
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
    /// The run's last events, when they are told before they are committed; see [`crate::Ending`].
    pub(crate) ending: Option<Arc<[StoredEvent]>>,
    /// Whether the run was removed.
    pub(crate) removed: bool,
}

impl Head {
    /// Number of the last event that whoever follows the run can have been told.
    pub(crate) fn newest(&self) -> u64 {
        self.ending.as_deref().and_then(<[_]>::last).map_or(self.committed, |event| event.seq)
    }
}

impl OpenRun {
    pub(crate) fn new(id: RunId, end: End, limits: TailLimits) -> Self {
        let End { number, committed, ended, standing } = end;
        Self {
            id,
            number,
            line: Mutex::new(Line { last_seq: committed, last_time: Timestamp::MIN, ended, standing }),
            tail: Mutex::new(Tail::new(limits)),
            head: watch::Sender::new(Head { committed, ended, failure: None, ending: None, removed: false }),
        }
    }

    /// Numbers, dates and serializes an event, and has `put` put it into the writer's line.
    pub(crate) fn enqueue(
        &self,
        parts: EventParts,
        put: impl FnOnce(StoredEvent, Standing),
    ) -> Result<Event, JournalError> {
        let mut line = lock(&self.line);
        if let Some(failure) = self.failure() {
            return Err(failure);
        }
        let (event, stored, standing) = self.number(&line, parts)?;
        *line = Line::after(standing, stored.terminal);
        put(stored, standing);
        Ok(event)
    }

    /// Numbers, dates and serializes the run's last events, and shows them to those who follow it. Whoever calls this
    /// has waited until everything before is committed, and writes them.
    pub(crate) fn end(&self, parts: Vec<EventParts>) -> Result<Told, JournalError> {
        let mut line = lock(&self.line);
        if let Some(failure) = self.failure() {
            return Err(failure);
        }
        if line.last_seq != self.head.borrow().committed && !line.ended {
            let detail = "events of it are still being written".into();
            return Err(JournalError::Storage { doing: "ending a run", detail });
        }
        let mut last = line.clone();
        let (mut events, mut ending) = (Vec::new(), Vec::new());
        for parts in parts {
            let (event, stored, standing) = self.number(&last, parts)?;
            last = Line::after(standing, stored.terminal);
            events.push(event);
            ending.push(stored);
        }
        // Also where the last one is not terminal: what is told out of turn can have no other event after it.
        *line = Line { ended: true, ..last.clone() };
        let ending: Arc<[StoredEvent]> = ending.into();
        self.head.send_modify(|head| head.ending = Some(Arc::clone(&ending)));
        Ok(Told { events, stored: ending, standing: last.standing })
    }

    /// The event that comes after what is in line, and where the run stands with it.
    fn number(&self, line: &Line, parts: EventParts) -> Result<(Event, StoredEvent, Standing), JournalError> {
        if line.ended {
            return Err(JournalError::RunEnded(self.id));
        }
        // A clock that is set back must not make a run's events go back in time.
        let time = Timestamp::now().max(line.last_time);
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
        Ok((event, StoredEvent { seq, json: json.into(), terminal }, standing))
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

    /// Ends the use of these handles: there is no such run any more.
    pub(crate) fn remove(&self) {
        self.head.send_modify(|head| {
            head.removed = true;
            head.failure.get_or_insert(JournalError::UnknownRun(self.id));
        });
    }

    /// Whether the run was removed.
    pub(crate) fn is_removed(&self) -> bool {
        self.head.borrow().removed
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

//! Reading a run's events, each of which may be damaged.
//!
//! What cannot be read is not passed over in silence, and nothing takes its number: in its place comes a stand-in, a
//! `status` event of state `damaged` that says which numbers are lost. So a fold and a stream read the rest of a run,
//! and whoever counts sees what is missing. Behind a damaged page of the file the next event that can be read is
//! looked for by halving, each look one descent into the table.
//!
//! A text counts as readable when it is JSON that carries the row's own number: enough to find what disks and file
//! systems do, at a fraction of what reading it whole costs. A text of the right number whose fields are not those of
//! an event is found by whoever reads it whole, and stands in just so.

use crate::{
    BATCH_BYTES, StoredEvent,
    damage::{Damage, Found, is_damage},
    reach::Reach,
};
use orchestrator_core::{Event, RunId, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use std::sync::Arc;

/// How far before a damaged event one that can be read is looked for, for its time and progress.
const LOOK_BACK: u32 = 16;

/// What every event's text has.
#[derive(Deserialize)]
struct Seal {
    run_id: RunId,
    seq: u64,
    progress: u8,
    time: Timestamp,
}

/// The run that events are read of.
struct Run<'a> {
    connection: &'a Connection,
    number: i64,
    id: RunId,
    /// Number of its last event.
    last: u64,
    /// Whether that event is its end.
    ended: bool,
    created: Timestamp,
}

/// Reads the events of a run after `after`: at most `limit`, and no more than [`BATCH_BYTES`] after the first.
pub(crate) fn read(
    connection: &Connection,
    number: i64,
    after: u64,
    limit: usize,
) -> rusqlite::Result<Found<StoredEvent>> {
    let mut found = Found { rows: Vec::new(), damaged: Vec::new(), broken_off: false };
    // Read first: what is committed meanwhile is no gap.
    let Some(run) = Run::find(connection, number)? else { return Ok(found) };
    let mut statement = connection.prepare_cached(
        "SELECT seq, terminal, json FROM events
         WHERE run = ?1 AND seq > ?2 AND seq <= ?3 AND typeof(seq) = 'integer' ORDER BY seq LIMIT ?4",
    )?;
    let sql = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let sql_limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![number, sql(after), sql(run.last), sql_limit])?;
    let (mut at, mut bytes) = (after, 0);
    while found.rows.len() < limit {
        let row = match rows.next() {
            Ok(row) => row,
            Err(error) if is_damage(&error) => {
                let next = run.readable_after(at);
                run.stand_in(&mut found, at + 1, next - 1, false, &error);
                return Ok(found);
            }
            Err(error) => return Err(error),
        };
        let Some(row) = row else {
            if at < run.last {
                run.stand_in(&mut found, at + 1, run.last, false, &"they are missing");
            }
            return Ok(found);
        };
        let seq = row.get::<_, i64>(0)?.cast_unsigned();
        if seq > at + 1 {
            run.stand_in(&mut found, at + 1, seq - 1, false, &"they are missing");
        }
        at = seq;
        let terminal = row.get_ref(1)?.as_i64().is_ok_and(|flag| flag != 0);
        let json: Result<Arc<str>, String> = row.get(2).map_err(|error| error.to_string());
        match json.and_then(|json| run.check(seq, &json).map(|()| json)) {
            Ok(json) => {
                bytes += json.len();
                if bytes > BATCH_BYTES && !found.rows.is_empty() {
                    return Ok(found);
                }
                found.rows.push(StoredEvent { seq, terminal, json });
            }
            Err(detail) => run.stand_in(&mut found, seq, seq, terminal, &detail),
        }
    }
    Ok(found)
}

/// The same events with their types.
pub(crate) fn typed(
    connection: &Connection,
    number: i64,
    after: u64,
    limit: usize,
) -> rusqlite::Result<Found<Event>> {
    let Found { rows, mut damaged, broken_off } = read(connection, number, after, limit)?;
    let mut events: Vec<Event> = Vec::with_capacity(rows.len());
    for stored in rows {
        match serde_json::from_str(&stored.json) {
            Ok(event) => events.push(event),
            Err(error) => {
                let Some(run) = Run::find(connection, number)? else { break };
                let event = run.lost(stored.seq, stored.seq, &error);
                damaged.push(Damage::new(run.name(stored.seq, stored.seq), &error));
                events.push(event);
            }
        }
    }
    Ok(Found { rows: events, damaged, broken_off })
}

impl<'a> Run<'a> {
    fn find(connection: &'a Connection, number: i64) -> rusqlite::Result<Option<Self>> {
        let Some(Reach { id, last, ended, created, .. }) = Reach::of(connection, number)? else {
            return Ok(None);
        };
        // An id that is none cannot be asked for, so nobody reads the stand-ins of such a run.
        let id = id.unwrap_or_else(RunId::generate);
        Ok(Some(Self { connection, number, id, last, ended, created }))
    }

    fn check(&self, seq: u64, json: &str) -> Result<(), String> {
        match serde_json::from_str::<Seal>(json) {
            Ok(seal) if seal.seq != seq => Err(format!("it carries the number {}", seal.seq)),
            Ok(seal) if seal.run_id != self.id => Err(format!("it is one of run {}", seal.run_id)),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The number of the first event after `at` that lies on a page that can be read; one beyond the last for none.
    fn readable_after(&self, at: u64) -> u64 {
        let can_be_read = |seq: u64| {
            let sql = "SELECT seq FROM events WHERE run = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1";
            let found = self.connection.prepare_cached(sql).and_then(|mut select| {
                select
                    .query_row(params![self.number, seq.cast_signed()], |row| row.get::<_, i64>(0))
                    .optional()
            });
            matches!(found, Ok(Some(_)))
        };
        let (mut low, mut step) = (at, 1);
        let mut high = loop {
            let next = low.saturating_add(step);
            if next > self.last {
                break self.last + 1;
            }
            if can_be_read(next) {
                break next;
            }
            (low, step) = (next, step * 2);
        };
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match can_be_read(middle) {
                true => high = middle,
                false => low = middle,
            }
        }
        high.max(at + 2)
    }

    /// Puts a stand-in where events are lost.
    fn stand_in(
        &self,
        found: &mut Found<StoredEvent>,
        first: u64,
        last: u64,
        terminal: bool,
        detail: &impl ToString,
    ) {
        let event = self.lost(first, last, detail);
        found.damaged.push(Damage::new(self.name(first, last), detail));
        // Writing a value of our own as JSON cannot fail.
        let json = serde_json::to_string(&event).unwrap_or_default().into();
        let terminal = terminal || (last == self.last && self.ended);
        found.rows.push(StoredEvent { seq: last, terminal, json });
    }

    fn lost(&self, first: u64, last: u64, detail: &impl ToString) -> Event {
        let (progress, time) = self.before(first).unwrap_or((0, self.created));
        Event::lost(self.id, first, last, detail, progress, time)
    }

    fn name(&self, first: u64, last: u64) -> String {
        match first == last {
            true => format!("event {first} of run {}", self.id),
            false => format!("events {first} to {last} of run {}", self.id),
        }
    }

    /// Progress and time of the newest event before `seq` that can be read.
    fn before(&self, seq: u64) -> Option<(u8, Timestamp)> {
        let sql = "SELECT json FROM events WHERE run = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";
        let mut select = self.connection.prepare_cached(sql).ok()?;
        let mut rows = select.query(params![self.number, seq.cast_signed(), LOOK_BACK]).ok()?;
        while let Ok(Some(row)) = rows.next() {
            let seal =
                row.get_ref(0).ok().and_then(|value| serde_json::from_str::<Seal>(value.as_str().ok()?).ok());
            if let Some(Seal { progress, time, .. }) = seal {
                return Some((progress, time));
            }
        }
        None
    }
}

//! How far a run's events reach, by all that can be read of it.
//!
//! Two places say it: the columns of the run's row, and its newest events. Either can be damaged. The numbering goes on
//! behind the larger of the two numbers, so that nothing takes the number of an event that was lost; and a run is over
//! when the last event that can be read says so, or when its columns do and the event that they speak of is lost.

pub(crate) mod standing;

use crate::{
    damage::{Damage, is_damage, text},
    projection::{self, SEQ_MAX},
};
use orchestrator_core::{Event, RunId, RunStatus, Standing, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// How many of the newest events are looked at, at most, for one that is the run's own.
const LOOK_BACK: u32 = 16;

/// How far a run's events reach.
#[derive(Debug)]
pub(crate) struct Reach {
    /// The run's key in the tables.
    pub(crate) number: i64,
    /// The run; none where its id cannot be read.
    pub(crate) id: Option<RunId>,
    /// When it was asked for, as far as that can be read.
    pub(crate) created: Timestamp,
    /// Number of its last event, lost ones included; 0 when there is none.
    pub(crate) last: u64,
    /// Whether that event is its end.
    pub(crate) ended: bool,
    /// Number of its last event that is there.
    present: u64,
    /// The status that its columns have.
    status: Option<RunStatus>,
    /// Where its columns say that it stands, or what is wrong with them.
    columns: Result<Option<Standing>, String>,
}

/// A run's newest event.
struct Newest {
    seq: u64,
    /// Whether it is marked as the run's last.
    marked: bool,
    /// Whether it says of itself that it is; none where it cannot be read.
    says: Option<bool>,
}

impl Reach {
    /// None when there is no such run.
    pub(crate) fn of(connection: &Connection, number: i64) -> rusqlite::Result<Option<Self>> {
        let sql =
            format!("SELECT number, run_id, created, {} FROM runs WHERE number = ?1", projection::COLUMNS);
        let row =
            connection.prepare_cached(&sql)?.query_row([number], |row| Ok(Self::of_row(row))).optional()?;
        let Some(mut reach) = row else { return Ok(None) };
        let newest = match reach.newest(connection) {
            Err(error) if is_damage(&error) => None,
            newest => newest?,
        };
        let over = reach.status.is_some_and(RunStatus::is_terminal);
        reach.present = newest.as_ref().map_or(0, |newest| newest.seq);
        reach.ended = match newest {
            Some(newest) if newest.seq >= reach.last => newest.says.unwrap_or(newest.marked || over),
            _ => over,
        };
        // What is over had an event at least.
        reach.last = reach.last.max(reach.present).max(u64::from(reach.ended));
        Ok(Some(reach))
    }

    fn of_row(row: &Row<'_>) -> Self {
        let said = row.get::<_, i64>(3 + projection::LAST_SEQ).ok().filter(|seq| (0..=SEQ_MAX).contains(seq));
        Self {
            number: row.get(0).unwrap_or_default(),
            id: text(row, 1).parse().ok(),
            created: text(row, 2).parse().unwrap_or(Timestamp::UNIX_EPOCH),
            last: said.unwrap_or_default().unsigned_abs(),
            ended: false,
            present: 0,
            status: RunStatus::named(&text(row, 3)),
            columns: projection::read(row, 3).map_err(|error| error.to_string()),
        }
    }

    /// The newest event that is not known to be another run's.
    fn newest(&self, connection: &Connection) -> rusqlite::Result<Option<Newest>> {
        let mut select = connection.prepare_cached(
            "SELECT seq, terminal, json FROM events
             WHERE run = ?1 AND seq <= ?2 AND typeof(seq) = 'integer' ORDER BY seq DESC LIMIT ?3",
        )?;
        let mut rows = select.query(params![self.number, SEQ_MAX, LOOK_BACK])?;
        while let Some(row) = rows.next()? {
            let json = row.get_ref(2)?.as_str().unwrap_or_default();
            let event: Option<Event> = serde_json::from_str(json).ok();
            if self.id.zip(event.as_ref()).is_some_and(|(id, event)| id != event.run_id) {
                continue;
            }
            let seq = row.get::<_, i64>(0)?.unsigned_abs();
            let marked = row.get_ref(1)?.as_i64().is_ok_and(|mark| mark != 0);
            let says = event.filter(|event| event.seq == seq).map(|event| event.is_terminal());
            return Ok(Some(Newest { seq, marked, says }));
        }
        Ok(None)
    }

    /// What is wrong with the columns.
    pub(crate) fn damage(&self) -> Option<Damage> {
        let detail = match &self.columns {
            Err(detail) => detail.clone(),
            Ok(standing) => {
                let seq = standing.map_or(0, |standing| standing.seq);
                let over = standing.is_some_and(|standing| standing.status.is_terminal());
                match () {
                    () if seq < self.present => {
                        format!("it ends at event {seq}, and there are {}", self.present)
                    }
                    () if over != self.ended => {
                        "it disagrees with the events on whether the run is over".into()
                    }
                    () => return None,
                }
            }
        };
        Some(self.damaged("the summary", &detail))
    }

    /// Puts right what is wrong with what is said of the run beside its events, and says what that was.
    pub(crate) fn mend(
        &self,
        connection: &Connection,
        standing: Option<&Standing>,
        indexes: &mut Indexes,
    ) -> Vec<Damage> {
        let mut damaged = Vec::from_iter(self.damage());
        let write = || match (standing, self.damage()) {
            (Some(standing), Some(_)) => projection::write(connection, self.number, standing),
            _ => Ok(()),
        };
        let written = write().or_else(|error| indexes.make_again(connection, error).and_then(|()| write()));
        let unmarked = written.and_then(|()| {
            self.unmark(connection)
                .or_else(|error| indexes.make_again(connection, error).and_then(|()| self.unmark(connection)))
        });
        match unmarked {
            Ok(true) => damaged.push(self.damaged("the mark of the end", &"it was on an event that is none")),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "where a run stands could not be put right"),
        }
        damaged
    }

    /// Takes the mark of a run's end off events that are not its end, which would keep the true one out. Says whether
    /// there was one.
    fn unmark(&self, connection: &Connection) -> rusqlite::Result<bool> {
        let marked = connection
            .prepare_cached("SELECT 1 FROM events WHERE run = ?1 AND terminal = 1")?
            .exists([self.number])?;
        if self.ended || !marked {
            return Ok(false);
        }
        let unmark = "UPDATE events SET terminal = 0 WHERE run = ?1 AND terminal = 1";
        match connection.execute(unmark, [self.number])? {
            // The index has an event that is not there.
            0 => Err(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT))
                .map_err(|error| rusqlite::Error::SqliteFailure(error, None)),
            _ => Ok(true),
        }
    }

    /// A damage of something of this run.
    fn damaged(&self, part: &str, detail: &impl ToString) -> Damage {
        let id = self.id.map_or_else(|| "?".to_owned(), |id| id.to_string());
        Damage::new(format!("{part} of run {id}"), detail)
    }
}

/// The indexes that a run's end and its columns are written through. One that is out of step with its table lets neither
/// be written. Making them again reads all events, so it is done once in the life of a program.
#[derive(Debug, Default)]
pub(crate) struct Indexes {
    made_again: bool,
}

impl Indexes {
    /// Makes them again where `error` comes from one; otherwise it stays.
    fn make_again(&mut self, connection: &Connection, error: rusqlite::Error) -> rusqlite::Result<()> {
        if self.made_again || !is_damage(&error) {
            return Err(error);
        }
        self.made_again = true;
        tracing::error!(%error, "an index of the journal is out of step; it is made again");
        connection.execute_batch("REINDEX runs; REINDEX one_end_per_run")
    }
}

//! Folded states, kept so that nobody has to read all of a long run's events to say what became of it.
//!
//! A kept state names the event that it reaches to, so it can be old but not wrong: whoever reads it goes on with the
//! events after it. What is in it, and which `format` its reader knows, is the business of whoever folds; one of another
//! format is no state. Each run keeps its newest.

use crate::{Journal, JournalError, RunWriter, damage::readable, writer::Command};
use orchestrator_core::RunId;
use rusqlite::{Connection, Row, params};
use std::sync::Arc;

/// The fold of a run's events up to one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptState {
    /// Number of the last event that is in it.
    pub seq: u64,
    /// Form of the text, as its writer numbers them.
    pub format: u32,
    /// The state.
    pub json: String,
}

impl Journal {
    /// The newest state of this format that was kept of a run; none when there is none, or none that can be read.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn kept_state(&self, id: RunId, format: u32) -> Result<Option<KeptState>, JournalError> {
        let query = move |connection: &Connection| {
            let mut select = connection.prepare_cached(
                "SELECT seq, json FROM states JOIN runs ON runs.number = states.run
                 WHERE runs.run_id = ?1 AND format = ?2",
            )?;
            let rows = select.query(params![id.to_string(), format])?;
            let name = |_: &Row<'_>| format!("the kept state of run {id}");
            readable(rows, "kept states", name, |row| {
                Ok(KeptState { seq: row.get::<_, i64>(0)?.try_into()?, format, json: row.get(1)? })
            })
        };
        Ok(self.shared.readers.rows("reading the state of a run", query).await?.pop())
    }
}

impl RunWriter {
    /// Keeps a state that reaches to an event appended before. Waits only while the line is full.
    ///
    /// # Errors
    /// When the journal is closed. That the state could not be written is no error: it is made again when it is needed.
    pub async fn keep_state(&self, state: KeptState) -> Result<(), JournalError> {
        let permit = self.shared.commands()?.reserve().await.map_err(|_| JournalError::Closed)?;
        permit.send(Command::Keep(Arc::clone(&self.run), state));
        Ok(())
    }
}

/// Writes a state, unless a later one is there.
pub(crate) fn keep(connection: &Connection, run: i64, state: &KeptState) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO states (run, seq, format, json) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (run) DO UPDATE SET seq = ?2, format = ?3, json = ?4
             WHERE excluded.seq >= seq OR excluded.format <> format",
        )?
        .execute(params![run, state.seq.cast_signed(), state.format, state.json])
        .map(drop)
}

/// Forgets a state that reaches to event `seq` or further, which is only now written: it is of events that are lost.
pub(crate) fn forget(connection: &Connection, run: i64, seq: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM states WHERE run = ?1 AND seq >= ?2")?
        .execute(params![run, seq.cast_signed()])
        .map(drop)
}

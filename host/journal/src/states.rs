//! Folded states, kept so that nobody has to read all of a long run's events to say what became of it.
//!
//! A kept state names the event that it reaches to, so it can be old but not wrong: whoever reads it goes on with the
//! events after it. What is in it, and which `format` its reader knows, is the business of whoever folds; one of another
//! format is no state. Each run keeps its newest.

use rusqlite::{Connection, params};

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

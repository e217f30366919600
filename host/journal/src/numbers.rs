//! The numbers that runs have in the tables.
//!
//! A run's number is never given to another one. Handles of a run outlive it by a moment, and must not come upon the
//! events of the next.

use rusqlite::Connection;

/// The setting that holds the largest number that a removed run had.
pub(crate) const NUMBERS: &str = "runs/removed";

/// The largest number that a removed run had; 0 when there was none.
pub(crate) fn last_removed(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM settings WHERE key = ?1")?
        .query_row([NUMBERS], |row| row.get(0))
}

/// The number that the next run gets.
pub(crate) fn next(connection: &Connection) -> rusqlite::Result<i64> {
    let last: i64 = connection
        .prepare_cached("SELECT coalesce(max(number), 0) FROM runs")?
        .query_row([], |row| row.get(0))?;
    Ok(last.max(last_removed(connection)?) + 1)
}

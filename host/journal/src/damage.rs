//! What cannot be read, and how reading goes on without it.
//!
//! Disks, file systems and hands damage single rows. One such row must cost nothing but itself, so every query that
//! returns rows goes through [`Readers::rows`](crate::readers::Readers::rows): it hands out what can be read and leaves
//! the rest aside, named. What was left aside is told in the log once, and to whoever asks for
//! [`Ledger::damages`](crate::Ledger::damages), which is where the health of the program comes from.
//!
//! A damaged page of the file ends a list where SQLite meets it; what a reader can do about that is to look behind it,
//! as the queries on runs and events do.

use crate::lock;
use rusqlite::{Row, Rows};
use std::{collections::BTreeMap, sync::Mutex};

/// Most damages that are remembered; those beyond are in the log.
const REMEMBERED: usize = 100;

/// Something in the data folder that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// What it is, such as "event 17 of run …" or "the setting 'agent/writer'".
    pub what: String,
    /// What is wrong with it.
    pub detail: String,
}

impl Damage {
    pub(crate) fn new(what: impl Into<String>, detail: &impl ToString) -> Self {
        Self { what: what.into(), detail: detail.to_string() }
    }
}

/// The damages that were met since the journal was opened.
#[derive(Debug, Default)]
pub(crate) struct Damages(Mutex<BTreeMap<String, String>>);

impl Damages {
    /// Notes a damage, and tells of it when it is met for the first time.
    pub(crate) fn note(&self, damage: Damage) {
        let mut met = lock(&self.0);
        if met.contains_key(&damage.what) {
            return;
        }
        tracing::error!(detail = damage.detail, "{} cannot be read and is left aside", damage.what);
        if met.len() < REMEMBERED {
            met.insert(damage.what, damage.detail);
        }
    }

    pub(crate) fn list(&self) -> Vec<Damage> {
        lock(&self.0).iter().map(|(what, detail)| Damage::new(what.as_str(), detail)).collect()
    }
}

/// What a row came to. Any error about it is one about this row alone.
pub(crate) type Decoded<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Rows, with those that could not be read.
#[derive(Debug)]
pub(crate) struct Found<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) damaged: Vec<Damage>,
    /// Whether a page of the file could not be read, so that rows are missing that nobody can name.
    pub(crate) broken_off: bool,
}

/// Takes every row that can be read. `name` says which row it is, as far as that can be read, and `what` of what.
pub(crate) fn readable<T>(
    mut rows: Rows<'_>,
    what: &str,
    name: impl Fn(&Row<'_>) -> String,
    decode: impl Fn(&Row<'_>) -> Decoded<T>,
) -> rusqlite::Result<Found<T>> {
    let mut found = Found { rows: Vec::new(), damaged: Vec::new(), broken_off: false };
    loop {
        match rows.next() {
            Ok(Some(row)) => match decode(row) {
                Ok(value) => found.rows.push(value),
                Err(error) => found.damaged.push(Damage::new(name(row), &error)),
            },
            Ok(None) => return Ok(found),
            Err(error) if is_damage(&error) => {
                found.broken_off = true;
                let detail = format!("{error}: {}", way_out());
                found.damaged.push(Damage::new(format!("a part of the file that holds {what}"), &detail));
                return Ok(found);
            }
            Err(error) => return Err(error),
        }
    }
}

/// Reads until `limit` rows were found that can be read, or there are no more. `read` takes a number of rows to look at.
/// Who asks for one more than it shows learns from it whether there is more: a row that is left aside ends no list.
pub(crate) fn enough<T>(
    limit: usize,
    mut read: impl FnMut(usize) -> rusqlite::Result<Found<T>>,
) -> rusqlite::Result<Found<T>> {
    let mut looked_at = limit;
    loop {
        let mut found = read(looked_at)?;
        let is_whole = found.broken_off || found.rows.len() + found.damaged.len() < looked_at;
        if is_whole || found.rows.len() >= limit {
            found.rows.truncate(limit);
            return Ok(found);
        }
        looked_at = looked_at.saturating_mul(2);
    }
}

/// What a person does about a page that cannot be read.
fn way_out() -> &'static str {
    "restore the file from a backup, or save what can be read with `sqlite3 journal.sqlite .recover`"
}

/// Whether a page of the file is damaged.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt)
}

/// A column as text, for naming a row that may be damaged in any part.
pub(crate) fn text(row: &Row<'_>, column: usize) -> String {
    match row.get_ref(column) {
        Ok(value) => match value.as_bytes() {
            Ok(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Err(_) => value.as_i64().map_or_else(|_| "?".to_owned(), |number| number.to_string()),
        },
        Err(_) => "?".to_owned(),
    }
}

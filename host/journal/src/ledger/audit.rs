//! Who did what, when: what an operator changed, and what was let in or refused.
//!
//! Entries are appended and never changed, and go only when they are 400 days old, those about refusals 30; the database
//! itself refuses anything else. An entry about a change is committed with
//! that change, so neither is there without the other. Runs that were asked for and commands that they started are
//! events of their runs, and are shown here out of those: nothing is written twice, so nothing can disagree.
//!
//! Three sources are read in the order of time, each through an index of its own, and put in order here. The clock is
//! this machine's. If it is set back, entries of the audit's own keep the later time, so that their order stays.

mod entry;
mod listing;

pub use entry::{AuditEntry, AuditFilter, EntryId, EntryIdError, NewEntry};
#[cfg(test)]
pub(crate) use listing::RUNS_OF;

use super::Ledger;
use crate::{JournalError, Setting, damage::Found};
use listing::SOURCES;
use orchestrator_core::Timestamp;
use rusqlite::{Connection, params};
use serde_json::Value;

/// How long entries are kept, and those about refusals (`access.refuse`), as the database enforces it.
const KEPT: i64 = 400 * DAY;
const REFUSALS_KEPT: i64 = 30 * DAY;
/// In milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How many old entries go with a new one, at most: more than one, so that their number falls.
const FORGOTTEN_AT_ONCE: i64 = 8;
/// Most entries in one answer.
const PAGE_MAX: usize = 1000;

impl Ledger {
    /// Appends an entry, and waits until it is committed.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn record(&self, entry: NewEntry) -> Result<(), JournalError> {
        self.write("writing the audit", move |connection| append(connection, &entry)).await
    }

    /// Lists entries, the newest first unless the filter says otherwise; one that cannot be read is left aside.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn audit(&self, filter: AuditFilter) -> Result<Vec<AuditEntry>, JournalError> {
        let limit = filter.limit.min(PAGE_MAX);
        let oldest_first = filter.oldest_first;
        let query = move |connection: &Connection| {
            let mut found = Found { rows: Vec::new(), damaged: Vec::new(), broken_off: false };
            for source in SOURCES {
                let Found { rows, damaged, broken_off } = listing::list(connection, source, &filter, limit)?;
                found.rows.extend(rows);
                found.damaged.extend(damaged);
                found.broken_off |= broken_off;
            }
            Ok(found)
        };
        let mut found = self.rows("reading the audit", query).await?;
        found.sort_by_key(|entry| entry.id);
        if !oldest_first {
            found.reverse();
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Sets a setting, or deletes it, together with an entry about that. Returns the setting's new version; none, and
    /// no entry, when there was nothing to delete.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn set(
        &self,
        key: &str,
        value: Option<&Value>,
        entry: NewEntry,
    ) -> Result<Option<u64>, JournalError> {
        let (key, value) = (key.to_owned(), value.map(Value::to_string));
        self.write("writing a setting", move |connection| {
            let version = Setting::write(connection, &key, value.as_deref())?;
            if version.is_some() {
                append(connection, &entry)?;
            }
            Ok(version)
        })
        .await
    }
}

/// Appends an entry, and forgets some that are old.
pub(crate) fn append(connection: &Connection, entry: &NewEntry) -> rusqlite::Result<()> {
    let now = Timestamp::now().as_millisecond();
    forget(connection, now)?;
    connection
        .prepare_cached(
            "INSERT INTO audit (at, actor, action, subject, run_id, detail)
             VALUES (max(?1, coalesce((SELECT at FROM audit ORDER BY seq DESC LIMIT 1), 0)), ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            now,
            entry.actor.as_str(),
            entry.action,
            entry.subject,
            entry.run_id.map(|id| id.to_string()),
            entry.detail.to_string(),
        ])
        .map(drop)
}

/// Forgets a few entries whose time is over. Two looks into indexes when there are none, so it is part of each change.
fn forget(connection: &Connection, now: i64) -> rusqlite::Result<()> {
    for (condition, kept) in [("action = 'access.refuse' AND", REFUSALS_KEPT), ("", KEPT)] {
        let sql = format!(
            "DELETE FROM audit WHERE seq IN
             (SELECT seq FROM audit WHERE {condition} at < ?1 ORDER BY at LIMIT {FORGOTTEN_AT_ONCE})"
        );
        // A second more than the database asks for, whose clock has no smaller parts.
        connection.prepare_cached(&sql)?.execute([now - kept - 1000])?;
    }
    Ok(())
}

//! Removing a run: its events, its request, what was kept of it, and the key that it was asked for under.
//!
//! What the audit shows of runs and commands it shows out of their events. So what it shows of this run is written into
//! the audit itself first, in the same transaction: a run can be removed, and that there was one cannot.

use crate::{
    Journal, JournalError, NewEntry, Setting, ledger,
    numbers::{NUMBERS, last_removed},
    runs,
    writer::Command,
};
use orchestrator_core::{ProjectId, RunId, RunStatus, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

/// What the audit shows of a run, out of its events as far as they can be read.
const KEEP: &str = include_str!("removal.sql");

/// Which runs may be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removable {
    /// One that is over.
    Over,
    /// Any; for whoever knows that nothing carries it any more.
    Any,
}

impl Journal {
    /// Removes a run, and writes `entry` into the audit in the same transaction. Those who follow the run come to an end.
    ///
    /// # Errors
    /// [`JournalError::UnknownRun`], [`JournalError::RunNotOver`], or when the journal cannot be written. Nothing is
    /// removed then.
    pub async fn remove_run(
        &self,
        id: RunId,
        removable: Removable,
        entry: Option<NewEntry>,
    ) -> Result<(), JournalError> {
        let path = self.path().to_owned();
        let remove = move |connection: &Connection| {
            let removed = remove(connection, id, removable).and_then(|removed| {
                if removed == Removed::Gone {
                    entry.iter().try_for_each(|entry| ledger::append(connection, entry))?;
                }
                Ok(removed)
            });
            match removed.map_err(|error| JournalError::sqlite(&path, "removing a run", &error))? {
                Removed::Gone => Ok(()),
                Removed::Unknown => Err(JournalError::UnknownRun(id)),
                Removed::NotOver => Err(JournalError::RunNotOver(id)),
            }
        };
        self.shared
            .ask(|reply| match self.shared.changing(remove, reply) {
                Command::Change(change) => Command::Remove(id, change),
                other => other,
            })
            .await
    }

    /// The runs of a project, whatever else can be read of them.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn runs_of(&self, project: ProjectId) -> Result<Vec<RunId>, JournalError> {
        let query = move |connection: &Connection| {
            let mut select = connection.prepare_cached("SELECT run_id FROM runs WHERE project_id = ?1")?;
            let ids = select.query_map([project.as_str()], |row| row.get::<_, String>(0))?;
            Ok(ids.filter_map(|id| id.ok()?.parse().ok()).collect())
        };
        self.shared.readers.read("reading the runs of a project", query).await
    }
}

#[derive(PartialEq, Eq)]
enum Removed {
    Gone,
    Unknown,
    NotOver,
}

fn remove(connection: &Connection, id: RunId, removable: Removable) -> rusqlite::Result<Removed> {
    let Some(number) = runs::number_of(connection, id)? else { return Ok(Removed::Unknown) };
    if removable == Removable::Over && !is_over(connection, number)? {
        return Ok(Removed::NotOver);
    }
    let now = Timestamp::now().as_millisecond();
    connection.prepare_cached(KEEP)?.execute(params![number, now])?;
    for rows in
        ["events WHERE run", "states WHERE run", "requests WHERE run", "keys WHERE run", "runs WHERE number"]
    {
        connection.prepare_cached(&format!("DELETE FROM {rows} = ?1"))?.execute([number])?;
    }
    if number > last_removed(connection)? {
        Setting::write(connection, NUMBERS, Some(&number.to_string()))?;
    }
    Ok(Removed::Gone)
}

/// By its row or by its events: one of them may be damaged.
fn is_over(connection: &Connection, number: i64) -> rusqlite::Result<bool> {
    let status: Option<String> = connection
        .prepare_cached("SELECT status FROM runs WHERE number = ?1")?
        .query_row([number], |row| row.get(0))
        .optional()?;
    if status.as_deref().and_then(RunStatus::named).is_some_and(RunStatus::is_terminal) {
        return Ok(true);
    }
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM events WHERE run = ?1 AND terminal = 1)")?
        .query_row([number], |row| row.get(0))
}

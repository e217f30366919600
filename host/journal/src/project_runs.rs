//! The queries of those who follow a project.

use crate::{
    ProjectCursor,
    numbers::last_removed,
    runs::{number_of, over},
};
use orchestrator_core::{ProjectId, RunId};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A run to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// The run's key in the tables.
    pub(crate) number: i64,
    pub(crate) id: RunId,
    /// Number of its last event; 0 before the first.
    pub(crate) last: u64,
}

/// A run whose id cannot be read is one that nobody can ask for either: it is left aside here as in lists.
fn found(row: &Row<'_>) -> rusqlite::Result<Option<Found>> {
    let (number, id, last): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(id.parse().ok().map(|id| Found { number, id, last: last.max(0).unsigned_abs() }))
}

/// The newest run that has begun, of all projects; 0 when there is none. One that has not may be taken back, and its
/// number given again.
pub(crate) fn newest_begun(connection: &Connection) -> rusqlite::Result<i64> {
    let newest = "SELECT number FROM runs WHERE last_seq > 0 ORDER BY number DESC LIMIT 1";
    Ok(connection.prepare_cached(newest)?.query_row([], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// The runs of a project that are not over, oldest first, at most `limit`.
pub(crate) fn under_way(
    connection: &Connection,
    project: &ProjectId,
    limit: usize,
) -> rusqlite::Result<Vec<Found>> {
    let sql = format!(
        "SELECT number, run_id, last_seq FROM runs WHERE project_id = ?1 AND status NOT IN ({})
         ORDER BY number LIMIT ?2",
        over()
    );
    let mut select = connection.prepare_cached(&sql)?;
    let rows = select.query_map(params![project.as_str(), most(limit)], found)?;
    rows.filter_map(Result::transpose).collect()
}

/// The runs of a project beyond number `after`, oldest first, at most `limit`.
pub(crate) fn beyond(
    connection: &Connection,
    project: &ProjectId,
    after: i64,
    limit: usize,
) -> rusqlite::Result<Vec<Found>> {
    let mut select = connection.prepare_cached(
        "SELECT number, run_id, last_seq FROM runs WHERE project_id = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
    )?;
    let rows = select.query_map(params![project.as_str(), after, most(limit)], found)?;
    rows.filter_map(Result::transpose).collect()
}

/// Which of these runs are there no more.
pub(crate) fn gone(connection: &Connection, runs: Vec<RunId>) -> rusqlite::Result<Vec<RunId>> {
    let is_gone = |id: RunId| number_of(connection, id).map(|number| number.is_none().then_some(id));
    runs.into_iter().filter_map(|id| is_gone(id).transpose()).collect()
}

/// The runs that `cursor` names, each with the number of the last event that was read. A run that is there no more, because
/// it was taken back or deleted, has nothing to be read, and what comes after it has. None when the place is beyond all runs
/// that there have been: then it was not made from this journal.
pub(crate) fn named(
    connection: &Connection,
    project: &ProjectId,
    cursor: &ProjectCursor,
) -> rusqlite::Result<Option<Vec<(Found, u64)>>> {
    if cursor.settled > newest_begun(connection)?.max(last_removed(connection)?) {
        return Ok(None);
    }
    let mut select = connection
        .prepare_cached("SELECT number, run_id, last_seq FROM runs WHERE number = ?1 AND project_id = ?2")?;
    let mut all = Vec::with_capacity(cursor.open.len());
    for (number, seq) in &cursor.open {
        let run = select.query_row(params![number, project.as_str()], found).optional()?.flatten();
        all.extend(run.map(|run| (run, *seq)));
    }
    Ok(Some(all))
}

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

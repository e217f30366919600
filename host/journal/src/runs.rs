//! The queries on runs and their events.

use crate::{BATCH_BYTES, JournalError, RunEntry, RunFilter, RunRecord, StoredEvent};
use orchestrator_core::{Event, RunId};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use std::sync::Arc;

/// Where a run's committed events end.
pub(crate) struct End {
    /// The run's key in the tables.
    pub(crate) number: i64,
    /// Number of the last event; 0 when there is none.
    pub(crate) committed: u64,
    /// Whether that event is terminal.
    pub(crate) ended: bool,
}

/// A run as the tables hold it, not yet parsed.
pub(crate) struct RawEntry {
    run_id: String,
    created: String,
    request: String,
    last: Option<String>,
}

const ENTRY: &str = "SELECT runs.run_id, runs.created, runs.request,
    (SELECT json FROM events WHERE run = runs.number ORDER BY seq DESC LIMIT 1) FROM runs";

/// Reads where a run's events end; none when there is no such run.
pub(crate) fn end_of(connection: &Connection, id: RunId) -> rusqlite::Result<Option<End>> {
    connection
        .prepare_cached(
            "SELECT runs.number, coalesce(events.seq, 0), coalesce(events.terminal, 0)
             FROM runs LEFT JOIN events ON events.run = runs.number
             WHERE runs.run_id = ?1 ORDER BY events.seq DESC LIMIT 1",
        )?
        .query_row([id.to_string()], |row| {
            Ok(End {
                number: row.get(0)?,
                committed: row.get::<_, i64>(1)?.cast_unsigned(),
                ended: row.get(2)?,
            })
        })
        .optional()
}

/// Adds a run.
pub(crate) fn create(connection: &Connection, record: &RunRecord, request: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO runs (run_id, project_id, workflow, created, request) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            record.run_id.to_string(),
            record.request.project_id.as_str(),
            record.request.workflow_name.as_str(),
            record.created.to_string(),
            request,
        ])
        .map(drop)
}

/// Removes a run that has no events.
pub(crate) fn withdraw(connection: &Connection, id: RunId) -> rusqlite::Result<()> {
    let unbegun =
        "DELETE FROM runs WHERE run_id = ?1 AND NOT EXISTS (SELECT 1 FROM events WHERE run = runs.number)";
    connection.prepare_cached(unbegun)?.execute([id.to_string()]).map(drop)
}

/// Reads one run.
pub(crate) fn entry(connection: &Connection, id: RunId) -> rusqlite::Result<Option<RawEntry>> {
    connection
        .prepare_cached(&format!("{ENTRY} WHERE run_id = ?1"))?
        .query_row([id.to_string()], raw_entry)
        .optional()
}

/// Reads the runs that `filter` lets through, newest first. Run ids sort by the time of the request.
pub(crate) fn list(connection: &Connection, filter: &RunFilter) -> rusqlite::Result<Vec<RawEntry>> {
    let before = filter.before.map(|id| id.to_string());
    let mut conditions = vec!["1"];
    let mut values: Vec<&dyn ToSql> = Vec::new();
    let project = filter.project.as_ref().map(|project| project.as_str());
    let workflow = filter.workflow.as_ref().map(|workflow| workflow.as_str());
    let wanted = [
        ("project_id = ?", project.as_ref().map(|value| value as &dyn ToSql)),
        ("workflow = ?", workflow.as_ref().map(|value| value as &dyn ToSql)),
        ("run_id < ?", before.as_ref().map(|value| value as &dyn ToSql)),
    ];
    for (condition, value) in wanted {
        if let Some(value) = value {
            conditions.push(condition);
            values.push(value);
        }
    }
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
    values.push(&limit);
    let sql = format!("{ENTRY} WHERE {} ORDER BY run_id DESC LIMIT ?", conditions.join(" AND "));
    connection.prepare_cached(&sql)?.query_map(&*values, raw_entry)?.collect()
}

/// Reads the runs that have no terminal event, oldest first.
pub(crate) fn unfinished(connection: &Connection) -> rusqlite::Result<Vec<RawEntry>> {
    connection
        .prepare_cached(&format!(
            "{ENTRY} WHERE NOT EXISTS (SELECT 1 FROM events WHERE run = runs.number AND terminal = 1) ORDER BY run_id"
        ))?
        .query_map([], raw_entry)?
        .collect()
}

/// Reads the events of a run after `after`: at most `limit`, and no more than [`BATCH_BYTES`] after the first.
pub(crate) fn events(
    connection: &Connection,
    number: i64,
    after: u64,
    limit: usize,
) -> rusqlite::Result<Vec<StoredEvent>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, terminal, json FROM events WHERE run = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![number, after, limit])?;
    let (mut events, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let json: Arc<str> = row.get(2)?;
        bytes += json.len();
        if bytes > BATCH_BYTES && !events.is_empty() {
            break;
        }
        events.push(StoredEvent { seq: row.get::<_, i64>(0)?.cast_unsigned(), terminal: row.get(1)?, json });
    }
    Ok(events)
}

fn raw_entry(row: &Row<'_>) -> rusqlite::Result<RawEntry> {
    Ok(RawEntry { run_id: row.get(0)?, created: row.get(1)?, request: row.get(2)?, last: row.get(3)? })
}

impl RawEntry {
    /// Gives the texts their types back.
    pub(crate) fn parse(self) -> Result<RunEntry, JournalError> {
        let what = || format!("run {}", self.run_id);
        let record = RunRecord {
            run_id: self.run_id.parse().map_err(|error| JournalError::unreadable(what(), &error))?,
            created: self.created.parse().map_err(|error| JournalError::unreadable(what(), &error))?,
            request: serde_json::from_str(&self.request)
                .map_err(|error| JournalError::unreadable(what(), &error))?,
        };
        let last = self.last.as_deref().map(|json| parse_event(record.run_id, json)).transpose()?;
        Ok(RunEntry { record, last })
    }
}

/// Gives an event its type back.
pub(crate) fn parse_event(run: RunId, json: &str) -> Result<Event, JournalError> {
    serde_json::from_str(json)
        .map_err(|error| JournalError::unreadable(format!("an event of run {run}"), &error))
}

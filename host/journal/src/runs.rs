//! The queries on runs and their events.

use crate::{BATCH_BYTES, JournalError, RunEntry, RunFilter, RunRecord, StoredEvent, projection};
use orchestrator_core::{Event, RunId, RunStatus, Standing};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter, types::Value};
use std::sync::Arc;

/// Where a run's committed events end.
pub(crate) struct End {
    /// The run's key in the tables.
    pub(crate) number: i64,
    /// Number of the last event; 0 when there is none.
    pub(crate) committed: u64,
    /// Whether that event is terminal.
    pub(crate) ended: bool,
    /// Where the run stands after it.
    pub(crate) standing: Option<Standing>,
}

/// A run as the tables hold it, not yet parsed.
pub(crate) struct RawEntry {
    run_id: String,
    created: String,
    request: String,
    standing: Option<Standing>,
}

fn entries(rest: &str) -> String {
    let columns = projection::COLUMNS;
    format!(
        "SELECT runs.run_id, runs.created, json, {columns} FROM runs JOIN requests ON requests.run = runs.number {rest}"
    )
}

/// Reads where a run's events end; none when there is no such run. The events are asked and not the columns beside
/// them, because the numbering goes on from here.
pub(crate) fn end_of(connection: &Connection, id: RunId) -> rusqlite::Result<Option<End>> {
    let sql = format!(
        "SELECT runs.number, coalesce(events.seq, 0), coalesce(events.terminal, 0), {}
         FROM runs LEFT JOIN events ON events.run = runs.number
         WHERE runs.run_id = ?1 ORDER BY events.seq DESC LIMIT 1",
        projection::COLUMNS
    );
    let end = connection
        .prepare_cached(&sql)?
        .query_row([id.to_string()], |row| {
            Ok(End {
                number: row.get(0)?,
                committed: row.get::<_, i64>(1)?.cast_unsigned(),
                ended: row.get(2)?,
                standing: projection::read(row, 3)?,
            })
        })
        .optional()?;
    let Some(mut end) = end else { return Ok(None) };
    if end.standing.map_or(0, |standing| standing.seq) != end.committed {
        end.standing = projection::fold(connection, end.number, id, end.standing)?;
    }
    Ok(Some(end))
}

/// Adds a run.
pub(crate) fn create(connection: &Connection, record: &RunRecord, request: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO runs (run_id, project_id, workflow, created, status) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            record.run_id.to_string(),
            record.request.project_id.as_str(),
            record.request.workflow_name.as_str(),
            record.created.to_string(),
            RunStatus::Queued.as_str(),
        ])?;
    connection
        .prepare_cached("INSERT INTO requests (run, json) VALUES (?1, ?2)")?
        .execute(params![connection.last_insert_rowid(), request])
        .map(drop)
}

/// Reads one run.
pub(crate) fn entry(connection: &Connection, id: RunId) -> rusqlite::Result<Option<RawEntry>> {
    connection
        .prepare_cached(&entries("WHERE run_id = ?1"))?
        .query_row([id.to_string()], raw_entry)
        .optional()
}

/// Reads the runs that `filter` lets through, newest first. Run ids sort by the time of the request.
pub(crate) fn list(connection: &Connection, filter: &RunFilter) -> rusqlite::Result<Vec<RawEntry>> {
    let (sql, values) = list_sql(filter);
    connection.prepare_cached(&sql)?.query_map(params_from_iter(values), raw_entry)?.collect()
}

/// The query of [`list`]. Each single condition, and each together with a status, has an index in the order of the
/// answer; a project and a workflow together look at that project's runs.
pub(crate) fn list_sql(filter: &RunFilter) -> (String, Vec<Value>) {
    let text = |text: &str| Value::Text(text.to_owned());
    let wanted = [
        ("project_id = ?", filter.project.as_ref().map(|project| text(project.as_str()))),
        ("workflow = ?", filter.workflow.as_ref().map(|workflow| text(workflow.as_str()))),
        ("status = ?", filter.status.map(|status| text(status.as_str()))),
        ("run_id < ?", filter.before.map(|before| Value::Text(before.to_string()))),
    ];
    let (mut conditions, mut values) = (vec!["1"], Vec::new());
    for (condition, value) in wanted {
        if let Some(value) = value {
            conditions.push(condition);
            values.push(value);
        }
    }
    values.push(Value::Integer(i64::try_from(filter.limit).unwrap_or(i64::MAX)));
    (entries(&format!("WHERE {} ORDER BY run_id DESC LIMIT ?", conditions.join(" AND "))), values)
}

/// Reads the runs that have no terminal event, oldest first.
pub(crate) fn unfinished(connection: &Connection) -> rusqlite::Result<Vec<RawEntry>> {
    connection.prepare_cached(&unfinished_sql())?.query_map([], raw_entry)?.collect()
}

/// The query of [`unfinished`].
pub(crate) fn unfinished_sql() -> String {
    let open = RunStatus::ALL.into_iter().filter(|status| !status.is_terminal());
    let open: Vec<_> = open.map(|status| format!("'{}'", status.as_str())).collect();
    entries(&format!("WHERE status IN ({}) ORDER BY run_id", open.join(", ")))
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
    Ok(RawEntry {
        run_id: row.get(0)?,
        created: row.get(1)?,
        request: row.get(2)?,
        standing: projection::read(row, 3)?,
    })
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
        Ok(RunEntry { record, standing: self.standing })
    }
}

/// Gives an event its type back.
pub(crate) fn parse_event(run: RunId, json: &str) -> Result<Event, JournalError> {
    serde_json::from_str(json)
        .map_err(|error| JournalError::unreadable(format!("an event of run {run}"), &error))
}

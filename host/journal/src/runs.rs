//! The queries on runs.

use crate::{
    RunEntry, RunFilter, RunRecord,
    damage::{Decoded, Found, readable, text},
    projection,
};
use orchestrator_core::{ProjectId, RunId, RunStatus, Standing};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter, types::Value};

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
        end.standing = projection::fold(connection, end.number, end.standing)?;
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

/// Removes a run that has no events.
pub(crate) fn withdraw(connection: &Connection, id: RunId) -> rusqlite::Result<()> {
    let unbegun =
        "DELETE FROM runs WHERE run_id = ?1 AND NOT EXISTS (SELECT 1 FROM events WHERE run = runs.number)";
    connection.prepare_cached(unbegun)?.execute([id.to_string()]).map(drop)
}

/// Reads one run.
pub(crate) fn entry(connection: &Connection, id: RunId) -> rusqlite::Result<Found<RunEntry>> {
    let mut select = connection.prepare_cached(&entries("WHERE run_id = ?1"))?;
    readable(select.query([id.to_string()])?, "runs", name, decode)
}

/// Reads the runs that `filter` lets through, newest first. Run ids sort by the time of the request.
pub(crate) fn list(connection: &Connection, filter: &RunFilter) -> rusqlite::Result<Found<RunEntry>> {
    let (sql, values) = list_sql(filter);
    readable(connection.prepare_cached(&sql)?.query(params_from_iter(values))?, "runs", name, decode)
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

/// Reads the newest run of each of these projects.
pub(crate) fn newest(
    connection: &Connection,
    projects: &[ProjectId],
) -> rusqlite::Result<Vec<Option<RunId>>> {
    let mut select = connection
        .prepare_cached("SELECT run_id FROM runs WHERE project_id = ?1 ORDER BY run_id DESC LIMIT 1")?;
    let newest = projects.iter().map(|project| {
        let id: Option<String> = select.query_row([project.as_str()], |row| row.get(0)).optional()?;
        Ok(id.and_then(|id| id.parse().ok()))
    });
    newest.collect()
}

/// Reads the runs that have no terminal event, oldest first.
pub(crate) fn unfinished(connection: &Connection) -> rusqlite::Result<Found<RunEntry>> {
    readable(connection.prepare_cached(&unfinished_sql())?.query([])?, "runs", name, decode)
}

/// The query of [`unfinished`].
pub(crate) fn unfinished_sql() -> String {
    let open = RunStatus::ALL.into_iter().filter(|status| !status.is_terminal());
    let open: Vec<_> = open.map(|status| format!("'{}'", status.as_str())).collect();
    entries(&format!("WHERE status IN ({}) ORDER BY run_id", open.join(", ")))
}

/// Which run a row of [`entries`] is, for naming it.
fn name(row: &Row<'_>) -> String {
    format!("run {}", text(row, 0))
}

fn decode(row: &Row<'_>) -> Decoded<RunEntry> {
    let (id, created, request): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let record = RunRecord {
        run_id: id.parse()?,
        created: created.parse()?,
        request: serde_json::from_str(&request)?,
    };
    Ok(RunEntry { record, standing: projection::read(row, 3)? })
}

//! The queries on runs.

use crate::{
    RunEntry, RunFilter, RunRecord,
    damage::{Damage, Decoded, Found, enough, readable, text},
    keys, numbers, projection,
    reach::{Indexes, Reach},
};
use orchestrator_core::{Actor, Once, ProjectId, RunId, RunStatus, Standing};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter, types::Value};
use std::cell::RefCell;

/// Where the columns of the projection begin in a row of [`entries`], and where the run's number is.
const FIRST: usize = 3;
const PLACE: usize = FIRST + projection::LAST_SEQ + 1;

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
        "SELECT runs.run_id, runs.created, json, {columns}, runs.number, runs.project_id, runs.workflow
         FROM runs LEFT JOIN requests ON requests.run = runs.number {rest}"
    )
}

/// The key of a run in the tables.
pub(crate) fn number_of(connection: &Connection, id: RunId) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT number FROM runs WHERE run_id = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()
}

/// Reads where a run's events end, as far as its row and its events can be read; none when there is no such run. What
/// is damaged of what is said about it elsewhere is put right on the way, and returned.
pub(crate) fn end_of(
    connection: &Connection,
    id: RunId,
    indexes: &mut Indexes,
) -> rusqlite::Result<Option<(End, Vec<Damage>)>> {
    let Some(number) = number_of(connection, id)? else { return Ok(None) };
    let Some(reach) = Reach::of(connection, number)? else { return Ok(None) };
    let standing = reach.standing(connection)?;
    let damaged = reach.mend(connection, standing.as_ref(), indexes);
    Ok(Some((End { number, committed: reach.last, ended: reach.ended, standing }, damaged)))
}

/// Adds a run, under the key that `once` says.
pub(crate) fn create(
    connection: &Connection,
    record: &RunRecord,
    request: &str,
    once: Option<&(Actor, Once)>,
) -> rusqlite::Result<()> {
    let number = numbers::next(connection)?;
    connection
        .prepare_cached(
            "INSERT INTO runs (number, run_id, project_id, workflow, created, status) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            number,
            record.run_id.to_string(),
            record.request.project_id.as_str(),
            record.request.workflow_name.as_str(),
            record.created.to_string(),
            RunStatus::Queued.as_str(),
        ])?;
    connection
        .prepare_cached("INSERT INTO requests (run, json) VALUES (?1, ?2)")?
        .execute(params![number, request])?;
    once.map_or(Ok(()), |(actor, once)| keys::add(connection, number, actor, once))
}

/// Removes a run that never had events. Says whether it did.
pub(crate) fn withdraw(connection: &Connection, id: RunId) -> rusqlite::Result<bool> {
    let unbegun = "SELECT number FROM runs WHERE run_id = ?1 AND last_seq = 0 AND status = 'queued'
                   AND NOT EXISTS (SELECT 1 FROM events WHERE run = number)
                   AND NOT EXISTS (SELECT 1 FROM states WHERE run = number)";
    let number: Option<i64> =
        connection.prepare_cached(unbegun)?.query_row([id.to_string()], |row| row.get(0)).optional()?;
    let Some(number) = number else { return Ok(false) };
    for rows in ["requests WHERE run", "runs WHERE number"] {
        connection.prepare_cached(&format!("DELETE FROM {rows} = ?1"))?.execute([number])?;
    }
    Ok(true)
}

/// Reads one run.
pub(crate) fn entry(connection: &Connection, id: RunId) -> rusqlite::Result<Found<RunEntry>> {
    let mut mended = Vec::new();
    let sql = entries("WHERE run_id = ?1");
    let mut found = read(connection, &sql, vec![Value::Text(id.to_string())], &mut mended)?;
    found.damaged.extend(mended);
    Ok(found)
}

/// Reads the runs that `filter` lets through, newest first. Run ids sort by the time of the request.
pub(crate) fn list(connection: &Connection, filter: &RunFilter) -> rusqlite::Result<Found<RunEntry>> {
    let mut mended = Vec::new();
    let mut found = enough(filter.limit, |limit| {
        let (sql, values) = list_sql(&RunFilter { limit, ..filter.clone() });
        read(connection, &sql, values, &mut mended)
    })?;
    found.damaged.extend(mended);
    Ok(found)
}

/// The query of [`list`]. Each single condition, each together with a status, and a project with a workflow have an index
/// in the order of the answer; all three together look at the runs of two of them.
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

/// Reads which runs have no terminal event, oldest first. Nothing is asked of them but their ids, so that whatever else
/// is damaged, a run is found that has to be ended.
pub(crate) fn unfinished(connection: &Connection) -> rusqlite::Result<Found<RunId>> {
    let mut select = connection.prepare_cached(&unfinished_sql())?;
    readable(select.query([])?, "runs", name, |row| Ok(row.get::<_, String>(0)?.parse::<RunId>()?))
}

/// The query of [`unfinished`]: by the events, each a look into the index on ends, and by the columns.
pub(crate) fn unfinished_sql() -> String {
    format!(
        "SELECT run_id FROM runs
         WHERE coalesce(status, '') NOT IN ({})
            OR NOT EXISTS (SELECT 1 FROM events WHERE events.run = runs.number AND events.terminal = 1)
         ORDER BY run_id",
        over()
    )
}

/// The statuses of runs that are over, as SQL has a list.
pub(crate) fn over() -> String {
    let over = RunStatus::ALL.into_iter().filter(|status| status.is_terminal());
    let over: Vec<_> = over.map(|status| format!("'{}'", status.as_str())).collect();
    over.join(", ")
}

/// Which run a row of [`entries`] is, for naming it.
fn name(row: &Row<'_>) -> String {
    format!("run {}", text(row, 0))
}

/// Reads rows of [`entries`]. What can be told of a run in spite of a damage is told, and the damage is in `mended`.
fn read(
    connection: &Connection,
    sql: &str,
    values: Vec<Value>,
    mended: &mut Vec<Damage>,
) -> rusqlite::Result<Found<RunEntry>> {
    let mended = RefCell::new(mended);
    let mut select = connection.prepare_cached(sql)?;
    readable(select.query(params_from_iter(values))?, "runs", name, |row| {
        let (entry, damage) = decode(connection, row)?;
        mended.borrow_mut().extend(damage);
        Ok(entry)
    })
}

fn decode(connection: &Connection, row: &Row<'_>) -> Decoded<(RunEntry, Option<Damage>)> {
    let (id, created, request): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let record = RunRecord {
        run_id: id.parse()?,
        created: created.parse()?,
        request: serde_json::from_str(&request)?,
    };
    let (request, here) = (&record.request, PLACE + 1);
    let told = [request.project_id.as_str(), request.workflow_name.as_str()];
    let moved = (told != [text(row, here), text(row, here + 1)]).then(|| {
        Damage::new(format!("the project or workflow in the row of run {id}"), &"its request has others")
    });
    match projection::read(row, FIRST) {
        Ok(standing) => Ok((RunEntry { record, standing }, moved)),
        Err(_) => {
            let reach = Reach::of(connection, row.get(PLACE)?)?.ok_or("it is gone")?;
            Ok((RunEntry { record, standing: reach.standing(connection)? }, reach.damage()))
        }
    }
}

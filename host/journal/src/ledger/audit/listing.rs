//! Listing one source of the audit, whatever is damaged in what it is made of.

use super::entry::{AuditEntry, AuditFilter, EntryId};
use crate::{
    Damage,
    damage::{Decoded, Found, enough, readable, text},
};
use orchestrator_core::{Actor, Timestamp};
use rusqlite::{Connection, Row, ToSql, params};

/// Where entries come from: views of the same form.
pub(super) const SOURCES: [&str; 3] = ["audit_own", "audit_starts", "audit_commands"];
/// So many runs of somebody are looked at one by one.
const FEW: u32 = 100;
/// The runs that somebody asked for, through the index on who did.
pub(crate) const RUNS_OF: &str = "SELECT run FROM events
    WHERE seq = 1
      AND CASE WHEN json_valid(json) THEN coalesce(json_extract(json, '$.data.actor'), 'unknown') END = ?1
    LIMIT ?2";
/// Runs whose row has something else than text where the audit shows text, which SQLite makes no JSON of.
const NO_TEXT: &str =
    "SELECT number, run_id FROM runs WHERE typeof(workflow) <> 'text' OR typeof(project_id) <> 'text'";

/// Lists entries of one source. Where a run or an event that is part of the audit is damaged so that SQLite fails the
/// whole query, the query is repeated with a condition that keeps the damaged rows out: a view that looks at each event
/// first, at the price of reading all events, or the numbers of the other runs.
pub(super) fn list(
    connection: &Connection,
    source: &str,
    filter: &AuditFilter,
    limit: usize,
) -> rusqlite::Result<Found<AuditEntry>> {
    let (mut view, mut condition) = (source.to_owned(), "1".to_owned());
    let mut damaged = Vec::new();
    let of_runs = source != SOURCES[0];
    let few = if of_runs { runs_of(connection, filter)? } else { None };
    if few.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Found { rows: Vec::new(), damaged, broken_off: false });
    }
    loop {
        let runs = few.as_deref().map_or_else(|| "1".to_owned(), is_one_of);
        let condition_and_runs = format!("{condition} AND {runs}");
        let rows = |looked_at| select(connection, &view, &condition_and_runs, filter, looked_at);
        match enough(limit, rows) {
            Err(error) if of_runs && view == source && error.to_string().contains("malformed JSON") => {
                view = format!("{source}_readable");
                damaged.push(Damage::new("an event of a run that belongs into the audit", &error));
            }
            Err(error)
                if of_runs && condition == "1" && error.to_string().contains("JSON cannot hold BLOB") =>
            {
                condition = format!("source NOT IN (SELECT number FROM ({NO_TEXT}))");
                damaged.extend(without_text(connection)?);
            }
            found => {
                let mut found = found?;
                found.damaged.extend(damaged);
                return Ok(found);
            }
        }
    }
}

/// The runs of the actor that is asked for, where they are few. Who has many is found by going back in time.
fn runs_of(connection: &Connection, filter: &AuditFilter) -> rusqlite::Result<Option<Vec<i64>>> {
    // Also shown as that are the commands of a run whose beginning is lost.
    let Some(actor) = filter.actor.as_ref().filter(|actor| *actor != Actor::UNKNOWN.as_str()) else {
        return Ok(None);
    };
    let runs: Vec<i64> = connection
        .prepare_cached(RUNS_OF)?
        .query_map(params![actor, FEW + 1], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(runs).filter(|runs| runs.len() <= FEW as usize))
}

fn is_one_of(runs: &[i64]) -> String {
    let runs: Vec<_> = runs.iter().map(i64::to_string).collect();
    format!("source IN ({})", runs.join(", "))
}

fn without_text(connection: &Connection) -> rusqlite::Result<Vec<Damage>> {
    let mut select = connection.prepare_cached(NO_TEXT)?;
    let runs = readable(select.query([])?, "runs", |row| text(row, 0), |row| Ok(text(row, 1)))?;
    let named = runs
        .rows
        .into_iter()
        .map(|id| Damage::new(format!("the project or workflow in the row of run {id}"), &"it is no text"));
    Ok(named.chain(runs.damaged).collect())
}

fn select(
    connection: &Connection,
    source: &str,
    condition: &str,
    filter: &AuditFilter,
    limit: usize,
) -> rusqlite::Result<Found<AuditEntry>> {
    let mut conditions = vec![condition.to_owned()];
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    let mut add = |condition: &str, given: Vec<Box<dyn ToSql>>| {
        conditions.push(condition.to_owned());
        values.extend(given);
    };
    if let Some(since) = filter.since {
        add("at >= ?", vec![Box::new(since.as_millisecond())]);
    }
    if let Some(action) = &filter.action {
        let family = format!("{action}.");
        add(
            "(action = ? OR substr(action, 1, length(?)) = ?)",
            vec![Box::new(action.clone()), Box::new(family.clone()), Box::new(family)],
        );
    }
    if let Some(actor) = &filter.actor {
        add("actor = ?", vec![Box::new(actor.clone())]);
    }
    if let Some(run_id) = filter.run_id {
        add("run_id = ?", vec![Box::new(run_id.to_string())]);
    }
    // The first condition is what the index on the time understands.
    if let Some(EntryId { at, source, seq }) = filter.before {
        add(
            "at <= ? AND (at, source, seq) < (?, ?, ?)",
            vec![Box::new(at), Box::new(at), Box::new(source), Box::new(seq)],
        );
    }
    if let Some(EntryId { at, source, seq }) = filter.after {
        add(
            "at >= ? AND (at, source, seq) > (?, ?, ?)",
            vec![Box::new(at), Box::new(at), Box::new(source), Box::new(seq)],
        );
    }
    values.push(Box::new(i64::try_from(limit).unwrap_or(i64::MAX)));
    let order = if filter.oldest_first { "ASC" } else { "DESC" };
    let sql = format!(
        "SELECT at, source, seq, actor, action, subject, run_id, detail FROM {source} WHERE {}
         ORDER BY at {order}, source {order}, seq {order} LIMIT ?",
        conditions.join(" AND ")
    );
    let values: Vec<&dyn ToSql> = values.iter().map(AsRef::as_ref).collect();
    readable(connection.prepare(&sql)?.query(&*values)?, "the audit", name, decode)
}

fn name(row: &Row<'_>) -> String {
    format!("the audit's entry {}.{}.{}", text(row, 0), text(row, 1), text(row, 2))
}

fn decode(row: &Row<'_>) -> Decoded<AuditEntry> {
    let id = EntryId { at: row.get(0)?, source: row.get(1)?, seq: row.get(2)? };
    let (run_id, detail): (Option<String>, String) = (row.get(6)?, row.get(7)?);
    Ok(AuditEntry {
        id,
        time: Timestamp::from_millisecond(id.at)?,
        actor: Actor::recorded(row.get::<_, String>(3)?),
        action: row.get(4)?,
        subject: row.get(5)?,
        run_id: run_id.map(|id| id.parse()).transpose()?,
        detail: serde_json::from_str(&detail)?,
    })
}

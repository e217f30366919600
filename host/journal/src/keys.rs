//! The keys under which runs were asked for.

use crate::Keyed;
use orchestrator_core::{Actor, IdempotencyKey, Once, RunId};
use rusqlite::{Connection, OptionalExtension, params};

/// Notes the key of the run with this number.
pub(crate) fn add(connection: &Connection, run: i64, actor: &Actor, once: &Once) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO keys (actor, key, digest, run) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![actor.as_str(), once.key.as_str(), once.digest.to_string(), run])
        .map(drop)
}

/// Forgets the keys of `actor`: what is asked for under them from now on begins runs.
pub(crate) fn forget(connection: &Connection, actor: &Actor) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM keys WHERE actor = ?1", [actor.as_str()]).map(drop)
}

/// Reads the run that `actor` asked for under `key`. A row that cannot be read is none: the run can be asked for again.
pub(crate) fn find(
    connection: &Connection,
    actor: &Actor,
    key: &IdempotencyKey,
) -> rusqlite::Result<Option<Keyed>> {
    let row: Option<(String, String)> = connection
        .prepare_cached(
            "SELECT runs.run_id, keys.digest FROM keys JOIN runs ON runs.number = keys.run
             WHERE keys.actor = ?1 AND keys.key = ?2",
        )?
        .query_row([actor.as_str(), key.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(row.and_then(|(run, digest)| {
        Some(Keyed { run_id: run.parse::<RunId>().ok()?, digest: digest.parse().ok()? })
    }))
}

//! Where runs stand, in columns: the projection that lists read instead of events.
//!
//! The writer writes it in the transaction of the events, once for each run of a batch. [`rebuild`] makes it again from
//! the events, for journals that were written before there was one.

use crate::{BATCH_EVENTS, events, reach::SEQ_MAX};
use orchestrator_core::{RunStatus, Standing, Usage};
use rusqlite::{Connection, Row, params, types::Type};

/// The columns that [`read`] takes, in its order.
pub(crate) const COLUMNS: &str =
    "runs.status, runs.progress, runs.step, runs.input_tokens, runs.cached_tokens,
    runs.output_tokens, runs.updated, runs.last_seq";

/// The last of them, by its place.
pub(crate) const LAST_SEQ: usize = 7;

/// Writes where a run stands.
pub(crate) fn write(connection: &Connection, run: i64, standing: &Standing) -> rusqlite::Result<()> {
    let Standing { status, progress, step, usage, updated, seq } = standing;
    connection
        .prepare_cached(
            "UPDATE runs SET status = ?2, progress = ?3, step = ?4, input_tokens = ?5, cached_tokens = ?6,
                 output_tokens = ?7, updated = ?8, last_seq = ?9
             WHERE number = ?1",
        )?
        .execute(params![
            run,
            status.as_str(),
            progress,
            step,
            usage.input_tokens.cast_signed(),
            usage.cached_input_tokens.cast_signed(),
            usage.output_tokens.cast_signed(),
            updated.to_string(),
            seq.cast_signed(),
        ])
        .map(drop)
}

/// Reads where a run stands from the columns that begin at `first`; none before its first event.
pub(crate) fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Standing>> {
    let damaged = |at: usize, error: String| {
        rusqlite::Error::FromSqlConversionFailure(first + at, Type::Text, error.into())
    };
    let number = |at: usize| {
        let number: i64 = row.get(first + at)?;
        u64::try_from(number).map_err(|_| damaged(at, format!("{number} is less than nothing")))
    };
    let seq = number(LAST_SEQ)?;
    if seq > SEQ_MAX.unsigned_abs() {
        return Err(damaged(LAST_SEQ, format!("no run has {seq} events")));
    }
    if seq == 0 {
        return Ok(None);
    }
    let (status, updated): (String, String) = (row.get(first)?, row.get(first + 6)?);
    let progress: u8 = row.get(first + 1)?;
    if progress > 100 {
        return Err(damaged(1, format!("there is no progress of {progress} %")));
    }
    Ok(Some(Standing {
        status: RunStatus::named(&status)
            .ok_or_else(|| damaged(0, format!("there is no status '{status}'")))?,
        progress,
        step: row.get(first + 2)?,
        usage: Usage { input_tokens: number(3)?, cached_input_tokens: number(4)?, output_tokens: number(5)? },
        updated: updated.parse().map_err(|error: jiff::Error| damaged(6, error.to_string()))?,
        seq,
    }))
}

/// Where a run stands after its events. What cannot be read says nothing.
pub(crate) fn fold(connection: &Connection, run: i64) -> rusqlite::Result<Option<Standing>> {
    let mut standing: Option<Standing> = None;
    loop {
        let after = standing.map_or(0, |standing| standing.seq);
        let page = events::typed(connection, run, after, BATCH_EVENTS)?;
        page.damaged.iter().for_each(|damage| {
            tracing::error!(detail = damage.detail, "{} cannot be read and is passed over", damage.what);
        });
        if page.rows.is_empty() {
            return Ok(standing);
        }
        standing = page.rows.iter().fold(standing, |before, event| Some(Standing::after(before, event)));
    }
}

/// Makes the columns of every run again from its events.
pub(crate) fn rebuild(connection: &Connection) -> rusqlite::Result<()> {
    let runs: Vec<i64> = connection
        .prepare("SELECT number FROM runs")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    if !runs.is_empty() {
        tracing::info!(runs = runs.len(), "the journal is brought to the present format; this is done once");
    }
    for number in runs {
        if let Some(standing) = fold(connection, number)? {
            write(connection, number, &standing)?;
        }
    }
    Ok(())
}

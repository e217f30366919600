//! Where runs stand, in columns: the projection that lists read instead of events.
//!
//! The writer writes it in the transaction of the events, once for each run of a batch. It can be made again from the
//! events: see [`standing`](crate::reach::standing).

use orchestrator_core::{RunStatus, Standing, Usage};
use rusqlite::{Connection, Row, params, types::Type};

/// No run has so many events; readers in JavaScript could not count further either. A larger number is damage.
pub(crate) const SEQ_MAX: i64 = (1 << 53) - 2;

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

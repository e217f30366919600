//! Where a run stands, where its columns cannot say it: made again from its events.

use super::Reach;
use crate::{BATCH_EVENTS, events, projection};
use orchestrator_core::{RunStatus, Standing};
use rusqlite::Connection;

impl Reach {
    /// Where the run stands: by its columns, where these can be read and keep up with its events; otherwise they are made
    /// again from the events.
    pub(crate) fn standing(&self, connection: &Connection) -> rusqlite::Result<Option<Standing>> {
        if self.damage().is_none()
            && let Ok(standing) = &self.columns
        {
            return Ok(*standing);
        }
        let folded = fold(connection, self.number)?;
        // The event that ended it is lost; its status may not be.
        let status = self.status.filter(|status| status.is_terminal()).unwrap_or(RunStatus::Failed);
        Ok(folded.map(|standing| match self.ended && !standing.status.is_terminal() {
            true => Standing { status, ..standing },
            false => standing,
        }))
    }
}

/// Where a run stands after its events. What cannot be read says nothing.
fn fold(connection: &Connection, run: i64) -> rusqlite::Result<Option<Standing>> {
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
            projection::write(connection, number, &standing)?;
        }
    }
    Ok(())
}

//! Keeping folded states, and finding them again.

use crate::{Journal, JournalError, KeptState, RunWriter, damage::readable, writer::Command};
use orchestrator_core::RunId;
use rusqlite::{Connection, Row, params};
use std::sync::Arc;

impl Journal {
    /// The newest state of this format that was kept of a run; none when there is none, or none that can be read.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn kept_state(&self, id: RunId, format: u32) -> Result<Option<KeptState>, JournalError> {
        let query = move |connection: &Connection| {
            let mut select = connection.prepare_cached(
                "SELECT seq, json FROM states JOIN runs ON runs.number = states.run
                 WHERE runs.run_id = ?1 AND format = ?2",
            )?;
            let rows = select.query(params![id.to_string(), format])?;
            let name = |_: &Row<'_>| format!("the kept state of run {id}");
            readable(rows, "kept states", name, |row| {
                Ok(KeptState { seq: row.get::<_, i64>(0)?.try_into()?, format, json: row.get(1)? })
            })
        };
        Ok(self.shared.readers.rows("reading the state of a run", query).await?.pop())
    }
}

impl RunWriter {
    /// Keeps a state that reaches to an event appended before. Waits only while the line is full.
    ///
    /// # Errors
    /// When the journal is closed. That the state could not be written is no error: it is made again when it is needed.
    pub async fn keep_state(&self, state: KeptState) -> Result<(), JournalError> {
        let permit = self.shared.commands()?.reserve().await.map_err(|_| JournalError::Closed)?;
        permit.send(Command::Keep(Arc::clone(&self.run), state));
        Ok(())
    }
}

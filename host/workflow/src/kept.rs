//! Reading a run's state back without reading all of its events.
//!
//! The recorder keeps the state in the journal at a run's end and every [`KEEP_EVERY`] events on the way there. Whoever
//! wants it later takes what was kept and folds the few events after it, page by page, so neither time nor memory grow
//! with the length of the run. What was kept is only ever a shortcut: without it, or where it is of another
//! [`FORMAT`], the same fold begins with the first event.

use crate::state::{NotARun, RunState};
use orchestrator_core::RunId;
use orchestrator_journal::{Journal, JournalError, KeptState};

/// To be raised with each change of [`RunState`], or of what an event does to it: states that an earlier program kept
/// are then made anew.
pub const FORMAT: u32 = 2;
/// After how many events the state of a run under way is kept. Bounds what a restart has to read.
pub const KEEP_EVERY: u64 = 4096;
/// Most events folded at once.
const PAGE: usize = 512;

/// A run's state could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadStateError {
    /// The journal cannot be read, or has no such run.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// The run has no readable beginning.
    #[error("{0}")]
    NotARun(#[from] NotARun),
}

fn kept_of(run_id: RunId) -> String {
    format!("the kept state of run {run_id}")
}

impl RunState {
    /// The state in the form in which it is kept.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn keep(&self) -> Result<KeptState, serde_json::Error> {
        Ok(KeptState { seq: self.seq, format: FORMAT, json: serde_json::to_string(self)? })
    }

    /// Reads the state of a run from its journal.
    ///
    /// # Errors
    /// See [`ReadStateError`].
    pub async fn read(journal: &Journal, run_id: RunId) -> Result<Self, ReadStateError> {
        let kept = journal.kept_state(run_id, FORMAT).await?;
        let mut state = kept.as_ref().and_then(|kept| {
            let state = serde_json::from_str::<Self>(&kept.json).map_err(|error| error.to_string());
            match state {
                Ok(state) if state.seq == kept.seq && state.run_id == run_id => return Some(state),
                Ok(_) => journal.ledger().leave_aside(kept_of(run_id), &"it is one of another event or run"),
                Err(error) => journal.ledger().leave_aside(kept_of(run_id), &error),
            }
            None
        });
        let begun = state.as_ref().map_or(0, |state| state.seq);
        let mut after = begun;
        loop {
            let page = journal.events(run_id, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for event in &page {
                match &mut state {
                    Some(state) => state.apply(event),
                    None => state = Some(Self::begin(event)?),
                }
            }
        }
        let state = state.ok_or(NotARun(run_id))?;
        if state.seq - begun >= KEEP_EVERY {
            state.keep_in(journal).await;
        }
        Ok(state)
    }

    /// Spares the next reader the work. That it could not be written costs nothing but that.
    async fn keep_in(&self, journal: &Journal) {
        let Ok(kept) = self.keep() else { return };
        let written = match journal.writer(self.run_id).await {
            Ok(writer) => writer.keep_state(kept).await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            tracing::warn!(run_id = %self.run_id, %error, "the state of a run could not be kept");
        }
    }
}

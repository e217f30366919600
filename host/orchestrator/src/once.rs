//! Requests that come more than once: the same key leads to the same run, also across restarts.
//!
//! Clients repeat a request when a connection broke before they learned what became of it; some reconnect by sending it
//! again. Which run a key has is in the journal, written with the run itself. Two that come at the same time wait for
//! each other (see [`crate::keys`]), or the second would find the project busy with what the first began.

use crate::{error::StartError, orchestrator::Orchestrator};
use orchestrator_core::{Fault, Once, RunId, RunRequest};

/// The run that a request led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// The run.
    pub run_id: RunId,
    /// Whether an earlier request with the same key began it.
    pub repeated: bool,
}

impl Orchestrator {
    /// Starts a run, unless the same caller asked for the same under the same key before: then it is that run, whatever
    /// became of it. A request that was refused began no run, and can be repeated.
    ///
    /// # Errors
    /// Why the run was not started; [`StartError::KeyUsed`] when something else was asked for under the key.
    pub async fn start_once(&self, request: RunRequest, once: Once) -> Result<Begun, StartError> {
        let turn = self.inner.keys.turn(&self.actor, &once.key);
        let _turn = turn.lock().await;
        if let Some(run_id) = self.earlier(&once).await? {
            return Ok(Begun { run_id, repeated: true });
        }
        let run_id = self.begin(request, Some(once)).await?;
        Ok(Begun { run_id, repeated: false })
    }

    /// The run that the same caller asked for under this key before. Starts none: this is for who comes back to a run.
    ///
    /// # Errors
    /// [`StartError::UnknownKey`] when there is no such run, or no longer; [`StartError::KeyUsed`] when something else was
    /// asked for under the key; or that the journal cannot be read.
    pub async fn begun_once(&self, once: Once) -> Result<Begun, StartError> {
        // The request that begins the run may still be at it.
        let turn = self.inner.keys.turn(&self.actor, &once.key);
        let _turn = turn.lock().await;
        let run_id = self.earlier(&once).await?.ok_or(StartError::UnknownKey)?;
        Ok(Begun { run_id, repeated: true })
    }

    async fn earlier(&self, once: &Once) -> Result<Option<RunId>, StartError> {
        let earlier = self.inner.journal.run_of_key(self.actor.clone(), once.key.clone()).await;
        match earlier.map_err(|error| StartError::Internal(Fault::from(error)))? {
            Some(earlier) if earlier.digest == once.digest => Ok(Some(earlier.run_id)),
            Some(earlier) => Err(StartError::KeyUsed { run_id: earlier.run_id }),
            None => Ok(None),
        }
    }
}

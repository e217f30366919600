//! The runs that are not over, and the place that each holds.
//!
//! A run's place is a guard: whatever becomes of the task that carries the run, and be it a panic, dropping the place
//! frees the project, takes the run off the list and tells those who wait for its end. Nothing else does any of it, so
//! nothing can forget it.

use crate::projects::Claim;
use orchestrator_core::RunId;
use orchestrator_workflow::{Recorder, RunState};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// A run that is not over.
#[derive(Clone)]
pub(crate) struct Active {
    pub(crate) recorder: Arc<Recorder>,
    /// Ends the run.
    pub(crate) cancel: CancellationToken,
    /// Set once it is over.
    pub(crate) ended: CancellationToken,
}

/// The runs that are not over. Clones share them.
#[derive(Clone)]
pub(crate) struct ActiveRuns {
    runs: Arc<Mutex<HashMap<RunId, Active>>>,
    places: Arc<Semaphore>,
    limit: usize,
}

impl ActiveRuns {
    /// Room for `limit` runs.
    pub(crate) fn new(limit: usize) -> Self {
        let limit = limit.min(Semaphore::MAX_PERMITS);
        Self { runs: Arc::default(), places: Arc::new(Semaphore::new(limit)), limit }
    }

    /// A place for a run that is about to begin. A run whose last event has been told holds its place for a moment
    /// longer; whoever has seen that event may count on the place, so that moment is waited for.
    ///
    /// # Errors
    /// The number of places, when none is left.
    pub(crate) async fn place(&self) -> Result<RunPlace, usize> {
        loop {
            if let Some(place) = self.free() {
                return Ok(place);
            }
            match self.leaving() {
                Some(ended) => ended.cancelled().await,
                // One that left the list since the first look has given its place back before.
                None => return self.free().ok_or(self.limit),
            }
        }
    }

    fn free(&self) -> Option<RunPlace> {
        let permit = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(RunPlace { runs: self.clone(), permit })
    }

    /// Set once some run is off the list whose last event has been told.
    fn leaving(&self) -> Option<CancellationToken> {
        let runs = self.lock();
        let over = runs.values().find(|active| active.recorder.with_state(RunState::is_over))?;
        Some(over.ended.clone())
    }

    pub(crate) fn get(&self, run_id: RunId) -> Option<Active> {
        self.lock().get(&run_id).cloned()
    }

    /// Ends all of them.
    pub(crate) fn cancel(&self) {
        self.lock().values().for_each(|active| active.cancel.cancel());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, Active>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Room for one run. Dropping it gives the room back.
pub(crate) struct RunPlace {
    runs: ActiveRuns,
    permit: OwnedSemaphorePermit,
}

impl RunPlace {
    /// Puts the run that `recorder` writes on the list.
    pub(crate) fn taken_by(self, recorder: Arc<Recorder>, claim: Claim) -> Seat {
        let run_id = recorder.run_id();
        let active = Active { recorder, cancel: CancellationToken::new(), ended: CancellationToken::new() };
        self.runs.lock().insert(run_id, active.clone());
        Seat { active, claim: Some(claim), place: Some(self) }
    }
}

/// The place of a run on the list, with its claim on its project. Dropping it says that the run is over.
pub(crate) struct Seat {
    pub(crate) active: Active,
    claim: Option<Claim>,
    place: Option<RunPlace>,
}

impl Seat {
    /// Waits until it is the run's turn on its project.
    pub(crate) async fn turn(&mut self) {
        if let Some(claim) = &mut self.claim {
            claim.turn().await;
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // The project and the place first: whoever hears that the run is over may count on them.
        self.claim = None;
        if let Some(RunPlace { runs, permit }) = self.place.take() {
            drop(permit);
            runs.lock().remove(&self.active.recorder.run_id());
        }
        self.active.ended.cancel();
    }
}

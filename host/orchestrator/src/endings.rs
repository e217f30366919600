//! Runs that are over and whose last event is not stored.
//!
//! A full or failing disk takes a run's pen away: an event is lost, and nothing can follow it. The run is over then, and
//! three things are still owed. Those who watch it are told its end at once (see `orchestrator_journal::Ending`). What
//! asks for the run gets its end from memory. And the end is written as soon as that works, without a restart; until then
//! the program's health says so. The next start does the same for the runs that it finds unfinished.

use orchestrator_core::{Failure, NewEvent, RunId};
use orchestrator_journal::{Ending, EventParts, Journal, JournalError, Trouble, WeakLedger};
use orchestrator_workflow::{ReadStateError, Recorder, RunState, machine};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// The pause before the first repetition; it doubles from one to the next.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How often a journal that could not be written is tried again.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// The ends that are not stored. Clones share them.
#[derive(Clone)]
pub(crate) struct Endings {
    journal: Journal,
    /// Each with the state that its end was told with.
    unwritten: Arc<Mutex<BTreeMap<RunId, Option<RunState>>>>,
}

impl Endings {
    pub(crate) fn new(journal: Journal) -> Self {
        Self { journal, unwritten: Arc::default() }
    }

    /// Owes a run its end, which is `failure` unless the journal has another.
    pub(crate) fn owe(&self, run_id: RunId, failure: Failure) -> Unwritten {
        self.lock().insert(run_id, None);
        Unwritten { endings: self.clone(), run_id, failure, ending: None }
    }

    /// The state of a run whose end is told and not stored.
    pub(crate) fn state(&self, run_id: RunId) -> Option<RunState> {
        self.lock().get(&run_id)?.clone()
    }

    /// The states of all of them.
    pub(crate) fn states(&self) -> Vec<RunState> {
        self.lock().values().flatten().cloned().collect()
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    /// What an operator should know of them.
    pub(crate) fn notice(&self) -> Option<String> {
        match self.count() {
            0 => None,
            1 => {
                Some("one run is over whose last event is not stored yet; it will be, once that works".into())
            }
            runs => Some(format!(
                "{runs} runs are over whose last events are not stored yet; they will be, once that works"
            )),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<RunId, Option<RunState>>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run's end that is not stored. Dropping it leaves the end to the next start of the program.
pub(crate) struct Unwritten {
    endings: Endings,
    run_id: RunId,
    failure: Failure,
    ending: Option<Ending>,
}

impl Unwritten {
    /// Tells the end to those who watch, if that was not done yet, and writes it.
    ///
    /// # Errors
    /// Why that does not work now.
    pub(crate) async fn settle(&mut self) -> Result<(), JournalError> {
        if self.ending.is_none() {
            self.ending = self.tell().await?;
        }
        match &self.ending {
            Some(ending) => ending.write().await,
            None => Ok(()),
        }
    }

    /// Repeats [`Self::settle`] until it succeeds, or the program stops.
    pub(crate) async fn settle_in_time(mut self, stopping: &CancellationToken) {
        let mut pause = FIRST_PAUSE;
        loop {
            tokio::select! {
                () = stopping.cancelled() => break,
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
            }
            if self.settle().await.is_ok() {
                tracing::info!(run_id = %self.run_id, "the run's last event is stored now");
                return;
            }
        }
        if let Err(error) = self.settle().await {
            tracing::error!(run_id = %self.run_id, %error, "the run's last event is left to the next start");
        }
    }

    /// Tells the end. None when the run has one, or never began: then it is taken back. Whether it has one is for the
    /// journal to say, which looks at the events: what was kept of them can reach further than what is left.
    async fn tell(&self) -> Result<Option<Ending>, JournalError> {
        let (journal, run_id) = (&self.endings.journal, self.run_id);
        let state = match RunState::read(journal, run_id).await {
            Err(ReadStateError::Journal(JournalError::UnknownRun(_))) => return Ok(None),
            Err(ReadStateError::Journal(error)) => return Err(error),
            Err(ReadStateError::NotARun(_)) => return self.tell_bare().await,
            Ok(state) if state.is_over() => return self.tell_bare().await,
            Ok(state) => state,
        };
        let recorder = Recorder::resume(journal.writer(run_id).await?, state);
        let ending = match recorder.end(machine::ended_by(self.failure.clone())).await {
            Err(JournalError::RunEnded(_)) => return Ok(None),
            ending => ending?,
        };
        let state = recorder.with_state(RunState::clone);
        self.endings.lock().insert(run_id, Some(state));
        Ok(Some(ending))
    }

    /// Tells the end of a run whose events say too little for a fold, with the bare last event.
    async fn tell_bare(&self) -> Result<Option<Ending>, JournalError> {
        let (journal, run_id) = (&self.endings.journal, self.run_id);
        match journal.withdraw(run_id).await {
            Ok(true) => return Ok(None),
            // It cannot be taken back, so it is ended.
            Ok(false) | Err(JournalError::Corrupt { .. }) => {}
            Err(error) => return Err(error),
        }
        // Where its row cannot be read, it is named by that, and ends all the same.
        let known = journal.run(run_id).await.ok().flatten().and_then(|run| run.standing);
        let progress = known.map_or(0, |standing| standing.progress);
        let NewEvent { kind, message } = machine::ended_by(self.failure.clone());
        let last = EventParts { kind, message, step: None, step_name: None, agent: None, progress };
        let writer = journal.writer(run_id).await?;
        writer.flush().await?;
        match writer.end(vec![last]) {
            Err(JournalError::RunEnded(_)) => Ok(None),
            ending => {
                let ending = ending?;
                let what = format!("what ended run {run_id}, or how it began,");
                self.endings.journal.ledger().leave_aside(what, &"it is ended as it is");
                // The one end that no recorder writes, which would have told the log of it.
                tracing::info!(%run_id, error = self.failure.message, "run ended");
                Ok(Some(ending))
            }
        }
    }
}

impl Drop for Unwritten {
    fn drop(&mut self) {
        self.endings.lock().remove(&self.run_id);
    }
}

/// Tries a journal that could not be written again and again, so that its trouble is over when it is over. The task ends
/// with the journal.
pub(crate) fn follow_trouble(mut trouble: Trouble, ledger: WeakLedger) {
    tokio::spawn(async move {
        while trouble.changed().await.is_ok() {
            while trouble.borrow_and_update().is_some() {
                tokio::time::sleep(PROBE_EVERY).await;
                if !ledger.probe().await {
                    return;
                }
            }
        }
    });
}

//! From a request to a run under way.
//!
//! Everything that can be refused is refused before the run exists: the request's fields, the workflow, the project
//! that is busy. What follows is a task of its own that nobody's leaving can stop.

use crate::{
    active::{Active, Seat},
    endings::Unwritten,
    error::StartError,
    orchestrator::{Orchestrator, Why},
    performer::RunPerformer,
    pins::{Offer, Pins},
    projects::{Claim, Holder},
    recording::Recording,
    stream::EventStream,
};
use futures::FutureExt as _;
use orchestrator_core::{
    Chance, ErrorCode, EventKind, Failure, Fault, NewEvent, Once, RunId, RunRequest,
    event::Status,
    run::{METADATA_MAX, USER_REQUEST_MAX},
};
use orchestrator_journal::{JournalError, RunRecord, RunWriter};
use orchestrator_workflow::{Recorder, driver, machine};
use orchestrator_workspace::Workspace;
use std::{any::Any, panic::AssertUnwindSafe, sync::Arc};

impl Orchestrator {
    /// Starts a run and streams its events from the first on. Dropping the stream does not stop the run.
    ///
    /// # Errors
    /// Why the run was not started; see [`StartError`].
    pub async fn execute_workflow(&self, request: RunRequest) -> Result<EventStream, StartError> {
        let run_id = self.start(request).await?;
        let subscription =
            self.events(run_id, 0).await.map_err(|error| StartError::Internal(Fault::other(error)))?;
        Ok(EventStream::new(run_id, subscription))
    }

    /// Starts a run.
    ///
    /// # Errors
    /// Why the run was not started; see [`StartError`].
    pub async fn start(&self, request: RunRequest) -> Result<RunId, StartError> {
        self.begin(request, None).await
    }

    /// Starts a run, and notes under which key it was asked for.
    pub(crate) async fn begin(&self, request: RunRequest, once: Option<Once>) -> Result<RunId, StartError> {
        if self.is_stopping() {
            return Err(StartError::Stopping);
        }
        check_request(&request)?;
        let place = self.inner.active.place().await.map_err(|limit| StartError::TooManyRuns { limit })?;
        let pins = self.pin(&request)?;
        for plugin in pins.kept() {
            let admitted = self.inner.quarantine.admit(plugin);
            admitted.map_err(|failure| StartError::Quarantined {
                plugin: plugin.name().to_owned(),
                message: failure.message,
            })?;
        }
        let run_id = RunId::generate();
        let claim = self.claim(&request.project_id, Holder::Run(run_id), request.if_busy).await?;
        let workspace = Workspace::open(&self.inner.projects_dir, &request.project_id)
            .map_err(|error| StartError::Internal(error.into()))?;
        let workspace = Arc::new(workspace);
        let recording = Recording::new(
            Arc::clone(&self.inner.snapshots),
            Arc::clone(&workspace),
            request.project_id.clone(),
            run_id,
        );
        let performer = RunPerformer {
            pins,
            runtime: self.inner.runtime.clone(),
            workspace,
            recording,
            launcher: self.inner.launcher.clone(),
            networks: Arc::clone(&self.inner.networks),
            quarantine: Arc::clone(&self.inner.quarantine),
            ledger: self.inner.journal.ledger(),
            nonce: nonce(&self.inner.chance),
            chance: self.inner.chance.clone(),
        };
        let record = RunRecord::new(run_id, request);
        let once = once.map(|once| (self.actor.clone(), once));
        let recorder = match self.inner.journal.begin_run(record.clone(), once).await {
            Ok(writer) => self.accept(writer, record, &performer.pins, &claim).await,
            Err(error) => Err(error),
        };
        match recorder {
            Ok(recorder) => {
                self.launch(performer, place.taken_by(recorder, claim));
                Ok(run_id)
            }
            Err(error) => {
                let failure = unwritable(&error);
                drop((place, claim));
                if let Some(owed) = self.tell_end(run_id, failure).await {
                    let stopping = self.inner.stopping.clone();
                    self.inner.tasks.spawn(async move { owed.settle_in_time(&stopping).await });
                }
                Err(StartError::Internal(error.into()))
            }
        }
    }

    /// What the run keeps, taken now.
    fn pin(&self, request: &RunRequest) -> Result<Pins, StartError> {
        let name = &request.workflow_name;
        let view = self.workflow_engine.get(name.as_str()).map_err(|_| StartError::UnknownWorkflow {
            name: name.clone(),
            known: self.workflow_engine.list().into_iter().map(|view| view.workflow.name.into()).collect(),
        })?;
        Pins::take(view.workflow, self.offer())
            .map_err(|violations| StartError::BrokenWorkflow { name: name.clone(), violations })
    }

    fn offer(&self) -> Offer<'_> {
        Offer {
            plugins: &self.inner.plugins,
            serving: self.inner.plugins.serving(),
            set: self.agent_registry.set_now(),
            native: self.workflow_engine.native_conditions(),
            policy: self.policy_snapshot(),
            provider: Arc::clone(&self.inner.provider),
            confinement: self.inner.launcher.report().confinement(),
        }
    }

    /// Writes the run's first events.
    async fn accept(
        &self,
        writer: RunWriter,
        record: RunRecord,
        pins: &Pins,
        claim: &Claim,
    ) -> Result<Arc<Recorder>, JournalError> {
        let RunRecord { run_id, request, .. } = record;
        let accepted = EventKind::Status(pins.accepted(request, self.actor.clone()));
        let accepted = NewEvent::new(accepted, "Starting workflow...");
        let recorder = Recorder::begin(writer, run_id, accepted).await?;
        if let Some(notice) = pins.provider.notice() {
            let kind = EventKind::Status(Status::Notice { code: "scripted_model".into() });
            recorder.record(NewEvent::new(kind, notice)).await?;
        }
        for notice in pins.model_notices() {
            tracing::warn!(%run_id, "{notice}");
            let kind = EventKind::Status(Status::Notice { code: "model_unlisted".into() });
            recorder.record(NewEvent::new(kind, notice)).await?;
        }
        if let Some(behind) = claim.behind {
            let message = format!("Waiting for run {behind} to end");
            recorder.record(NewEvent::new(EventKind::Status(Status::Queued { behind }), message)).await?;
        }
        recorder.flush().await?;
        Ok(recorder)
    }

    /// Gives the run a task of its own.
    fn launch(&self, performer: RunPerformer, seat: Seat) {
        // A shutdown that began in between has looked through the list already.
        if self.is_stopping() {
            seat.active.cancel.cancel();
        }
        let orchestrator = self.clone();
        self.inner.tasks.spawn(async move { orchestrator.carry(performer, seat).await });
    }

    /// Carries a run to its end, and sees to it that it has one.
    async fn carry(&self, performer: RunPerformer, mut seat: Seat) {
        let recorder = Arc::clone(&seat.active.recorder);
        let work = perform(&recorder, &performer, &mut seat, || self.why_cancelled());
        let failure = match AssertUnwindSafe(work).catch_unwind().await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => unwritable(&error),
            Err(panic) => defect(recorder.run_id(), &*panic),
        };
        // Boxed: it takes several times what the task of a run takes otherwise, and hardly a run comes here.
        Box::pin(self.end_early(performer, seat, failure)).await;
    }

    /// What a cancelled run ends with.
    fn why_cancelled(&self) -> Failure {
        match self.is_stopping() {
            true => Why::Stopped.failure(),
            false => Why::Cancelled.failure(),
        }
    }

    /// Ends a run that could not go on.
    async fn end_early(&self, performer: RunPerformer, seat: Seat, failure: Failure) {
        let Active { recorder, cancel, .. } = seat.active.clone();
        // What the last step left was not recorded.
        performer.recording.end().await;
        let failure = if cancel.is_cancelled() { self.why_cancelled() } else { failure };
        let last = machine::ended_by(failure.clone());
        if recorder.record(last).await.is_ok() && recorder.flush().await.is_ok() {
            return;
        }
        let owed = self.tell_end(recorder.run_id(), failure).await;
        // Free for others from here on, whatever becomes of the event.
        drop(seat);
        if let Some(owed) = owed {
            owed.settle_in_time(&self.inner.stopping).await;
        }
    }

    /// Tells a run's end. Gives it back when it could not be stored.
    async fn tell_end(&self, run_id: RunId, failure: Failure) -> Option<Unwritten> {
        let mut unwritten = self.inner.endings.owe(run_id, failure);
        let error = unwritten.settle().await.err()?;
        tracing::error!(%run_id, %error, "the run's last event is told and could not be stored yet");
        Some(unwritten)
    }
}

/// Waits for the run's turn and does its steps.
async fn perform(
    recorder: &Arc<Recorder>,
    performer: &RunPerformer,
    seat: &mut Seat,
    why: impl Fn() -> Failure,
) -> Result<(), JournalError> {
    let cancel = seat.active.cancel.clone();
    tokio::select! {
        biased;
        () = cancel.cancelled() => {
            recorder.record(machine::ended_by(why())).await?;
            return recorder.flush().await;
        }
        () = seat.turn() => {}
    }
    driver::drive(recorder, performer, &cancel, &performer.chance, why).await.map(drop)
}

fn unwritable(error: &JournalError) -> Failure {
    Failure::new(ErrorCode::Internal, format!("writing the run's journal: {error}"))
}

/// The failure of a run whose task panicked. What it says is for the log: it may name anything.
fn defect(run_id: RunId, panic: &(dyn Any + Send)) -> Failure {
    let said = panic.downcast_ref::<&str>().copied();
    let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or_default();
    tracing::error!(%run_id, panic = said, "the task of the run panicked");
    let message =
        "the program has a defect that ended the run; its files are kept, and the program's log has more";
    Failure::new(ErrorCode::Internal, message)
}

fn check_request(request: &RunRequest) -> Result<(), StartError> {
    let invalid = |field, message| Err(StartError::Invalid { field, message });
    let size = request.user_request.len();
    if request.user_request.trim().is_empty() {
        return invalid("user_request", "it is empty; say in a sentence what to build".into());
    }
    if size > USER_REQUEST_MAX {
        return invalid(
            "user_request",
            format!("it is {size} bytes long; at most {USER_REQUEST_MAX} are allowed"),
        );
    }
    let size = serde_json::to_vec(&request.metadata).map_or(usize::MAX, |json| json.len());
    if size > METADATA_MAX {
        return invalid(
            "metadata",
            format!("it is {size} bytes of JSON; at most {METADATA_MAX} are allowed"),
        );
    }
    Ok(())
}

/// Six letters and digits that a model copies without mistakes.
fn nonce(chance: &Chance) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    (0..6).filter_map(|_| chance.pick(ALPHABET)).copied().map(char::from).collect()
}

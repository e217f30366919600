//! From a request to a run under way.
//!
//! Everything that can be refused is refused before the run exists: the request's fields, the workflow, the project
//! that is busy. What follows is a task of its own that nobody's leaving can stop.

use crate::{
    error::StartError,
    orchestrator::{Active, Orchestrator, Why},
    performer::RunPerformer,
    pins::Pins,
    projects::Claim,
    recording::Recording,
    stream::EventStream,
};
use orchestrator_core::{
    ErrorCode, EventKind, Failure, NewEvent, RunId, RunRequest, RunStatus, Workflow,
    event::Status,
    run::{METADATA_MAX, USER_REQUEST_MAX},
};
use orchestrator_journal::{JournalError, RunRecord};
use orchestrator_workflow::{Recorder, driver, machine, validate};
use orchestrator_workspace::Workspace;
use std::sync::Arc;

impl Orchestrator {
    /// Starts a run and streams its events from the first on. Dropping the stream does not stop the run.
    ///
    /// # Errors
    /// Why the run was not started; see [`StartError`].
    pub async fn execute_workflow(&self, request: RunRequest) -> Result<EventStream, StartError> {
        let run_id = self.start(request).await?;
        let subscription =
            self.events(run_id, 0).await.map_err(|error| StartError::Internal(error.to_string()))?;
        Ok(EventStream::new(run_id, subscription))
    }

    /// Starts a run.
    ///
    /// # Errors
    /// Why the run was not started; see [`StartError`].
    pub async fn start(&self, request: RunRequest) -> Result<RunId, StartError> {
        if self.is_stopping() {
            return Err(StartError::Stopping);
        }
        check_request(&request)?;
        self.check_room()?;
        let workflow = self.workflow_of(&request)?;
        let pins = self.pin(&workflow);
        for plugin in pins.kept() {
            let admitted = self.inner.quarantine.admit(plugin);
            admitted.map_err(|failure| StartError::Quarantined { message: failure.message })?;
        }
        let run_id = RunId::generate();
        let claim = self
            .claim(&request.project_id, run_id, request.if_busy)
            .await
            .map_err(|run_id| StartError::Busy { run_id })?;
        let workspace = Workspace::open(&self.inner.projects_dir, &request.project_id)
            .map_err(|error| StartError::Internal(error.to_string()))?;
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
            nonce: nonce(),
        };
        let recorder = self
            .accept(run_id, request, workflow, &performer.pins, &claim)
            .await
            .map_err(|failure| StartError::Internal(failure.message))?;
        self.launch(recorder, performer, claim);
        Ok(run_id)
    }

    fn workflow_of(&self, request: &RunRequest) -> Result<Workflow, StartError> {
        let name = &request.workflow_name;
        let view = self.workflow_engine.get(name.as_str()).map_err(|_| StartError::UnknownWorkflow {
            name: name.clone(),
            known: self.workflow_engine.list().into_iter().map(|view| view.workflow.name.into()).collect(),
        })?;
        let violations = validate(&view.workflow, &self.workflow_engine.known());
        match violations.is_empty() {
            true => Ok(view.workflow),
            false => Err(StartError::BrokenWorkflow { name: name.clone(), violations }),
        }
    }

    fn pin(&self, workflow: &Workflow) -> Pins {
        Pins::take(
            workflow,
            &self.inner.plugins,
            &self.agent_registry,
            &self.workflow_engine.native_conditions(),
            self.policy_snapshot(),
            Arc::clone(&self.inner.provider),
        )
    }

    /// Writes the run's first events.
    async fn accept(
        &self,
        run_id: RunId,
        request: RunRequest,
        workflow: Workflow,
        pins: &Pins,
        claim: &Claim,
    ) -> Result<Arc<Recorder>, Failure> {
        let journal = &self.inner.journal;
        let record = RunRecord::new(run_id, request.clone());
        let unrecorded =
            |error: JournalError| Failure::new(ErrorCode::Internal, format!("recording the run: {error}"));
        journal.create_run(record).await.map_err(unrecorded)?;
        let writer = journal.writer(run_id).await.map_err(unrecorded)?;
        let accepted = Status::Accepted {
            request,
            workflow,
            plugins: pins.plugins(),
            disabled: self.agent_registry.disabled(),
            provider: pins.provider.name().to_owned(),
            sandbox: self.inner.launcher.report().confinement(),
            actor: Some(self.actor.clone()),
            policy: pins.policy_digest(),
        };
        let accepted = NewEvent::new(EventKind::Status(accepted), "Starting workflow...");
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
    fn launch(&self, recorder: Arc<Recorder>, performer: RunPerformer, claim: Claim) {
        let run_id = recorder.run_id();
        let active = Active::new(Arc::clone(&recorder));
        self.enlist(run_id, active.clone());
        let orchestrator = self.clone();
        self.inner.tasks.spawn(async move {
            let result = carry(&recorder, &performer, claim, &active, &orchestrator).await;
            if let Err(failure) = result {
                tracing::error!(%run_id, error = failure.message, "the run was left as it is");
            }
            orchestrator.delist(run_id);
            active.ended.cancel();
        });
    }
}

/// Waits for the run's turn and carries it to its end.
async fn carry(
    recorder: &Arc<Recorder>,
    performer: &RunPerformer,
    mut claim: Claim,
    active: &Active,
    orchestrator: &Orchestrator,
) -> Result<(), Failure> {
    let why = || match orchestrator.is_stopping() {
        true => Why::Stopped.failure(),
        false => Why::Cancelled.failure(),
    };
    tokio::select! {
        biased;
        () = active.cancel.cancelled() => {
            recorder.record(machine::ended_by(why())).await?;
            return recorder.flush().await;
        }
        () = claim.turn() => {}
    }
    let driven = driver::drive(recorder, performer, &active.cancel, why).await;
    // After a run that succeeded the last step's snapshot has the files; the project is free again all the sooner.
    if !matches!(driven, Ok(RunStatus::Succeeded)) {
        performer.recording.end().await;
    }
    driven.map(drop)
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
fn nonce() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let letter = |_| char::from(ALPHABET[rand::random_range(0..ALPHABET.len())]);
    (0..6).map(letter).collect()
}

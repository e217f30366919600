//! The runs: asking for one, looking at them, ending one.

use crate::{
    error::RunError,
    orchestrator::Orchestrator,
    views::{RunDetail, RunFailure, RunSummary},
};
use orchestrator_core::{Event, EventKind, ProjectId, RunId, RunStatus, WorkflowName, event::Status};
use orchestrator_journal::{JournalError, NewEntry, RunEntry, Subscription};
use orchestrator_workflow::RunState;
use serde_json::json;

/// Most runs in one answer.
pub(crate) const LIST_MAX: usize = 200;
/// How many runs are named when one was not found.
const LATEST: usize = 5;

/// Which runs to list, newest first.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    /// Runs of this project alone.
    pub project_id: Option<ProjectId>,
    /// Runs of this workflow alone.
    pub workflow_name: Option<WorkflowName>,
    /// Runs with this status alone.
    pub status: Option<RunStatus>,
    /// At most so many; 50 when 0, never more than 200.
    pub limit: usize,
    /// Runs older than this one.
    pub before: Option<RunId>,
}

impl Orchestrator {
    /// Runs, newest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn runs(&self, filter: RunFilter) -> Result<Vec<RunSummary>, RunError> {
        let limit = if filter.limit == 0 { 50 } else { filter.limit.min(LIST_MAX) };
        let mut found = Vec::new();
        let mut before = filter.before;
        // The status is no column: it is the fold of a run's events, so the journal cannot filter by it.
        while found.len() < limit {
            let page = orchestrator_journal::RunFilter {
                project: filter.project_id.clone(),
                workflow: filter.workflow_name.clone(),
                before,
                limit: LIST_MAX,
            };
            let entries = self.inner.journal.runs(page).await.map_err(internal)?;
            let Some(oldest) = entries.last().map(|entry| entry.record.run_id) else { break };
            before = Some(oldest);
            let summaries = entries.into_iter().map(|entry| summary(self.with_end(entry)));
            found.extend(summaries.filter(|run| filter.status.is_none_or(|status| run.status == status)));
        }
        found.truncate(limit);
        Ok(found)
    }

    /// One run.
    ///
    /// # Errors
    /// [`RunError::Unknown`] with the newest runs, or that the journal cannot be read.
    pub async fn run(&self, run_id: RunId) -> Result<RunDetail, RunError> {
        let state = self.state(run_id).await?;
        Ok(detail(&state))
    }

    /// The committed events of a run after sequence number `after`: first those that are there, then those to come.
    ///
    /// # Errors
    /// [`RunError::Unknown`] with the newest runs, [`RunError::UnknownEvent`] with the number of the run's last one, or
    /// that the journal cannot be read.
    pub async fn events(&self, run_id: RunId, after: u64) -> Result<Subscription, RunError> {
        let subscription = match self.active(run_id) {
            Some(active) => active.recorder.subscribe(after).await,
            None => self.inner.journal.subscribe(run_id, after).await,
        };
        match subscription {
            Err(JournalError::UnknownRun(_)) => Err(self.unknown_run(run_id.to_string()).await),
            Err(error @ JournalError::UnknownEvent { .. }) => Err(RunError::UnknownEvent(error.to_string())),
            subscription => subscription.map_err(internal),
        }
    }

    /// Cancels a run and waits until it is over. A run that is over already stays as it is.
    ///
    /// # Errors
    /// [`RunError::Unknown`] with the newest runs, or that the journal cannot be read.
    pub async fn cancel(&self, run_id: RunId) -> Result<RunDetail, RunError> {
        if let Some(active) = self.active(run_id) {
            // At once, whatever becomes of the entry: a disk that takes none is a reason to cancel.
            active.cancel.cancel();
            let entry = NewEntry::new(self.actor.clone(), "run.cancel", run_id.to_string(), json!({}));
            let ledger = self.inner.journal.ledger();
            let (recorded, ()) = tokio::join!(ledger.record(entry.of_run(run_id)), active.ended.cancelled());
            if let Err(error) = recorded {
                tracing::error!(%run_id, %error, "that the run was cancelled could not be put into the audit");
            }
        }
        self.run(run_id).await
    }

    /// The state of a run: of a live one from its recorder, of another from the journal. Both are the same fold.
    async fn state(&self, run_id: RunId) -> Result<RunState, RunError> {
        if let Some(active) = self.active(run_id) {
            return Ok(active.recorder.with_state(RunState::clone).await);
        }
        if let Some(state) = self.inner.endings.state(run_id) {
            return Ok(state);
        }
        let events = match self.inner.journal.all_events(run_id).await {
            Err(JournalError::UnknownRun(_)) => return Err(self.unknown_run(run_id.to_string()).await),
            events => events.map_err(internal)?,
        };
        RunState::fold(run_id, &events).map_err(|error| RunError::Internal(error.to_string()))
    }

    /// A run with the end that it has, though that may not be stored yet.
    fn with_end(&self, entry: RunEntry) -> RunEntry {
        let last = self.inner.endings.last(entry.record.run_id).or(entry.last);
        RunEntry { last, ..entry }
    }

    /// The error for a run that is not there; `id` as it was given, which may not even be an id.
    pub async fn unknown_run(&self, id: String) -> RunError {
        let newest = orchestrator_journal::RunFilter { limit: LATEST, ..Default::default() };
        let latest = self.inner.journal.runs(newest).await.unwrap_or_default();
        RunError::Unknown { id, latest: latest.into_iter().map(|entry| entry.record.run_id).collect() }
    }
}

fn internal(error: JournalError) -> RunError {
    RunError::Internal(error.to_string())
}

fn summary(entry: RunEntry) -> RunSummary {
    let RunEntry { record, last } = entry;
    RunSummary {
        run_id: record.run_id,
        project_id: record.request.project_id,
        workflow_name: record.request.workflow_name,
        user_request: record.request.user_request,
        status: last.as_ref().map_or(RunStatus::Queued, status_after),
        progress: last.as_ref().map_or(0, |event| event.progress),
        created_at: record.created,
        updated_at: last.as_ref().map_or(record.created, |event| event.time),
        last_seq: last.as_ref().map_or(0, |event| event.seq),
    }
}

/// The status of a run whose last event is `event`: what the whole fold would say, without the fold.
fn status_after(event: &Event) -> RunStatus {
    match &event.kind {
        EventKind::Complete(complete) => complete.status(),
        EventKind::Error(error)
            if error.terminal && error.code == orchestrator_core::ErrorCode::Cancelled =>
        {
            RunStatus::Cancelled
        }
        EventKind::Error(error) if error.terminal => RunStatus::Failed,
        EventKind::Status(Status::Accepted { .. } | Status::Queued { .. }) => RunStatus::Queued,
        EventKind::Status(Status::Waiting { .. }) => RunStatus::Waiting,
        _ => RunStatus::Running,
    }
}

fn detail(state: &RunState) -> RunDetail {
    let summary = RunSummary {
        run_id: state.run_id,
        project_id: state.request.project_id.clone(),
        workflow_name: state.request.workflow_name.clone(),
        user_request: state.request.user_request.clone(),
        status: state.status(),
        progress: state.progress,
        created_at: state.created,
        updated_at: state.updated,
        last_seq: state.seq,
    };
    let at_work = state.step().filter(|_| state.status() == RunStatus::Running);
    let error = state
        .failure
        .clone()
        .map(|detail| RunFailure { message: state.errors.last().cloned().unwrap_or_default(), detail });
    RunDetail {
        summary,
        step: at_work.map(|step| step.name.clone()),
        agent: at_work.map(|step| step.agent_type.clone()),
        round: state.round,
        files: state.files.clone(),
        usage: state.usage,
        provider: state.provider.clone(),
        sandbox: state.sandbox.clone(),
        actor: state.actor.clone(),
        plugins: state.plugins.clone(),
        metadata: state.request.metadata.clone(),
        verdict: state.verdict.clone(),
        error,
    }
}

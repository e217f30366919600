//! The runs: asking for one, looking at them, ending one.

use crate::{
    error::RunError,
    orchestrator::Orchestrator,
    part::Part,
    stream::EventStream,
    views::{RunDetail, RunFailure, RunSummary},
};
use orchestrator_core::{Confinement, Fault, Isolation, ProjectId, RunId, RunStatus, WorkflowName};
use orchestrator_journal::{
    JournalError, NewEntry, ProjectStart, ProjectSubscription, Removable, RunEntry, Subscription,
};
use orchestrator_workflow::{ReadStateError, RunState};
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
    /// Those after this one in the list: older ones. It need not be there any more.
    pub after: Option<RunId>,
}

impl RunFilter {
    fn lets_through(&self, run: &RunSummary) -> bool {
        self.project_id.as_ref().is_none_or(|id| *id == run.project_id)
            && self.workflow_name.as_ref().is_none_or(|name| *name == run.workflow_name)
            && self.status.is_none_or(|status| status == run.status)
            && self.after.is_none_or(|after| run.run_id < after)
    }
}

impl Orchestrator {
    /// Runs, newest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn runs(&self, filter: RunFilter) -> Result<Part<RunSummary, RunId>, RunError> {
        let limit = if filter.limit == 0 { 50 } else { filter.limit.min(LIST_MAX) };
        let owed = self.inner.endings.count();
        let looked_at = limit + 1 + owed;
        let page = orchestrator_journal::RunFilter {
            project: filter.project_id.clone(),
            workflow: filter.workflow_name.clone(),
            status: filter.status,
            before: filter.after,
            limit: looked_at,
        };
        let entries = self.inner.journal.runs(page).await.map_err(internal)?;
        let is_whole = entries.len() < looked_at;
        let mut found: Vec<_> = entries.into_iter().map(summary).collect();
        if owed > 0 {
            self.correct(&mut found, &filter, is_whole);
        }
        Ok(Part::of(found, limit, |run| run.run_id))
    }

    /// One run: of a live one what its recorder knows, of another what was kept of it. Both are the same fold.
    ///
    /// # Errors
    /// [`RunError::Unknown`] with the newest runs, or that the journal cannot be read.
    pub async fn run(&self, run_id: RunId) -> Result<RunDetail, RunError> {
        if let Some(active) = self.active(run_id) {
            return Ok(active.recorder.with_state(detail));
        }
        if let Some(state) = self.inner.endings.state(run_id) {
            return Ok(detail(&state));
        }
        match RunState::read(&self.inner.journal, run_id).await {
            Ok(state) if state.is_over() => Ok(detail(&state)),
            Ok(state) => Ok(self.ended_or(detail(&state)).await),
            Err(ReadStateError::NotARun(error)) => {
                let entry = self.inner.journal.run(run_id).await.map_err(internal)?;
                entry.map(bare).ok_or_else(|| RunError::Internal(Fault::other(error)))
            }
            Err(ReadStateError::Journal(JournalError::UnknownRun(_))) => {
                Err(self.unknown_run(run_id.to_string()).await)
            }
            Err(ReadStateError::Journal(error)) => Err(internal(error)),
        }
    }

    /// What the events say, unless the one that ended the run is lost: then what the list says of its end.
    async fn ended_or(&self, mut told: RunDetail) -> RunDetail {
        let entry = self.inner.journal.run(told.summary.run_id).await.ok().flatten();
        let ended = entry.filter(|run| run.standing.is_some_and(|standing| standing.status.is_terminal()));
        if let Some(entry) = ended {
            (told.step, told.agent) = (None, None);
            told.summary = summary(entry);
        }
        told
    }

    /// The committed events of a run after sequence number `after`: first those that are there, then those to come.
    ///
    /// # Errors
    /// [`RunError::Unknown`] with the newest runs, [`RunError::UnknownEvent`] with the number of the run's last one, or
    /// that the journal cannot be read.
    pub async fn events(&self, run_id: RunId, after: u64) -> Result<Subscription, RunError> {
        let subscription = match self.active(run_id) {
            Some(active) => active.recorder.subscribe(after),
            None => self.inner.journal.subscribe(run_id, after).await,
        };
        match subscription {
            Err(JournalError::UnknownRun(_)) => Err(self.unknown_run(run_id.to_string()).await),
            Err(error @ JournalError::UnknownEvent { .. }) => Err(RunError::UnknownEvent(error.to_string())),
            subscription => subscription.map_err(internal),
        }
    }

    /// A run's events after number `after` as a stream: first those that are there, then those to come, to the end of
    /// the run.
    ///
    /// # Errors
    /// As [`Self::events`].
    pub async fn follow(&self, run_id: RunId, after: u64) -> Result<EventStream, RunError> {
        Ok(EventStream::new(run_id, self.events(run_id, after).await?))
    }

    /// The committed events of all runs of a project: of those under way, and of those that begin later. A project that
    /// is not there yet can be followed as well.
    ///
    /// # Errors
    /// [`RunError::UnknownEvent`] when `start` is no place in this project's events, or that the journal cannot be read.
    pub async fn project_events(
        &self,
        project: ProjectId,
        start: ProjectStart,
    ) -> Result<ProjectSubscription, RunError> {
        let following = self.inner.journal.follow_project(project, start).await;
        following.map_err(|error| match error {
            error @ JournalError::UnknownCursor { .. } => RunError::UnknownEvent(error.to_string()),
            error => internal(error),
        })
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

    /// Deletes a run that is over: its events, its request, what was kept of it and the key that it was asked for under.
    /// The files that it wrote stay. The audit keeps that there was the run, what it started and who deleted it.
    ///
    /// # Errors
    /// [`RunError::Unknown`] with the newest runs, [`RunError::NotOver`], or that the journal cannot be written. Nothing
    /// is deleted then.
    pub async fn delete_run(&self, run_id: RunId) -> Result<(), RunError> {
        let not_over = Err(RunError::NotOver { run_id });
        if let Some(active) = self.active(run_id) {
            if !active.recorder.with_state(RunState::is_over) {
                return not_over;
            }
            // Its last event has been told, and whoever has seen that may count on it.
            active.ended.cancelled().await;
        }
        if self.inner.endings.state(run_id).is_some() {
            return not_over;
        }
        let entry = self.inner.journal.run(run_id).await.map_err(internal)?.map(|run| run.record.request);
        let detail = entry.map(|asked| json!({"project": asked.project_id, "workflow": asked.workflow_name}));
        let entry =
            NewEntry::new(self.actor.clone(), "run.delete", run_id.to_string(), detail.unwrap_or_default());
        match self.inner.journal.remove_run(run_id, Removable::Over, Some(entry.of_run(run_id))).await {
            Err(JournalError::UnknownRun(_)) => Err(self.unknown_run(run_id.to_string()).await),
            Err(JournalError::RunNotOver(_)) => not_over,
            removed => removed.map_err(internal),
        }
    }

    /// Puts the runs whose end is not stored yet where they belong by the status that they have.
    fn correct(&self, found: &mut Vec<RunSummary>, filter: &RunFilter, is_whole: bool) {
        let oldest = found.last().map(|run| run.run_id);
        for run in self.inner.endings.states().iter().map(|state| detail(state).summary) {
            found.retain(|known| known.run_id != run.run_id);
            if filter.lets_through(&run) && (is_whole || oldest.is_some_and(|oldest| run.run_id > oldest)) {
                found.push(run);
            }
        }
        found.sort_by_key(|run| std::cmp::Reverse(run.run_id));
    }

    /// The error for a run that is not there; `id` as it was given, which may not even be an id.
    pub async fn unknown_run(&self, id: String) -> RunError {
        let newest = orchestrator_journal::RunFilter { limit: LATEST, ..Default::default() };
        let latest = self.inner.journal.runs(newest).await.unwrap_or_default();
        RunError::Unknown { id, latest: latest.into_iter().map(|entry| entry.record.run_id).collect() }
    }
}

fn internal(error: JournalError) -> RunError {
    RunError::Internal(error.into())
}

fn summary(entry: RunEntry) -> RunSummary {
    let RunEntry { record, standing } = entry;
    RunSummary {
        run_id: record.run_id,
        project_id: record.request.project_id,
        workflow_name: record.request.workflow_name,
        user_request: record.request.user_request,
        status: standing.map_or(RunStatus::Queued, |standing| standing.status),
        progress: standing.map_or(0, |standing| standing.progress),
        created_at: record.created,
        updated_at: standing.map_or(record.created, |standing| standing.updated),
        last_seq: standing.map_or(0, |standing| standing.seq),
    }
}

/// A run whose first event is lost: what its request and its row say.
fn bare(entry: RunEntry) -> RunDetail {
    let unknown = "unknown: the event with which the run began is lost".to_owned();
    RunDetail {
        step: None,
        agent: None,
        round: 0,
        files: Vec::new(),
        usage: entry.standing.map(|standing| standing.usage).unwrap_or_default(),
        provider: "unknown".to_owned(),
        sandbox: Confinement { level: Isolation::None, missing: vec![unknown] },
        actor: None,
        plugins: Vec::new(),
        metadata: entry.record.request.metadata.clone(),
        verdict: None,
        error: None,
        summary: summary(entry),
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

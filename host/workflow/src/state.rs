//! A run's state: the fold of its events.
//!
//! [`RunState::apply`] is the only way to change it, so the state of a live run and of one read back from the journal
//! cannot differ, nor can one that was kept on the way ([`crate::kept`]; its format is to be raised with each change
//! here). It holds what the machine needs to go on, what agents are told, and what people ask about a run.

mod apply;

use crate::evidence::Evidence;
use orchestrator_core::event::{ErrorEvent, Event, EventKind, PinnedPlugin, Status, Verdict};
use orchestrator_core::{
    Actor, AgentType, CommandOutcome, Confinement, ExecutionContext, FileChange, FileOperation, Plan, RunId,
    RunRequest, RunStatus, Step, StepOutput, Timestamp, Usage, Workflow,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// Where the run is within its workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Accepted; its turn has not come.
    NotStarted,
    /// In line behind another run.
    Queued,
    /// The current step has not begun.
    Pending,
    /// An attempt of the current step is under way.
    Running {
        /// Which try, from 1.
        attempt: u32,
    },
    /// An attempt of the current step failed and the next is to come.
    Failed {
        /// Which try failed.
        attempt: u32,
        /// The pause that the failure asks for.
        retry_after: Option<Duration>,
    },
    /// The pause before the next attempt.
    Waiting {
        /// Which try comes next.
        next_attempt: u32,
        /// How long the pause is.
        delay: Duration,
    },
    /// The current step is done and its loop is to be taken.
    LoopDue,
    /// A loop got nowhere and the workflow says that this fails the run.
    Exhausted,
    /// Over.
    Ended(RunStatus),
}

/// How often a loop was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoopState {
    /// Rounds so far.
    pub rounds: u32,
    /// The failure that the last round was to cure.
    pub failure: Option<String>,
}

/// The fold of a run's events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunState {
    /// The run.
    pub run_id: RunId,
    /// What was asked for.
    pub request: RunRequest,
    /// The workflow as it was when the run was asked for.
    pub workflow: Workflow,
    /// The plugins that this run keeps.
    pub plugins: Vec<PinnedPlugin>,
    /// Agents whose steps are skipped.
    pub disabled: Vec<AgentType>,
    /// The model provider that answers this run.
    pub provider: String,
    /// How well its commands were locked up when it was asked for.
    pub sandbox: Confinement,
    /// Who asked for the run, where that was noted.
    pub actor: Option<Actor>,
    /// Index of the current step; the number of steps when all are done.
    pub position: usize,
    /// Where the run is.
    pub phase: Phase,
    /// The first event that did not follow from where the run was. A run does not go on from there.
    pub unexpected: Option<String>,
    /// How many times the workflow has looped back.
    pub round: u32,
    /// The loops taken, by the index of the step that loops.
    pub loops: BTreeMap<usize, LoopState>,
    /// The plan, once there is one.
    pub plan: Option<Plan>,
    /// Files that the run touched and that are still there, in the order of first touch.
    pub files: Vec<FileChange>,
    /// Work on files that began and has neither been completed nor given up.
    pub unfinished: Vec<FileOperation>,
    /// The last command that ended.
    pub last_command: Option<CommandOutcome>,
    /// What its commands have shown.
    pub evidence: Evidence,
    /// What can be said of what it made, once it is complete.
    pub verdict: Option<Verdict>,
    /// What steps left.
    pub outputs: Vec<StepOutput>,
    /// Messages of the errors so far.
    pub errors: Vec<String>,
    /// The failure that ended the run.
    pub failure: Option<ErrorEvent>,
    /// What the models cost.
    pub usage: Usage,
    /// Highest progress so far.
    pub progress: u8,
    /// When the run was asked for.
    pub created: Timestamp,
    /// When the last event came.
    pub updated: Timestamp,
    /// Sequence number of the last event.
    pub seq: u64,
}

/// The first event of a run was not what a run begins with.
#[derive(Debug, thiserror::Error)]
#[error("the journal of run {0} does not begin with its acceptance; its records are damaged")]
pub struct NotARun(pub RunId);

impl RunState {
    /// The state after a run's first event.
    ///
    /// # Errors
    /// When the event is not the acceptance of a run.
    pub fn begin(event: &Event) -> Result<Self, NotARun> {
        let EventKind::Status(Status::Accepted {
            request,
            workflow,
            plugins,
            disabled,
            provider,
            sandbox,
            actor,
            ..
        }) = &event.kind
        else {
            return Err(NotARun(event.run_id));
        };
        Ok(Self {
            run_id: event.run_id,
            request: RunRequest::clone(request),
            workflow: Workflow::clone(workflow),
            plugins: plugins.clone(),
            disabled: disabled.clone(),
            provider: provider.clone(),
            sandbox: Confinement::clone(sandbox),
            actor: actor.clone(),
            position: 0,
            phase: Phase::NotStarted,
            unexpected: None,
            round: 0,
            loops: BTreeMap::new(),
            plan: None,
            files: Vec::new(),
            unfinished: Vec::new(),
            last_command: None,
            evidence: Evidence::default(),
            verdict: None,
            outputs: Vec::new(),
            errors: Vec::new(),
            failure: None,
            usage: Usage::default(),
            progress: 0,
            created: event.time,
            updated: event.time,
            seq: event.seq,
        })
    }

    /// The state after all of a run's events.
    ///
    /// # Errors
    /// When there are none, or the first is not the acceptance of a run.
    pub fn fold(run_id: RunId, events: &[Event]) -> Result<Self, NotARun> {
        let (first, rest) = events.split_first().ok_or(NotARun(run_id))?;
        let mut state = Self::begin(first)?;
        for event in rest {
            state.apply(event);
        }
        Ok(state)
    }

    /// The step at hand; none when all are done.
    #[must_use]
    pub fn step(&self) -> Option<&Step> {
        self.workflow.steps.get(self.position)
    }

    /// Whether every step is behind it, each done or left out: what success takes.
    #[must_use]
    pub fn is_through(&self) -> bool {
        let steps = self.workflow.steps.len();
        self.phase == Phase::Pending && steps > 0 && self.position == steps && self.unexpected.is_none()
    }

    /// Where the run stands, for people.
    #[must_use]
    pub fn status(&self) -> RunStatus {
        match self.phase {
            Phase::NotStarted | Phase::Queued => RunStatus::Queued,
            Phase::Waiting { .. } => RunStatus::Waiting,
            Phase::Pending
            | Phase::Running { .. }
            | Phase::Failed { .. }
            | Phase::LoopDue
            | Phase::Exhausted => RunStatus::Running,
            Phase::Ended(status) => status,
        }
    }

    /// Whether its last event has been told.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Ended(_))
    }

    /// Digest of the failure that the last command left, when it failed.
    #[must_use]
    pub fn current_failure(&self) -> Option<String> {
        self.last_command.as_ref().filter(|command| !command.succeeded()).map(CommandOutcome::fingerprint)
    }

    /// What a plugin is told when it is called for the step at hand.
    #[must_use]
    pub fn context(&self, attempt: u32) -> ExecutionContext {
        ExecutionContext {
            run_id: self.run_id,
            project_id: self.request.project_id.clone(),
            user_request: self.request.user_request.clone(),
            workflow: self.workflow.name.clone(),
            step: self.step().map(|step| step.name.clone()).unwrap_or_default(),
            step_number: count(self.position + 1),
            step_count: count(self.workflow.steps.len()),
            attempt,
            round: self.round,
            plan: self.plan.clone(),
            files: self.files.clone(),
            last_command: self.last_command.clone(),
            outputs: self.outputs.clone(),
            errors: self.errors.clone(),
            metadata: self.request.metadata.clone(),
        }
    }
}

/// Step numbers fit: a workflow has at most [`crate::validate::STEPS_MAX`] steps.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

//! What goes into the journal and what comes out of it.

use orchestrator_core::{
    AgentType, Digest, EventKind, ProjectId, RunId, RunRequest, RunStatus, Standing, StepName, Timestamp,
    WorkflowName,
};
use std::sync::Arc;

/// What never changes about a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// The run.
    pub run_id: RunId,
    /// When it was asked for.
    pub created: Timestamp,
    /// What was asked for, of which project, through which workflow.
    pub request: RunRequest,
}

impl RunRecord {
    /// A run that is asked for now.
    #[must_use]
    pub fn new(run_id: RunId, request: RunRequest) -> Self {
        Self { run_id, created: Timestamp::now(), request }
    }
}

/// A run that was asked for under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyed {
    /// The run.
    pub run_id: RunId,
    /// Of what was asked for; see [`orchestrator_core::Once`].
    pub digest: Digest,
}

/// A run as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct RunEntry {
    /// What never changes about the run.
    pub record: RunRecord,
    /// Where it stands after its newest event. None only when the process ended between the run's creation and its
    /// first event.
    pub standing: Option<Standing>,
}

/// Which runs to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only runs of this project.
    pub project: Option<ProjectId>,
    /// Only runs through this workflow.
    pub workflow: Option<WorkflowName>,
    /// Only runs with this status.
    pub status: Option<RunStatus>,
    /// Only runs older than this one: the last of the page before.
    pub before: Option<RunId>,
    /// Most runs to return.
    pub limit: usize,
}

/// An event before the journal has numbered and dated it.
#[derive(Debug, Clone, PartialEq)]
pub struct EventParts {
    /// What happened.
    pub kind: EventKind,
    /// One line for people.
    pub message: String,
    /// The step's place in the workflow, from 1; none outside of steps.
    pub step: Option<u32>,
    /// The step's name; none outside of steps.
    pub step_name: Option<StepName>,
    /// The agent at work; none outside of steps.
    pub agent: Option<AgentType>,
    /// How far the run has come, 0 to 100.
    pub progress: u8,
}

/// A committed event as text, shared by everybody who reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its number within the run, gapless from 1.
    pub seq: u64,
    /// The event on one line of JSON.
    pub json: Arc<str>,
    /// Whether it is the run's last.
    pub terminal: bool,
}

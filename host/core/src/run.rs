//! A run: one request carried through one workflow.

use crate::ids::{ProjectId, WorkflowName};
use serde::{Deserialize, Serialize};

/// Longest user request, in bytes. It is repeated in each model request, so its size is paid for many times.
pub const USER_REQUEST_MAX: usize = 32 * 1024;
/// Most bytes of metadata, as JSON.
pub const METADATA_MAX: usize = 64 * 1024;

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RunRequest {
    /// The sentence that says what to build.
    pub user_request: String,
    /// The project that is built or changed.
    pub project_id: ProjectId,
    /// The workflow to run.
    pub workflow_name: WorkflowName,
    /// Anything the caller wants agents and readers of the run to see.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// What to do when another run is working on the project.
    #[serde(default)]
    pub if_busy: IfBusy,
}

/// What to do with a request for a project that another run is working on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IfBusy {
    /// Refuse, naming the run that is at work.
    #[default]
    Reject,
    /// Wait in line.
    Queue,
}

impl IfBusy {
    /// Everything that can be done.
    pub const ALL: [Self; 2] = [Self::Reject, Self::Queue];

    /// The name on the wire and in the journal.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reject => "reject",
            Self::Queue => "queue",
        }
    }

    /// What goes by this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == name)
    }
}

/// Where a run stands. Always computed from the run's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Accepted, not started: another run holds the project.
    Queued,
    /// An agent is at work.
    Running,
    /// Paused before the next attempt of a step.
    Waiting,
    /// Ended with every step done or skipped, and nothing that ran last failed.
    Succeeded,
    /// Ended because a step could not be done, or with all of them done and what they made failing.
    Failed,
    /// Ended because somebody asked for it.
    Cancelled,
}

impl RunStatus {
    /// Whether the run is over; its events no longer grow.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Running, Self::Waiting, Self::Succeeded, Self::Failed, Self::Cancelled];

    /// The name on the wire and in the journal.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Why a completion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// The model was done.
    EndTurn,
    /// The token limit cut the answer.
    MaxTokens,
    /// A stop sequence was reached.
    StopSequence,
    /// The model declined.
    Refusal,
    /// Request and answer together filled the model's context.
    ContextWindow,
}

/// What completions cost, in tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Usage {
    /// Tokens sent, those read from the provider's cache included.
    pub input_tokens: u64,
    /// Of these, tokens that the provider read from its cache.
    pub cached_input_tokens: u64,
    /// Tokens received.
    pub output_tokens: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input_tokens += other.input_tokens;
        self.cached_input_tokens += other.cached_input_tokens;
        self.output_tokens += other.output_tokens;
    }
}

impl RunRequest {
    /// A request for the workflow `bolt_standard`, without metadata.
    pub fn new(user_request: impl Into<String>, project_id: ProjectId) -> Self {
        Self {
            user_request: user_request.into(),
            project_id,
            workflow_name: WorkflowName::standard(),
            metadata: serde_json::Map::new(),
            if_busy: IfBusy::default(),
        }
    }

    /// The same request for another workflow.
    #[must_use]
    pub fn workflow(mut self, name: WorkflowName) -> Self {
        self.workflow_name = name;
        self
    }
}

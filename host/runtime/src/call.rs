//! What a call of a plugin is given, and how it can go wrong.

use orchestrator_command::{Gateway, Launcher};
use orchestrator_core::{
    AgentSettings, Chance, Denials, EventSink, ExecutionContext, Failure, event::TrapReport,
};
use orchestrator_model::Provider;
use orchestrator_policy::{CallLimits, Decision};
use orchestrator_workspace::Workspace;
use std::sync::Arc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// What an agent's call is given.
pub struct AgentCall {
    /// What the plugin may do, as the run keeps it.
    pub decision: Arc<Decision>,
    /// Who is told of what it is denied.
    pub denials: Denials,
    /// What the agent is told.
    pub context: Arc<ExecutionContext>,
    /// The settings that the run keeps for it.
    pub settings: Arc<AgentSettings>,
    /// Where its events go.
    pub events: Arc<dyn EventSink>,
    /// Who answers its completions.
    pub provider: Arc<dyn Provider>,
    /// The project's files.
    pub workspace: Arc<Workspace>,
    /// What starts its programs.
    pub launcher: Arc<dyn Launcher>,
    /// What opens their ways out.
    pub gateway: Arc<dyn Gateway>,
    /// Set when the run is cancelled.
    pub cancel: CancellationToken,
    /// When the step's time is over.
    pub deadline: Instant,
    /// What is left to chance in it.
    pub chance: Chance,
    /// Marks this run's artifact tags.
    pub nonce: String,
    /// Whether contents of files are told while they come, and not once a file is done.
    pub stream_output: bool,
}

/// What a condition's call is given.
pub struct ConditionCall {
    /// What the plugin may use up, as the run keeps it.
    pub limits: CallLimits,
    /// What the condition is told.
    pub context: Arc<ExecutionContext>,
    /// The arguments from the workflow.
    pub args: Vec<String>,
}

/// How a call went wrong.
#[derive(Debug)]
pub struct CallError {
    /// The failure, as runs and retries see it.
    pub failure: Failure,
    /// What is known about the trap, when the guest trapped.
    pub trap: Option<Box<TrapReport>>,
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        Self { failure, trap: None }
    }
}

//! What people see of agents, runs and the whole, as the library returns it; each has a form in JSON.

use orchestrator_command::SandboxReport;
use orchestrator_core::Timestamp;
use orchestrator_core::{
    Actor, AgentType, Confinement, Effort, FileChange, ProjectId, RunId, RunStatus, StepName, Usage,
    Workflow, WorkflowName,
    event::{ErrorEvent, PinnedPlugin, Verdict},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An agent as it would serve the next run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgentView {
    /// Name for people.
    pub name: String,
    /// What workflow steps call it.
    pub agent_type: AgentType,
    /// Model alias or model id.
    pub model: String,
    /// Sampling temperature; left out of requests to models that reject it.
    pub temperature: f64,
    /// Most tokens that one completion may produce.
    pub max_tokens: u32,
    /// Short labels of what it can do.
    pub capabilities: Vec<String>,
    /// Whether its steps are done or skipped.
    pub enabled: bool,
    /// Whether an operator set another system prompt than the plugin's own.
    pub has_custom_prompt: bool,
    /// One sentence on what it is for.
    pub purpose: String,
    /// The plugin's own version.
    pub version: String,
    /// SHA-256 of the component, in hexadecimal.
    pub digest: String,
}

/// What an operator set for an agent; null where it is the plugin's own. Whether the prompt is set, `has_custom_prompt`
/// says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgentSet {
    /// Model alias or model id.
    pub model: Option<String>,
    /// Sampling temperature.
    pub temperature: Option<f64>,
    /// Most tokens that one completion may produce.
    pub max_tokens: Option<u32>,
    /// How hard the model is to try.
    pub effort: Option<Effort>,
    /// Values of the plugin's own options, by name: those that are set and no others.
    #[serde(default)]
    pub options: serde_json::Map<String, serde_json::Value>,
    /// False where its steps are skipped.
    pub enabled: Option<bool>,
}

/// An agent with its system prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgentDetail {
    /// The agent.
    #[serde(flatten)]
    pub agent: AgentView,
    /// The system prompt in force.
    pub system_prompt: String,
    /// How hard its model is asked to try; null where nothing is said of it, and the service decides.
    #[serde(default)]
    pub effort: Option<Effort>,
    /// JSON Schema of the options that its plugin reads; null where it reads none.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub options_schema: Option<serde_json::Value>,
    /// What an operator set.
    #[serde(default)]
    pub set: AgentSet,
}

/// A workflow and where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WorkflowView {
    /// The workflow.
    #[serde(flatten)]
    pub workflow: Workflow,
    /// Whether the program carries it; then it cannot be changed or deleted.
    pub built_in: bool,
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunSummary {
    /// The run.
    pub run_id: RunId,
    /// The project.
    pub project_id: ProjectId,
    /// The workflow.
    pub workflow_name: WorkflowName,
    /// What was asked for.
    pub user_request: String,
    /// Where the run stands.
    pub status: RunStatus,
    /// 0 to 100.
    pub progress: u8,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its last event came.
    pub updated_at: Timestamp,
    /// Sequence number of its last event.
    pub last_seq: u64,
}

/// One run, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: RunSummary,
    /// The step at hand; none before the first and after the last.
    #[schema(value_type = Option<String>)]
    pub step: Option<StepName>,
    /// The agent at work.
    pub agent: Option<AgentType>,
    /// How many times the workflow has looped back.
    pub round: u32,
    /// The files that it created or changed and that are still there.
    pub files: Vec<FileChange>,
    /// What the models cost.
    pub usage: Usage,
    /// The model provider that answers it.
    pub provider: String,
    /// How well its commands were locked up when it was asked for, and what was missing.
    pub sandbox: Confinement,
    /// Who asked for it: a token's name, `local`, `cli` or `library`; null for runs from before that was noted.
    pub actor: Option<Actor>,
    /// The plugins that it keeps.
    pub plugins: Vec<PinnedPlugin>,
    /// What came with the request.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// How far what it made has been shown to work, once it is complete.
    pub verdict: Option<Verdict>,
    /// What ended it, when a step could not be done or it was cancelled.
    pub error: Option<RunFailure>,
}

/// Something that was done: an entry of the audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditView {
    /// Tells it from every other entry.
    #[schema(example = "1764064353123.0.17")]
    pub id: String,
    /// When it was done.
    pub time: Timestamp,
    /// Who did it: a token's name, or `local`, `cli`, `library`, `system`, `unknown`.
    pub actor: Actor,
    /// What was done, as `family.verb`.
    #[schema(example = "agent.model")]
    pub action: String,
    /// What it was done to.
    #[schema(example = "writer")]
    pub subject: String,
    /// The run that it was done in or to.
    pub run_id: Option<RunId>,
    /// The particulars.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

/// What ended a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunFailure {
    /// One sentence.
    pub message: String,
    /// Kind and details.
    #[serde(flatten)]
    pub detail: ErrorEvent,
}

/// Whether the program is well, and what it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `healthy`; `degraded` while the journal cannot be written, and `notices` says why; `stopping` once a shutdown
    /// began.
    pub status: String,
    /// Agent types that a plugin serves.
    pub agents_count: usize,
    /// Workflows that can be run.
    pub workflows_count: usize,
    /// The workflow that a request without a name gets.
    pub default_workflow: WorkflowName,
    /// Version of the program.
    pub version: String,
    /// The model provider that answers new runs.
    pub provider: String,
    /// What operators should know, such as that answers are replayed or that commands are not sandboxed.
    pub notices: Vec<String>,
    /// What the sandbox of commands is worth on this machine.
    pub sandbox: SandboxReport,
}

//! How a run moves through its workflow, as events: what the state machine reads and writes.

use crate::{
    access::Actor,
    ids::{AgentType, RunId, StepName},
    isolation::Confinement,
    run::{RunRequest, Usage},
    workflow::Workflow,
};
use serde::{Deserialize, Serialize};

/// How the workflow moved on. `state` says which of these it is.
// What is large and comes once in a run is boxed: events are passed on by value, also on the small stack of a guest's
// call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Status {
    /// The run was accepted; the first event of every run.
    Accepted {
        /// What was asked for.
        #[schema(value_type = RunRequest)]
        request: Box<RunRequest>,
        /// The workflow as it was when the run was asked for.
        workflow: Box<Workflow>,
        /// The plugins that this run keeps, whatever is replaced meanwhile.
        plugins: Vec<PinnedPlugin>,
        /// Agents that were disabled when the run was asked for; their steps are skipped.
        #[serde(default)]
        disabled: Vec<AgentType>,
        /// The model provider that answers this run.
        provider: String,
        /// How well commands were locked up when the run was asked for, and what was missing.
        #[serde(default)]
        sandbox: Box<Confinement>,
        /// Who asked for the run: a token's name, `local`, `cli`, `library` or `system`. None in the records of
        /// programs that did not note it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actor: Option<Actor>,
        /// Digest of the policy that this run keeps, grants included; empty in runs of before there was one.
        #[serde(default)]
        policy: String,
    },
    /// Another run holds the project; this one waits in line.
    Queued {
        /// The run that holds the project.
        behind: RunId,
    },
    /// The run's turn has come.
    Started,
    /// An attempt of a step began.
    StepStarted {
        /// Which try, from 1.
        attempt: u32,
        /// How many times the workflow has looped back, from 0.
        round: u32,
    },
    /// A step is done.
    StepSucceeded {
        /// Which try, from 1.
        attempt: u32,
        /// How long the attempt took.
        duration_ms: u64,
        /// What the agent left for later steps.
        #[serde(default)]
        output: serde_json::Value,
    },
    /// A step was left out.
    StepSkipped {
        /// Why.
        reason: SkipReason,
    },
    /// The next attempt of the step comes after a pause.
    Waiting {
        /// Which try comes next.
        next_attempt: u32,
        /// How long the pause is.
        delay_ms: u64,
    },
    /// The workflow goes back to an earlier step.
    LoopedBack {
        /// The step it goes back to.
        #[schema(value_type = String)]
        to: StepName,
        /// Which round this is, from 1.
        round: u32,
        /// How many rounds there may be.
        max_rounds: u32,
        /// Digest of the failure that this round is to cure, when there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    },
    /// A loop ended without a way forward.
    LoopExhausted {
        /// Why.
        reason: ExhaustedReason,
        /// How many rounds there were.
        rounds: u32,
    },
    /// A model answered.
    ModelUsed {
        /// The model id that answered.
        model: String,
        /// What it cost.
        usage: Usage,
    },
    /// The project's files were recorded.
    SnapshotTaken {
        /// Names the files and their contents: equal for equal files.
        snapshot: String,
        /// Before or after the step.
        moment: Moment,
        /// How many files there were.
        files: u64,
    },
    /// Something that people should know, such as that answers are replayed from a script.
    Notice {
        /// Short, stable label of the notice.
        code: String,
    },
    /// Events of the run cannot be read; the journal says so in their place, under the number of the last of them.
    /// Never recorded.
    Damaged {
        /// Number of the first event that is lost.
        first: u64,
        /// Number of the last.
        last: u64,
        /// What is wrong.
        detail: String,
    },
    /// An agent's own word.
    Agent {
        /// What the agent attached.
        #[serde(default)]
        detail: serde_json::Value,
    },
}

/// On which side of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Before it began.
    Before,
    /// After it ended.
    After,
}

/// A plugin as a run keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PinnedPlugin {
    /// Agent type or condition name.
    pub name: String,
    /// The plugin's own version.
    pub version: String,
    /// SHA-256 of the component, in hexadecimal.
    pub digest: String,
}

/// Why a step was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SkipReason {
    /// An operator disabled the agent.
    AgentDisabled,
    /// The step's condition does not hold.
    ConditionFalse {
        /// The condition's name.
        condition: String,
    },
}

/// Why a loop ended without a way forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExhaustedReason {
    /// All rounds were used.
    MaxRounds,
    /// The same failure came twice.
    SameFailure,
}

//! Why the orchestrator said no, one type per question asked of it.
//!
//! Each carries the names that would have been valid, so that whoever shows it, to a program or to a person, can say
//! what to do instead.

use crate::projects::Holder;
use orchestrator_core::{AgentType, Fault, RunId, WorkflowName};
use orchestrator_journal::JournalError;
use orchestrator_workflow::Violation;
use std::{borrow::Cow, path::Path};

/// The program could not be started.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder cannot be used.
    #[error("opening the data folder: {0}")]
    Data(String),
    /// The journal cannot be used.
    #[error("opening the journal: {0}")]
    Journal(#[source] JournalError),
    /// The policy file cannot be used.
    #[error("reading the policy: {0}; `orchestrator policy check` says the same without starting anything")]
    Policy(String),
    /// The snapshots cannot be used.
    #[error("opening the snapshots: {0}")]
    Snapshots(#[source] orchestrator_snapshots::SnapshotError),
    /// The model settings make no sense.
    #[error("setting up the model provider: {0}")]
    Model(#[source] orchestrator_model::ModelConfigError),
    /// The sandbox could not be set up.
    #[error("setting up the WebAssembly sandbox: {0}")]
    Runtime(String),
    /// The sandbox of commands cannot be what was configured.
    #[error("{0}")]
    Sandbox(#[source] orchestrator_command::SandboxError),
    /// A plugin that the program carries does not load.
    #[error("loading the plugins: {0}")]
    Plugins(String),
}

impl OpenError {
    /// The data folder and the process that is at work on it, when that is why; the process where its number is known.
    #[must_use]
    pub fn in_use(&self) -> Option<(&Path, Option<u32>)> {
        match self {
            Self::Journal(JournalError::Locked { path, holder }) => Some((path, *holder)),
            _ => None,
        }
    }
}

/// The audit could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AuditError(#[from] JournalError);

impl From<AuditError> for Fault {
    fn from(error: AuditError) -> Self {
        error.0.into()
    }
}

/// A run was not started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// A field of the request cannot be used.
    #[error("{field}: {message}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong and what would be right.
        message: String,
    },
    /// There is no such workflow.
    #[error("there is no workflow '{name}'; valid: {}", known.join(", "))]
    UnknownWorkflow {
        /// What was asked for.
        name: WorkflowName,
        /// What there is.
        known: Vec<String>,
    },
    /// The workflow refers to a plugin that is no longer there.
    #[error("the workflow '{name}' cannot run: {}", violations.iter().map(|v| format!("{}: {}", v.field, v.message)).collect::<Vec<_>>().join("; "))]
    BrokenWorkflow {
        /// The workflow.
        name: WorkflowName,
        /// What is wrong with it now.
        violations: Vec<Violation>,
    },
    /// Another run is working on the project.
    #[error("run {run_id} is working on this project; wait for it, cancel it, or wait in line")]
    Busy {
        /// The run at work.
        run_id: RunId,
    },
    /// The project's files are being changed from outside of a run, or it is being deleted.
    #[error("this project is being changed at the moment; ask again, or wait in line")]
    Changing,
    /// The same caller asked for something else under the same key.
    #[error(
        "the key was used before for another request, which began run {run_id}; choose a new key for each request"
    )]
    KeyUsed {
        /// The run of the other request.
        run_id: RunId,
    },
    /// The caller asked for no run under the key, or for one that is deleted, and came back to it.
    #[error("no run was begun under this key, or it was deleted")]
    UnknownKey,
    /// A plugin that the workflow needs is quarantined.
    #[error("{message}")]
    Quarantined {
        /// The plugin.
        plugin: String,
        /// Which plugin, until when, why, and the way out.
        message: String,
    },
    /// The program has as many runs as it may have.
    #[error("{limit} runs are under way, which is the limit; try again when one has ended")]
    TooManyRuns {
        /// The limit.
        limit: usize,
    },
    /// The program is stopping.
    #[error("the orchestrator is stopping; ask again once it is back")]
    Stopping,
    /// The journal or the disk failed.
    #[error("{0}")]
    Internal(Fault),
}

impl From<Holder> for StartError {
    fn from(holder: Holder) -> Self {
        match holder {
            Holder::Run(run_id) => Self::Busy { run_id },
            Holder::Change(_) => Self::Changing,
        }
    }
}

/// A run could not be shown or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// There is no such run.
    #[error("there is no run '{id}'; {}", named(latest))]
    Unknown {
        /// What was asked for.
        id: String,
        /// The newest runs.
        latest: Vec<RunId>,
    },
    /// The run has no end yet, so it cannot be deleted.
    #[error(
        "run {run_id} is not over, or its end is not stored yet; cancel it or wait for its end, then delete it"
    )]
    NotOver {
        /// The run.
        run_id: RunId,
    },
    /// The run has not come to that event.
    #[error("{0}")]
    UnknownEvent(String),
    /// The journal or the disk failed.
    #[error("{0}")]
    Internal(Fault),
}

fn named(latest: &[RunId]) -> String {
    match latest {
        [] => "there was none yet".to_owned(),
        runs => {
            format!("the latest: {}", runs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A workflow could not be shown or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkflowError {
    /// There is no such workflow.
    #[error("there is no workflow '{name}'; valid: {}", known.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The program carries it.
    #[error("'{name}' is built in and cannot be changed or deleted; create a workflow under another name")]
    BuiltIn {
        /// The workflow.
        name: WorkflowName,
    },
    /// The name is taken.
    #[error("there is a workflow '{name}' already; replace it, or choose another name")]
    Exists {
        /// The workflow.
        name: WorkflowName,
    },
    /// It could not run.
    #[error("the workflow cannot run: {}", .0.iter().map(|v| format!("{}: {}", v.field, v.message)).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<Violation>),
    /// The journal or the disk failed.
    #[error("{0}")]
    Internal(Fault),
}

impl AgentError {
    pub(crate) fn invalid(field: &'static str, message: String) -> Self {
        Self::Invalid { field: field.into(), message, valid: Vec::new() }
    }
}

/// An agent could not be shown or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgentError {
    /// There is no such agent.
    #[error("there is no agent '{agent}'; valid: {}", known.iter().map(AgentType::as_str).collect::<Vec<_>>().join(", "))]
    Unknown {
        /// What was asked for.
        agent: String,
        /// What there is.
        known: Vec<AgentType>,
    },
    /// There is no such model.
    #[error("there is no model '{model}'; valid: {}", known.join(", "))]
    UnknownModel {
        /// What was asked for.
        model: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The prompt cannot be used.
    #[error("system_prompt: {0}")]
    InvalidPrompt(String),
    /// A setting cannot be used.
    #[error("{field}: {message}")]
    Invalid {
        /// Which.
        field: Cow<'static, str>,
        /// What is wrong and what would be right.
        message: String,
        /// What would have been accepted, where that can be listed.
        valid: Vec<String>,
    },
    /// The journal or the disk failed.
    #[error("{0}")]
    Internal(Fault),
}

//! Dynamic Orchestrator as a library: one sentence in, a working project out.
//!
//! [`Orchestrator`] holds everything that a running program has: journal, plugins, models, workflows, runs. The HTTP
//! server and the command line are thin layers over it, and so can be any other program:
//!
//! ```no_run
//! use futures::StreamExt;
//! use orchestrator::{Config, Orchestrator, ProjectId, RunRequest};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let orchestrator = Orchestrator::open(Config::from_env("./data")?).await?;
//! let request = RunRequest::new("Build a calculator app with React", ProjectId::new("calc-001")?);
//! let mut events = orchestrator.execute_workflow(request).await?;
//! while let Some(event) = events.next().await {
//!     let event = event?;
//!     println!("[{:?}] {}: {}", event.agent, event.kind.name(), event.message);
//! }
//! # Ok(())
//! # }
//! ```

mod active;
mod agents;
mod audit;
mod claim;
mod config;
mod endings;
mod error;
mod files;
mod kept;
mod keys;
mod leftovers;
mod models;
#[cfg_attr(not(target_os = "linux"), path = "network_none.rs")]
mod network;
mod once;
mod open;
mod orchestrator;
mod part;
mod performer;
mod pins;
mod plugins;
mod policy;
mod projects;
mod recording;
mod runs;
mod start;
mod stream;
mod views;
mod workflows;

/// How the commands of agents are locked up.
///
/// The sandbox is checked from inside by this same program, which also carries the connections of commands to their
/// proxy. So the `main` of a program that opens an [`Orchestrator`] begins with
/// [`inside::run_if_asked`](commands::inside::run_if_asked); without that, commands are refused.
pub mod commands {
    pub use orchestrator_command::{
        CommandLimits, SandboxConfig, SandboxError, SandboxReport,
        sandbox::{CgroupReport, Helper},
    };

    /// What this program does inside of a sandbox.
    pub mod inside {
        pub use orchestrator_command::sandbox::inside::ASKED;
        use std::process::ExitCode;

        /// Does what this program is asked to do inside of a sandbox; none when it was started for anything else. Has
        /// to come first in `main`, before there are threads.
        #[must_use]
        pub fn run_if_asked() -> Option<ExitCode> {
            #[cfg(target_os = "linux")]
            if let Some(code) = orchestrator_egress::bridge::run_if_asked() {
                return Some(code);
            }
            orchestrator_command::sandbox::inside::run_if_asked()
        }
    }
}

pub use agents::{AgentPatch, AgentRegistry};
pub use audit::Desk;
pub use config::{Config, OrchestratorLimits};
pub use error::{AgentError, AuditError, OpenError, RunError, StartError, WorkflowError};
pub use files::{
    Contents, FileChanged, FileContent, GuessedNames, Imported, Left, Moment, Precondition, ProjectArchive,
    ProjectDiff, ProjectError, ProjectFile, ProjectSummary, Restored, Source,
};
pub use models::{ModelView, known_models};
pub use once::Begun;
pub use orchestrator::Orchestrator;
pub use orchestrator_access::{AccessError, Caller, NewToken, Revoked, Token, TokenView, Tokens};
pub use orchestrator_archive as archive;
pub use orchestrator_core::{
    Actor, AgentType, Chance, ConditionRef, Confinement, Digest, Effort, ErrorCode, Event, EventKind,
    ExecutionContext, Fault, FileChange, FileChangeKind, IdempotencyKey, IfBusy, Isolation, LoopBack, Once,
    Permission, ProjectId, RelativePath, Role, RunId, RunRequest, RunStatus, Step as WorkflowStep, TokenName,
    Workflow, WorkflowName, event,
};
pub use orchestrator_journal::private::open_to_others;
pub use orchestrator_journal::{
    AuditFilter, EntryId, EntryIdError, Placed, ProjectCursor, ProjectCursorError, ProjectStart,
    ProjectSubscription, StoredEvent, Subscription,
};
pub use orchestrator_model::{Given, ModelConfig, ModelConfigError};
pub use orchestrator_plugins::{LoadFailure, Origin, PluginState, PluginView};
pub use orchestrator_policy::{Policy, PolicyError, Sentence, Waiting, schema as policy_schema};
pub use orchestrator_runtime::{PluginKind, SandboxLimits};
pub use orchestrator_snapshots::{Cause, Snapshot};
pub use orchestrator_workflow::Violation;
pub use part::Part;
pub use policy::{GrantView, PluginError};
pub use runs::RunFilter;
pub use stream::EventStream;
pub use views::{
    AgentDetail, AgentSet, AgentView, AuditView, Health, RunDetail, RunFailure, RunSummary, WorkflowView,
};
pub use workflows::WorkflowEngine;

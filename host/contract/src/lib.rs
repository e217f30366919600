//! The plugin contract as Rust: bindings generated from `wit/`, in this one place.
//!
//! One module per contract version; today there is [`v0_1`]. Its interfaces are re-exported at the root, so that
//! code reads `contract::model::Host`. When a second version comes, it gets a module of its own whose unchanged
//! interfaces point at the newest one, and the host goes on serving plugins built for either.

pub mod convert;
pub mod v0_1;

pub use convert::into_error;
pub use v0_1::agent::exports::orchestrator::plugin::agent_plugin;
pub use v0_1::agent::orchestrator::plugin::{
    cancellation, command, edits, events, execution_context, log, model, settings, types, workspace,
};
pub use v0_1::agent::{Agent, AgentPre};
pub use v0_1::condition::exports::orchestrator::plugin::condition_plugin;
pub use v0_1::condition::{Condition, ConditionPre};

/// The package that a plugin's imports and exports are named after, without a version.
pub const PACKAGE: &str = "orchestrator:plugin";
/// The contract version of [`v0_1`].
pub const VERSION: &str = "0.1.0";
/// The interface that an agent exports.
pub const AGENT_EXPORT: &str = "orchestrator:plugin/agent-plugin@0.1.0";
/// The interface that a condition exports.
pub const CONDITION_EXPORT: &str = "orchestrator:plugin/condition-plugin@0.1.0";

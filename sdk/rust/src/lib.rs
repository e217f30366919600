//! Agents and workflow conditions for Dynamic Orchestrator, as ordinary Rust.
//!
//! A plugin is a WebAssembly component behind the contract in `wit/`. The contract is made for every language, so by
//! itself it is records, options and lists. This crate is what a Rust author would write around it: an agent is a type
//! that implements [`Agent`], a condition one that implements [`Condition`], and what the host offers are modules of
//! functions ([`model`], [`edits`], [`workspace`], [`command`], [`events`], [`log`], [`cancellation`]).
//!
//! ```
//! use orchestrator_sdk::prelude::*;
//!
//! struct Haiku;
//!
//! impl Agent for Haiku {
//!     fn describe() -> AgentDescription {
//!         AgentDescription::new("haiku", env!("CARGO_PKG_VERSION"))
//!             .asks_for(Permissions::MODEL | Permissions::WRITE_FILES)
//!     }
//!     fn run(context: Context) -> Result<Outcome, Error> {
//!         let poem = model::ask("Answer with one haiku about:", &context.user_request)?;
//!         workspace::write_file("HAIKU.md", &poem)?;
//!         Ok(Outcome::new("Wrote HAIKU.md"))
//!     }
//! }
//!
//! orchestrator_sdk::export_agent!(Haiku);
//! # // What the plugin does can be tested without a sandbox, too.
//! # use orchestrator_sdk::testing::Host;
//! # let host = Host::new().answer("An old silent pond");
//! # let outcome = host.run_agent::<Haiku>("ponds").unwrap();
//! # assert_eq!(outcome.summary, "Wrote HAIKU.md");
//! # assert_eq!(host.file("HAIKU.md").as_deref(), Some("An old silent pond"));
//! ```
//!
//! What agents that talk to models have in common is here as well, because it is easy to get almost right: prompts
//! whose data cannot pose as instructions ([`prompt`]), context that fits a budget ([`prompt::choose`]), long output cut
//! to the part that matters ([`prompt::excerpt`]), answers in JSON with complaints that a model can act on ([`json`]),
//! and how projects of the usual kinds are installed and tested ([`project`]).
//!
//! Natively (`cargo test`), the same functions talk to a [`testing`] host, so that `run` itself can be tested.

pub mod agent;
#[doc(hidden)]
pub mod bindings;
pub mod cancellation;
pub mod command;
pub mod condition;
pub mod context;
pub mod edits;
pub mod error;
pub mod events;
pub mod json;
pub mod log;
pub mod model;
pub mod project;
pub mod prompt;
mod sys;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
pub mod workspace;

pub use agent::{Agent, AgentDescription, Outcome};
pub use condition::{Condition, ConditionDescription};
pub use context::Context;
pub use error::{Error, ErrorCode};

use bindings::agent::orchestrator::plugin as contract;
pub use contract::execution_context::{CommandPurpose, Plan, PlannedCommand, PlannedFile, StepOutput};
pub use contract::types::{CommandOutcome, FileChange, Operation, Permissions};

/// What most plugins use.
pub mod prelude {
    pub use crate::{
        Agent, AgentDescription, Condition, ConditionDescription, Context, Error, Outcome, Permissions,
        cancellation, command, edits, events, export_agent, export_condition, log, model, workspace,
    };
}

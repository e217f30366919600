//! What a component has to be, why one is not taken, and why there is no sandbox.

use orchestrator_contract as contract;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The two worlds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PluginKind {
    /// Does steps.
    Agent,
    /// Decides whether steps are done.
    Condition,
}

/// The sandbox could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The engine refuses its configuration, on this machine.
    #[error("starting the WebAssembly engine: {0}")]
    Engine(String),
    /// The folder for compiled code cannot be used.
    #[error("opening the folder for compiled code, {path}: {source}")]
    Cache {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The background thread that ticks could not be started.
    #[error("starting the thread that interrupts guests: {0}")]
    Ticker(#[source] std::io::Error),
}

/// Why a component is not taken as a plugin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The file is larger than a component may be.
    #[error("it is {size} bytes; at most {limit} are taken")]
    TooLarge {
        /// Its size.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// It is made of more than is compiled.
    #[error("it has {count} {what}; at most {limit} are compiled")]
    TooComplex {
        /// What it has too much of.
        what: &'static str,
        /// How much it has.
        count: u64,
        /// The limit.
        limit: u64,
    },
    /// The bytes are no component, or not a whole one.
    #[error("it is not a valid WebAssembly component: {0}")]
    Invalid(String),
    /// It implements neither world.
    #[error("{0}")]
    WrongWorld(String),
    /// It imports what its world does not offer.
    #[error("a plugin of the world `{}` may not import {}; remove what needs them", world(*kind), imports.join(", "))]
    OverAsking {
        /// Its world.
        kind: PluginKind,
        /// The imports that are too much.
        imports: Vec<String>,
    },
    /// It needs more memory to begin with than a call may have.
    #[error("it begins with {size} bytes of memory; the limit is {limit}")]
    Memory {
        /// What it begins with.
        size: u64,
        /// The limit.
        limit: usize,
    },
    /// Its imports have the right names and the wrong types.
    #[error("its imports do not fit contract version {version}: {reason}; build it against this host's wit/", version = contract::VERSION)]
    Mismatch {
        /// What the engine's linker says.
        reason: String,
    },
    /// It did not describe itself.
    #[error("its `describe` failed: {0}")]
    Describe(String),
    /// It described itself in a way that cannot be used.
    #[error("its description cannot be used: {0}")]
    Description(String),
    /// A defect of the host.
    #[error("loading it: {0}")]
    Internal(String),
}

fn world(kind: PluginKind) -> &'static str {
    match kind {
        PluginKind::Agent => "agent",
        PluginKind::Condition => "condition",
    }
}

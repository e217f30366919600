//! What can be wrong with a configuration of models, by the variable or the file that says it.

use crate::{catalogue::CatalogueError, scripted::script::ScriptError};

/// Chooses the provider: `auto`, `anthropic`, `openai` or `scripted`.
pub const KIND_VARIABLE: &str = "ORCHESTRATOR_MODEL_PROVIDER";
/// Longest silence before an answer begins, in seconds.
pub const FIRST_TOKEN_TIMEOUT_VARIABLE: &str = "ORCHESTRATOR_MODEL_FIRST_TOKEN_TIMEOUT";
/// How hard models are to try, for all agents or by agent.
pub const EFFORT_VARIABLE: &str = "ORCHESTRATOR_MODEL_EFFORT";
/// Longest silence within an answer, in seconds.
pub const IDLE_TIMEOUT_VARIABLE: &str = "ORCHESTRATOR_MODEL_IDLE_TIMEOUT";

/// A configuration that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum ModelConfigError {
    /// There is no such provider.
    #[error("model provider '{text}' does not exist: set {from} to auto, anthropic, openai or scripted")]
    Kind {
        /// What is there.
        text: String,
        /// Where it was given.
        from: String,
    },
    /// The provider needs a key.
    #[error(
        "model provider '{provider}' needs a key: set {variable}{keyless}, or set {KIND_VARIABLE} to scripted to replay a script",
        keyless = if *provider == "openai" { ", or OPENAI_BASE_URL alone for a service that asks for none" } else { "" }
    )]
    MissingKey {
        /// The provider.
        provider: &'static str,
        /// Where the key is expected.
        variable: &'static str,
    },
    /// The key cannot be sent in a header.
    #[error("the key in {variable} has characters that no key has, such as a line end: copy it again")]
    Key {
        /// Where the key is.
        variable: &'static str,
    },
    /// The address cannot be used. Its text is left out: it may hold a password.
    #[error("the address in {from} cannot be used: {problem}; give one like https://models.example.org/v1")]
    BaseUrl {
        /// Where the address was given.
        from: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A variable names a proxy that cannot be used. Its text is left out: it may hold a password.
    #[error(
        "the proxy in {variable} cannot be used, and without it requests would go to the service directly: give an address \
         like http://proxy.example.org:3128, without quotes, or take the variable away"
    )]
    Proxy {
        /// Where the address was given.
        variable: &'static str,
    },
    /// A time is no number of seconds.
    #[error("{from} is '{text}': give seconds from 1 to 3600, such as 90")]
    Seconds {
        /// What is there.
        text: String,
        /// Where it was given.
        from: String,
    },
    /// An effort is none.
    #[error("{from} has {problem}; say one level for all agents, or agent=level, with commas between")]
    Effort {
        /// What is wrong with it.
        problem: String,
        /// Where it was given.
        from: String,
    },
    /// The models file cannot be used.
    #[error(transparent)]
    Models(CatalogueError),
    /// The script cannot be used.
    #[error(transparent)]
    Script(ScriptError),
    /// The HTTP client cannot be set up, such as when the system's certificates cannot be read.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}

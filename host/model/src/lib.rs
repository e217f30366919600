//! Language models behind one trait.
//!
//! Three providers are interchangeable: [`anthropic`] and [`openai`] (any service that speaks the OpenAI-compatible
//! format) over HTTP, and [`scripted`], which replays a file and asks nobody. What differs between models (which
//! fields a request may carry, how many tokens an answer may have) is data in `models.toml`, so that a new model is
//! a new row and not new code.
//!
//! Providers neither retry nor sleep. They say with an error code whether a repetition can help and how long the
//! service asked to be left alone; the workflow repeats whole steps, because a half-written answer cannot be taken
//! up in the middle. The price is that a step's work before its completion is repeated too. What one run learned of a
//! busy service holds for all runs of the key: the [`host`] side of the room asks how long is left, and waits.
//!
//! Keys stay in here: a [`Secret`] has no readable `Debug`, error texts of services are scrubbed of the key before
//! anyone sees them, and redirects, which would carry the key elsewhere, are not followed.

pub mod anthropic;
pub mod catalogue;
pub mod config;
pub mod host;
pub mod openai;
pub mod provider;
pub mod scripted;
pub mod secret;

mod account;
mod config_error;
mod cooldown;
mod endpoint;
mod failing;
mod http;
mod lenient;
mod manner;
mod served;
mod sse;
mod surrogates;
mod unknown_model;
mod wire;

pub use account::{ANSWER_MAX, Accounted, Debt, Meter};
pub use catalogue::{
    Catalogue, CatalogueError, Effort, ModelRow, Models, Prices, TokenLimitParameter, UnknownEffort,
};
pub use config::{Given, ModelConfig, ProviderKind, provider};
pub use config_error::ModelConfigError;
pub use endpoint::EndpointConfig;
pub use host::{ModelCall, ModelRoom, ModelView};
pub use manner::{Efforts, Manner, Waits};
pub use provider::{CompletionRequest, Message, Provider, REQUEST_MAX, Role};
pub use scripted::{Script, ScriptError, ScriptedProvider};
pub use secret::Secret;
pub use unknown_model::UnknownModel;

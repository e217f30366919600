//! Which provider answers, and what it needs.
//!
//! Everything that can be wrong is found when the program starts: a missing key, an address with a typo, a script
//! with a mistake. Each error names the variable or the file, and what to put there.

use crate::{
    anthropic::{self, Anthropic},
    catalogue::Catalogue,
    config_error::ModelConfigError,
    endpoint::EndpointConfig,
    manner::{Efforts, Manner, Waits},
    openai::{self, OpenAi},
    provider::Provider,
    scripted::{Script, ScriptedProvider},
    secret::Secret,
    served::ServedProvider,
};
use orchestrator_core::Chance;
use std::{path::PathBuf, sync::Arc, time::Duration};

pub use crate::config_error::{
    EFFORT_VARIABLE, FIRST_TOKEN_TIMEOUT_VARIABLE, IDLE_TIMEOUT_VARIABLE, KIND_VARIABLE,
};

/// Names the script of the scripted provider.
pub const SCRIPT_VARIABLE: &str = "ORCHESTRATOR_MODEL_SCRIPT";
/// Names an operator's own models file.
pub const MODELS_FILE_VARIABLE: &str = "ORCHESTRATOR_MODELS_FILE";

/// Which provider answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProviderKind {
    /// Anthropic if its key is set, else OpenAI-compatible if its key is set, else whichever has an address, else
    /// scripted.
    #[default]
    Auto,
    /// Anthropic's format.
    Anthropic,
    /// The OpenAI-compatible format.
    OpenAi,
    /// Replies from a file; no model is asked.
    Scripted,
}

impl ProviderKind {
    fn named(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Self::Auto),
            "anthropic" => Some(Self::Anthropic),
            "openai" => Some(Self::OpenAi),
            "scripted" => Some(Self::Scripted),
            _ => None,
        }
    }
}

/// A setting as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its value.
    pub text: String,
    /// Where it was given, as people call that: a variable, a flag, a key of a file. Complaints about it say so.
    pub from: String,
}

/// Which provider answers, and what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelConfig {
    /// Which provider answers.
    pub kind: ProviderKind,
    /// The script of the scripted provider; the built-in one when none is given.
    pub script: Option<PathBuf>,
    /// An operator's own models file.
    pub models_file: Option<PathBuf>,
    /// How services are asked, whichever they are.
    pub manner: Manner,
    /// Anthropic's key and address.
    pub anthropic: EndpointConfig,
    /// Key and address of the OpenAI-compatible service.
    pub openai: EndpointConfig,
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self {
            kind: ProviderKind::Auto,
            script: None,
            models_file: None,
            manner: Manner::default(),
            anthropic: EndpointConfig::default(),
            openai: EndpointConfig::default(),
        }
    }
}

impl ModelConfig {
    /// The configuration in environment variables, read through `lookup`. An empty variable counts as not set.
    ///
    /// # Errors
    /// When a variable's value cannot be understood.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ModelConfigError> {
        Self::from_settings(|name| Some(Given { text: lookup(name)?, from: name.to_owned() }))
    }

    /// The configuration in settings that `lookup` finds by the names of their environment variables, wherever they were
    /// given. An empty one counts as not set.
    ///
    /// # Errors
    /// When a value cannot be understood; it is named by where it was given.
    pub fn from_settings(lookup: impl Fn(&str) -> Option<Given>) -> Result<Self, ModelConfigError> {
        let set = |name: &str| lookup(name).filter(|given| !given.text.trim().is_empty());
        let path = |name: &str| set(name).map(|given| PathBuf::from(given.text));
        let endpoint = |key: &str, url: &str| {
            let url = set(url);
            EndpointConfig {
                key: set(key).and_then(|given| Secret::new(&given.text)),
                base_url: url.as_ref().map(|url| url.text.trim().to_owned()),
                base_url_from: url.map(|url| url.from),
            }
        };
        let Manner { waits, efforts, .. } = Manner::default();
        let seconds = |name, otherwise| set(name).map_or(Ok(otherwise), seconds);
        Ok(Self {
            kind: set(KIND_VARIABLE).map_or(Ok(ProviderKind::default()), kind)?,
            script: path(SCRIPT_VARIABLE),
            models_file: path(MODELS_FILE_VARIABLE),
            manner: Manner {
                waits: Waits {
                    first: seconds(FIRST_TOKEN_TIMEOUT_VARIABLE, waits.first)?,
                    gap: seconds(IDLE_TIMEOUT_VARIABLE, waits.gap)?,
                },
                efforts: set(EFFORT_VARIABLE).map_or(Ok(efforts), efforts_in)?,
                ..Manner::default()
            },
            anthropic: endpoint(anthropic::KEY_VARIABLE, anthropic::URL_VARIABLE),
            openai: endpoint(openai::KEY_VARIABLE, openai::URL_VARIABLE),
        })
    }

    /// The provider that `auto` stands for.
    #[must_use]
    pub fn chosen(&self) -> ProviderKind {
        match self.kind {
            ProviderKind::Auto if self.anthropic.key.is_some() => ProviderKind::Anthropic,
            ProviderKind::Auto if self.openai.key.is_some() => ProviderKind::OpenAi,
            // Whoever names an address means it, and not a script: servers of one's own need no key.
            ProviderKind::Auto if self.anthropic.base_url.is_some() => ProviderKind::Anthropic,
            ProviderKind::Auto if self.openai.base_url.is_some() => ProviderKind::OpenAi,
            ProviderKind::Auto => ProviderKind::Scripted,
            chosen => chosen,
        }
    }
}

fn kind(given: Given) -> Result<ProviderKind, ModelConfigError> {
    let Given { text, from } = given;
    ProviderKind::named(text.trim()).ok_or(ModelConfigError::Kind { text, from })
}

fn efforts_in(given: Given) -> Result<Efforts, ModelConfigError> {
    let Given { text, from } = given;
    Efforts::parse(&text).map_err(|problem| ModelConfigError::Effort { problem, from })
}

fn seconds(given: Given) -> Result<Duration, ModelConfigError> {
    let Given { text, from } = given;
    let seconds = text.trim().parse().ok().filter(|seconds| (1.0..=3600.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or(ModelConfigError::Seconds { text, from })
}

/// Makes the provider that the configuration asks for. Nothing is sent anywhere yet. How long a busy service is left alone
/// lies with `chance`, within bounds.
///
/// # Errors
/// When something that this provider needs is missing or cannot be used.
pub fn provider(config: &ModelConfig, chance: &Chance) -> Result<Arc<dyn Provider>, ModelConfigError> {
    let catalogue = Catalogue::load(config.models_file.as_deref()).map_err(ModelConfigError::Models)?;
    let manner = &config.manner;
    Ok(match config.chosen() {
        ProviderKind::Anthropic => Arc::new(ServedProvider::<Anthropic>::new(
            &config.anthropic,
            manner,
            catalogue.anthropic,
            chance,
        )?),
        ProviderKind::OpenAi => {
            Arc::new(ServedProvider::<OpenAi>::new(&config.openai, manner, catalogue.openai, chance)?)
        }
        ProviderKind::Scripted | ProviderKind::Auto => {
            let script = config.script.as_deref().map_or_else(Script::built_in, Script::load);
            Arc::new(ScriptedProvider::new(script.map_err(ModelConfigError::Script)?, &catalogue))
        }
    })
}

#[cfg(test)]
mod tests;

//! Which provider answers, and what it needs.
//!
//! Everything that can be wrong is found when the program starts: a missing key, an address with a typo, a script
//! with a mistake. Each error names the variable or the file, and what to put there.

use crate::{
    anthropic::{self, AnthropicProvider},
    catalogue::Catalogue,
    config_error::ModelConfigError,
    endpoint::EndpointConfig,
    manner::{Efforts, Manner, Waits},
    openai::{self, OpenAiProvider},
    provider::Provider,
    scripted::{Script, ScriptedProvider},
    secret::Secret,
};
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

impl std::str::FromStr for ProviderKind {
    type Err = ModelConfigError;

    fn from_str(text: &str) -> Result<Self, ModelConfigError> {
        match text {
            "auto" => Ok(Self::Auto),
            "anthropic" => Ok(Self::Anthropic),
            "openai" => Ok(Self::OpenAi),
            "scripted" => Ok(Self::Scripted),
            other => Err(ModelConfigError::Kind(other.to_owned())),
        }
    }
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
        let set = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let endpoint = |key: &str, url: &str| EndpointConfig {
            key: set(key).as_deref().and_then(Secret::new),
            base_url: set(url).map(|url| url.trim().to_owned()),
        };
        let defaults = Self::default();
        let seconds =
            |variable, otherwise| set(variable).map_or(Ok(otherwise), |text| seconds(variable, &text));
        Ok(Self {
            kind: set(KIND_VARIABLE).map_or(Ok(defaults.kind), |kind| kind.trim().parse())?,
            script: set(SCRIPT_VARIABLE).map(PathBuf::from),
            models_file: set(MODELS_FILE_VARIABLE).map(PathBuf::from),
            manner: Manner {
                waits: Waits {
                    first: seconds(FIRST_TOKEN_TIMEOUT_VARIABLE, defaults.manner.waits.first)?,
                    gap: seconds(IDLE_TIMEOUT_VARIABLE, defaults.manner.waits.gap)?,
                },
                efforts: set(EFFORT_VARIABLE).map_or(Ok(Efforts::default()), |text| {
                    Efforts::parse(&text).map_err(ModelConfigError::Effort)
                })?,
                ..defaults.manner
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

fn seconds(variable: &'static str, text: &str) -> Result<Duration, ModelConfigError> {
    let seconds = text.trim().parse().ok().filter(|seconds| (1.0..=3600.0).contains(seconds));
    let wrong = || ModelConfigError::Seconds { variable, text: text.to_owned() };
    seconds.map(Duration::from_secs_f64).ok_or_else(wrong)
}

/// Makes the provider that the configuration asks for. Nothing is sent anywhere yet.
///
/// # Errors
/// When something that this provider needs is missing or cannot be used.
pub fn provider(config: &ModelConfig) -> Result<Arc<dyn Provider>, ModelConfigError> {
    let catalogue = Catalogue::load(config.models_file.as_deref()).map_err(ModelConfigError::Models)?;
    let manner = &config.manner;
    Ok(match config.chosen() {
        ProviderKind::Anthropic => {
            Arc::new(AnthropicProvider::new(&config.anthropic, manner, catalogue.anthropic)?)
        }
        ProviderKind::OpenAi => Arc::new(OpenAiProvider::new(&config.openai, manner, catalogue.openai)?),
        ProviderKind::Scripted | ProviderKind::Auto => {
            let script = config.script.as_deref().map_or_else(Script::built_in, Script::load);
            Arc::new(ScriptedProvider::new(script.map_err(ModelConfigError::Script)?, &catalogue))
        }
    })
}

#[cfg(test)]
mod tests;

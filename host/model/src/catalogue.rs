//! Which models there are and what each one takes, read from `models.toml`.
//!
//! Services reject requests with a field that a model does not take, and which fields those are changes with every
//! generation. So requests are built from a row of data. A model without a row is refused, also at an
//! OpenAI-compatible service that may have it: guessing its rules would turn a wrong name into a failure in the
//! middle of a run, while a row costs an operator two lines.

use crate::provider::UnknownModel;
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The file that the program carries.
const BUILT_IN: &str = include_str!("../models.toml");
/// The aliases that the built-in agents use.
const ALIASES: [&str; 3] = ["haiku", "sonnet", "opus"];

/// The models of all providers.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Anthropic's models.
    pub anthropic: Arc<Models>,
    /// Models of the OpenAI-compatible service.
    pub openai: Arc<Models>,
}

/// The models of one provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Models {
    provider: String,
    aliases: BTreeMap<String, String>,
    rows: Vec<ModelRow>,
}

/// One model and its rules.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelRow {
    /// What the provider calls it.
    pub id: String,
    /// Highest sampling temperature that it takes; none when it rejects the parameter.
    pub temperature_max: Option<f64>,
    /// Most tokens of one answer.
    pub max_output_tokens: u32,
    /// Tokens of request and answer together, where known.
    pub context_tokens: Option<u32>,
    /// How an OpenAI-compatible service calls the token limit.
    #[serde(default)]
    pub token_limit_parameter: TokenLimitParameter,
    /// List price of a million tokens sent, in US dollars.
    pub input_usd_per_million: Option<f64>,
    /// List price of a million tokens received, in US dollars.
    pub output_usd_per_million: Option<f64>,
}

/// How an OpenAI-compatible service calls the token limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenLimitParameter {
    /// What most services understand.
    #[default]
    MaxTokens,
    /// What OpenAI's newer models demand.
    MaxCompletionTokens,
}

/// A models file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("models file '{file}': {problem}")]
pub struct CatalogueError {
    /// The file.
    pub file: String,
    /// What is wrong with it, where, and what to change.
    pub problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    anthropic: Option<Section>,
    openai: Option<Section>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    aliases: BTreeMap<String, String>,
    #[serde(rename = "model")]
    models: Vec<ModelRow>,
}

impl Catalogue {
    /// The catalogue that the program carries, with the sections of an operator's file in place of its own.
    ///
    /// # Errors
    /// When a file cannot be read, is not of the documented form, or breaks a rule of it.
    pub fn load(own: Option<&Path>) -> Result<Self, CatalogueError> {
        let built_in = PathBuf::from("built-in models.toml");
        let (Some(anthropic), Some(openai)) = parse(BUILT_IN, &built_in)? else {
            return Err(CatalogueError::new(&built_in, "a provider's section is missing"));
        };
        let mut catalogue = Self { anthropic: Arc::new(anthropic), openai: Arc::new(openai) };
        if let Some(path) = own {
            let text = std::fs::read_to_string(path)
                .map_err(|error| CatalogueError::new(path, format!("it cannot be read: {error}")))?;
            let (anthropic, openai) = parse(&text, path)?;
            catalogue.anthropic = anthropic.map_or(catalogue.anthropic, Arc::new);
            catalogue.openai = openai.map_or(catalogue.openai, Arc::new);
        }
        Ok(catalogue)
    }
}

impl Models {
    /// The row behind an alias or an id.
    ///
    /// # Errors
    /// [`UnknownModel`], which lists what would be accepted.
    pub fn resolve(&self, name: &str) -> Result<&ModelRow, UnknownModel> {
        let id = self.aliases.get(name).map_or(name, String::as_str);
        self.rows.iter().find(|row| row.id == id).ok_or_else(|| UnknownModel {
            provider: self.provider.clone(),
            model: name.to_owned(),
            valid: self.names(),
        })
    }

    /// Everything that [`Models::resolve`] accepts: aliases, then ids.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.aliases.keys().chain(self.rows.iter().map(|row| &row.id)).cloned().collect()
    }

    /// All rows, in the order of the file.
    #[must_use]
    pub fn rows(&self) -> &[ModelRow] {
        &self.rows
    }
}

impl ModelRow {
    /// The temperature to send, if any.
    pub(crate) fn temperature(&self, wanted: Option<f64>) -> Option<f64> {
        Some(wanted?.min(self.temperature_max?))
    }

    /// The token limit to send.
    pub(crate) fn token_limit(&self, wanted: u32) -> u32 {
        wanted.min(self.max_output_tokens)
    }
}

impl CatalogueError {
    fn new(file: &Path, problem: impl Into<String>) -> Self {
        Self { file: file.display().to_string(), problem: problem.into() }
    }
}

fn parse(text: &str, file: &Path) -> Result<(Option<Models>, Option<Models>), CatalogueError> {
    let wrong = |problem: String| CatalogueError::new(file, problem);
    let parsed: File =
        toml::from_str(text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
    let checked = |provider: &str, section: Option<Section>| {
        section.map(|section| check(provider, section)).transpose().map_err(&wrong)
    };
    Ok((checked("anthropic", parsed.anthropic)?, checked("openai", parsed.openai)?))
}

fn check(provider: &str, section: Section) -> Result<Models, String> {
    let mut ids = BTreeSet::new();
    for row in &section.models {
        let at = format!("[[{provider}.model]] '{}'", row.id);
        if row.id.is_empty() || row.id.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(format!("{at}: an id is not empty and has no blanks"));
        }
        if !ids.insert(&row.id) {
            return Err(format!("{at}: the id is there twice; keep one row"));
        }
        if row.max_output_tokens == 0 {
            return Err(format!("{at}: max_output_tokens is 0; give at least 1"));
        }
        if row.temperature_max.is_some_and(|max| !(max > 0.0 && max <= 2.0)) {
            return Err(format!(
                "{at}: temperature_max must be above 0 and at most 2; leave it out when it takes none"
            ));
        }
    }
    for (alias, id) in &section.aliases {
        if !ids.contains(id) {
            return Err(format!(
                "[{provider}.aliases] {alias}: there is no [[{provider}.model]] with id '{id}'"
            ));
        }
        if ids.contains(alias) && alias != id {
            return Err(format!(
                "[{provider}.aliases] {alias}: a model has this id; call the alias something else"
            ));
        }
    }
    if let Some(missing) = ALIASES.iter().find(|alias| !section.aliases.contains_key(**alias)) {
        return Err(format!("[{provider}.aliases]: '{missing}' is missing; say which model it stands for"));
    }
    Ok(Models { provider: provider.to_owned(), aliases: section.aliases, rows: section.models })
}

#[cfg(test)]
mod tests;

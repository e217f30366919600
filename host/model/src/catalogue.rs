//! Which models there are and what each one takes, read from `models.toml`.
//!
//! Services reject requests with a field that a model does not take, and which fields those are changes with every
//! generation. So requests are built from a row of data. A model without a row is asked all the same, with nothing in
//! the request that some model rejects: gateways and local servers have thousands of models, and which they are is
//! theirs to say. The price is that a mistyped id is found by the service and not here; the notice about a model
//! without a row says so, and at Anthropic's and OpenAI's own addresses what cannot be an id of theirs is refused.

use crate::unknown_model::UnknownModel;
use file::{Draft, File, Section};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

mod file;
mod row;

pub use orchestrator_core::{Effort, UnknownEffort};
pub use row::{ModelRow, Prices, TokenLimitParameter};

/// The file that the program carries.
const BUILT_IN: &str = include_str!("../models.toml");

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
    provider: &'static str,
    aliases: BTreeMap<String, String>,
    rows: Vec<ModelRow>,
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

impl Catalogue {
    /// The catalogue that the program carries, with an operator's file laid over it: its aliases and rows are added,
    /// and where both say something of an alias or of a row's key, the operator's counts.
    ///
    /// # Errors
    /// When a file cannot be read, is not of the documented form, or breaks a rule of it.
    pub fn load(own: Option<&Path>) -> Result<Self, CatalogueError> {
        let mut file = parse(BUILT_IN, &PathBuf::from("built-in models.toml"))?;
        if let Some(path) = own {
            let text = std::fs::read_to_string(path)
                .map_err(|error| CatalogueError::new(path, format!("it cannot be read: {error}")))?;
            file = file.overlaid(parse(&text, path)?);
        }
        Ok(Self {
            anthropic: Arc::new(Models::new("anthropic", file.anthropic)),
            openai: Arc::new(Models::new("openai", file.openai)),
        })
    }
}

impl Models {
    fn new(provider: &'static str, section: Section) -> Self {
        let rows = section.rows.into_iter().map(|row| row.into_row(true, provider)).collect();
        Self { provider, aliases: section.aliases, rows }
    }

    /// The row behind an alias or an id, or what is safe for an id that has no row.
    ///
    /// # Errors
    /// [`UnknownModel`] for what cannot be the id of a model; it lists what is known.
    pub fn resolve(&self, name: &str) -> Result<Cow<'_, ModelRow>, UnknownModel> {
        let id = self.aliases.get(name).map_or(name, String::as_str);
        if let Some(row) = self.rows.iter().find(|row| row.id == id) {
            return Ok(Cow::Borrowed(row));
        }
        if !file::is_id(id) {
            return Err(self.unknown(name));
        }
        Ok(Cow::Owned(Draft::unlisted(id).into_row(false, self.provider)))
    }

    /// All that is known: aliases, then ids.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.aliases.keys().chain(self.rows.iter().map(|row| &row.id)).cloned().collect()
    }

    /// The names that stand for the model of this id.
    #[must_use]
    pub fn aliases_of(&self, id: &str) -> Vec<String> {
        self.aliases.iter().filter(|(_, meant)| *meant == id).map(|(alias, _)| alias.clone()).collect()
    }

    /// The provider's name.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        self.provider
    }

    /// All rows, in the order of the files.
    #[must_use]
    pub fn rows(&self) -> &[ModelRow] {
        &self.rows
    }

    fn unknown(&self, name: &str) -> UnknownModel {
        UnknownModel { provider: self.provider.to_owned(), model: name.to_owned(), valid: self.names() }
    }
}

/// The models of a provider at the address that is asked.
pub(crate) struct Known {
    models: Arc<Models>,
    /// Whether that is the provider's own address, whose ids are of a known form.
    own_address: bool,
}

impl Known {
    pub(crate) fn new(models: Arc<Models>, own_address: bool) -> Self {
        Self { models, own_address }
    }

    /// As [`Models::resolve`]; at the provider's own address also what is of another form is unknown, such as a
    /// mistyped alias.
    pub(crate) fn resolve(&self, name: &str) -> Result<Cow<'_, ModelRow>, UnknownModel> {
        let row = self.models.resolve(name)?;
        let plausible = match self.models.provider {
            "anthropic" => row.id.starts_with("claude-"),
            _ => row.id.contains(|c: char| c.is_ascii_digit()) && !row.id.contains('/'),
        };
        let accepted = row.listed || !self.own_address || plausible;
        if accepted { Ok(row) } else { Err(self.models.unknown(name)) }
    }
}

impl CatalogueError {
    fn new(file: &Path, problem: impl Into<String>) -> Self {
        Self { file: file.display().to_string(), problem: problem.into() }
    }
}

fn parse(text: &str, path: &Path) -> Result<File, CatalogueError> {
    let file: File = toml::from_str(text)
        .map_err(|error| CatalogueError::new(path, error.to_string().trim_end().to_owned()))?;
    file.check().map_err(|problem| CatalogueError::new(path, problem))?;
    Ok(file)
}

#[cfg(test)]
mod tests;

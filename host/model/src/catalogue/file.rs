//! The form of a models file, and how a second one is laid over the first.
//!
//! Everything in it may be left out, so that an operator's file says only what is different. What it says of a key of
//! a row counts before what the earlier file says of it; a key that must not count any more has a value that says so
//! (0, or an empty list).

use super::row::{ModelRow, Prices, TokenLimitParameter};
use orchestrator_core::Effort;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Thinking room and answer of a model that nothing is known about.
const UNLISTED_TOKENS: u32 = 32_000;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) anthropic: Section,
    #[serde(default)]
    pub(super) openai: Section,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    #[serde(default)]
    pub(super) aliases: BTreeMap<String, String>,
    #[serde(default, rename = "model")]
    pub(super) rows: Vec<Draft>,
}

/// A row as a file has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    pub(super) id: String,
    temperature_max: Option<f64>,
    max_output_tokens: Option<u32>,
    thinking_tokens: Option<u32>,
    efforts: Option<Vec<Effort>>,
    effort: Option<Effort>,
    context_tokens: Option<u32>,
    token_limit_parameter: Option<TokenLimitParameter>,
    input_usd_per_million: Option<f64>,
    cached_input_usd_per_million: Option<f64>,
    output_usd_per_million: Option<f64>,
    long_above_tokens: Option<u64>,
    long_input_usd_per_million: Option<f64>,
    long_output_usd_per_million: Option<f64>,
}

impl File {
    /// This file with another one laid over it.
    pub(super) fn overlaid(self, over: Self) -> Self {
        Self { anthropic: self.anthropic.overlaid(over.anthropic), openai: self.openai.overlaid(over.openai) }
    }

    /// Finds what one file alone can have wrong.
    pub(super) fn check(&self) -> Result<(), String> {
        self.anthropic.check("anthropic")?;
        self.openai.check("openai")
    }
}

impl Section {
    fn overlaid(mut self, over: Self) -> Self {
        self.aliases.extend(over.aliases);
        for draft in over.rows {
            match self.rows.iter_mut().find(|row| row.id == draft.id) {
                Some(row) => row.overlay(draft),
                None => self.rows.push(draft),
            }
        }
        self
    }

    fn check(&self, provider: &str) -> Result<(), String> {
        let mut ids = BTreeSet::new();
        for row in &self.rows {
            let at = format!("[[{provider}.model]] '{}'", row.id);
            if !is_id(&row.id) {
                return Err(format!("{at}: an id has 1 to {ID_MAX} characters and no blanks"));
            }
            if !ids.insert(&row.id) {
                return Err(format!("{at}: the id is there twice; keep one row"));
            }
            row.check().map_err(|problem| format!("{at}: {problem}"))?;
        }
        let wrong = self.aliases.iter().find(|(alias, id)| !is_id(alias) || !is_id(id));
        match wrong {
            Some((alias, id)) => Err(format!("[{provider}.aliases] {alias}: '{id}' is no model's id")),
            None => Ok(()),
        }
    }
}

/// Longest id of a model, in characters.
const ID_MAX: usize = 200;

/// Whether a text can be a model's id at all.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= ID_MAX
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

impl Draft {
    pub(super) fn unlisted(id: &str) -> Self {
        Self { id: id.to_owned(), ..Self::default() }
    }

    fn overlay(&mut self, over: Self) {
        fn put<T>(under: &mut Option<T>, over: Option<T>) {
            if over.is_some() {
                *under = over;
            }
        }
        put(&mut self.temperature_max, over.temperature_max);
        put(&mut self.max_output_tokens, over.max_output_tokens);
        put(&mut self.thinking_tokens, over.thinking_tokens);
        put(&mut self.efforts, over.efforts);
        put(&mut self.effort, over.effort);
        put(&mut self.context_tokens, over.context_tokens);
        put(&mut self.token_limit_parameter, over.token_limit_parameter);
        put(&mut self.input_usd_per_million, over.input_usd_per_million);
        put(&mut self.cached_input_usd_per_million, over.cached_input_usd_per_million);
        put(&mut self.output_usd_per_million, over.output_usd_per_million);
        put(&mut self.long_above_tokens, over.long_above_tokens);
        put(&mut self.long_input_usd_per_million, over.long_input_usd_per_million);
        put(&mut self.long_output_usd_per_million, over.long_output_usd_per_million);
    }

    fn check(&self) -> Result<(), String> {
        if self.max_output_tokens == Some(0) {
            return Err("max_output_tokens is 0; give at least 1, or leave it out".into());
        }
        if self.temperature_max.is_some_and(|max| !(0.0..=2.0).contains(&max)) {
            return Err("temperature_max must be 0 to 2; 0 when it takes none".into());
        }
        let prices = [
            self.input_usd_per_million,
            self.cached_input_usd_per_million,
            self.output_usd_per_million,
            self.long_input_usd_per_million,
            self.long_output_usd_per_million,
        ];
        if prices.into_iter().flatten().any(|price| !(price.is_finite() && price >= 0.0)) {
            return Err("a price must be a number of US dollars that is not below 0".into());
        }
        Ok(())
    }

    /// The row that this says, with a safe value wherever it says nothing.
    ///
    /// A service that a limit is sent to refuses one that is larger than its model's own, and nobody knows that one
    /// here. So Anthropic's models, where a limit is demanded, get one that all of them have had for years, and
    /// OpenAI-compatible services, each of which has one of its own, get none.
    pub(super) fn into_row(self, listed: bool, provider: &str) -> ModelRow {
        let limited = self.max_output_tokens.is_some() || provider == "anthropic";
        let unlimited = if limited { TokenLimitParameter::MaxTokens } else { TokenLimitParameter::None };
        let mut efforts = self.efforts.clone().unwrap_or_default();
        efforts.sort_unstable();
        ModelRow {
            prices: self.prices(),
            id: self.id,
            listed,
            temperature_max: self.temperature_max.filter(|max| *max > 0.0),
            max_output_tokens: self.max_output_tokens.unwrap_or(UNLISTED_TOKENS),
            thinking_tokens: self.thinking_tokens.unwrap_or(UNLISTED_TOKENS),
            efforts,
            effort: self.effort,
            context_tokens: self.context_tokens.filter(|context| *context > 0),
            token_limit_parameter: self.token_limit_parameter.unwrap_or(unlimited),
        }
    }

    fn prices(&self) -> Option<Prices> {
        let (input, output) = (self.input_usd_per_million?, self.output_usd_per_million?);
        let long = self.long_above_tokens.map(|above| {
            let long_input = self.long_input_usd_per_million.unwrap_or(input);
            (above, long_input, self.long_output_usd_per_million.unwrap_or(output))
        });
        Some(Prices { input, cached_input: self.cached_input_usd_per_million.unwrap_or(input), output, long })
    }
}

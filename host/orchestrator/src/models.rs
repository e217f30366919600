//! What is known about the models that can be asked, without asking anybody.

use orchestrator_model::{Catalogue, Effort, ModelConfig, ModelConfigError, Models, ProviderKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is known about a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelView {
    /// What the provider calls it.
    pub id: String,
    /// The names that stand for it.
    pub aliases: Vec<String>,
    /// The provider: `anthropic`, or `openai` for any service that speaks its format.
    pub provider: String,
    /// Tokens of request and answer together, where known.
    pub context_tokens: Option<u32>,
    /// Most tokens of one answer, thinking included.
    pub max_output_tokens: u32,
    /// Room for thinking on top of the limit of an answer; 0 when it does not think unless asked.
    pub thinking_tokens: u32,
    /// Levels of effort that it takes, the lowest first.
    pub efforts: Vec<Effort>,
    /// List price of a million tokens sent, in US dollars, where known.
    pub input_usd_per_million: Option<f64>,
    /// The same of tokens that the service read from its cache.
    pub cached_input_usd_per_million: Option<f64>,
    /// The same of tokens received.
    pub output_usd_per_million: Option<f64>,
}

/// The models that the program and the configured models file know of the provider that would answer; of all providers
/// where a script answers.
///
/// # Errors
/// When the models file cannot be used.
pub fn known_models(config: &ModelConfig) -> Result<Vec<ModelView>, ModelConfigError> {
    let Catalogue { anthropic, openai } =
        Catalogue::load(config.models_file.as_deref()).map_err(ModelConfigError::Models)?;
    let sections = match config.chosen() {
        ProviderKind::Anthropic => vec![anthropic],
        ProviderKind::OpenAi => vec![openai],
        ProviderKind::Scripted | ProviderKind::Auto => vec![anthropic, openai],
    };
    Ok(sections.iter().flat_map(|models| views(models)).collect())
}

fn views(models: &Models) -> Vec<ModelView> {
    let view = |row: &orchestrator_model::ModelRow| ModelView {
        id: row.id.clone(),
        aliases: models.aliases_of(&row.id),
        provider: models.provider().to_owned(),
        context_tokens: row.context_tokens,
        max_output_tokens: row.max_output_tokens,
        thinking_tokens: row.thinking_tokens,
        efforts: row.efforts.clone(),
        input_usd_per_million: row.prices.map(|prices| prices.input),
        cached_input_usd_per_million: row.prices.map(|prices| prices.cached_input),
        output_usd_per_million: row.prices.map(|prices| prices.output),
    };
    models.rows().iter().map(view).collect()
}

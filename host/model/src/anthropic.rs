//! Anthropic's Messages format: `POST {base}/v1/messages`, answered as a stream of named events.
//!
//! The system prompt is marked for the service's prompt cache: agents put what stays the same first, so every
//! attempt and round after the first reads that part at a fraction of its price. Prompts below the model's minimum
//! are not cached, which the service decides without an error.

use crate::{
    catalogue::{Effort, Known, ModelRow, Models},
    config_error::ModelConfigError,
    endpoint::{EndpointConfig, header_value},
    failing::Service,
    http::Endpoint,
    manner::{Efforts, Manner},
    provider::{CompletionRequest, Message, Provider},
    unknown_model::UnknownModel,
    wire::{Asked, WireStream},
};
use async_trait::async_trait;
use orchestrator_core::{AgentType, Chance, CompletionStream, Failure};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use std::{borrow::Cow, sync::Arc, time::Duration};

mod decode;

/// The service that is asked unless another is configured.
pub const BASE_URL: &str = "https://api.anthropic.com";
/// Holds the key.
pub const KEY_VARIABLE: &str = "ANTHROPIC_API_KEY";
/// Holds another base address, without `/v1`.
pub const URL_VARIABLE: &str = "ANTHROPIC_BASE_URL";

const API_VERSION: &str = "2023-06-01";

/// Asks Anthropic's models, or a service that speaks the same format.
pub struct AnthropicProvider {
    endpoint: Arc<Endpoint>,
    known: Known,
    efforts: Efforts,
}

impl AnthropicProvider {
    /// A provider for these models at the configured address. A key is needed unless an address is configured:
    /// gateways of one's own may take none.
    ///
    /// # Errors
    /// When the key is missing or cannot be sent, or the address cannot be used.
    pub fn new(
        config: &EndpointConfig,
        manner: &Manner,
        models: Arc<Models>,
        chance: &Chance,
    ) -> Result<Self, ModelConfigError> {
        if config.key.is_none() && config.base_url.is_none() {
            return Err(ModelConfigError::MissingKey { provider: "anthropic", variable: KEY_VARIABLE });
        }
        let version = (HeaderName::from_static("anthropic-version"), HeaderValue::from_static(API_VERSION));
        let mut headers = HeaderMap::from_iter([version]);
        if let Some(key) = &config.key {
            headers.insert(HeaderName::from_static("x-api-key"), header_value(KEY_VARIABLE, key.expose())?);
        }
        let service = Service {
            name: "anthropic",
            key_variable: KEY_VARIABLE,
            url_setting: config.base_url_from.clone().unwrap_or_else(|| URL_VARIABLE.into()),
            key: config.key.clone(),
            base: config.base_url.clone().unwrap_or_else(|| BASE_URL.into()),
        };
        let endpoint = Arc::new(Endpoint::new(service, "/v1/messages", headers, manner, chance)?);
        let known = Known::new(models, config.base_url.is_none());
        Ok(Self { endpoint, known, efforts: manner.efforts.clone() })
    }
}

#[async_trait]
impl Provider for AnthropicProvider {
    fn name(&self) -> &'static str {
        "anthropic"
    }

    fn resolve(&self, model: &str) -> Result<String, UnknownModel> {
        self.known.resolve(model).map(|row| row.id.clone())
    }

    fn row(&self, model: &str) -> Option<ModelRow> {
        self.known.resolve(model).ok().map(Cow::into_owned)
    }

    fn effort(&self, model: &str, agent: &AgentType, wanted: Option<Effort>) -> Option<Effort> {
        self.known.resolve(model).ok()?.effort(wanted.or(self.efforts.of(agent)))
    }

    fn cool_down(&self) -> Option<Duration> {
        self.endpoint.cooldown.left()
    }

    async fn start(&self, request: CompletionRequest) -> Result<Box<dyn CompletionStream>, Failure> {
        request.check()?;
        let row = self.known.resolve(&request.model)?;
        let limit = row.token_limit(request.max_tokens, request.chars())?;
        let effort = row.effort(request.effort.or(self.efforts.of(&request.origin.agent)));
        let body = Body::new(&request, &row, limit, effort);
        let decoder = decode::AnthropicDecoder::default();
        let asked = Asked { model: row.id.clone(), limit: Some(limit) };
        let stream = WireStream::open(&self.endpoint, asked, &body, request.meter.clone(), decoder).await?;
        Ok(Box::new(stream))
    }
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    max_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_config: Option<OutputConfig>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<[SystemBlock<'a>; 1]>,
    messages: &'a [Message],
}

#[derive(Serialize)]
struct OutputConfig {
    effort: Effort,
}

#[derive(Serialize)]
struct SystemBlock<'a> {
    r#type: &'static str,
    text: &'a str,
    cache_control: CacheControl,
}

#[derive(Serialize)]
struct CacheControl {
    r#type: &'static str,
}

impl<'a> Body<'a> {
    fn new(request: &'a CompletionRequest, row: &'a ModelRow, limit: u32, effort: Option<Effort>) -> Self {
        let cache_control = CacheControl { r#type: "ephemeral" };
        let system = SystemBlock { r#type: "text", text: &request.system, cache_control };
        Self {
            model: &row.id,
            max_tokens: limit,
            temperature: row.temperature(request.temperature),
            output_config: effort.map(|effort| OutputConfig { effort }),
            stream: true,
            system: (!request.system.trim().is_empty()).then_some([system]),
            messages: &request.messages,
        }
    }
}

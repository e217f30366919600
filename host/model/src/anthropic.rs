//! Anthropic's Messages format: `POST {base}/v1/messages`, answered as a stream of named events.
//!
//! The system prompt is marked for the service's prompt cache: agents put what stays the same first, so every
//! attempt and round after the first reads that part at a fraction of its price. Prompts below the model's minimum
//! are not cached, which the service decides without an error.

use crate::{
    catalogue::{ModelRow, Models},
    config_error::ModelConfigError,
    endpoint::{EndpointConfig, header_value},
    failing::Service,
    http::Endpoint,
    provider::{CompletionRequest, Message, Provider, UnknownModel},
    wire::WireStream,
};
use async_trait::async_trait;
use orchestrator_core::{CompletionStream, Failure};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use std::{sync::Arc, time::Duration};

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
    models: Arc<Models>,
}

impl AnthropicProvider {
    /// A provider for these models at the configured address.
    ///
    /// # Errors
    /// When the key is missing or cannot be sent, or the address cannot be used.
    pub fn new(
        config: &EndpointConfig,
        idle: Duration,
        models: Arc<Models>,
    ) -> Result<Self, ModelConfigError> {
        let missing = || ModelConfigError::MissingKey { provider: "anthropic", variable: KEY_VARIABLE };
        let key = config.key.as_ref().ok_or_else(missing)?;
        let headers = HeaderMap::from_iter([
            (HeaderName::from_static("x-api-key"), header_value(KEY_VARIABLE, key.expose())?),
            (HeaderName::from_static("anthropic-version"), HeaderValue::from_static(API_VERSION)),
        ]);
        let service = Service {
            name: "anthropic",
            key_variable: KEY_VARIABLE,
            url_variable: URL_VARIABLE,
            key: config.key.clone(),
        };
        let base = config.base_url.as_deref().unwrap_or(BASE_URL);
        let endpoint = Arc::new(Endpoint::new(service, base, "/v1/messages", headers, idle)?);
        Ok(Self { endpoint, models })
    }
}

#[async_trait]
impl Provider for AnthropicProvider {
    fn name(&self) -> &'static str {
        "anthropic"
    }

    fn resolve(&self, model: &str) -> Result<String, UnknownModel> {
        self.models.resolve(model).map(|row| row.id.clone())
    }

    async fn start(&self, request: CompletionRequest) -> Result<Box<dyn CompletionStream>, Failure> {
        request.check()?;
        let row = self.models.resolve(&request.model)?;
        let body = Body::new(&request, row);
        let decoder = decode::AnthropicDecoder::default();
        let stream = WireStream::open(&self.endpoint, &row.id, &body, request.meter.clone(), decoder).await?;
        Ok(Box::new(stream))
    }
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    max_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<[SystemBlock<'a>; 1]>,
    messages: &'a [Message],
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
    fn new(request: &'a CompletionRequest, row: &'a ModelRow) -> Self {
        let cache_control = CacheControl { r#type: "ephemeral" };
        let system = SystemBlock { r#type: "text", text: &request.system, cache_control };
        Self {
            model: &row.id,
            max_tokens: row.token_limit(request.max_tokens),
            temperature: row.temperature(request.temperature),
            stream: true,
            system: (!request.system.trim().is_empty()).then_some([system]),
            messages: &request.messages,
        }
    }
}

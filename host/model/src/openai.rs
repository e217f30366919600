//! The OpenAI-compatible chat completions: `POST {base}/chat/completions`, answered as a stream of chunks.
//!
//! Many services and local servers speak this format, each a little differently: the token limit has two names, a
//! key may not be needed, usage may be missing, reasoning comes under two names. What depends on the model is in its
//! row; what depends on the server is read tolerantly.

use crate::{
    catalogue::{ModelRow, Models, TokenLimitParameter},
    config_error::ModelConfigError,
    endpoint::{EndpointConfig, header_value},
    failing::Service,
    http::Endpoint,
    provider::{CompletionRequest, Message, Provider, Role, UnknownModel},
    wire::WireStream,
};
use async_trait::async_trait;
use orchestrator_core::{CompletionStream, Failure};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde::Serialize;
use std::{sync::Arc, time::Duration};

mod decode;

/// The service that is asked unless another is configured.
pub const BASE_URL: &str = "https://api.openai.com/v1";
/// Holds the key.
pub const KEY_VARIABLE: &str = "OPENAI_API_KEY";
/// Holds another base address, up to and with `/v1`.
pub const URL_VARIABLE: &str = "OPENAI_BASE_URL";

/// Asks models of an OpenAI-compatible service.
pub struct OpenAiProvider {
    endpoint: Arc<Endpoint>,
    models: Arc<Models>,
}

impl OpenAiProvider {
    /// A provider for these models at the configured address. A key is needed unless an address is configured:
    /// servers on one's own machine take none.
    ///
    /// # Errors
    /// When the key is missing or cannot be sent, or the address cannot be used.
    pub fn new(
        config: &EndpointConfig,
        idle: Duration,
        models: Arc<Models>,
    ) -> Result<Self, ModelConfigError> {
        let mut headers = HeaderMap::new();
        match (&config.key, &config.base_url) {
            (Some(key), _) => {
                headers
                    .insert(AUTHORIZATION, header_value(KEY_VARIABLE, &format!("Bearer {}", key.expose()))?);
            }
            (None, Some(_)) => {}
            (None, None) => {
                return Err(ModelConfigError::MissingKey { provider: "openai", variable: KEY_VARIABLE });
            }
        }
        let service = Service {
            name: "openai",
            key_variable: KEY_VARIABLE,
            url_variable: URL_VARIABLE,
            key: config.key.clone(),
        };
        let base = config.base_url.as_deref().unwrap_or(BASE_URL);
        let endpoint = Arc::new(Endpoint::new(service, base, "/chat/completions", headers, idle)?);
        Ok(Self { endpoint, models })
    }
}

#[async_trait]
impl Provider for OpenAiProvider {
    fn name(&self) -> &'static str {
        "openai"
    }

    fn resolve(&self, model: &str) -> Result<String, UnknownModel> {
        self.models.resolve(model).map(|row| row.id.clone())
    }

    async fn start(&self, request: CompletionRequest) -> Result<Box<dyn CompletionStream>, Failure> {
        request.check()?;
        let row = self.models.resolve(&request.model)?;
        let body = Body::new(&request, row);
        let decoder = decode::OpenAiDecoder::default();
        let stream = WireStream::open(&self.endpoint, &row.id, &body, request.meter.clone(), decoder).await?;
        Ok(Box::new(stream))
    }
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    stream: bool,
    stream_options: StreamOptions,
    messages: Vec<WireMessage<'a>>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct WireMessage<'a> {
    role: &'static str,
    content: &'a str,
}

impl<'a> Body<'a> {
    fn new(request: &'a CompletionRequest, row: &'a ModelRow) -> Self {
        let limit = Some(row.token_limit(request.max_tokens));
        let (max_tokens, max_completion_tokens) = match row.token_limit_parameter {
            TokenLimitParameter::MaxTokens => (limit, None),
            TokenLimitParameter::MaxCompletionTokens => (None, limit),
        };
        let system = (!request.system.trim().is_empty())
            .then_some(WireMessage { role: "system", content: &request.system });
        Self {
            model: &row.id,
            max_tokens,
            max_completion_tokens,
            temperature: row.temperature(request.temperature),
            stream: true,
            stream_options: StreamOptions { include_usage: true },
            messages: system.into_iter().chain(request.messages.iter().map(WireMessage::from)).collect(),
        }
    }
}

impl<'a> From<&'a Message> for WireMessage<'a> {
    fn from(message: &'a Message) -> Self {
        let role = match message.role {
            Role::User => "user",
            Role::Assistant => "assistant",
        };
        Self { role, content: &message.content }
    }
}

//! The OpenAI-compatible chat completions: `POST {base}/chat/completions`, answered as a stream of chunks.
//!
//! Many services and local servers speak this format, each a little differently: the token limit has two names, a
//! key may not be needed, usage may be missing, reasoning comes under two names. What depends on the model is in its
//! row; what depends on the server is read tolerantly.

use crate::{
    catalogue::{Effort, Known, ModelRow, Models, TokenLimitParameter},
    config_error::ModelConfigError,
    endpoint::{EndpointConfig, header_value},
    failing::Service,
    http::Endpoint,
    manner::{Efforts, Manner},
    provider::{CompletionRequest, Message, Provider, Role},
    unknown_model::UnknownModel,
    wire::{Asked, WireStream},
};
use async_trait::async_trait;
use orchestrator_core::{AgentType, Chance, CompletionStream, Failure};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde::Serialize;
use std::{borrow::Cow, sync::Arc, time::Duration};

mod decode;
mod tags;

/// The service that is asked unless another is configured.
pub const BASE_URL: &str = "https://api.openai.com/v1";
/// Holds the key.
pub const KEY_VARIABLE: &str = "OPENAI_API_KEY";
/// Holds another base address, up to and with `/v1`.
pub const URL_VARIABLE: &str = "OPENAI_BASE_URL";

/// Asks models of an OpenAI-compatible service.
pub struct OpenAiProvider {
    endpoint: Arc<Endpoint>,
    known: Known,
    efforts: Efforts,
}

impl OpenAiProvider {
    /// A provider for these models at the configured address. A key is needed unless an address is configured:
    /// servers on one's own machine take none.
    ///
    /// # Errors
    /// When the key is missing or cannot be sent, or the address cannot be used.
    pub fn new(
        config: &EndpointConfig,
        manner: &Manner,
        models: Arc<Models>,
        chance: &Chance,
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
            url_setting: config.base_url_from.clone().unwrap_or_else(|| URL_VARIABLE.into()),
            key: config.key.clone(),
            base: config.base_url.clone().unwrap_or_else(|| BASE_URL.into()),
        };
        let endpoint = Arc::new(Endpoint::new(service, "/chat/completions", headers, manner, chance)?);
        let known = Known::new(models, config.base_url.is_none());
        Ok(Self { endpoint, known, efforts: manner.efforts.clone() })
    }
}

#[async_trait]
impl Provider for OpenAiProvider {
    fn name(&self) -> &'static str {
        "openai"
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
        let decoder = decode::OpenAiDecoder::default();
        let limit = body.max_tokens.or(body.max_completion_tokens);
        let asked = Asked { model: row.id.clone(), limit };
        let stream = WireStream::open(&self.endpoint, asked, &body, request.meter.clone(), decoder).await?;
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
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<Effort>,
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
    fn new(request: &'a CompletionRequest, row: &'a ModelRow, limit: u32, effort: Option<Effort>) -> Self {
        let limit = Some(limit);
        let (max_tokens, max_completion_tokens) = match row.token_limit_parameter {
            TokenLimitParameter::MaxTokens => (limit, None),
            TokenLimitParameter::MaxCompletionTokens => (None, limit),
            TokenLimitParameter::None => (None, None),
        };
        let system = (!request.system.trim().is_empty())
            .then_some(WireMessage { role: "system", content: &request.system });
        Self {
            model: &row.id,
            max_tokens,
            max_completion_tokens,
            temperature: row.temperature(request.temperature),
            reasoning_effort: effort,
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

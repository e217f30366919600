//! The OpenAI-compatible chat completions: `POST {base}/chat/completions`, answered as a stream of chunks.
//!
//! Many services and local servers speak this format, each a little differently: the token limit has two names, a
//! key may not be needed, usage may be missing, reasoning comes under two names. What depends on the model is in its
//! row; what depends on the server is read tolerantly.

use crate::{
    catalogue::{Effort, ModelRow, TokenLimitParameter},
    config_error::ModelConfigError,
    endpoint::header_value,
    provider::{CompletionRequest, Message, Role},
    served::Format,
};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde::Serialize;

mod decode;
mod tags;

/// The service that is asked unless another is configured.
pub const BASE_URL: &str = "https://api.openai.com/v1";
/// Holds the key.
pub const KEY_VARIABLE: &str = "OPENAI_API_KEY";
/// Holds another base address, up to and with `/v1`.
pub const URL_VARIABLE: &str = "OPENAI_BASE_URL";

/// The format of OpenAI's models, and of all services that are compatible with it.
pub(crate) struct OpenAi;

impl Format for OpenAi {
    const NAME: &'static str = "openai";
    const BASE_URL: &'static str = BASE_URL;
    const PATH: &'static str = "/chat/completions";
    const KEY_VARIABLE: &'static str = KEY_VARIABLE;
    const URL_VARIABLE: &'static str = URL_VARIABLE;

    type Body<'a> = Body<'a>;
    type Decoder = decode::OpenAiDecoder;

    fn headers(key: Option<&str>) -> Result<HeaderMap, ModelConfigError> {
        let mut headers = HeaderMap::new();
        if let Some(key) = key {
            headers.insert(AUTHORIZATION, header_value(KEY_VARIABLE, &format!("Bearer {key}"))?);
        }
        Ok(headers)
    }

    fn body<'a>(
        request: &'a CompletionRequest,
        row: &'a ModelRow,
        limit: u32,
        effort: Option<Effort>,
    ) -> (Body<'a>, Option<u32>) {
        let body = Body::new(request, row, limit, effort);
        let limit = body.max_tokens.or(body.max_completion_tokens);
        (body, limit)
    }
}

#[derive(Serialize)]
pub(crate) struct Body<'a> {
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

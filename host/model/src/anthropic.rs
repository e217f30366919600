//! Anthropic's Messages format: `POST {base}/v1/messages`, answered as a stream of named events.
//!
//! The system prompt is marked for the service's prompt cache: agents put what stays the same first, so every
//! attempt and round after the first reads that part at a fraction of its price. Prompts below the model's minimum
//! are not cached, which the service decides without an error.

use crate::{
    catalogue::{Effort, ModelRow},
    config_error::ModelConfigError,
    endpoint::header_value,
    provider::{CompletionRequest, Message},
    served::Format,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;

mod decode;

/// The service that is asked unless another is configured.
pub const BASE_URL: &str = "https://api.anthropic.com";
/// Holds the key.
pub const KEY_VARIABLE: &str = "ANTHROPIC_API_KEY";
/// Holds another base address, without `/v1`.
pub const URL_VARIABLE: &str = "ANTHROPIC_BASE_URL";

const API_VERSION: &str = "2023-06-01";

/// The format of Anthropic's models, and of services that speak the same.
pub(crate) struct Anthropic;

impl Format for Anthropic {
    const NAME: &'static str = "anthropic";
    const BASE_URL: &'static str = BASE_URL;
    const PATH: &'static str = "/v1/messages";
    const KEY_VARIABLE: &'static str = KEY_VARIABLE;
    const URL_VARIABLE: &'static str = URL_VARIABLE;

    type Body<'a> = Body<'a>;
    type Decoder = decode::AnthropicDecoder;

    fn headers(key: Option<&str>) -> Result<HeaderMap, ModelConfigError> {
        let version = (HeaderName::from_static("anthropic-version"), HeaderValue::from_static(API_VERSION));
        let mut headers = HeaderMap::from_iter([version]);
        if let Some(key) = key {
            headers.insert(HeaderName::from_static("x-api-key"), header_value(KEY_VARIABLE, key)?);
        }
        Ok(headers)
    }

    fn body<'a>(
        request: &'a CompletionRequest,
        row: &'a ModelRow,
        limit: u32,
        effort: Option<Effort>,
    ) -> (Body<'a>, Option<u32>) {
        (Body::new(request, row, limit, effort), Some(limit))
    }
}

#[derive(Serialize)]
pub(crate) struct Body<'a> {
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

//! A provider whose models are asked over HTTP, in one of the formats of such services.

use crate::{
    catalogue::{Effort, Known, ModelRow, Models},
    config_error::ModelConfigError,
    endpoint::EndpointConfig,
    failing::Service,
    http::Endpoint,
    manner::{Efforts, Manner},
    provider::{CompletionRequest, Provider},
    unknown_model::UnknownModel,
    wire::{Asked, Decoder, WireStream},
};
use async_trait::async_trait;
use orchestrator_core::{AgentType, Chance, CompletionStream, Failure};
use reqwest::header::HeaderMap;
use serde::Serialize;
use std::{borrow::Cow, marker::PhantomData, sync::Arc, time::Duration};

/// How a service is spoken to.
pub(crate) trait Format: Send + Sync + 'static {
    /// What the provider is called.
    const NAME: &'static str;
    /// The service that is asked unless another is configured.
    const BASE_URL: &'static str;
    /// Where completions are asked for, below that.
    const PATH: &'static str;
    /// Holds the key.
    const KEY_VARIABLE: &'static str;
    /// Holds another address in place of [`Self::BASE_URL`].
    const URL_VARIABLE: &'static str;

    /// The body of a request.
    type Body<'a>: Serialize + Send + Sync;
    /// Reads the answer.
    type Decoder: Decoder + Default + Send + 'static;

    /// What each request has in its head; `key` is none where a service of one's own takes none.
    fn headers(key: Option<&str>) -> Result<HeaderMap, ModelConfigError>;

    /// What is sent, and the token limit in it where it has one.
    fn body<'a>(
        request: &'a CompletionRequest,
        row: &'a ModelRow,
        limit: u32,
        effort: Option<Effort>,
    ) -> (Self::Body<'a>, Option<u32>);
}

/// Asks the models of a service.
pub(crate) struct ServedProvider<F> {
    endpoint: Arc<Endpoint>,
    known: Known,
    efforts: Efforts,
    format: PhantomData<F>,
}

impl<F: Format> ServedProvider<F> {
    /// A provider for these models at the configured address. A key is needed unless an address is configured:
    /// gateways and servers of one's own may take none.
    ///
    /// # Errors
    /// When the key is missing or cannot be sent, or the address cannot be used.
    pub(crate) fn new(
        config: &EndpointConfig,
        manner: &Manner,
        models: Arc<Models>,
        chance: &Chance,
    ) -> Result<Self, ModelConfigError> {
        if config.key.is_none() && config.base_url.is_none() {
            return Err(ModelConfigError::MissingKey { provider: F::NAME, variable: F::KEY_VARIABLE });
        }
        let headers = F::headers(config.key.as_ref().map(|key| key.expose()))?;
        let service = Service {
            name: F::NAME,
            key_variable: F::KEY_VARIABLE,
            url_setting: config.base_url_from.clone().unwrap_or_else(|| F::URL_VARIABLE.into()),
            key: config.key.clone(),
            base: config.base_url.clone().unwrap_or_else(|| F::BASE_URL.into()),
        };
        let endpoint = Arc::new(Endpoint::new(service, F::PATH, headers, manner, chance)?);
        let known = Known::new(models, config.base_url.is_none());
        Ok(Self { endpoint, known, efforts: manner.efforts.clone(), format: PhantomData })
    }
}

#[async_trait]
impl<F: Format> Provider for ServedProvider<F> {
    fn name(&self) -> &'static str {
        F::NAME
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
        let (body, limit) = F::body(&request, &row, limit, effort);
        let asked = Asked { model: row.id.clone(), limit };
        let decoder = F::Decoder::default();
        let stream = WireStream::open(&self.endpoint, asked, &body, request.meter.clone(), decoder).await?;
        Ok(Box::new(stream))
    }
}

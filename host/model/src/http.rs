//! One POST to a service, and the events of its answer.
//!
//! There is no limit on the whole exchange, since a long answer is a good one; what is limited is silence: 10 s to
//! connect, and from then on what [`Waits`] says. So that a peer that is gone is not taken for one that thinks, TCP
//! asks after it meanwhile.
//!
//! No compressed answer is asked for, because a gateway that compresses collects first; one that comes as gzip all the
//! same is read, and the limits count what it unpacks to.

use crate::{
    account::Meter,
    config_error::ModelConfigError,
    cooldown::Cooldown,
    failing::{Judged, Service},
    manner::{Manner, Waits},
    sse::{Broken, Events},
};
use body::Body;
use fields::Fields;
use futures::StreamExt;
use orchestrator_core::{Chance, ErrorCode, Failure};
use reqwest::{
    Client, Response, Url,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue},
    redirect::Policy,
};
use serde_json::{Map, Value};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

mod address;
mod body;
mod fields;
mod proxy;
mod retry_after;
mod unreachable;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often TCP asks after a peer that is silent.
const KEEPALIVE: Duration = Duration::from_secs(30);
/// Most bytes of an error's body that are read.
const ERROR_BODY_MAX: usize = 64 * 1024;

/// A service's address, with all that a request to it needs.
pub(crate) struct Endpoint {
    /// How error texts name the service.
    pub(crate) service: Service,
    /// How long everybody leaves the service alone.
    pub(crate) cooldown: Cooldown,
    pub(crate) waits: Waits,
    fields: Fields,
    url: Url,
    headers: HeaderMap,
    client: Client,
}

/// An answer that has begun.
pub(crate) struct Opened {
    pub(crate) events: Events,
    /// When the request was sent.
    pub(crate) sent: Instant,
    /// Whether the answer is one piece of JSON and no stream.
    pub(crate) is_json: bool,
}

impl Endpoint {
    /// An endpoint at `path` under the service's base address.
    pub(crate) fn new(
        service: Service,
        path: &str,
        mut headers: HeaderMap,
        manner: &Manner,
        chance: &Chance,
    ) -> Result<Self, ModelConfigError> {
        let url = address::parse(&service, path)?;
        if let Some(warning) = address::warning(&service, &url) {
            tracing::warn!("{warning}");
        }
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let builder = Client::builder()
            .user_agent(concat!("dynamic-orchestrator/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_keepalive(KEEPALIVE)
            .gzip(true)
            .redirect(Policy::none());
        // A proxy for the outside world cannot reach this machine's own services.
        let builder = match address::is_loopback(&url) {
            true => builder.no_proxy(),
            false => {
                proxy::check(|name| std::env::var(name).ok())?;
                builder
            }
        };
        let client = builder.build().map_err(|error| ModelConfigError::Client(unreachable::chain(&error)))?;
        let cooldown = Cooldown::new(manner.first_pause, chance.clone());
        Ok(Self { service, cooldown, waits: manner.waits, fields: Fields::default(), url, headers, client })
    }

    /// Sends a request and waits for the head of the answer. A request that is refused for a field that it can do
    /// without is sent again without it.
    pub(crate) async fn open(
        &self,
        model: &str,
        mut request: Map<String, Value>,
        meter: &Meter,
    ) -> Result<Opened, Failure> {
        loop {
            self.fields.trim(model, &mut request);
            let sent = Instant::now();
            let response = self.send(model, &request, meter).await?;
            if response.status().is_success() {
                self.cooldown.accepted(sent);
                return self.read(model, response, sent).await;
            }
            let (status, retry_after) = (response.status().as_u16(), retry_after::read(response.headers()));
            let said = self.error_body(response).await;
            let Some(field) = self.fields.learn(model, &request, status, &said) else {
                return Err(self.judged(self.service.refused(model, status, &said, retry_after), sent));
            };
            let said = self.service.quote(&said);
            tracing::warn!(
                model,
                field,
                said,
                "the service does not know a field of a request; it is left out from now on"
            );
        }
    }

    async fn send(
        &self,
        model: &str,
        request: &Map<String, Value>,
        meter: &Meter,
    ) -> Result<Response, Failure> {
        let body = serde_json::to_vec(request).map_err(|error| {
            Failure::new(ErrorCode::Internal, format!("writing a request as JSON: {error}"))
        })?;
        // Noted before there is an answer: a request that is cut off before one may have been taken.
        meter.sent(body.len());
        let post = self.client.post(self.url.clone()).headers(self.headers.clone());
        let post = post.header(CONTENT_TYPE, "application/json").body(body);
        // As a task of its own, from the call of `send` on, which makes the request: it goes deep, and whoever waits for it
        // may stand on the small stack of a guest's call, of which each page that was ever touched stays. Boxed, since
        // what is spawned passes over that stack several times.
        let sending = AbortOnDropHandle::new(tokio::spawn(Box::pin(async move { post.send().await })));
        match tokio::time::timeout(self.waits.first, sending).await {
            Ok(Ok(Ok(response))) => Ok(response),
            Ok(Err(error)) => {
                let message = format!("sending a request to {} ended by itself: {error}", self.service.name);
                Err(Failure::new(ErrorCode::Internal, message))
            }
            Ok(Ok(Err(error))) => Err(unreachable::failure(&self.service, &self.url, model, error)),
            Err(_) => Err(self.broken(model, &Broken::Stalled(self.waits.first))),
        }
    }

    async fn read(&self, model: &str, response: Response, sent: Instant) -> Result<Opened, Failure> {
        let header = |name| {
            let value = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase())
        };
        let refused = |what: String| {
            let problem = format!("the answer is {what}: check {}", self.service.url_setting);
            Err(self.service.failure(ErrorCode::InvalidInput, model, &problem))
        };
        if let Some(encoding) = header(CONTENT_ENCODING).filter(|encoding| encoding != "identity") {
            let encoding = self.service.quote(&encoding);
            return refused(format!("encoded as '{encoding}', which was not asked for and cannot be read"));
        }
        let kind = header(CONTENT_TYPE).unwrap_or_else(|| "text/event-stream".into());
        if kind.starts_with("text/event-stream") {
            return Ok(Opened { events: body::events(response), sent, is_json: false });
        }
        let is_json = kind.starts_with("application/json");
        let body = match is_json || kind.starts_with("text/plain") {
            true => body::either(response, self.waits.first, is_json).await,
            false => Ok(Body::Other),
        };
        match body.map_err(|broken| self.broken(model, &broken))? {
            Body::Events(events) => Ok(Opened { events, sent, is_json: false }),
            Body::Json(text) => Ok(Opened { events: Events::one(text), sent, is_json: true }),
            Body::Other => {
                let kind = self.service.quote(&kind);
                refused(format!("'{kind}' and neither a stream of events nor JSON"))
            }
        }
    }

    /// The failure of a stream that broke.
    pub(crate) fn broken(&self, model: &str, broken: &Broken) -> Failure {
        let problem = self.service.quote(&broken.to_string());
        match broken {
            Broken::Stalled(_) | Broken::Connection(_) => self.service.unavailable(model, &problem),
            Broken::TooLarge(_) => self.service.failure(ErrorCode::LimitExceeded, model, &problem),
        }
    }

    /// The failure behind what the service said of a request that was sent then.
    pub(crate) fn judged(&self, judged: Judged, sent: Instant) -> Failure {
        let Judged { failure, busy } = judged;
        if !busy {
            return failure;
        }
        let wait = self.cooldown.turned_away(sent, failure.retry_after);
        failure.after(Some(wait))
    }

    /// What came with a refusal.
    async fn error_body(&self, response: Response) -> String {
        let mut pieces = response.bytes_stream();
        let mut body = Vec::new();
        // A body that breaks off or stalls is quoted as far as it came: the status says enough.
        while let Ok(Some(Ok(piece))) = tokio::time::timeout(self.waits.gap, pieces.next()).await {
            let room = ERROR_BODY_MAX.saturating_sub(body.len());
            body.extend(piece.iter().take(room));
            if body.len() >= ERROR_BODY_MAX {
                break;
            }
        }
        String::from_utf8_lossy(&body).into_owned()
    }
}

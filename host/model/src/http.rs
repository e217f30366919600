//! One POST to a service, and the events of its answer.
//!
//! There is no limit on the whole exchange, since a long answer is a good one; what is limited is silence: 10 s to
//! connect, and the idle time from then on, before the answer's head as well as between its lines.

use crate::{
    config_error::ModelConfigError,
    failing::Service,
    sse::{Broken, Events},
};
use futures::{StreamExt, TryStreamExt};
use orchestrator_core::{ErrorCode, Failure};
use reqwest::{
    Client, Response, Url,
    header::{CONTENT_TYPE, HeaderMap},
    redirect::Policy,
};
use std::{error::Error, fmt::Write as _, io, time::Duration};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Most bytes of an error's body that are read.
const ERROR_BODY_MAX: usize = 64 * 1024;
/// Longest wait that a service can ask for; what is longer is cut, so that sums of times stay sane.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// A service's address, with all that a request to it needs.
pub(crate) struct Endpoint {
    /// How error texts name the service.
    pub(crate) service: Service,
    url: Url,
    headers: HeaderMap,
    idle: Duration,
    client: Client,
}

impl Endpoint {
    /// An endpoint at `path` under the base address.
    pub(crate) fn new(
        service: Service,
        base_url: &str,
        path: &str,
        headers: HeaderMap,
        idle: Duration,
    ) -> Result<Self, ModelConfigError> {
        let wrong = |problem| ModelConfigError::BaseUrl { variable: service.url_variable, problem };
        let address = format!("{}{path}", base_url.trim_end_matches('/'));
        let url = Url::parse(&address).map_err(|error| wrong(error.to_string()))?;
        let host = url.host_str().map(str::to_owned);
        let Some(host) = host.filter(|_| matches!(url.scheme(), "http" | "https")) else {
            return Err(wrong("it must begin with http:// or https://".into()));
        };
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err(wrong("it must not hold a user, a password or a query".into()));
        }
        let builder = Client::builder()
            .user_agent(concat!("dynamic-orchestrator/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(Policy::none());
        // A proxy for the outside world cannot reach this machine's own services.
        let local = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let builder = if local { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|error| ModelConfigError::Client(chain(&error)))?;
        Ok(Self { service, url, headers, idle, client })
    }

    /// Sends a body and waits for the head of the answer.
    pub(crate) async fn open(&self, model: &str, body: Vec<u8>) -> Result<Events, Failure> {
        let request = self.client.post(self.url.clone()).headers(self.headers.clone());
        let sent = request.header(CONTENT_TYPE, "application/json").body(body).send();
        let response = match tokio::time::timeout(self.idle, sent).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.unreachable(model, error)),
            Err(_) => return Err(self.broken(model, &Broken::Stalled(self.idle))),
        };
        if !response.status().is_success() {
            return Err(self.refused(model, response).await);
        }
        let content_type =
            response.headers().get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
        if let Some(other) = content_type.filter(|kind| !kind.starts_with("text/event-stream")) {
            let problem = format!(
                "the answer is '{}' and not a stream of events: check {}",
                self.service.quote(&other),
                self.service.url_variable
            );
            return Err(self.service.failure(ErrorCode::InvalidInput, model, &problem));
        }
        let pieces = response.bytes_stream().map_err(|error| io::Error::other(chain(&error.without_url())));
        Ok(Events::new(pieces.boxed(), self.idle))
    }

    /// The failure of a stream that broke.
    pub(crate) fn broken(&self, model: &str, broken: &Broken) -> Failure {
        self.service.unavailable(model, &self.service.quote(&broken.to_string()))
    }

    fn unreachable(&self, model: &str, error: reqwest::Error) -> Failure {
        let address = self.url.origin().ascii_serialization();
        let reason = self.service.quote(&chain(&error.without_url()));
        let problem = format!(
            "{address} cannot be reached, {reason}: check the network and {}",
            self.service.url_variable
        );
        self.service.unavailable(model, &problem)
    }

    async fn refused(&self, model: &str, response: Response) -> Failure {
        let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
        let mut pieces = response.bytes_stream();
        let mut body = Vec::new();
        // A body that breaks off or stalls is quoted as far as it came: the status says enough.
        while let Ok(Some(Ok(piece))) = tokio::time::timeout(self.idle, pieces.next()).await {
            let room = ERROR_BODY_MAX.saturating_sub(body.len());
            body.extend(piece.iter().take(room));
            if body.len() >= ERROR_BODY_MAX {
                break;
            }
        }
        self.service.refused(model, status, &String::from_utf8_lossy(&body), retry_after)
    }
}

/// How long the service asked to be left alone: milliseconds, seconds, or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let header = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let seconds = |text: &str| Duration::try_from_secs_f64(text.parse().ok()?).ok();
    let millis = |text: &str| Some(seconds(text)? / 1000);
    let wait = header("retry-after-ms").and_then(millis).or_else(|| {
        let text = header("retry-after")?;
        seconds(text).or_else(|| {
            let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
            Some(Duration::try_from(date.duration_since(jiff::Timestamp::now())).unwrap_or(Duration::ZERO))
        })
    });
    wait.map(|wait| wait.min(RETRY_AFTER_MAX))
}

/// An error with its causes, which name what went wrong; reqwest's own text names only what was tried.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(name: &'static str, value: &str) -> Option<Duration> {
        retry_after(&HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]))
    }

    #[test]
    fn every_form_of_retry_after_is_understood_and_bounded() {
        assert_eq!(wait("retry-after", "2"), Some(Duration::from_secs(2)));
        assert_eq!(wait("retry-after", "0.5"), Some(Duration::from_millis(500)));
        assert_eq!(wait("retry-after-ms", "250"), Some(Duration::from_millis(250)));
        assert_eq!(wait("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("retry-after", "Wed, 01 Jan 9000 00:00:00 GMT"), Some(RETRY_AFTER_MAX));
        assert_eq!(wait("retry-after", "99999999999999"), Some(RETRY_AFTER_MAX));
        for nonsense in ["soon", "-1", "NaN", "1e400"] {
            assert_eq!(wait("retry-after", nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn an_address_that_would_fail_later_or_leak_is_refused_at_once() {
        let key = None;
        let service = Service { name: "openai", key_variable: "K", url_variable: "OPENAI_BASE_URL", key };
        let problem = |base: &str| {
            let endpoint =
                Endpoint::new(service.clone(), base, "/x", HeaderMap::new(), Duration::from_secs(1));
            endpoint.err().map(|error| error.to_string())
        };
        assert_eq!(problem("http://127.0.0.1:11434/v1/"), None);
        for bad in
            ["", "example.org", "ftp://example.org", "https://user:pass@example.org", "https://a.org?x=1#"]
        {
            let problem = problem(bad).unwrap();
            assert!(problem.contains("OPENAI_BASE_URL") && !problem.contains("pass@"), "{bad}: {problem}");
        }
    }
}

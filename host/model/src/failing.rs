//! What a service's failure means: whether trying again can help, and what a person has to change if not.
//!
//! Both wire formats report errors in two places, as an HTTP status and inside a stream that began with 200, and
//! with words of their own. Everything is brought to an HTTP status first and judged by one table, so that the same
//! trouble gets the same answer wherever it appears.

use crate::secret::Secret;
use orchestrator_core::{ErrorCode, Failure};
use serde_json::Value;
use std::time::Duration;

/// Most characters of a service's own words in one of our messages.
const QUOTE_MAX: usize = 400;

/// A service, as its error texts name it.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    /// The provider's name.
    pub(crate) name: &'static str,
    /// The environment variable that holds the key.
    pub(crate) key_variable: &'static str,
    /// The environment variable that holds the base address.
    pub(crate) url_variable: &'static str,
    /// The key, to keep it out of messages.
    pub(crate) key: Option<Secret>,
}

/// An error object of a service.
#[derive(Debug, Default)]
pub(crate) struct Reported {
    /// The service's label, such as `overloaded_error`; labels under `type` and `code` together.
    kind: String,
    /// A status given in the object itself, as routers in front of several services do.
    status: Option<u16>,
    /// The service's words.
    message: String,
}

impl Reported {
    /// Reads the error object in a response body or in an event's data, in any of the known forms. A body that is no
    /// such object is taken as the message.
    pub(crate) fn read(body: &str) -> Self {
        let Ok(value) = serde_json::from_str::<Value>(body) else {
            return Self { message: body.to_owned(), ..Self::default() };
        };
        let error = if value["error"].is_null() { &value } else { &value["error"] };
        let label = |name: &str| error[name].as_str().unwrap_or_default();
        let words = error.as_str().or_else(|| error["message"].as_str());
        Self {
            kind: format!("{} {} {}", label("type"), label("code"), error["details"]),
            status: error["code"].as_u64().and_then(|code| u16::try_from(code).ok()),
            message: words.map_or_else(|| body.to_owned(), str::to_owned),
        }
    }

    /// The HTTP status that says the same; for errors inside a stream.
    fn as_status(&self) -> u16 {
        const KINDS: [(&str, u16); 10] = [
            ("invalid_request_error", 400),
            ("authentication_error", 401),
            ("billing_error", 402),
            ("permission_error", 403),
            ("not_found_error", 404),
            ("request_too_large", 413),
            ("rate_limit", 429),
            ("insufficient_quota", 429),
            ("timeout_error", 504),
            ("overloaded_error", 529),
        ];
        let by_kind = || KINDS.iter().find(|(kind, _)| self.kind.contains(kind)).map(|(_, status)| *status);
        self.status.filter(|status| *status >= 400).or_else(by_kind).unwrap_or(500)
    }

    fn mentions(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.kind.contains(word) || self.message.contains(word))
    }
}

impl Service {
    /// The failure behind an HTTP status and the body that came with it.
    pub(crate) fn refused(
        &self,
        model: &str,
        status: u16,
        body: &str,
        retry_after: Option<Duration>,
    ) -> Failure {
        self.judge(model, status, &Reported::read(body), retry_after)
    }

    /// The failure behind an error object inside a stream.
    pub(crate) fn reported(&self, model: &str, data: &str) -> Failure {
        let reported = Reported::read(data);
        self.judge(model, reported.as_status(), &reported, None)
    }

    /// A failure that trying again can cure.
    pub(crate) fn unavailable(&self, model: &str, problem: &str) -> Failure {
        self.failure(ErrorCode::Unavailable, model, problem)
    }

    /// A failure with this service and model in front of the problem.
    pub(crate) fn failure(&self, code: ErrorCode, model: &str, problem: &str) -> Failure {
        Failure::new(code, format!("asking {} for a completion by '{model}': {problem}", self.name))
    }

    /// A service's words, fit for a message: on one line, without the key, not too long.
    pub(crate) fn quote(&self, text: &str) -> String {
        let clean = self.key.as_ref().map_or_else(|| text.to_owned(), |key| key.scrub(text));
        let words =
            clean.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let mut line = words.collect::<Vec<_>>().join(" ");
        if let Some((cut, _)) = line.char_indices().nth(QUOTE_MAX) {
            line.truncate(cut);
            line.push('…');
        }
        if line.is_empty() { "(no reason given)".into() } else { line }
    }

    fn judge(&self, model: &str, status: u16, reported: &Reported, retry_after: Option<Duration>) -> Failure {
        use ErrorCode::{Denied, InvalidInput, LimitExceeded, NotFound, Unavailable};
        let spent = reported.mentions(&["spend_limit_reached", "insufficient_quota", "billing_hard_limit"]);
        let too_long =
            reported.mentions(&["prompt is too long", "context_length_exceeded", "maximum context length"]);
        let (code, advice) = match status {
            429 if spent => (
                LimitExceeded,
                "the account's spend limit is reached; raise it or wait for the next period".into(),
            ),
            400 if too_long => {
                (LimitExceeded, "the request is longer than the model's context; send less".into())
            }
            401 => (Denied, format!("set {} to a valid key", self.key_variable)),
            402 => (LimitExceeded, format!("add credit to the account behind {}", self.key_variable)),
            403 => (
                Denied,
                format!("the key in {} may not do this; use one with access to the model", self.key_variable),
            ),
            404 => (NotFound, format!("check the model's id in the models file, and {}", self.url_variable)),
            413 => (LimitExceeded, "the request is too large for the service; send less".into()),
            300..400 => (
                InvalidInput,
                format!(
                    "the address redirects, which is not followed; set {} to where it leads",
                    self.url_variable
                ),
            ),
            408 | 409 | 425 | 429 | 500.. => {
                (Unavailable, "the service is busy or troubled; the step is tried again".into())
            }
            _ => (InvalidInput, "check the model's row in the models file".into()),
        };
        let problem = format!("status {status}, {}: {advice}", self.quote(&reported.message));
        self.failure(code, model, &problem).after(retry_after.filter(|_| code.is_retryable()))
    }
}

#[cfg(test)]
mod tests;

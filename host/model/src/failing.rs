//! What a service's failure means: whether trying again can help, and what a person has to change if not.
//!
//! Both wire formats report errors in two places, as an HTTP status and inside a stream that began with 200, and
//! with words of their own. Everything is brought to an HTTP status first and judged by one table (`advice`), so that
//! the same trouble gets the same answer wherever it appears.

use crate::secret::Secret;
use orchestrator_core::{ErrorCode, Failure, RETRY_AFTER_MAX};
use std::time::Duration;

mod advice;
mod reported;

use reported::Reported;

/// Most characters of a service's own words in one of our messages.
const QUOTE_MAX: usize = 400;

/// A service, as its error texts name it.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    /// The provider's name.
    pub(crate) name: &'static str,
    /// The environment variable that holds the key.
    pub(crate) key_variable: &'static str,
    /// Where the base address is set: its environment variable, or what was used in its place.
    pub(crate) url_setting: String,
    /// The key, to keep it out of messages.
    pub(crate) key: Option<Secret>,
    /// The base address.
    pub(crate) base: String,
}

/// What a service's failure means.
#[derive(Debug)]
pub(crate) struct Judged {
    /// The failure.
    pub(crate) failure: Failure,
    /// Whether the service is too busy for anybody with this key.
    pub(crate) busy: bool,
}

impl Service {
    /// What an HTTP status and the body that came with it mean.
    pub(crate) fn refused(
        &self,
        model: &str,
        status: u16,
        body: &str,
        retry_after: Option<Duration>,
    ) -> Judged {
        self.judge(model, status, &Reported::read(body), retry_after)
    }

    /// What an error object inside a stream means.
    pub(crate) fn reported(&self, model: &str, data: &str) -> Judged {
        let reported = Reported::read(data);
        self.judge(model, reported.as_status().unwrap_or(500), &reported, None)
    }

    /// What an answer means that is JSON and no completion.
    pub(crate) fn answered(&self, model: &str, data: &str) -> Judged {
        let reported = Reported::read(data);
        self.judge(model, reported.as_status().unwrap_or(200), &reported, None)
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

    fn judge(&self, model: &str, status: u16, reported: &Reported, retry_after: Option<Duration>) -> Judged {
        let retry_after = retry_after.or(reported.wait);
        let (code, advice) = advice::find(self, model, status, reported);
        let advice = match retry_after.filter(|wait| code.is_retryable() && *wait > RETRY_AFTER_MAX) {
            Some(wait) => too_long(wait),
            None => advice,
        };
        let problem = format!("status {status}, {}: {advice}", self.quote(&reported.message));
        let failure = self.failure(code, model, &problem);
        Judged {
            failure: failure.after(retry_after.filter(|_| code.is_retryable())),
            busy: code.is_retryable() && matches!(status, 429 | 503 | 529),
        }
    }
}

/// The advice about a service that will not be back within any run.
fn too_long(wait: Duration) -> String {
    let now = jiff::Timestamp::now();
    let until = jiff::SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok());
    let until =
        until.map_or_else(String::new, |until| format!(", until {}", until.strftime("%Y-%m-%d %H:%M UTC")));
    format!(
        "the service asks to be left alone for {} minutes{until}, longer than a run waits; start the run again then",
        wait.as_secs().div_ceil(60)
    )
}

#[cfg(test)]
mod tests;

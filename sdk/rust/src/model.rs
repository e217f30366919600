//! Language models.
//!
//! Which model is asked, the agent's settings say and no request; temperature and token limit come from them unless a
//! request gives its own. The host holds the keys, applies each model's rules and counts tokens. Needs [`crate::Permissions::MODEL`].

use crate::{Error, cancellation, error::ErrorCode, events, sys};

pub use crate::contract::model::{Answer, Chunk, CompletionEnd, Message, Request, Role, StopReason};

/// Asks one question and waits for the answer's text.
///
/// # Errors
/// As [`complete`]; [`ErrorCode::Refused`] when the model declines, [`ErrorCode::MalformedAnswer`] when the answer was
/// cut off.
pub fn ask(system: &str, user: &str) -> Result<String, Error> {
    let answer = complete(&Request::new(system).user(user))?;
    answer.refused()?;
    match answer.shortfall() {
        Some(shortfall) => Err(Error::malformed(shortfall)),
        None => Ok(answer.text),
    }
}

/// Sends a request and waits for the whole answer. Thinking becomes `thinking_step` events.
///
/// # Errors
/// [`ErrorCode::Denied`] without the permission, [`ErrorCode::Unavailable`] when the provider does not answer,
/// [`ErrorCode::InvalidInput`] for a request that no model takes.
pub fn complete(request: &Request) -> Result<Answer, Error> {
    sys::complete(request)
}

/// Sends a request, to be pulled piece by piece or handed to [`crate::edits::write_completion`].
///
/// # Errors
/// As [`complete`].
pub fn start(request: &Request) -> Result<Completion, Error> {
    Ok(Completion { inner: sys::start(request)? })
}

/// Sends a request and checks the answer; when it cannot be used, asks once more with the exact complaint.
///
/// A malformed answer is normal: even good formats are missed by one answer in seventeen or so, and nearly all of those
/// are mended by being told what was wrong. The second request repeats the first with the answer and the complaint
/// behind it, so that a provider's cache serves the beginning. `what` names the answer for people: `The plan`.
///
/// # Errors
/// As [`complete`]; [`ErrorCode::Refused`] when the model declines; [`ErrorCode::MalformedAnswer`] when the second
/// answer cannot be used either, with the last complaint.
pub fn complete_checked<T>(
    request: Request,
    what: &str,
    mut check: impl FnMut(&str) -> Result<T, String>,
) -> Result<T, Error> {
    let mut judge = |answer: &Answer| match answer.shortfall() {
        Some(shortfall) => Err(shortfall),
        None => check(&answer.text),
    };
    let first = complete(&request)?;
    first.refused()?;
    let complaint = match judge(&first) {
        Ok(value) => return Ok(value),
        Err(complaint) => complaint,
    };
    events::status(&format!("{what} could not be used ({complaint}); asking once more"))?;
    cancellation::check()?;
    let repair = format!(
        "That answer could not be used: {complaint}.\nSend the whole answer again, corrected, in the format asked for."
    );
    let second = complete(&request.assistant(&first.text).user(&repair))?;
    second.refused()?;
    judge(&second)
        .map_err(|complaint| Error::malformed(format!("{what} could not be used, twice: {complaint}")))
}

/// An answer on its way. Dropping it ends the request.
#[derive(Debug)]
pub struct Completion {
    pub(crate) inner: sys::Completion,
}

impl Completion {
    /// Waits for the next piece; none once the answer is whole.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] when the answer broke off.
    #[allow(clippy::should_implement_trait, reason = "it can fail, and its caller must see that")]
    pub fn next(&self) -> Result<Option<Chunk>, Error> {
        self.inner.next()
    }

    /// How it ended; none before [`Completion::next`] has returned none.
    #[must_use]
    pub fn end(&self) -> Option<CompletionEnd> {
        self.inner.end()
    }
}

impl Request {
    /// A request with this system prompt. Put what stays the same first: providers cache the beginning.
    #[must_use]
    pub fn new(system: impl Into<String>) -> Self {
        Self { system: system.into(), messages: Vec::new(), temperature: None, max_tokens: None }
    }

    /// Adds a turn of the one who asks. The last turn must be one of these.
    #[must_use]
    pub fn user(self, content: impl Into<String>) -> Self {
        self.turn(Role::User, content.into())
    }

    /// Adds a turn of the model.
    #[must_use]
    pub fn assistant(self, content: impl Into<String>) -> Self {
        let content = content.into();
        // An empty turn is a request that providers refuse; a model that said nothing is quoted as saying so.
        let content = if content.trim().is_empty() { "(no answer)".into() } else { content };
        self.turn(Role::Assistant, content)
    }

    /// Sets the sampling temperature for this request alone.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Sets the most tokens of this answer.
    #[must_use]
    pub fn max_tokens(mut self, tokens: u32) -> Self {
        self.max_tokens = Some(tokens);
        self
    }

    fn turn(mut self, role: Role, content: String) -> Self {
        self.messages.push(Message { role, content });
        self
    }
}

impl Answer {
    /// Passes unless the model declined.
    ///
    /// # Errors
    /// [`ErrorCode::Refused`], with what the model said.
    pub fn refused(&self) -> Result<(), Error> {
        refusal(&self.end, &self.text)
    }

    /// What keeps the answer from being whole, in words that a model can act on.
    #[must_use]
    pub fn shortfall(&self) -> Option<String> {
        shortfall(&self.end, self.text.trim().is_empty())
    }
}

/// Passes unless a completion ended because the model declined.
///
/// # Errors
/// [`ErrorCode::Refused`], with what the model said.
pub fn refusal(end: &CompletionEnd, said: &str) -> Result<(), Error> {
    if end.stop_reason != StopReason::Refusal {
        return Ok(());
    }
    let said = said.trim().chars().take(300).collect::<String>();
    let said = if said.is_empty() { "it gave no reason".into() } else { format!("it said: {said}") };
    Err(Error::new(
        ErrorCode::Refused,
        format!(
            "the model {} declined to answer ({said}); change the request or the agent's model",
            end.model
        ),
    ))
}

fn shortfall(end: &CompletionEnd, is_empty: bool) -> Option<String> {
    match end.stop_reason {
        StopReason::MaxTokens => {
            Some(format!("it was cut off at the limit of {} tokens; be shorter", end.output_tokens))
        }
        StopReason::ContextWindow => {
            Some("it was cut off because the model's context was full; be shorter".into())
        }
        StopReason::EndTurn | StopReason::StopSequence | StopReason::Refusal if is_empty => {
            Some("it was empty".into())
        }
        StopReason::EndTurn | StopReason::StopSequence | StopReason::Refusal => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Host;

    fn number(text: &str) -> Result<u32, String> {
        text.trim().parse().map_err(|_| format!("'{text}' is not a number"))
    }

    #[test]
    fn a_malformed_answer_goes_back_once_with_the_exact_complaint() {
        let host = Host::new().answer("seven").answer("7");
        let value = host.run(|| complete_checked(Request::new("s").user("count"), "The number", number));
        assert_eq!(value.unwrap(), 7);
        let second = &host.requests()[1];
        assert_eq!(second.messages[0].content, "count");
        assert_eq!(second.messages[1].content, "seven");
        assert!(second.messages[2].content.contains("'seven' is not a number"));
        assert!(host.statuses()[0].contains("asking once more"));
    }

    #[test]
    fn a_second_malformed_answer_is_an_error_that_is_tried_again() {
        let host = Host::new().answer("seven").answer("eight");
        let error =
            host.run(|| complete_checked(Request::new("s").user("count"), "The number", number)).unwrap_err();
        assert_eq!(error.code, ErrorCode::MalformedAnswer);
        assert!(error.message.contains("'eight' is not a number"), "{}", error.message);
    }

    #[test]
    fn an_answer_cut_off_is_not_taken_for_a_short_one() {
        let host = Host::new().answer_ending("7", StopReason::MaxTokens).answer("8");
        let value = host.run(|| complete_checked(Request::new("s").user("count"), "The number", number));
        assert_eq!(value.unwrap(), 8);
    }

    #[test]
    fn a_model_that_declines_is_not_asked_again() {
        let host = Host::new().answer_ending("I would rather not", StopReason::Refusal).answer("7");
        let error = host.run(|| ask("s", "count")).unwrap_err();
        assert_eq!(error.code, ErrorCode::Refused);
        assert!(error.message.contains("I would rather not"));
        assert_eq!(host.requests().len(), 1);
    }

    #[test]
    fn nothing_is_asked_again_once_the_run_is_cancelled() {
        let host = Host::new().answer("seven").answer("7").cancelled();
        let error =
            host.run(|| complete_checked(Request::new("s").user("count"), "The number", number)).unwrap_err();
        assert_eq!((error.code, host.requests().len()), (ErrorCode::Cancelled, 1));
    }
}

//! The trait that all providers share, and the request they take.

use crate::{account::Meter, catalogue::ModelRow, unknown_model::UnknownModel};
use async_trait::async_trait;
use orchestrator_core::{AgentType, CallOrigin, CompletionStream, Effort, ErrorCode, Failure};
use serde::Serialize;
use std::time::Duration;

/// Most bytes of one request, system prompt and messages together. Beyond any model's context, and far below what
/// would hurt the host.
pub const REQUEST_MAX: usize = 4 * 1024 * 1024;

/// Where completions come from.
#[async_trait]
pub trait Provider: Send + Sync {
    /// The name that configuration, events and error texts use: `anthropic`, `openai`, `scripted`.
    fn name(&self) -> &'static str;

    /// The id behind an alias (`haiku`, `sonnet`, `opus`) or an id.
    ///
    /// # Errors
    /// [`UnknownModel`], which lists what would be accepted.
    fn resolve(&self, model: &str) -> Result<String, UnknownModel>;

    /// What is known about the model behind an alias or an id; none where no service is asked.
    fn row(&self, _model: &str) -> Option<ModelRow> {
        None
    }

    /// How hard a model is asked to try for this agent, when `wanted` is set for it; none where nothing is said of it.
    fn effort(&self, _model: &str, _agent: &AgentType, _wanted: Option<Effort>) -> Option<Effort> {
        None
    }

    /// How much longer the service should be left alone, because it turned somebody with the same key away; none when
    /// anybody may ask. [`Provider::start`] does not look at it.
    fn cool_down(&self) -> Option<Duration> {
        None
    }

    /// Starts a completion. Returns once the service has accepted the request; dropping the stream, or this future,
    /// ends the request. The provider makes one try and does not wait.
    ///
    /// # Errors
    /// - [`ErrorCode::Unavailable`] when a repetition can help; `retry_after` is set when the service named a time.
    /// - [`ErrorCode::InvalidInput`], [`ErrorCode::NotFound`], [`ErrorCode::Denied`] and
    ///   [`ErrorCode::LimitExceeded`] when it cannot; the message says what to change.
    async fn start(&self, request: CompletionRequest) -> Result<Box<dyn CompletionStream>, Failure>;

    /// A sentence that people must see before they believe the answers; none for providers that ask a model.
    fn notice(&self) -> Option<String> {
        None
    }
}

/// What to complete.
#[derive(Debug, Clone)]
pub struct CompletionRequest {
    /// The system prompt; empty for none.
    pub system: String,
    /// The conversation; begins and ends with the user's turn.
    pub messages: Vec<Message>,
    /// Alias or id of the model.
    pub model: String,
    /// Sampling temperature, 0 to 2; left out for models that take none, lowered to what the model takes.
    pub temperature: Option<f64>,
    /// Most tokens of the answer, thinking apart; lowered to what the model can give.
    pub max_tokens: u32,
    /// How hard the model is to try, lowered to what it takes; what the provider was set up with where none is wanted.
    pub effort: Option<Effort>,
    /// Who asks. Never sent.
    pub origin: CallOrigin,
    /// Where the provider notes what the completion has cost so far, so that a broken answer is counted too.
    pub meter: Meter,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The one who asks.
    User,
    /// The model.
    Assistant,
}

impl CompletionRequest {
    /// Characters of everything that is sent for the model to read.
    pub(crate) fn chars(&self) -> usize {
        let messages = self.messages.iter().map(|message| message.content.as_str());
        messages.chain([self.system.as_str()]).map(|text| text.chars().count()).sum()
    }

    /// Checks what no provider could answer.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidInput`] or [`ErrorCode::LimitExceeded`], naming the field and the rule.
    pub fn check(&self) -> Result<(), Failure> {
        let invalid =
            |problem: String| Err(Failure::new(ErrorCode::InvalidInput, format!("model request: {problem}")));
        let ends = [self.messages.first(), self.messages.last()];
        if ends.iter().any(|message| message.is_none_or(|message| message.role != Role::User)) {
            return invalid("the conversation must begin and end with a message of the user".into());
        }
        if let Some(place) = self.messages.iter().position(|message| message.content.trim().is_empty()) {
            return invalid(format!("message {} is empty; leave it out or fill it", place + 1));
        }
        if let Some(temperature) = self.temperature.filter(|value| !(0.0..=2.0).contains(value)) {
            return invalid(format!("temperature is {temperature}; give 0 to 2"));
        }
        if self.max_tokens == 0 {
            return invalid("max-tokens is 0; give at least 1".into());
        }
        let size =
            self.messages.iter().map(|message| message.content.len()).sum::<usize>() + self.system.len();
        if size > REQUEST_MAX {
            let problem = format!(
                "model request: it has {size} bytes, at most {REQUEST_MAX} are sent; send less context"
            );
            return Err(Failure::new(ErrorCode::LimitExceeded, problem));
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The run, agent, attempt and so on of a call in tests.
    pub(crate) fn origin(agent: &str) -> CallOrigin {
        CallOrigin {
            run_id: orchestrator_core::RunId::generate(),
            project_id: orchestrator_core::ProjectId::new("p").unwrap(),
            agent: orchestrator_core::AgentType::new(agent).unwrap(),
            attempt: 1,
            round: 0,
            nonce: "k3x9".into(),
        }
    }

    /// A request with one message of the user.
    pub(crate) fn request(agent: &str) -> CompletionRequest {
        CompletionRequest {
            system: "Be brief.".into(),
            messages: vec![Message { role: Role::User, content: "Hello".into() }],
            model: "sonnet".into(),
            temperature: Some(0.3),
            max_tokens: 1000,
            effort: None,
            origin: origin(agent),
            meter: Meter::default(),
        }
    }

    fn refused(change: impl FnOnce(&mut CompletionRequest)) -> ErrorCode {
        let mut request = request("writer");
        change(&mut request);
        request.check().unwrap_err().code
    }

    #[test]
    fn a_request_that_nobody_could_answer_is_refused_before_it_is_sent() {
        assert_eq!(request("writer").check(), Ok(()));
        assert_eq!(refused(|request| request.messages.clear()), ErrorCode::InvalidInput);
        assert_eq!(refused(|request| request.messages[0].role = Role::Assistant), ErrorCode::InvalidInput);
        assert_eq!(refused(|request| request.messages[0].content = " ".into()), ErrorCode::InvalidInput);
        assert_eq!(refused(|request| request.temperature = Some(f64::NAN)), ErrorCode::InvalidInput);
        assert_eq!(refused(|request| request.temperature = Some(-0.1)), ErrorCode::InvalidInput);
        assert_eq!(refused(|request| request.max_tokens = 0), ErrorCode::InvalidInput);
        assert_eq!(refused(|request| request.system = "x".repeat(REQUEST_MAX)), ErrorCode::LimitExceeded);
    }
}

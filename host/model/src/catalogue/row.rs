//! One model and its rules: what a request to it may carry, how long it may be, and what it costs.

use orchestrator_core::{Effort, ErrorCode, Failure, Usage};
use serde::Deserialize;

/// Characters of a request for one token at most: text with fewer tokens than this makes of it is not known.
const CHARS_PER_TOKEN_MAX: u64 = 6;
/// Characters of a request for one token at least, for dense code in a tokenizer that makes much of it.
const CHARS_PER_TOKEN_MIN: u64 = 3;
/// Tokens that are asked for at the least, where a request may leave no room for the answer.
const ANSWER_MIN: u32 = 1024;

/// One model and its rules.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRow {
    /// What the provider calls it.
    pub id: String,
    /// Whether the catalogue has a row for it; otherwise everything else here is a safe guess.
    pub listed: bool,
    /// Highest sampling temperature that it takes; none when it rejects the parameter.
    pub temperature_max: Option<f64>,
    /// Most tokens of one answer, thinking included.
    pub max_output_tokens: u32,
    /// Room for thinking, on top of the limit of the answer; 0 when it does not think.
    pub thinking_tokens: u32,
    /// Levels of effort that it takes, the lowest first; none when it rejects the parameter.
    pub efforts: Vec<Effort>,
    /// The level to ask for where nobody says another.
    pub effort: Option<Effort>,
    /// Tokens of request and answer together, where known.
    pub context_tokens: Option<u32>,
    /// How an OpenAI-compatible service calls the token limit.
    pub token_limit_parameter: TokenLimitParameter,
    /// List prices, where known.
    pub prices: Option<Prices>,
}

/// How an OpenAI-compatible service calls the token limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenLimitParameter {
    /// What most services understand.
    #[default]
    MaxTokens,
    /// What OpenAI's newer models demand.
    MaxCompletionTokens,
    /// No limit is sent, and the model's own holds.
    None,
}

/// List prices of a million tokens, in US dollars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prices {
    /// Sent.
    pub input: f64,
    /// Sent, and read from the service's cache.
    pub cached_input: f64,
    /// Received.
    pub output: f64,
    /// What sent and received tokens cost when more than this many are sent in one request.
    pub long: Option<(u64, f64, f64)>,
}

impl ModelRow {
    /// What whoever asks for it should know: that nothing is known about it.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        (!self.listed).then(|| {
            format!(
                "Nothing is known about the model '{}': it is asked with safe defaults, without temperature and effort, \
                 and what it costs is not reckoned. A row in the models file says what it takes.",
                self.id
            )
        })
    }

    /// The temperature to send, if any.
    pub(crate) fn temperature(&self, wanted: Option<f64>) -> Option<f64> {
        Some(wanted?.min(self.temperature_max?))
    }

    /// The effort to ask for, if any: the nearest that the model takes, rather below than above.
    pub(crate) fn effort(&self, wanted: Option<Effort>) -> Option<Effort> {
        let wanted = wanted.or(self.effort)?;
        let below = self.efforts.iter().rev().find(|level| **level <= wanted);
        below.or(self.efforts.first()).copied()
    }

    /// The token limit to send with a request of this many characters: `answer` and, as far as the context has room
    /// for it, what the model needs to think.
    ///
    /// # Errors
    /// [`ErrorCode::LimitExceeded`] when the request cannot fit into the model's context, however it is counted.
    pub(crate) fn token_limit(&self, answer: u32, chars: usize) -> Result<u32, Failure> {
        let limit = answer.saturating_add(self.thinking_tokens).min(self.max_output_tokens);
        let Some(context) = self.context_tokens else { return Ok(limit) };
        let chars = chars as u64;
        let at_least = chars / CHARS_PER_TOKEN_MAX;
        if at_least >= u64::from(context) {
            let problem = format!(
                "model request: its {chars} characters are at least {at_least} tokens, and the context of '{}' has \
                 {context}; send less (an agent's option context_tokens), choose a model with a larger context, or \
                 correct context_tokens in the models file",
                self.id
            );
            return Err(Failure::new(ErrorCode::LimitExceeded, problem));
        }
        let at_most = u32::try_from(chars / CHARS_PER_TOKEN_MIN).unwrap_or(u32::MAX);
        Ok(limit.min(context.saturating_sub(at_most).max(ANSWER_MIN)))
    }

    /// What this usage costs by the list, in US dollars; none where no price is known.
    #[must_use]
    pub fn cost(&self, usage: Usage) -> Option<f64> {
        let prices = self.prices?;
        let (input, cached, output) = match prices.long {
            Some((above, input, output)) if usage.input_tokens > above => {
                // A cache's discount is a share of the price.
                let share = if prices.input > 0.0 { prices.cached_input / prices.input } else { 1.0 };
                (input, input * share, output)
            }
            _ => (prices.input, prices.cached_input, prices.output),
        };
        let fresh = usage.input_tokens.saturating_sub(usage.cached_input_tokens);
        let parts = [(fresh, input), (usage.cached_input_tokens, cached), (usage.output_tokens, output)];
        Some(parts.iter().map(|(tokens, price)| *tokens as f64 * price / 1e6).sum())
    }
}

#[cfg(test)]
mod tests;

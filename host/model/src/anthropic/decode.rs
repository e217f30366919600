//! The events of a Messages stream.
//!
//! Content comes as numbered blocks of some type, in deltas; only text and thinking are read, by the delta's own
//! type. Whatever else there is or will be (signatures, citations, new blocks) is passed over, as the format asks.

use crate::{
    account::Meter,
    lenient::lenient,
    wire::{Decoded, Decoder, Trouble, unknown_stop},
};
use orchestrator_core::{CompletionChunk, StopReason};
use serde::Deserialize;
use std::collections::VecDeque;

/// Reads one answer.
#[derive(Default)]
pub(crate) struct AnthropicDecoder {
    model: String,
    stop_reason: Option<StopReason>,
    /// Whether text of the answer has come.
    said: bool,
    /// Counts so far; a later event repeats only some of them.
    tokens: Tokens,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    MessageStart {
        message: Start,
    },
    ContentBlockStart {
        content_block: Content,
    },
    ContentBlockDelta {
        delta: Content,
    },
    MessageDelta {
        delta: Stop,
        #[serde(default, deserialize_with = "lenient")]
        usage: Option<Tokens>,
    },
    MessageStop,
    /// A whole answer, that was not streamed.
    Message(Whole),
    Error,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Start {
    #[serde(default)]
    model: String,
    #[serde(default, deserialize_with = "lenient")]
    usage: Option<Tokens>,
}

#[derive(Deserialize)]
struct Whole {
    #[serde(default)]
    model: String,
    content: Vec<Content>,
    stop_reason: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    usage: Option<Tokens>,
}

/// A block as it begins, or a delta of one.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Content {
    #[serde(alias = "text_delta")]
    Text {
        #[serde(default, deserialize_with = "lenient")]
        text: Option<String>,
    },
    #[serde(alias = "thinking_delta")]
    Thinking {
        #[serde(default, deserialize_with = "lenient")]
        thinking: Option<String>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Stop {
    stop_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Tokens {
    #[serde(default, deserialize_with = "lenient")]
    input_tokens: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    cache_creation_input_tokens: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    cache_read_input_tokens: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    output_tokens: Option<u64>,
}

impl Tokens {
    /// Takes over what the later report says; its counts are totals.
    fn update(&mut self, later: Self, meter: &Meter) {
        self.input_tokens = later.input_tokens.or(self.input_tokens);
        self.cache_creation_input_tokens =
            later.cache_creation_input_tokens.or(self.cache_creation_input_tokens);
        self.cache_read_input_tokens = later.cache_read_input_tokens.or(self.cache_read_input_tokens);
        if let Some(input) = self.input_tokens {
            let cached = self.cache_read_input_tokens.unwrap_or(0);
            let written = self.cache_creation_input_tokens.unwrap_or(0);
            // The format's `input_tokens` leaves out what went through the cache.
            meter.input(input.saturating_add(cached).saturating_add(written), cached);
        }
    }
}

impl Decoder for AnthropicDecoder {
    fn decode(
        &mut self,
        data: &str,
        chunks: &mut VecDeque<CompletionChunk>,
        meter: &Meter,
    ) -> Result<Decoded, Trouble> {
        match serde_json::from_str(data)? {
            Event::MessageStart { message } => {
                self.model = message.model;
                self.tokens.update(message.usage.unwrap_or_default(), meter);
            }
            Event::ContentBlockStart { content_block: content }
            | Event::ContentBlockDelta { delta: content } => self.content(content, chunks),
            Event::Message(whole) => {
                self.model = whole.model;
                whole.content.into_iter().for_each(|content| self.content(content, chunks));
                self.end(Stop { stop_reason: whole.stop_reason }, whole.usage, meter)?;
                return Ok(Decoded::Last);
            }
            Event::MessageDelta { delta, usage } => self.end(delta, usage, meter)?,
            Event::MessageStop => return Ok(Decoded::Last),
            Event::Error => return Err(Trouble::Reported),
            Event::Other => {}
        }
        Ok(Decoded::More)
    }

    fn finish(&self) -> Option<(&str, StopReason)> {
        self.stop_reason.map(|reason| (&*self.model, reason))
    }
}

impl AnthropicDecoder {
    fn end(&mut self, delta: Stop, usage: Option<Tokens>, meter: &Meter) -> Result<(), Trouble> {
        let usage = usage.unwrap_or_default();
        // The first event counts a token or so of output, to be replaced by this total.
        usage.output_tokens.into_iter().for_each(|tokens| meter.output(tokens));
        self.tokens.update(usage, meter);
        if let Some(reason) = delta.stop_reason {
            self.stop_reason = Some(match stop_reason(&reason) {
                Some(known) => known,
                None => unknown_stop(reason, self.said)?,
            });
        }
        Ok(())
    }

    fn content(&mut self, content: Content, chunks: &mut VecDeque<CompletionChunk>) {
        let chunk = content.into_chunk();
        self.said |= matches!(&chunk, Some(CompletionChunk::Text(text)) if !text.trim().is_empty());
        chunks.extend(chunk);
    }
}

impl Content {
    fn into_chunk(self) -> Option<CompletionChunk> {
        let present = |text: Option<String>| text.filter(|text| !text.is_empty());
        match self {
            Self::Text { text } => present(text).map(CompletionChunk::Text),
            Self::Thinking { thinking } => present(thinking).map(CompletionChunk::Thinking),
            Self::Other => None,
        }
    }
}

/// `tool_use` and `pause_turn` belong to tools, which are never offered.
fn stop_reason(reason: &str) -> Option<StopReason> {
    match reason {
        "end_turn" => Some(StopReason::EndTurn),
        "max_tokens" => Some(StopReason::MaxTokens),
        "stop_sequence" => Some(StopReason::StopSequence),
        "refusal" => Some(StopReason::Refusal),
        "model_context_window_exceeded" => Some(StopReason::ContextWindow),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

//! The events of a Messages stream.
//!
//! Content comes as numbered blocks of some type, in deltas; only text and thinking are read, by the delta's own
//! type. Whatever else there is or will be (signatures, citations, new blocks) is passed over, as the format asks.

use crate::{
    account::Meter,
    wire::{Decoded, Decoder, Trouble},
};
use orchestrator_core::{CompletionChunk, StopReason};
use serde::Deserialize;
use std::collections::VecDeque;

/// Reads one answer.
#[derive(Default)]
pub(super) struct AnthropicDecoder {
    model: String,
    stop_reason: Option<StopReason>,
    /// `message_stop` was seen.
    whole: bool,
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
    usage: Option<Tokens>,
}

#[derive(Deserialize)]
struct Whole {
    #[serde(default)]
    model: String,
    content: Vec<Content>,
    stop_reason: Option<String>,
    usage: Option<Tokens>,
}

/// A block as it begins, or a delta of one.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Content {
    #[serde(alias = "text_delta")]
    Text { text: String },
    #[serde(alias = "thinking_delta")]
    Thinking { thinking: String },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Stop {
    stop_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Tokens {
    input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
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
        _name: &str,
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
            | Event::ContentBlockDelta { delta: content } => chunks.extend(content.into_chunk()),
            Event::Message(whole) => {
                self.model = whole.model;
                chunks.extend(whole.content.into_iter().filter_map(Content::into_chunk));
                self.end(Stop { stop_reason: whole.stop_reason }, whole.usage, meter)?;
                self.whole = true;
                return Ok(Decoded::Last);
            }
            Event::MessageDelta { delta, usage } => self.end(delta, usage, meter)?,
            Event::MessageStop => {
                self.whole = true;
                return Ok(Decoded::Last);
            }
            Event::Error => return Err(Trouble::Reported),
            Event::Other => {}
        }
        Ok(Decoded::More)
    }

    fn finish(&self) -> Option<(&str, StopReason)> {
        self.stop_reason.filter(|_| self.whole).map(|reason| (&*self.model, reason))
    }
}

impl AnthropicDecoder {
    fn end(&mut self, delta: Stop, usage: Option<Tokens>, meter: &Meter) -> Result<(), Trouble> {
        let usage = usage.unwrap_or_default();
        // The first event counts a token or so of output, to be replaced by this total.
        usage.output_tokens.into_iter().for_each(|tokens| meter.output(tokens));
        self.tokens.update(usage, meter);
        if let Some(reason) = delta.stop_reason {
            self.stop_reason = Some(stop_reason(&reason).ok_or(Trouble::Stop(reason))?);
        }
        Ok(())
    }
}

impl Content {
    fn into_chunk(self) -> Option<CompletionChunk> {
        match self {
            Self::Text { text } if !text.is_empty() => Some(CompletionChunk::Text(text)),
            Self::Thinking { thinking } if !thinking.is_empty() => Some(CompletionChunk::Thinking(thinking)),
            Self::Text { .. } | Self::Thinking { .. } | Self::Other => None,
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
mod tests {
    use super::*;

    fn decode(data: &str) -> Result<(Decoded, Vec<CompletionChunk>), Trouble> {
        let mut chunks = VecDeque::new();
        let decoded = AnthropicDecoder::default().decode("", data, &mut chunks, &Meter::default())?;
        Ok((decoded, chunks.into()))
    }

    #[test]
    fn unknown_events_blocks_and_deltas_are_passed_over() {
        for data in [
            r#"{"type":"ping"}"#,
            r#"{"type":"brand_new","anything":[1]}"#,
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"x"}}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{"}}"#,
            r#"{"type":"content_block_stop","index":0}"#,
        ] {
            assert_eq!(decode(data), Ok((Decoded::More, vec![])), "{data}");
        }
    }

    #[test]
    fn content_is_read_by_its_type() {
        let text = r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"hi"}}"#;
        assert_eq!(decode(text).unwrap().1, [CompletionChunk::Text("hi".into())]);
        let thinking =
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#;
        assert_eq!(decode(thinking).unwrap().1, [CompletionChunk::Thinking("hm".into())]);
        let first = r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"a"}}"#;
        assert_eq!(decode(first).unwrap().1, [CompletionChunk::Text("a".into())]);
    }

    #[test]
    fn a_stop_reason_that_nothing_here_can_use_is_not_taken_for_an_end() {
        let data = |reason| format!(r#"{{"type":"message_delta","delta":{{"stop_reason":"{reason}"}}}}"#);
        for reason in ["tool_use", "pause_turn", "brand_new"] {
            assert_eq!(decode(&data(reason)), Err(Trouble::Stop(reason.into())));
        }
        let reasons = ["end_turn", "max_tokens", "stop_sequence", "refusal", "model_context_window_exceeded"];
        assert!(reasons.iter().all(|reason| decode(&data(reason)).is_ok()));
    }

    #[test]
    fn an_answer_that_was_not_streamed_is_read_whole() {
        let data = r#"{"type":"message","model":"m","content":[{"type":"thinking","thinking":"hm","signature":"x"},
            {"type":"text","text":"hi"}],"stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":4}}"#;
        let (mut decoder, mut chunks, meter) =
            (AnthropicDecoder::default(), VecDeque::new(), Meter::default());
        assert_eq!(decoder.decode("", data, &mut chunks, &meter), Ok(Decoded::Last));
        assert_eq!(chunks, [CompletionChunk::Thinking("hm".into()), CompletionChunk::Text("hi".into())]);
        assert_eq!(decoder.finish(), Some(("m", StopReason::EndTurn)));
        assert_eq!((meter.usage().input_tokens, meter.usage().output_tokens), (9, 4));
    }

    #[test]
    fn an_event_that_is_no_json_is_named_malformed() {
        assert!(matches!(decode("{\"type\":"), Err(Trouble::Malformed(_))));
        assert!(matches!(decode("[DONE]"), Err(Trouble::Malformed(_))));
    }
}

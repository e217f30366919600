//! The chunks of a chat completion stream.
//!
//! An answer is whole once a chunk gave a `finish_reason`. The mark `[DONE]` alone proves nothing, and not every
//! server sends it; the chunk with the usage comes between the two. An answer that was not streamed is one chunk with
//! everything in it, only that it says `message` for `delta`.

use crate::{
    account::Meter,
    wire::{Decoded, Decoder, Trouble},
};
use orchestrator_core::{CompletionChunk, StopReason};
use serde::Deserialize;
use std::collections::VecDeque;

/// Reads one answer.
#[derive(Default)]
pub(super) struct OpenAiDecoder {
    model: String,
    stop_reason: Option<StopReason>,
    /// The model said in so many words that it declines.
    declined: bool,
}

#[derive(Deserialize)]
struct Chunk {
    error: Option<serde_json::Value>,
    model: Option<String>,
    choices: Option<Vec<Choice>>,
    usage: Option<Tokens>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(alias = "message")]
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<Content>,
    refusal: Option<String>,
    reasoning_content: Option<String>,
    reasoning: Option<String>,
}

/// Text, or a list of parts, as some services send it when a model thinks.
#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

/// A part; what is neither text nor thinking (references, images) is passed over.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part {
    Text {
        text: String,
    },
    Thinking {
        thinking: Box<Content>,
    },
    #[serde(other)]
    Other,
}

impl Content {
    fn into_chunks(self, chunk: fn(String) -> CompletionChunk, chunks: &mut VecDeque<CompletionChunk>) {
        match self {
            Self::Text(text) if text.is_empty() => {}
            Self::Text(text) => chunks.push_back(chunk(text)),
            Self::Parts(parts) => {
                for part in parts {
                    match part {
                        Part::Text { text } => Self::Text(text).into_chunks(chunk, chunks),
                        Part::Thinking { thinking } => {
                            thinking.into_chunks(CompletionChunk::Thinking, chunks)
                        }
                        Part::Other => {}
                    }
                }
            }
        }
    }
}

#[derive(Deserialize)]
struct Tokens {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    cached_tokens: Option<u64>,
}

impl Decoder for OpenAiDecoder {
    fn decode(
        &mut self,
        _name: &str,
        data: &str,
        chunks: &mut VecDeque<CompletionChunk>,
        meter: &Meter,
    ) -> Result<Decoded, Trouble> {
        if data.trim() == "[DONE]" {
            return Ok(Decoded::Last);
        }
        let chunk: Chunk = serde_json::from_str(data)?;
        if chunk.error.is_some() {
            return Err(Trouble::Reported);
        }
        if let Some(model) = chunk.model.filter(|_| self.model.is_empty()) {
            self.model = model;
        }
        if let Some(tokens) = chunk.usage {
            note(&tokens, meter);
        }
        // One answer is asked for, so there is one choice at most.
        if let Some(choice) = chunk.choices.unwrap_or_default().into_iter().next() {
            self.choice(choice, chunks)?;
        }
        Ok(Decoded::More)
    }

    fn finish(&self) -> Option<(&str, StopReason)> {
        let reason = self.stop_reason?;
        let declined = self.declined && reason == StopReason::EndTurn;
        Some((&self.model, if declined { StopReason::Refusal } else { reason }))
    }
}

impl OpenAiDecoder {
    fn choice(&mut self, choice: Choice, chunks: &mut VecDeque<CompletionChunk>) -> Result<(), Trouble> {
        let present = |text: Option<String>| text.filter(|text| !text.is_empty());
        if let Some(delta) = choice.delta {
            let refusal = present(delta.refusal);
            self.declined |= refusal.is_some();
            chunks.extend(
                present(delta.reasoning_content).or(present(delta.reasoning)).map(CompletionChunk::Thinking),
            );
            if let Some(content) = delta.content {
                content.into_chunks(CompletionChunk::Text, chunks);
            }
            chunks.extend(refusal.map(CompletionChunk::Text));
        }
        if let Some(reason) = present(choice.finish_reason) {
            self.stop_reason = Some(stop_reason(&reason).ok_or(Trouble::Stop(reason))?);
        }
        Ok(())
    }
}

fn note(tokens: &Tokens, meter: &Meter) {
    if let Some(input) = tokens.prompt_tokens {
        let cached = tokens.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens);
        meter.input(input, cached.unwrap_or(0));
    }
    if let Some(output) = tokens.completion_tokens {
        meter.output(output);
    }
}

/// `tool_calls` and `function_call` belong to tools, which are never offered.
fn stop_reason(reason: &str) -> Option<StopReason> {
    match reason {
        "stop" => Some(StopReason::EndTurn),
        "length" => Some(StopReason::MaxTokens),
        "content_filter" => Some(StopReason::Refusal),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_core::Usage;

    struct Read {
        decoder: OpenAiDecoder,
        chunks: VecDeque<CompletionChunk>,
        meter: Meter,
    }

    fn read(events: &[&str]) -> Result<Read, Trouble> {
        let mut read =
            Read { decoder: OpenAiDecoder::default(), chunks: VecDeque::new(), meter: Meter::default() };
        for data in events {
            read.decoder.decode("", data, &mut read.chunks, &read.meter)?;
        }
        Ok(read)
    }

    #[test]
    fn both_names_of_reasoning_are_thinking_and_unknown_fields_are_passed_over() {
        let read = read(&[
            r#"{"choices":[{"delta":{"reasoning_content":"a","annotations":[]}}],"service_tier":"x"}"#,
            r#"{"choices":[{"delta":{"reasoning":"b","reasoning_content":null,"content":"c"}}]}"#,
            r#"{"object":"something.new"}"#,
        ])
        .unwrap_or_else(|trouble| panic!("{trouble:?}"));
        let thinking = |text: &str| CompletionChunk::Thinking(text.into());
        assert_eq!(read.chunks, [thinking("a"), thinking("b"), CompletionChunk::Text("c".into())]);
    }

    #[test]
    fn content_in_parts_is_read_and_other_parts_are_passed_over() {
        let parts = r#"[{"type":"thinking","thinking":[{"type":"text","text":"hm"}],"closed":true},
            {"type":"reference","reference_ids":[1]},{"type":"text","text":"a"},{"type":"text","text":""}]"#;
        let read = read(&[&format!(r#"{{"choices":[{{"delta":{{"content":{parts}}}}}]}}"#)])
            .unwrap_or_else(|trouble| panic!("{trouble:?}"));
        assert_eq!(read.chunks, [CompletionChunk::Thinking("hm".into()), CompletionChunk::Text("a".into())]);
    }

    #[test]
    fn an_answer_that_was_not_streamed_is_one_chunk() {
        let whole = r#"{"model":"m","choices":[{"message":{"role":"assistant","content":"hi","reasoning":"hm"},
            "finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":4}}"#;
        let read = read(&[whole]).unwrap_or_else(|trouble| panic!("{trouble:?}"));
        assert_eq!(read.chunks, [CompletionChunk::Thinking("hm".into()), CompletionChunk::Text("hi".into())]);
        assert_eq!(read.decoder.finish(), Some(("m", StopReason::EndTurn)));
        assert_eq!(read.meter.usage().output_tokens, 4);
    }

    #[test]
    fn usage_is_read_beside_no_choices_whichever_way_a_server_says_none() {
        for choices in ["[]", "null"] {
            let usage =
                r#"{"prompt_tokens":9,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":3}}"#;
            let read = read(&[&format!(r#"{{"choices":{choices},"usage":{usage}}}"#)]);
            let read = read.unwrap_or_else(|trouble| panic!("{trouble:?}"));
            let usage = Usage { input_tokens: 9, cached_input_tokens: 3, output_tokens: 4 };
            assert_eq!(read.meter.usage(), usage);
        }
    }

    #[test]
    fn done_without_a_finish_reason_is_no_end() {
        let ended = |events: &[&str]| read(events).ok().and_then(|read| Some(read.decoder.finish()?.1));
        assert_eq!(ended(&[r#"{"choices":[{"delta":{"content":"a"}}]}"#, "[DONE]"]), None);
        assert_eq!(
            ended(&[r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#]),
            Some(StopReason::EndTurn)
        );
        assert_eq!(ended(&[r#"{"choices":[{"finish_reason":"length"}]}"#]), Some(StopReason::MaxTokens));
        assert_eq!(
            ended(&[r#"{"choices":[{"finish_reason":"content_filter"}]}"#]),
            Some(StopReason::Refusal)
        );
    }

    #[test]
    fn a_refusal_in_words_is_a_refusal() {
        let read = read(&[r#"{"choices":[{"delta":{"refusal":"I cannot"},"finish_reason":"stop"}]}"#]);
        let read = read.unwrap_or_else(|trouble| panic!("{trouble:?}"));
        assert_eq!(read.decoder.finish(), Some(("", StopReason::Refusal)));
        assert_eq!(read.chunks, [CompletionChunk::Text("I cannot".into())]);
    }

    #[test]
    fn errors_tools_and_garbage_end_the_answer() {
        assert_eq!(read(&[r#"{"error":{"message":"busy"}}"#]).err(), Some(Trouble::Reported));
        let tools = r#"{"choices":[{"finish_reason":"tool_calls"}]}"#;
        assert_eq!(read(&[tools]).err(), Some(Trouble::Stop("tool_calls".into())));
        assert!(matches!(read(&["<html>"]).err(), Some(Trouble::Malformed(_))));
    }
}

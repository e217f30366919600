//! The chunks of a chat completion stream.
//!
//! An answer is whole once a chunk gave a `finish_reason`. The mark `[DONE]` alone proves nothing, and not every
//! server sends it; the chunk with the usage comes between the two. An answer that was not streamed is one chunk with
//! everything in it, only that it says `message` for `delta`.

use super::tags::Tags;
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
pub(crate) struct OpenAiDecoder {
    model: String,
    stop_reason: Option<StopReason>,
    /// The model said in so many words that it declines.
    declined: bool,
    tags: Tags,
    /// Whether text of the answer has come.
    said: bool,
}

#[derive(Deserialize)]
struct Chunk {
    error: Option<serde_json::Value>,
    #[serde(default, deserialize_with = "lenient")]
    model: Option<String>,
    choices: Option<Vec<Choice>>,
    #[serde(default, deserialize_with = "lenient")]
    usage: Option<Tokens>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(alias = "message")]
    delta: Option<Delta>,
    finish_reason: Option<String>,
    /// Where some services have it.
    #[serde(default, deserialize_with = "lenient")]
    usage: Option<Tokens>,
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
    #[serde(default, deserialize_with = "lenient")]
    prompt_tokens: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    completion_tokens: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    prompt_tokens_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    #[serde(default, deserialize_with = "lenient")]
    cached_tokens: Option<u64>,
}

impl Decoder for OpenAiDecoder {
    fn decode(
        &mut self,
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
            if let Some(tokens) = &choice.usage {
                note(tokens, meter);
            }
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
                self.content(content, chunks);
            }
            chunks.extend(refusal.map(CompletionChunk::Text));
        }
        if let Some(reason) = present(choice.finish_reason) {
            self.tags.flush(chunks);
            self.stop_reason = Some(match stop_reason(&reason) {
                Some(known) => known,
                None => unknown_stop(reason, self.said)?,
            });
        }
        Ok(())
    }

    fn content(&mut self, content: Content, chunks: &mut VecDeque<CompletionChunk>) {
        let mut parts = VecDeque::new();
        content.into_chunks(CompletionChunk::Text, &mut parts);
        for part in parts {
            match part {
                CompletionChunk::Text(text) => {
                    self.said |= !text.trim().is_empty();
                    self.tags.take(&text, chunks);
                }
                thinking => chunks.push_back(thinking),
            }
        }
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

/// The reasons that services of this format give; `tool_calls` and `function_call` belong to tools, which are never
/// offered. Servers of one's own pass on what the model or the library beneath them says.
fn stop_reason(reason: &str) -> Option<StopReason> {
    match reason {
        "stop" | "end" | "eos" | "eos_token" | "end_turn" | "stop_sequence" => Some(StopReason::EndTurn),
        "length" | "max_tokens" => Some(StopReason::MaxTokens),
        "content_filter" => Some(StopReason::Refusal),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

//! Answers as the bytes of either wire format.

use crate::{
    answer::{Answer, Part, Stop, Usage},
    request::Wire,
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::io::Write as _;

/// A step in sending a response body.
#[derive(Debug)]
pub(crate) enum Frame {
    Bytes(Bytes),
    Stall,
    Cut,
}

/// The body of a streamed answer, step by step.
pub(crate) fn frames(answer: &Answer, wire: Wire, model: &str) -> Vec<Frame> {
    let mut frames = match wire {
        Wire::Anthropic => anthropic(answer, model),
        Wire::OpenAi => openai(answer, model),
    };
    if answer.manner.no_last_blank
        && let Some(Frame::Bytes(last)) = frames.last_mut()
    {
        last.truncate(last.trim_ascii_end().len());
    }
    if answer.manner.gzip {
        compress(&mut frames);
    }
    frames
}

/// Compresses the pieces into one gzip body. Each ends at a place where what came so far can be unpacked.
fn compress(frames: &mut Vec<Frame>) {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    for frame in frames.iter_mut() {
        if let Frame::Bytes(bytes) = frame {
            // Writing to memory cannot fail.
            let _ = encoder.write_all(bytes).and_then(|()| encoder.flush());
            *bytes = std::mem::take(encoder.get_mut()).into();
        }
    }
    frames.extend(encoder.finish().ok().map(|rest| Frame::Bytes(rest.into())));
}

/// The body of an answer that is not streamed.
pub(crate) fn whole(answer: &Answer, wire: Wire, model: &str) -> Value {
    let of = |wanted: fn(&Part) -> Option<&str>| answer.parts.iter().filter_map(wanted).collect::<String>();
    let text = of(|part| if let Part::Text(text) = part { Some(text) } else { None });
    let thinking = of(|part| if let Part::Thinking(text) = part { Some(text) } else { None });
    let Usage { input, cached, output } = answer.usage.unwrap_or(Usage { input: 0, cached: 0, output: 0 });
    match wire {
        Wire::Anthropic => json!({"id": "msg_fake", "type": "message", "role": "assistant", "model": model,
            "content": [{"type": "thinking", "thinking": thinking, "signature": "c2ln"}, {"type": "text", "text": text}],
            "stop_reason": anthropic_stop(&answer.stop), "stop_sequence": null,
            "usage": {"input_tokens": input - cached, "cache_read_input_tokens": cached, "output_tokens": output}}),
        Wire::OpenAi => json!({"id": "chatcmpl-fake", "object": "chat.completion", "model": model,
            "choices": [{"index": 0, "finish_reason": openai_stop(&answer.stop),
                "message": {"role": "assistant", "content": text, "reasoning_content": thinking}}],
            "usage": {"prompt_tokens": input, "completion_tokens": output,
                "prompt_tokens_details": {"cached_tokens": cached}}}),
    }
}

fn anthropic_stop(stop: &Stop) -> &str {
    match stop {
        Stop::Done => "end_turn",
        Stop::TokenLimit => "max_tokens",
        Stop::Refusal => "refusal",
        Stop::Other(reason) => reason,
    }
}

fn openai_stop(stop: &Stop) -> &str {
    match stop {
        Stop::Done => "stop",
        Stop::TokenLimit => "length",
        Stop::Refusal => "content_filter",
        Stop::Other(reason) => reason,
    }
}

/// An error object.
pub(crate) fn error(wire: Wire, kind: &str, message: &str) -> Value {
    match wire {
        Wire::Anthropic => json!({"type": "error", "error": {"type": kind, "message": message}}),
        Wire::OpenAi => json!({"error": {"message": message, "type": kind, "param": null, "code": kind}}),
    }
}

fn event(name: &str, data: &Value) -> Frame {
    Frame::Bytes(format!("event: {name}\ndata: {data}\n\n").into())
}

fn data(data: &Value) -> Frame {
    Frame::Bytes(format!("data: {data}\n\n").into())
}

fn anthropic(answer: &Answer, model: &str) -> Vec<Frame> {
    let mut frames = vec![event("message_start", &message_start(answer.usage, model))];
    let mut blocks = Blocks::default();
    for part in &answer.parts {
        match part {
            Part::Text(text) => blocks.delta(&mut frames, "text", "text_delta", text),
            Part::Thinking(text) => blocks.delta(&mut frames, "thinking", "thinking_delta", text),
            Part::Ping => frames.push(event("ping", &json!({"type": "ping"}))),
            Part::Raw(text) => frames.push(Frame::Bytes(text.clone().into())),
            Part::Error { kind, message } => {
                frames.push(event("error", &error(Wire::Anthropic, kind, message)));
            }
            Part::Stall => frames.push(Frame::Stall),
            Part::Cut => frames.push(Frame::Cut),
        }
    }
    if answer.ending {
        blocks.close(&mut frames);
        let output = answer.usage.map_or(0, |usage| usage.output);
        let delta = json!({"stop_reason": anthropic_stop(&answer.stop), "stop_sequence": null});
        let usage = json!({"output_tokens": output});
        frames
            .push(event("message_delta", &json!({"type": "message_delta", "delta": delta, "usage": usage})));
        frames.push(event("message_stop", &json!({"type": "message_stop"})));
    }
    frames
}

fn message_start(usage: Option<Usage>, model: &str) -> Value {
    let Usage { input, cached, .. } = usage.unwrap_or(Usage { input: 0, cached: 0, output: 0 });
    json!({"type": "message_start", "message": {
        "id": "msg_fake", "type": "message", "role": "assistant", "model": model, "content": [],
        "stop_reason": null, "stop_sequence": null,
        "usage": {
            "input_tokens": input.saturating_sub(cached), "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": cached, "output_tokens": 1,
        },
    }})
}

/// The content blocks of an answer: text and thinking come in blocks of their own.
#[derive(Default)]
struct Blocks {
    index: u32,
    open: Option<&'static str>,
}

impl Blocks {
    fn delta(&mut self, frames: &mut Vec<Frame>, kind: &'static str, delta: &str, text: &str) {
        if self.open != Some(kind) {
            self.close(frames);
            let block = json!({"type": kind, kind: ""});
            let start = json!({"type": "content_block_start", "index": self.index, "content_block": block});
            frames.push(event("content_block_start", &start));
            self.open = Some(kind);
        }
        let piece = json!({"type": delta, kind: text});
        let piece = json!({"type": "content_block_delta", "index": self.index, "delta": piece});
        frames.push(event("content_block_delta", &piece));
    }

    fn close(&mut self, frames: &mut Vec<Frame>) {
        let Some(kind) = self.open.take() else { return };
        if kind == "thinking" {
            let delta = json!({"type": "signature_delta", "signature": "c2lnbmVk"});
            let delta = json!({"type": "content_block_delta", "index": self.index, "delta": delta});
            frames.push(event("content_block_delta", &delta));
        }
        let stop = json!({"type": "content_block_stop", "index": self.index});
        frames.push(event("content_block_stop", &stop));
        self.index += 1;
    }
}

fn openai(answer: &Answer, model: &str) -> Vec<Frame> {
    let chunk = |delta: Value, finish: Value| {
        json!({"id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": 0, "model": model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], "usage": null})
    };
    let mut frames = vec![data(&chunk(json!({"role": "assistant", "content": ""}), Value::Null))];
    for part in &answer.parts {
        frames.push(match part {
            Part::Text(text) => data(&chunk(json!({"content": text}), Value::Null)),
            Part::Thinking(text) => data(&chunk(json!({"reasoning_content": text}), Value::Null)),
            Part::Ping => Frame::Bytes(": PROCESSING\n\n".into()),
            Part::Raw(text) => Frame::Bytes(text.clone().into()),
            Part::Error { kind, message } => data(&error(Wire::OpenAi, kind, message)),
            Part::Stall => Frame::Stall,
            Part::Cut => Frame::Cut,
        });
    }
    if answer.ending {
        frames.push(data(&chunk(json!({}), json!(openai_stop(&answer.stop)))));
        frames.extend(answer.usage.map(|usage| data(&usage_chunk(usage, model))));
        frames.push(Frame::Bytes("data: [DONE]\n\n".into()));
    }
    frames
}

fn usage_chunk(usage: Usage, model: &str) -> Value {
    json!({"id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": 0, "model": model, "choices": [],
    "usage": {
        "prompt_tokens": usage.input, "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
    }})
}

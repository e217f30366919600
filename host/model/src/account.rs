//! What a completion costs, told however it ends.
//!
//! A completion that breaks off was paid for as well, but the stream's own end report never comes then. So a
//! provider notes what it knows on a [`Meter`] that the caller holds too, and the [`Debt`] that was taken on before the
//! request went out turns it into one `model_used` event: when the stream ends, fails, or is dropped, by a reader that
//! has seen enough or with the call of a step that was cut off. What nobody reported is reckoned from bytes.

use crate::catalogue::ModelRow;
use async_trait::async_trait;
use orchestrator_core::{
    CompletionChunk, CompletionEnd, CompletionStream, ErrorCode, EventKind, EventSink, Failure, NewEvent,
    Status, Usage,
};
use std::sync::{Arc, Mutex, PoisonError};

/// Most bytes of one answer, thinking included: ten times what the largest model can give, and an end for a service
/// that never stops.
pub const ANSWER_MAX: usize = 16 * 1024 * 1024;

/// How many bytes are taken for one token where a service reports none.
const BYTES_PER_TOKEN: u64 = 4;

/// What a completion has cost so far; clones share one reading.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Reading>>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Reading {
    input: Tokens,
    cached_input: u64,
    output: Tokens,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tokens {
    /// Counted by the service.
    Reported(u64),
    /// Bytes, where the service has not said anything (yet).
    Bytes(u64),
}

impl Default for Tokens {
    fn default() -> Self {
        Self::Bytes(0)
    }
}

impl Tokens {
    fn count(self) -> u64 {
        match self {
            Self::Reported(count) => count,
            Self::Bytes(bytes) => bytes.div_ceil(BYTES_PER_TOKEN),
        }
    }

    fn is_estimated(self) -> bool {
        matches!(self, Self::Bytes(1..))
    }
}

impl Meter {
    /// The tokens so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let reading = self.read(|reading| *reading);
        Usage {
            input_tokens: reading.input.count(),
            cached_input_tokens: reading.cached_input,
            output_tokens: reading.output.count(),
        }
    }

    /// Whether a part of [`Meter::usage`] is reckoned from bytes, because the service reported none.
    #[must_use]
    pub fn is_estimated(&self) -> bool {
        self.read(|reading| reading.input.is_estimated() || reading.output.is_estimated())
    }

    /// Notes that a request of this many bytes is on its way to the service.
    pub(crate) fn sent(&self, bytes: usize) {
        self.read(|reading| reading.input = Tokens::Bytes(bytes as u64));
    }

    /// Notes that the service did not take the request.
    pub(crate) fn refused(&self) {
        self.sent(0);
    }

    /// Notes that this many bytes of an answer came in.
    pub(crate) fn received(&self, bytes: usize) {
        self.read(|reading| {
            if let Tokens::Bytes(total) = &mut reading.output {
                *total += bytes as u64;
            }
        });
    }

    /// Takes the service's own count of what was sent.
    pub(crate) fn input(&self, tokens: u64, cached: u64) {
        self.read(|reading| (reading.input, reading.cached_input) = (Tokens::Reported(tokens), cached));
    }

    /// Takes the service's own count of what was received.
    pub(crate) fn output(&self, tokens: u64) {
        self.read(|reading| reading.output = Tokens::Reported(tokens));
    }

    fn read<T>(&self, use_it: impl FnOnce(&mut Reading) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a request may come to cost. Dropping it tells what it cost until then.
pub struct Debt {
    meter: Meter,
    events: Arc<dyn EventSink>,
    model: String,
    row: Option<ModelRow>,
    told: bool,
}

impl Debt {
    /// A request to the model of this id, whose provider notes on this meter; with its row the bill has a price.
    pub fn new(meter: Meter, events: Arc<dyn EventSink>, model: String, row: Option<ModelRow>) -> Self {
        Self { meter, events, model, row, told: false }
    }

    /// The event that tells what the completion cost; none when it was taken before, or nothing was spent.
    fn bill(&mut self, end: Option<&CompletionEnd>) -> Option<NewEvent> {
        if std::mem::replace(&mut self.told, true) {
            return None;
        }
        let (model, usage, ended) = match end {
            Some(end) => (end.model.clone(), end.usage, "answered"),
            None => (self.model.clone(), self.meter.usage(), "was left before its end"),
        };
        if end.is_none() && usage == Usage::default() {
            return None;
        }
        let about = if self.meter.is_estimated() { "about " } else { "" };
        let (sent, received) = (usage.input_tokens, usage.output_tokens);
        let cost = self.row.as_ref().and_then(|row| row.cost(usage));
        let cost = cost.map_or_else(String::new, |cost| format!(", {about}${cost:.4} by the list"));
        let message = format!("{model} {ended}: {about}{sent} tokens sent, {about}{received} received{cost}");
        Some(NewEvent::new(EventKind::Status(Status::ModelUsed { model, usage }), message))
    }
}

/// A drop cannot wait, so the event goes out with the run's next one.
impl Drop for Debt {
    fn drop(&mut self) {
        if let Some(bill) = self.bill(None) {
            self.events.post(bill);
        }
    }
}

/// A completion whose cost becomes an event, and whose size is bounded.
pub struct Accounted {
    stream: Box<dyn CompletionStream>,
    debt: Debt,
    size: usize,
}

impl Accounted {
    /// Wraps the stream that a provider started for this debt.
    pub fn new(stream: Box<dyn CompletionStream>, debt: Debt) -> Self {
        Self { stream, debt, size: 0 }
    }

    fn bounded(&mut self, chunk: &CompletionChunk) -> Result<(), Failure> {
        let (CompletionChunk::Text(text) | CompletionChunk::Thinking(text)) = chunk;
        self.size += text.len();
        if self.size <= ANSWER_MAX {
            return Ok(());
        }
        let problem = format!(
            "model '{}' sent more than {ANSWER_MAX} bytes in one answer; ask for less",
            self.debt.model
        );
        Err(Failure::new(ErrorCode::LimitExceeded, problem))
    }
}

#[async_trait]
impl CompletionStream for Accounted {
    async fn next(&mut self) -> Result<Option<CompletionChunk>, Failure> {
        let next = match self.stream.next().await {
            Ok(Some(chunk)) => self.bounded(&chunk).map(|()| Some(chunk)),
            ended => ended,
        };
        if !matches!(next, Ok(Some(_)))
            && let Some(bill) = self.debt.bill(self.stream.end())
        {
            self.debt.events.emit(bill).await?;
        }
        next
    }

    fn end(&self) -> Option<&CompletionEnd> {
        self.stream.end()
    }
}

#[cfg(test)]
pub(crate) mod tests;

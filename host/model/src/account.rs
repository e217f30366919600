//! What a completion costs, told however it ends.
//!
//! A completion that breaks off was paid for as well, but the stream's own end report never comes then. So a
//! provider notes what it knows on a [`Meter`] that the caller holds too, and [`Accounted`] turns it into one
//! `model_used` event when the stream ends, fails, or is dropped by a reader that has seen enough. The one case that
//! may go uncounted is a run that is cancelled as a whole: it takes no events any more.

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

    /// Notes that the service accepted a request of this many bytes.
    pub(crate) fn sent(&self, bytes: usize) {
        self.read(|reading| reading.input = Tokens::Bytes(bytes as u64));
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

/// A completion whose cost becomes an event, and whose size is bounded.
pub struct Accounted {
    stream: Box<dyn CompletionStream>,
    meter: Meter,
    events: Arc<dyn EventSink>,
    model: String,
    row: Option<ModelRow>,
    size: usize,
    told: bool,
}

impl Accounted {
    /// Wraps a stream that a provider started with this meter, for this model id; with its row the bill has a price.
    pub fn new(
        stream: Box<dyn CompletionStream>,
        meter: Meter,
        events: Arc<dyn EventSink>,
        model: String,
        row: Option<ModelRow>,
    ) -> Self {
        Self { stream, meter, events, model, row, size: 0, told: false }
    }

    /// The event that tells what the completion cost; none when it was taken before, or nothing was spent.
    fn bill(&mut self) -> Option<NewEvent> {
        if std::mem::replace(&mut self.told, true) {
            return None;
        }
        let (model, usage, ended) = match self.stream.end() {
            Some(end) => (end.model.clone(), end.usage, "answered"),
            None => (self.model.clone(), self.meter.usage(), "was left before its end"),
        };
        if self.stream.end().is_none() && usage == Usage::default() {
            return None;
        }
        let about = if self.meter.is_estimated() { "about " } else { "" };
        let (sent, received) = (usage.input_tokens, usage.output_tokens);
        let cost = self.row.as_ref().and_then(|row| row.cost(usage));
        let cost = cost.map_or_else(String::new, |cost| format!(", {about}${cost:.4} by the list"));
        let message = format!("{model} {ended}: {about}{sent} tokens sent, {about}{received} received{cost}");
        Some(NewEvent::new(EventKind::Status(Status::ModelUsed { model, usage }), message))
    }

    fn bounded(&mut self, chunk: &CompletionChunk) -> Result<(), Failure> {
        let (CompletionChunk::Text(text) | CompletionChunk::Thinking(text)) = chunk;
        self.size += text.len();
        if self.size <= ANSWER_MAX {
            return Ok(());
        }
        let problem =
            format!("model '{}' sent more than {ANSWER_MAX} bytes in one answer; ask for less", self.model);
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
            && let Some(bill) = self.bill()
        {
            self.events.emit(bill).await?;
        }
        next
    }

    fn end(&self) -> Option<&CompletionEnd> {
        self.stream.end()
    }
}

/// Emitting waits and dropping cannot, so a short task takes the bill along. It needs no owner: it does nothing but
/// this, and a run that is over refuses the event.
impl Drop for Accounted {
    fn drop(&mut self) {
        if let (Some(bill), Ok(runtime)) = (self.bill(), tokio::runtime::Handle::try_current()) {
            let events = Arc::clone(&self.events);
            runtime.spawn(async move { events.emit(bill).await });
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;

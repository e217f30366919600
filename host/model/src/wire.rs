//! An answer over HTTP as a completion stream, for both wire formats.
//!
//! What differs between the formats is how an event is read; that is a [`Decoder`], plain and without waiting. The
//! rest is here once: pulling events, remembering how the answer ended, and never calling an answer whole whose end
//! was not seen.

use crate::{
    account::Meter,
    http::Endpoint,
    sse::{Broken, Event, Events},
};
use async_trait::async_trait;
use orchestrator_core::{CompletionChunk, CompletionEnd, CompletionStream, ErrorCode, Failure, StopReason};
use serde::Serialize;
use std::{collections::VecDeque, sync::Arc};

/// Reads the events of one wire format.
pub(crate) trait Decoder: Send {
    /// Takes the data of one event; pieces of the answer are appended to `chunks`,
    /// and tokens that the service counted go to the meter.
    fn decode(
        &mut self,
        name: &str,
        data: &str,
        chunks: &mut VecDeque<CompletionChunk>,
        meter: &Meter,
    ) -> Result<Decoded, Trouble>;

    /// The model that answers and the reason why it stopped, once the events so far make a whole answer.
    fn finish(&self) -> Option<(&str, StopReason)>;
}

/// Whether an event was the last.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// More is to come.
    More,
    /// This was the format's mark of the end.
    Last,
}

/// Why an event ends an answer early.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The event is the service's error object.
    Reported,
    /// The event is not what the format says.
    Malformed(String),
    /// The model stopped for a reason that nothing here can use.
    Stop(String),
}

impl From<serde_json::Error> for Trouble {
    fn from(error: serde_json::Error) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// A completion that comes over HTTP. Dropping it closes the connection.
pub(crate) struct WireStream<D> {
    endpoint: Arc<Endpoint>,
    model: String,
    meter: Meter,
    decoder: D,
    chunks: VecDeque<CompletionChunk>,
    state: State,
}

enum State {
    Open(Box<Events>),
    Ended(CompletionEnd),
    Failed(Failure),
}

impl<D: Decoder> WireStream<D> {
    /// Sends a request and reads its answer with the decoder.
    pub(crate) async fn open(
        endpoint: &Arc<Endpoint>,
        model: &str,
        body: &impl Serialize,
        meter: Meter,
        decoder: D,
    ) -> Result<Self, Failure> {
        let body = serde_json::to_vec(body).map_err(|error| {
            Failure::new(ErrorCode::Internal, format!("writing a request as JSON: {error}"))
        })?;
        // Noted before there is an answer: a request that is cut off before one may have been taken.
        meter.sent(body.len());
        let events = endpoint.open(model, body).await.inspect_err(|_| meter.refused())?;
        let state = State::Open(Box::new(events));
        let (endpoint, model) = (Arc::clone(endpoint), model.to_owned());
        Ok(Self { endpoint, model, meter, decoder, chunks: VecDeque::new(), state })
    }

    /// Takes what was read; gives the end once the answer is whole.
    fn take(&mut self, read: Result<Option<Event>, Broken>) -> Result<Option<CompletionEnd>, Failure> {
        let Some(event) = read.map_err(|broken| self.endpoint.broken(&self.model, &broken))? else {
            return self.end_of_stream().map(Some);
        };
        let decoded = self.decoder.decode(&event.name, &event.data, &mut self.chunks, &self.meter);
        for CompletionChunk::Text(text) | CompletionChunk::Thinking(text) in &self.chunks {
            self.meter.received(text.len());
        }
        match decoded.map_err(|trouble| self.failure(&trouble, &event.data))? {
            Decoded::More => Ok(None),
            Decoded::Last => self.end_of_stream().map(Some),
        }
    }

    fn failure(&self, trouble: &Trouble, data: &str) -> Failure {
        let (service, model) = (&self.endpoint.service, &self.model);
        match trouble {
            Trouble::Reported => service.reported(model, data),
            Trouble::Malformed(problem) => {
                let problem = format!("an event cannot be read, {problem}: '{}'", service.quote(data));
                service.unavailable(model, &problem)
            }
            Trouble::Stop(reason) => {
                let problem = format!(
                    "the model stopped for a reason not understood here: '{}'",
                    service.quote(reason)
                );
                service.failure(ErrorCode::MalformedAnswer, model, &problem)
            }
        }
    }

    fn end_of_stream(&self) -> Result<CompletionEnd, Failure> {
        let Some((model, stop_reason)) = self.decoder.finish() else {
            return Err(self
                .endpoint
                .service
                .unavailable(&self.model, "the answer ended before it was whole"));
        };
        let model = if model.is_empty() { &self.model } else { model };
        Ok(CompletionEnd { model: model.to_owned(), stop_reason, usage: self.meter.usage() })
    }
}

#[async_trait]
impl<D: Decoder> CompletionStream for WireStream<D> {
    async fn next(&mut self) -> Result<Option<CompletionChunk>, Failure> {
        loop {
            if let Some(chunk) = self.chunks.pop_front() {
                return Ok(Some(chunk));
            }
            let read = match &mut self.state {
                State::Ended(_) => return Ok(None),
                State::Failed(failure) => return Err(failure.clone()),
                State::Open(events) => events.next().await,
            };
            // A new state drops the events, and with them the connection.
            match self.take(read) {
                Ok(None) => {}
                Ok(Some(end)) => self.state = State::Ended(end),
                Err(failure) => self.state = State::Failed(failure),
            }
        }
    }

    fn end(&self) -> Option<&CompletionEnd> {
        match &self.state {
            State::Ended(end) if self.chunks.is_empty() => Some(end),
            _ => None,
        }
    }
}

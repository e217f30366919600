//! An answer over HTTP as a completion stream, for both wire formats.
//!
//! What differs between the formats is how an event is read; that is a [`Decoder`], plain and without waiting. The
//! rest is here once: pulling events, remembering how the answer ended, and never calling an answer whole whose end
//! was not seen.

use crate::{
    account::Meter,
    http::{Endpoint, Opened},
    sse::{Broken, ERROR, Event, Events},
    surrogates::Surrogates,
};
use async_trait::async_trait;
use orchestrator_core::{CompletionChunk, CompletionEnd, CompletionStream, ErrorCode, Failure, StopReason};
use serde::Serialize;
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::time::Instant;

/// How long a connection is read on once the answer is whole: the count of its tokens may follow, and some servers never
/// close.
const AFTER_END: Duration = Duration::from_secs(2);

/// Reads the events of one wire format.
pub(crate) trait Decoder: Send {
    /// Takes the data of one event; pieces of the answer are appended to `chunks`,
    /// and tokens that the service counted go to the meter.
    fn decode(
        &mut self,
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

/// What a reason that the format does not know means: after text the answer's end, said in another word, unless the word
/// is one for a failure, after which the text is not the whole answer.
pub(crate) fn unknown_stop(reason: String, said: bool) -> Result<StopReason, Trouble> {
    const FAILURES: [&str; 8] =
        ["error", "fail", "abort", "cancel", "timeout", "insufficient", "interrupt", "pause"];
    let folded = reason.to_lowercase();
    if !said || FAILURES.iter().any(|failure| folded.contains(failure)) {
        return Err(Trouble::Stop(reason));
    }
    tracing::warn!(reason, "a model stopped for a reason that is not known; its answer is taken for whole");
    Ok(StopReason::EndTurn)
}

/// A completion that comes over HTTP. Dropping it closes the connection.
pub(crate) struct WireStream<D> {
    endpoint: Arc<Endpoint>,
    asked: Asked,
    meter: Meter,
    decoder: D,
    surrogates: Surrogates,
    chunks: VecDeque<CompletionChunk>,
    progress: Progress,
    state: State,
}

/// What was asked, as far as the answer has to be judged by it.
pub(crate) struct Asked {
    /// The model's id.
    pub(crate) model: String,
    /// The token limit that was sent, where one was.
    pub(crate) limit: Option<u32>,
}

/// How far an answer is.
struct Progress {
    /// When the request was sent.
    sent: Instant,
    /// Whether the answer is one piece of JSON.
    is_json: bool,
    /// Whether anything of the answer has come, thinking included.
    begun: bool,
    /// Whether text of the answer has come.
    said: bool,
    /// Once the answer is whole: until when it is read on.
    until: Option<Instant>,
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
        asked: Asked,
        body: &impl Serialize,
        meter: Meter,
        decoder: D,
    ) -> Result<Self, Failure> {
        let Ok(serde_json::Value::Object(body)) = serde_json::to_value(body) else {
            return Err(Failure::new(
                ErrorCode::Internal,
                "a request cannot be written as an object of JSON",
            ));
        };
        let opened = endpoint.open(&asked.model, body, &meter).await.inspect_err(|_| meter.refused())?;
        let Opened { events, sent, is_json } = opened;
        let progress = Progress { sent, is_json, begun: false, said: false, until: None };
        let (endpoint, state) = (Arc::clone(endpoint), State::Open(Box::new(events)));
        let (surrogates, chunks) = (Surrogates::default(), VecDeque::new());
        Ok(Self { endpoint, asked, meter, decoder, surrogates, chunks, progress, state })
    }

    /// Takes what was read; gives the end once the answer is whole.
    fn take(&mut self, read: Result<Option<Event>, Broken>) -> Result<Option<CompletionEnd>, Failure> {
        let event = match read {
            Ok(Some(event)) => event,
            Ok(None) => return self.end_of_stream().map(Some),
            // How a connection ends says nothing of an answer that is whole already.
            Err(_) if self.decoder.finish().is_some() => return self.end_of_stream().map(Some),
            Err(broken) => return Err(self.endpoint.broken(&self.asked.model, &broken)),
        };
        let decoded = match event.name == ERROR {
            true => Err(Trouble::Reported),
            false => self.decode(&event.data),
        };
        for chunk in &self.chunks {
            let (CompletionChunk::Text(text) | CompletionChunk::Thinking(text)) = chunk;
            self.meter.received(text.len());
            self.progress.begun = true;
            self.progress.said |= matches!(chunk, CompletionChunk::Text(text) if !text.trim().is_empty());
        }
        match decoded {
            Ok(Decoded::More) if self.progress.is_json && self.decoder.finish().is_none() => {
                let judged = self.endpoint.service.answered(&self.asked.model, &event.data);
                Err(self.endpoint.judged(judged, self.progress.sent))
            }
            Ok(Decoded::More) => {
                let whole = self.decoder.finish().is_some();
                self.progress.until = self.progress.until.or(whole.then(|| Instant::now() + AFTER_END));
                Ok(None)
            }
            Ok(Decoded::Last) => self.end_of_stream().map(Some),
            // What the end cut in two is not wrong, only missing.
            Err(Trouble::Malformed(_)) if event.cut || self.progress.until.is_some() => {
                self.end_of_stream().map(Some)
            }
            Err(Trouble::Malformed(_)) if is_error(&event.data) => {
                Err(self.failure(&Trouble::Reported, &event.data))
            }
            Err(trouble) => Err(self.failure(&trouble, &event.data)),
        }
    }

    fn decode(&mut self, data: &str) -> Result<Decoded, Trouble> {
        let mended = self.surrogates.mend(data);
        if mended.is_letter_lost {
            self.chunks.push_back(CompletionChunk::Text("\u{fffd}".into()));
        }
        self.decoder.decode(&mended.data, &mut self.chunks, &self.meter)
    }

    fn failure(&self, trouble: &Trouble, data: &str) -> Failure {
        let (service, model) = (&self.endpoint.service, &self.asked.model);
        match trouble {
            Trouble::Reported => self.endpoint.judged(service.reported(model, data), self.progress.sent),
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
        let (service, asked) = (&self.endpoint.service, &self.asked.model);
        let Some((model, stop_reason)) = self.decoder.finish() else {
            return Err(service.unavailable(asked, "the answer ended before it was whole"));
        };
        if let Some(problem) = self.nothing_said(stop_reason) {
            return Err(service.failure(ErrorCode::LimitExceeded, asked, &problem));
        }
        let model = if model.is_empty() { asked } else { model };
        Ok(CompletionEnd { model: model.to_owned(), stop_reason, usage: self.meter.usage() })
    }

    /// Why an answer that ended at a limit has no text. To whoever asked it looks like a bad answer, to be asked for
    /// again in fewer words; but it was no words that used the limit up, and the next try would end in the same way.
    fn nothing_said(&self, stop_reason: StopReason) -> Option<String> {
        if self.progress.said {
            return None;
        }
        let tokens = self.meter.usage().output_tokens;
        match stop_reason {
            StopReason::MaxTokens => {
                let limit = self.asked.limit.map_or_else(String::new, |limit| format!(" of the {limit} allowed"));
                Some(format!(
                    "the model spent all its tokens, {tokens}{limit}, on thinking and had none left for the answer: ask \
                     for less at once, lower its effort (the setting model.effort), or raise thinking_tokens in its \
                     row of the models file"
                ))
            }
            StopReason::ContextWindow => Some(
                "the request and the model's thinking filled its context before it answered: send less (an agent's \
                 option context_tokens), or choose a model with a larger context"
                    .into(),
            ),
            StopReason::EndTurn | StopReason::StopSequence | StopReason::Refusal => None,
        }
    }

    /// The next event. How long a line of it may take depends on whether the answer has begun.
    async fn read(&mut self) -> Result<Option<Event>, Broken> {
        let State::Open(events) = &mut self.state else { return Ok(None) };
        let waits = self.endpoint.waits;
        let reading = events.next(if self.progress.begun { waits.gap } else { waits.first });
        match self.progress.until {
            Some(until) => tokio::time::timeout_at(until, reading).await.unwrap_or(Ok(None)),
            None => reading.await,
        }
    }
}

/// Whether data is an error object, though not in the dress that the format has for it.
fn is_error(data: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(data).is_ok_and(|value| !value["error"].is_null())
}

#[async_trait]
impl<D: Decoder> CompletionStream for WireStream<D> {
    async fn next(&mut self) -> Result<Option<CompletionChunk>, Failure> {
        loop {
            if let Some(chunk) = self.chunks.pop_front() {
                return Ok(Some(chunk));
            }
            match &self.state {
                State::Ended(_) => return Ok(None),
                State::Failed(failure) => return Err(failure.clone()),
                State::Open(_) => {}
            }
            let read = self.read().await;
            // A new state drops the events, and with them the connection.
            match self.take(read) {
                Ok(None) => {}
                Ok(Some(end)) => {
                    let lost = self.surrogates.take_rest().then(|| CompletionChunk::Text("\u{fffd}".into()));
                    self.chunks.extend(lost);
                    self.state = State::Ended(end);
                }
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

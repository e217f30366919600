//! A stream of Server-Sent Events, as it comes off the wire.

use crate::{Transcript, soon};
use eventsource_stream::Eventsource;
use futures::{Stream, StreamExt};
use serde_json::Value;
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The value of its `id:` line.
    pub id: String,
    /// Its `data:`.
    pub data: String,
}

impl Line {
    /// Its data as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error} in the event {self:?}"))
    }
}

/// A run's events on their way. Dropping it closes the connection.
pub struct EventStream {
    lines: Pin<Box<dyn Stream<Item = Line> + Send>>,
    raw: Arc<Mutex<Vec<u8>>>,
}

impl EventStream {
    /// Sends a request whose answer is a stream.
    ///
    /// # Panics
    /// When it is not.
    pub async fn open(request: reqwest::RequestBuilder) -> Self {
        let response = soon("a stream of events", request.send()).await.expect("the server answers");
        let status = response.status();
        let media_type = response.headers().get("content-type").cloned();
        let streams = media_type.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        if status != reqwest::StatusCode::OK || !streams {
            panic!("no stream but {status}: {}", response.text().await.unwrap_or_default());
        }
        let raw = Arc::new(Mutex::new(Vec::new()));
        let copy = Arc::clone(&raw);
        let bytes = response.bytes_stream().inspect(move |piece| {
            if let Ok(piece) = piece {
                copy.lock().unwrap_or_else(PoisonError::into_inner).extend(piece);
            }
        });
        let lines = bytes.eventsource().map(|event| {
            let event = event.expect("the stream does not break");
            Line { id: event.id, data: event.data }
        });
        Self { lines: Box::pin(lines), raw }
    }

    /// The next event; none once the server has closed the stream.
    pub async fn next(&mut self) -> Option<Line> {
        soon("the next event", self.lines.next()).await
    }

    /// Reads on until an event of which `wanted` holds, and returns all that were read, that one last.
    ///
    /// # Panics
    /// When the stream ends before.
    pub async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut seen = Vec::new();
        while let Some(line) = self.next().await {
            seen.push(line.json());
            if seen.last().is_some_and(&wanted) {
                return seen;
            }
        }
        panic!("the stream ended before the event that was waited for: {seen:#?}");
    }

    /// Reads the events until the server closes the stream.
    pub async fn lines(mut self) -> Vec<Line> {
        let mut lines = Vec::new();
        while let Some(line) = self.next().await {
            lines.push(line);
        }
        lines
    }

    /// Reads the events until the server closes the stream, together with the bytes they came in.
    pub async fn bytes(self) -> (Vec<Line>, String) {
        let raw = Arc::clone(&self.raw);
        let lines = self.lines().await;
        let raw = raw.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (lines, String::from_utf8(raw).expect("the stream is UTF-8"))
    }

    /// Reads the events of a whole run until the server closes the stream, and checks what holds of every run.
    pub async fn transcript(self) -> Transcript {
        Transcript::of(&self.lines().await)
    }
}

//! Server-sent events, read from a response with limits.
//!
//! A stream may stall or run on without a line end; each is told apart here, so that the decoders above see whole
//! events only. Servers are not strict about the frame of an error, which often comes from another part of them than
//! the answer: a field `error` and JSON that stands alone on a line are events as well.
//!
//! The waiting time counts from line to line: comments and pings, which services send while a model thinks, keep a
//! slow answer alive, while there is no limit on the whole answer but its size and the step's own time.

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use std::{io, time::Duration};

mod lines;

use lines::{Lines, TooLong};

/// The name of events that report an error.
pub(crate) const ERROR: &str = "error";

/// Most bytes of one event. Services send a few bytes per event; some send the whole answer as one.
const EVENT_MAX: usize = 4 * 1024 * 1024;
/// Most bytes of a stream: far above an answer of the greatest length with an event for each token of it, and an end
/// for what a small compressed body can unpack to.
const STREAM_MAX: usize = 128 * 1024 * 1024;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// The event's name; empty when it has none.
    pub(crate) name: String,
    /// The event's data, lines joined by line ends.
    pub(crate) data: String,
    /// Whether the stream ended before the blank line that ends an event, so that some of it may be missing.
    pub(crate) cut: bool,
}

/// Why there are no more events, other than that the stream ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// Nothing came for too long.
    #[error("nothing came for {} s", .0.as_secs_f64())]
    Stalled(Duration),
    /// The connection broke; the text says how.
    #[error("the connection broke: {0}")]
    Connection(String),
    /// More came than is allowed.
    #[error("more than {0} bytes came as one; ask for less, or use another service")]
    TooLarge(usize),
}

/// The events of a response.
pub(crate) struct Events {
    /// What is still to come; none once it has ended.
    body: Option<BoxStream<'static, io::Result<Bytes>>>,
    /// What has come and was not looked at yet.
    piece: Bytes,
    lines: Lines,
    /// An event that is there from the beginning.
    first: Option<Event>,
    size: usize,
}

impl Events {
    /// Reads events from the pieces of a response body.
    pub(crate) fn new(body: BoxStream<'static, io::Result<Bytes>>) -> Self {
        Self { body: Some(body), piece: Bytes::new(), lines: Lines::new(EVENT_MAX), first: None, size: 0 }
    }

    /// One event and no more.
    pub(crate) fn one(data: String) -> Self {
        let first = Some(Event { name: String::new(), data, cut: false });
        Self { body: None, first, ..Self::new(futures::stream::empty().boxed()) }
    }

    /// The next event that carries data; none once the stream has ended. Waits at most `silence` for each line.
    pub(crate) async fn next(&mut self, silence: Duration) -> Result<Option<Event>, Broken> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        let (mut name, mut data) = (String::new(), None::<String>);
        loop {
            let Some(line) = self.line(silence).await? else {
                let data = data.filter(|data| !data.is_empty());
                return Ok(data.map(|data| Event { name, data, cut: true }));
            };
            if line.is_empty() {
                match data.take().filter(|data| !data.is_empty()) {
                    Some(data) => return Ok(Some(Event { name, data, cut: false })),
                    None => name.clear(),
                }
                continue;
            }
            if data.is_none() && is_json(&line) {
                return Ok(Some(Event { name, data: line, cut: false }));
            }
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut name),
                "data" => append(&mut data, value)?,
                ERROR => return Ok(Some(Event { name: ERROR.into(), data: value.into(), cut: false })),
                // Comments (an empty field), ids, retry times, and what is no field at all.
                _ => {}
            }
        }
    }

    async fn line(&mut self, silence: Duration) -> Result<Option<String>, Broken> {
        let line = tokio::time::timeout(silence, self.unbounded_line());
        let line = line.await.map_err(|_| Broken::Stalled(silence))??;
        self.size += line.as_ref().map_or(0, |line| line.len() + 1);
        if self.size > STREAM_MAX { Err(Broken::TooLarge(STREAM_MAX)) } else { Ok(line) }
    }

    /// The next line, however long it takes.
    async fn unbounded_line(&mut self) -> Result<Option<String>, Broken> {
        loop {
            match self.lines.next(&mut self.piece) {
                Ok(None) => {}
                Ok(line) => return Ok(line),
                Err(TooLong) => return Err(Broken::TooLarge(EVENT_MAX)),
            }
            // Nothing is left of the piece, and what holds its buffer goes before the wait for the next.
            self.piece = Bytes::new();
            let Some(body) = &mut self.body else { return Ok(self.lines.rest()) };
            match body.next().await {
                Some(Ok(piece)) => self.piece = piece,
                Some(Err(error)) => return Err(Broken::Connection(error.to_string())),
                None => self.body = None,
            }
        }
    }
}

/// Whether a line is no field but a whole object of its own.
fn is_json(line: &str) -> bool {
    line.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok()
}

fn append(data: &mut Option<String>, line: &str) -> Result<(), Broken> {
    match data {
        None => *data = Some(line.to_owned()),
        Some(data) if data.len() + line.len() >= EVENT_MAX => return Err(Broken::TooLarge(EVENT_MAX)),
        Some(data) => {
            data.push('\n');
            data.push_str(line);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

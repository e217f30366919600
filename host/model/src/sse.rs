//! Server-sent events, read from a response with limits.
//!
//! A stream may stall, run on without a line end, or carry what is not text; each is told apart here, so that the
//! decoders above see whole events only. Lines are cut by tokio-util's codec, which holds no more than one of them.
//! The waiting time counts from line to line: comments and pings, which services send while a model thinks, keep a
//! slow answer alive, while there is no limit on the whole answer but the step's own.

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use std::{io, time::Duration};
use tokio_util::{
    codec::{FramedRead, LinesCodec, LinesCodecError},
    io::StreamReader,
};

/// Most bytes of one event. Services send a few bytes per event; some send the whole answer as one.
const EVENT_MAX: usize = 4 * 1024 * 1024;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// The event's name; empty when it has none.
    pub(crate) name: String,
    /// The event's data, lines joined by line ends.
    pub(crate) data: String,
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
    /// An event is larger than allowed.
    #[error("an event has more than {EVENT_MAX} bytes")]
    TooLarge,
}

/// The events of a response.
pub(crate) struct Events {
    lines: FramedRead<StreamReader<BoxStream<'static, io::Result<Bytes>>, Bytes>, LinesCodec>,
    idle: Duration,
}

impl Events {
    /// Reads events from the pieces of a response body, waiting at most `idle` for each line.
    pub(crate) fn new(body: BoxStream<'static, io::Result<Bytes>>, idle: Duration) -> Self {
        let lines = LinesCodec::new_with_max_length(EVENT_MAX);
        Self { lines: FramedRead::new(StreamReader::new(body), lines), idle }
    }

    /// The next event that carries data; none once the stream has ended. An event that the end cuts is dropped.
    pub(crate) async fn next(&mut self) -> Result<Option<Event>, Broken> {
        let (mut name, mut data) = (String::new(), None::<String>);
        loop {
            let Some(line) = self.line().await? else { return Ok(None) };
            if line.is_empty() {
                match data.take() {
                    Some(data) => return Ok(Some(Event { name, data })),
                    None => name.clear(),
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut name),
                "data" => append(&mut data, value)?,
                // Comments (an empty field), ids, retry times, and what is no field at all.
                _ => {}
            }
        }
    }

    async fn line(&mut self) -> Result<Option<String>, Broken> {
        let line = tokio::time::timeout(self.idle, self.lines.next());
        match line.await.map_err(|_| Broken::Stalled(self.idle))?.transpose() {
            Ok(line) => Ok(line),
            Err(LinesCodecError::MaxLineLengthExceeded) => Err(Broken::TooLarge),
            Err(LinesCodecError::Io(error)) => Err(Broken::Connection(error.to_string())),
        }
    }
}

fn append(data: &mut Option<String>, line: &str) -> Result<(), Broken> {
    match data {
        None => *data = Some(line.to_owned()),
        Some(data) if data.len() + line.len() >= EVENT_MAX => return Err(Broken::TooLarge),
        Some(data) => {
            data.push('\n');
            data.push_str(line);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

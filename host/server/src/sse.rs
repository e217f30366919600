//! A run's events as Server-Sent Events.
//!
//! The journal hands out events in batches of finished JSON text, so a batch becomes one frame of the body: one
//! allocation and one write to the socket for what would otherwise be a hundred. Nothing is queued here. A client that
//! reads slowly keeps its own cursor in the journal and holds nobody up, and a client that leaves takes its cursor
//! with it and stops nothing.
//!
//! A `retry:` and the comments in between are lines of the next event's block: a blank line of their own after them would
//! be an event without data to readers that go by blank lines alone (httpx-sse, fetch-event-source).
//!
//! There is no `event:` line. Browsers deliver events with a name to listeners of that name alone, and the
//! documented clients listen to `message` and tell events apart by `type`.

use crate::app::App;
use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{Stream, stream};
use orchestrator::{RunId, StoredEvent, Subscription};
use std::{fmt::Write, io, time::Duration};
use tokio_util::sync::CancellationToken;

/// Names the run that a response belongs to.
pub(crate) const RUN_ID: HeaderName = HeaderName::from_static("x-run-id");

/// Asks clients to wait so many milliseconds before they reconnect.
const RETRY: Bytes = Bytes::from_static(b"retry: 2000\n");
/// A comment, which clients ignore and proxies count as traffic.
const PING: Bytes = Bytes::from_static(b": ping\n");
/// What an event takes besides its JSON: `id: `, a number, `data: ` and three line ends.
const FRAMING: usize = 32;

/// A response that streams what is left of `subscription`.
pub(crate) fn response(run_id: RunId, subscription: Subscription, app: &App) -> Response {
    let body = body(run_id, subscription, app.config.ping_every, app.stopping.clone());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform")),
        // nginx and those who follow it buffer responses unless told otherwise.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(body)).into_response()
}

/// The source of a stream, so that framing and timing can be tested without a journal.
trait Batches: Send {
    fn next_batch(&mut self) -> impl Future<Output = io::Result<Option<Vec<StoredEvent>>>> + Send;
}

impl Batches for Subscription {
    async fn next_batch(&mut self) -> io::Result<Option<Vec<StoredEvent>>> {
        Subscription::next_batch(self).await.map_err(io::Error::other)
    }
}

/// Where a stream stands.
enum Stage {
    Opening,
    Streaming,
    Ended,
}

/// The body: a `retry`, the batches, comments in between, and its end after the last event or once the server stops.
/// A source that fails breaks the body off, so that the client sees an error and reconnects; an orderly end would tell
/// it that it has everything.
fn body(
    run_id: RunId,
    source: impl Batches,
    ping_every: Duration,
    stopping: CancellationToken,
) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold((source, Stage::Opening), move |(mut source, stage)| {
        let stopping = stopping.clone();
        async move {
            if let Stage::Opening = stage {
                return Some((Ok(RETRY), (source, Stage::Streaming)));
            }
            if let Stage::Ended = stage {
                return None;
            }
            tokio::select! {
                biased;
                batch = source.next_batch() => match batch {
                    Ok(batch) => batch.map(|events| (Ok(frame(&events)), (source, Stage::Streaming))),
                    Err(error) => {
                        tracing::error!(%run_id, %error, "a stream of events broke off");
                        Some((Err(error), (source, Stage::Ended)))
                    }
                },
                () = stopping.cancelled() => None,
                () = tokio::time::sleep(ping_every) => Some((Ok(PING), (source, Stage::Streaming))),
            }
        }
    })
}

/// A batch as one piece of the stream.
fn frame(events: &[StoredEvent]) -> Bytes {
    let size = events.iter().map(|event| event.json.len() + FRAMING).sum();
    let mut text = String::with_capacity(size);
    for event in events {
        // JSON escapes line ends inside of strings, so one `data:` line holds any event.
        // Writing to a string cannot fail.
        let _ = write!(text, "id: {}\ndata: {}\n\n", event.seq, event.json);
    }
    text.into()
}

#[cfg(test)]
mod tests;

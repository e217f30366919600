//! Events of a run, or of all runs of a project, as Server-Sent Events.
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
use orchestrator::{Placed, ProjectSubscription, StoredEvent, Subscription};
use std::{
    fmt::{Display, Write},
    io,
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// Names the run that a response belongs to.
pub(crate) const RUN_ID: HeaderName = HeaderName::from_static("x-run-id");

/// Asks clients to wait so many milliseconds before they reconnect.
const RETRY: Bytes = Bytes::from_static(b"retry: 2000\n");
/// A comment, which clients ignore and proxies count as traffic.
const PING: Bytes = Bytes::from_static(b": ping\n");
/// Characters that end a line for some readers, beside those that JSON escapes anyway, each as JSON may write it. Python's
/// `str.splitlines`, which the `iter_lines` of requests and httpx are made of, cuts at them.
const LINE_ENDS: [(char, &str); 3] =
    [('\u{85}', "\\u0085"), ('\u{2028}', "\\u2028"), ('\u{2029}', "\\u2029")];
/// What an event takes besides its JSON: `id: `, a short text, `data: ` and three line ends.
const FRAMING: usize = 32;

/// A response that streams what is left of `subscription`.
pub(crate) fn response(subscription: impl Batches + 'static, app: &App) -> Response {
    let body = body(subscription, app.config.ping_every, app.stopping.clone());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform")),
        // nginx and those who follow it buffer responses unless told otherwise.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(body)).into_response()
}

/// The source of a stream, so that framing and timing can be tested without a journal.
pub(crate) trait Batches: Send {
    /// The next piece of the stream; none at its end. Dropping the future loses nothing.
    fn next_batch(&mut self) -> impl Future<Output = io::Result<Option<Bytes>>> + Send;

    /// The next piece of what there is already; none once all of that was handed out, whether more will come or not.
    fn next_committed(&mut self) -> impl Future<Output = io::Result<Option<Bytes>>> + Send;

    /// What is followed, for the log.
    fn name(&self) -> String;
}

impl Batches for Subscription {
    async fn next_batch(&mut self) -> io::Result<Option<Bytes>> {
        let batch = Subscription::next_batch(self).await.map_err(io::Error::other)?;
        Ok(batch.map(|events| of_run(&events)))
    }

    async fn next_committed(&mut self) -> io::Result<Option<Bytes>> {
        let batch = Subscription::next_committed(self).await.map_err(io::Error::other)?;
        Ok(batch.map(|events| of_run(&events)))
    }

    fn name(&self) -> String {
        format!("run {}", self.run_id())
    }
}

impl Batches for ProjectSubscription {
    async fn next_batch(&mut self) -> io::Result<Option<Bytes>> {
        let batch = ProjectSubscription::next_batch(self).await.map_err(io::Error::other)?;
        Ok(Some(of_project(&batch)))
    }

    async fn next_committed(&mut self) -> io::Result<Option<Bytes>> {
        let batch = ProjectSubscription::next_committed(self).await.map_err(io::Error::other)?;
        Ok(batch.map(|placed| of_project(&placed)))
    }

    fn name(&self) -> String {
        format!("project {}", self.project())
    }
}

/// Where a stream stands.
enum Stage {
    Opening,
    Streaming,
    Ended,
}

/// The body: a `retry`, the batches, comments in between, and its end after the last event or, once the server stops, after
/// all that is committed: how long that may take is for whoever stops the server. A source that fails breaks the body off, so that the client sees an error and reconnects; an orderly end would tell
/// it that it has everything.
fn body(
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
            let batch = tokio::select! {
                biased;
                batch = source.next_batch() => batch,
                () = stopping.cancelled() => source.next_committed().await,
                () = tokio::time::sleep(ping_every) => return Some((Ok(PING), (source, Stage::Streaming))),
            };
            match batch {
                Ok(batch) => batch.map(|piece| (Ok(piece), (source, Stage::Streaming))),
                Err(error) => {
                    tracing::error!(of = source.name(), %error, "a stream of events broke off");
                    Some((Err(error), (source, Stage::Ended)))
                }
            }
        }
    })
}

/// Events of a run, by their numbers.
fn of_run(events: &[StoredEvent]) -> Bytes {
    frame(events.iter().map(|event| (event.seq, &*event.json)))
}

/// Events of a project, by their places.
fn of_project(events: &[Placed]) -> Bytes {
    frame(events.iter().map(|placed| (&placed.cursor, &*placed.event.json)))
}

/// A batch as one piece of the stream.
fn frame<'a>(events: impl Iterator<Item = (impl Display, &'a str)> + Clone) -> Bytes {
    let size = events.clone().map(|(_, json)| json.len() + FRAMING).sum();
    let mut text = String::with_capacity(size);
    for (id, json) in events {
        // Writing to a string cannot fail.
        let _ = write!(text, "id: {id}\ndata: ");
        push_line(&mut text, json);
        text.push_str("\n\n");
    }
    text.into()
}

/// Appends JSON as one line for every reader. JSON has no line ends but in strings, and there as escapes, but for
/// [`LINE_ENDS`].
fn push_line(text: &mut String, json: &str) {
    // Most events are ASCII, which is told quicker than the characters are looked for.
    if json.is_ascii() {
        return text.push_str(json);
    }
    let mut rest = json;
    while let Some(at) = rest.find(LINE_ENDS.map(|(end, _)| end)) {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        rest = from;
        if let Some((end, escape)) = LINE_ENDS.iter().find(|(end, _)| from.starts_with(*end)) {
            text.push_str(escape);
            rest = from.get(end.len_utf8()..).unwrap_or_default();
        }
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests;

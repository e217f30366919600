//! How fast a guest's events reach a client.
//!
//! The guest emits small events as fast as it can. Each crosses the sandbox, is numbered, stored, and sent by the real
//! server to a client that reads as fast as it can. The reference is the least that could be done: axum's own
//! Server-Sent Events, sending the same bytes from memory to the same client.

use crate::{
    figure::{Aim, Amount, Figure},
    give,
    sample::median,
    server::{Program, WORKFLOW},
};
use anyhow::{Context, Result, ensure};
use axum::{
    Router,
    response::sse::{Event, Sse},
    routing::get,
};
use futures::{StreamExt, stream};
use reqwest::Client;
use serde_json::json;
use std::{convert::Infallible, sync::Arc, time::Instant};
use tokio::net::TcpListener;

const EVENTS: usize = 50_000;
const BYTES: usize = 32;
const ROUNDS: usize = 5;

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let mut program = Program::open(give::agent("echo")?, &give::guest("echo")?, None).await?;
    let base = program.serve().await?;
    let client = Client::builder().no_proxy().build()?;
    let first = run(&client, &base, 0).await?;
    let bare = serve_bare(&first.body).await?;
    let (mut host, mut reference) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        host.push(run(&client, &base, round).await?.per_second());
        reference.push(read(client.get(&bare)).await?.per_second());
    }
    Ok(vec![Figure {
        what: format!("events from a guest to a client, {BYTES} bytes of message each"),
        measured: Amount::PerSecond(median(host)),
        against: "axum alone: the same bytes from memory".into(),
        reference: Amount::PerSecond(median(reference)),
        aim: Aim::RatioAtLeast(0.5),
    }])
}

/// A run that emits [`EVENTS`] events, read to its end.
async fn run(client: &Client, base: &str, round: usize) -> Result<Reading> {
    let reading = read(client.post(format!("{base}/execute")).json(&json!({
        "user_request": "Emit events",
        "project_id": format!("events-{round}"),
        "workflow_name": WORKFLOW,
        "metadata": {"events": EVENTS, "bytes": BYTES},
    })))
    .await?;
    ensure!(reading.events > EVENTS, "only {} events came", reading.events);
    ensure!(reading.body.contains(r#""type":"complete""#), "the run did not complete");
    Ok(reading)
}

/// A stream that was read to its end.
struct Reading {
    body: String,
    events: usize,
    seconds: f64,
}

impl Reading {
    fn per_second(&self) -> f64 {
        self.events as f64 / self.seconds
    }
}

async fn read(request: reqwest::RequestBuilder) -> Result<Reading> {
    let begin = Instant::now();
    let response = request.send().await?.error_for_status()?;
    let mut pieces = response.bytes_stream();
    let mut body = Vec::new();
    while let Some(piece) = pieces.next().await {
        body.extend_from_slice(&piece.context("reading the stream")?);
    }
    let seconds = begin.elapsed().as_secs_f64();
    let body = String::from_utf8(body).context("the stream is no text")?;
    let events = events_in(&body).count();
    Ok(Reading { body, events, seconds })
}

/// Number and data of each event.
fn events_in(body: &str) -> impl Iterator<Item = (&str, &str)> {
    body.split("\n\n").filter_map(|event| event.strip_prefix("id: ")?.split_once("\ndata: "))
}

/// Serves the events in `body` from memory, and returns the address.
async fn serve_bare(body: &str) -> Result<String> {
    let events: Arc<[(String, String)]> =
        events_in(body).map(|(id, data)| (id.to_owned(), data.to_owned())).collect();
    let stream = move || {
        let events = Arc::clone(&events);
        let event = move |place: usize| {
            let (id, data) = events.get(place)?;
            Some(Ok::<_, Infallible>(Event::default().id(id).data(data)))
        };
        std::future::ready(Sse::new(stream::iter((0..).map_while(event))))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/", get(stream));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(format!("http://{address}/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_reference_sends_the_same_events() {
        let body = "retry: 2000\n\nid: 1\ndata: {\"a\":1}\n\n: ping\n\nid: 2\ndata: {}\n\n";
        let address = serve_bare(body).await.unwrap();
        let reading = read(Client::new().get(address)).await.unwrap();
        assert_eq!(reading.body, "id: 1\ndata: {\"a\":1}\n\nid: 2\ndata: {}\n\n");
        assert_eq!(reading.events, 2);
    }
}

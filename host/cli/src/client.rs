//! A running server, as this program's commands talk to it.
//!
//! What is asked for is what the API documents, so a server of another version of this program works as far as their
//! APIs agree. Nothing is tried twice: whoever typed the command is told what happened, and can.

mod error;
mod hint;

pub(crate) use error::ClientError;

use crate::settings::Server;
use eventsource_stream::Eventsource as _;
use futures::{
    StreamExt as _, future,
    stream::{self, LocalBoxStream},
};
use orchestrator::{Event, RunId};
use reqwest::{
    Method, RequestBuilder, Response, StatusCode, Url,
    header::{self, HeaderValue},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::{net::IpAddr, time::Duration};

/// Where a server has its API.
const PREFIX: [&str; 3] = ["api", "v1", "orchestrator"];
/// How long a server may take to take a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a server may be silent while something is awaited; its streams say something every 15 seconds, and what it
/// does for other requests, such as the import of a large archive, takes less.
const SILENCE: Duration = Duration::from_secs(120);

/// How many items of a list are asked for at once, which is as many as a page may have.
const PAGE: usize = 200;

/// A page of a list.
#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
    next: Option<String>,
}

/// A query: names and values.
pub(crate) type Query<'a> = [(&'a str, String)];

/// The events of a run, as they come.
pub(crate) type Events<'a> = LocalBoxStream<'a, Result<Event, ClientError>>;

/// A running server.
pub(crate) struct Client {
    http: reqwest::Client,
    server: Url,
    token: Option<String>,
}

impl Client {
    /// A client of that server. Nothing is sent yet.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub(crate) fn new(server: Server) -> Result<Self, ClientError> {
        let mut http = reqwest::Client::builder().connect_timeout(CONNECT).read_timeout(SILENCE);
        if is_loopback(&server.url) {
            // A proxy knows nothing of what listens on this machine.
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| ClientError::Setup(error.to_string()))?;
        Ok(Self { http, server: server.url, token: server.token })
    }

    /// Where it is, as people write it.
    pub(crate) fn name(&self) -> String {
        self.server.as_str().trim_end_matches('/').to_owned()
    }

    /// Gets a value.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &Query<'_>,
    ) -> Result<T, ClientError> {
        self.value(self.request(Method::GET, path, query)).await
    }

    /// Gets the first `limit` items of a list, page by page.
    pub(crate) async fn list<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &Query<'_>,
        limit: usize,
    ) -> Result<Vec<T>, ClientError> {
        let (mut items, mut after) = (Vec::new(), None);
        while items.len() < limit {
            let mut query = query.to_vec();
            query.push(("limit", PAGE.min(limit - items.len()).to_string()));
            query.extend(after.map(|after| ("after", after)));
            let page: Page<T> = self.get(path, &query).await?;
            items.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(items)
    }

    /// Gets a list that has one page.
    pub(crate) async fn whole<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &Query<'_>,
    ) -> Result<Vec<T>, ClientError> {
        Ok(self.get::<Page<T>>(path, query).await?.items)
    }

    /// Gets bytes.
    pub(crate) async fn bytes(&self, path: &[&str], query: &Query<'_>) -> Result<Vec<u8>, ClientError> {
        let answer = self.answer(self.request(Method::GET, path, query)).await?;
        Ok(answer.bytes().await.map_err(|error| self.broken(&error))?.into())
    }

    /// Sends a request that changes something, with a body of JSON unless that is null, and reads the answer.
    pub(crate) async fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        body: &Value,
    ) -> Result<T, ClientError> {
        let request = self.request(method, path, &[]);
        self.value(if body.is_null() { request } else { request.json(body) }).await
    }

    /// Sends bytes, and reads the answer.
    pub(crate) async fn send<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &Query<'_>,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<T, ClientError> {
        let request = self.request(Method::POST, path, query).header(header::CONTENT_TYPE, media_type);
        self.value(request.body(bytes)).await
    }

    /// Deletes something.
    pub(crate) async fn delete(&self, path: &[&str]) -> Result<(), ClientError> {
        self.answer(self.request(Method::DELETE, path, &[])).await.map(drop)
    }

    /// Follows a run after event number `after`, to its end.
    pub(crate) async fn events(&self, run_id: RunId, after: u64) -> Result<Events<'_>, ClientError> {
        let (run, after) = (run_id.to_string(), [("after", after.to_string())]);
        let answer = self.answer(self.request(Method::GET, &["runs", &run, "events"], &after)).await?;
        self.read_events(answer)
    }

    /// Starts a run and follows it to its end.
    pub(crate) async fn execute(&self, request: &Value) -> Result<Events<'_>, ClientError> {
        let answer = self.answer(self.request(Method::POST, &["execute"], &[]).json(request)).await?;
        self.read_events(answer)
    }

    /// The events in an answer, to the last of the run; after one that cannot be had there are no more. A stream that
    /// ends before the run does was cut off, by whatever is in between.
    fn read_events(&self, answer: Response) -> Result<Events<'_>, ClientError> {
        if answer.status() == StatusCode::NO_CONTENT {
            return Ok(stream::empty().boxed_local());
        }
        let kind = answer.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
        if !kind.starts_with(b"text/event-stream") {
            return Err(self.strange("it sends no stream of events"));
        }
        let messages = answer.bytes_stream().eventsource().map(Some).chain(stream::once(future::ready(None)));
        let told = messages.scan((false, None), |(is_over, seen), message| {
            if *is_over {
                return future::ready(None);
            }
            let lost = |why| Err(ClientError::Lost { server: self.name(), why, seen: *seen });
            let event: Result<Event, _> = match message {
                Some(Ok(message)) => {
                    serde_json::from_str(&message.data).map_err(|error| self.strange(&error.to_string()))
                }
                Some(Err(error)) => lost(broken_off(&error)),
                None => lost("the stream ended before the run did".to_owned()),
            };
            *is_over = event.as_ref().map_or(true, Event::is_terminal);
            if let Ok(event) = &event {
                *seen = Some((event.run_id, event.seq));
            }
            future::ready(Some(event))
        });
        Ok(told.boxed_local())
    }

    fn request(&self, method: Method, path: &[&str], query: &Query<'_>) -> RequestBuilder {
        let mut url = self.server.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty();
            // The address may be that of the API itself, as its documentation has it.
            if !self.server.path().trim_end_matches('/').ends_with(&PREFIX.join("/")) {
                segments.extend(PREFIX);
            }
            segments.extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = self.http.request(method, url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn value<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        let answer = self.answer(request).await?;
        let bytes = answer.bytes().await.map_err(|error| self.broken(&error))?;
        serde_json::from_slice(&bytes).map_err(|error| match bytes.trim_ascii_start().first() {
            Some(b'<') => self.strange("it sends a web page"),
            _ => self.strange(&error.to_string()),
        })
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let answer = request.send().await.map_err(|error| self.broken(&error))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let status = answer.status();
        let body = answer.bytes().await.unwrap_or_default();
        Err(ClientError::refused(self.name(), status, &body, self.token.is_some()))
    }

    fn broken(&self, error: &reqwest::Error) -> ClientError {
        let why = error::innermost(error);
        ClientError::Unreachable { server: self.name(), hint: hint::of(self.server.scheme(), &why), why }
    }

    fn strange(&self, what: &str) -> ClientError {
        ClientError::Strange { server: self.name(), what: what.to_owned() }
    }
}

/// Why a stream broke off, without the layers around it.
fn broken_off(error: &eventsource_stream::EventStreamError<reqwest::Error>) -> String {
    match error {
        eventsource_stream::EventStreamError::Transport(error) => error::innermost(error),
        other => other.to_string(),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.parse::<IpAddr>().map_or(host == "localhost", |address| address.is_loopback())
}

//! The HTTP API, as a client sees it.

use crate::{EventStream, Transcript, soon};
use reqwest::{Client, Method, StatusCode, header::HeaderMap};
use serde_json::Value;

/// A client of one server.
#[derive(Debug, Clone)]
pub struct Api {
    client: Client,
    base: String,
    token: Option<String>,
}

/// What the server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    /// The media type, without parameters; empty when there is none.
    #[must_use]
    pub fn media_type(&self) -> &str {
        let value =
            self.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in the body of {self:?}"))
    }

    /// The body as JSON of an answer that went well.
    ///
    /// # Panics
    /// When it did not.
    pub fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        assert_eq!(self.media_type(), "application/json", "{self:?}");
        self.json()
    }

    /// The problem document of an answer that refuses, with this status.
    ///
    /// # Panics
    /// When it is no problem document, or says another status than the answer.
    pub fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        assert_eq!(self.media_type(), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], status, "{self:?}");
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{self:?}");
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{self:?}");
        problem
    }
}

impl Api {
    /// A client of the server at this address.
    ///
    /// # Panics
    /// Never: the client has no options that could be wrong.
    #[must_use]
    pub fn at(address: std::net::SocketAddr) -> Self {
        let client = Client::builder().no_proxy().build().expect("a client without options");
        Self { client, base: format!("http://{address}/api/v1/orchestrator"), token: None }
    }

    /// The same server, asked with a token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The address in front of all paths.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request to a path below the API, to be completed by the test.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        soon("an answer", async {
            let response = request.send().await.expect("the server answers");
            let (status, headers) = (response.status(), response.headers().clone());
            Answer { status, headers, text: response.text().await.expect("the answer has a whole body") }
        })
        .await
    }

    /// `GET path`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// The items of a list, those of all of its pages, as an array.
    ///
    /// # Panics
    /// When the list is refused, or a page is not as pages are.
    pub async fn list(&self, path: &str) -> Value {
        let (mut items, mut address) = (Vec::new(), path.to_owned());
        loop {
            let page = self.get(&address).await.ok();
            let fields: Vec<_> = page.as_object().into_iter().flat_map(|page| page.keys()).collect();
            assert_eq!(fields, ["items", "next"], "{page}");
            items.extend(page["items"].as_array().cloned().unwrap_or_else(|| panic!("no list: {page}")));
            let Some(next) = page["next"].as_str() else {
                assert!(page["next"].is_null(), "{page}");
                return Value::Array(items);
            };
            let sign = if path.contains('?') { '&' } else { '?' };
            address = format!("{path}{sign}after={next}");
        }
    }

    /// `POST path` with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// `PUT path` with a JSON body.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    /// `PUT path` without a body.
    pub async fn put_nothing(&self, path: &str) -> Answer {
        self.send(self.request(Method::PUT, path)).await
    }

    /// `DELETE path`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Starts a run and reads its events.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn execute(&self, request: &Value) -> EventStream {
        EventStream::open(self.request(Method::POST, "/execute").json(request)).await
    }

    /// Reads the events of a run: those after `after`, or all.
    ///
    /// # Panics
    /// When there is no stream.
    pub async fn events(&self, run_id: &str, after: Option<u64>) -> EventStream {
        let request = self.request(Method::GET, &format!("/runs/{run_id}/events"));
        EventStream::open(match after {
            Some(after) => request.header("last-event-id", after.to_string()),
            None => request,
        })
        .await
    }

    /// Starts a run and reads its events to the end.
    ///
    /// # Panics
    /// When it is refused, or its events are not as events must be.
    pub async fn run(&self, request: &Value) -> Transcript {
        self.execute(request).await.transcript().await
    }

    /// Stores a workflow of these steps.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn workflow(&self, name: &str, steps: Value) {
        let workflow = serde_json::json!({"name": name, "steps": steps});
        let answer = self.post("/workflows", &workflow).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    }
}

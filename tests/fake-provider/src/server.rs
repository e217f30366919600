//! The server and its handle.

use crate::{
    answer::{Answer, HeadBody},
    encode::{self, Frame},
    request::{Request, Wire},
};
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::Response,
    routing::post,
    serve::ListenerExt as _,
};
use bytes::Bytes;
use futures::stream;
use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// Chooses the answer to a request.
type Answers = dyn Fn(&Request) -> Answer + Send + Sync;

/// A provider at work on a port of 127.0.0.1. Dropping it closes the port and lets every stalled answer go on.
pub struct FakeProvider {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
}

struct Shared {
    answers: Box<Answers>,
    requests: Mutex<Vec<Request>>,
    counts: watch::Sender<Counts>,
    /// Whether stalled answers may go on.
    released: watch::Sender<bool>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    requests: usize,
    left: usize,
}

impl Shared {
    /// Waits until stalled answers may go on.
    async fn release(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.released.subscribe().wait_for(|released| *released).await;
    }
}

impl FakeProvider {
    /// Starts a server that answers each request as the function says.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn answering(answers: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let listener = listener.tap_io(|connection| {
            // A connection that is lost already says so when it is used.
            let _ = connection.set_nodelay(true);
        });
        let shared = Arc::new(Shared {
            answers: Box::new(answers),
            requests: Mutex::default(),
            counts: watch::Sender::default(),
            released: watch::Sender::default(),
        });
        let router = Router::new()
            .route("/v1/messages", post(anthropic))
            .route("/v1/chat/completions", post(openai))
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&shared));
        let stop = watch::Sender::new(false);
        let mut stopped = stop.subscribe();
        let until_stopped = async move {
            // An error means that the handle is gone, which is the same wish.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        tokio::spawn(
            async move { axum::serve(listener, router).with_graceful_shutdown(until_stopped).await },
        );
        Ok(Self { address, shared, stop })
    }

    /// Starts a server that gives these answers, one per request in the order of arrival. A request beyond them
    /// gets status 400 and the sentence "no answer is left".
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn queue(answers: impl IntoIterator<Item = Answer>) -> io::Result<Self> {
        let answers: Mutex<VecDeque<_>> = Mutex::new(answers.into_iter().collect());
        Self::answering(move |_| {
            let none_left = || Answer::failure(400, "invalid_request_error", "no answer is left");
            lock(&answers).pop_front().unwrap_or_else(none_left)
        })
        .await
    }

    /// Base address for Anthropic's format: what `ANTHROPIC_BASE_URL` takes.
    #[must_use]
    pub fn anthropic_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Base address for the OpenAI-compatible format: what `OPENAI_BASE_URL` takes.
    #[must_use]
    pub fn openai_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The requests so far, in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// Waits until there were this many requests.
    pub async fn wait_for_requests(&self, count: usize) {
        self.wait_for(|counts| counts.requests >= count).await;
    }

    /// Waits until this many clients went away before their answer was sent to the end.
    pub async fn wait_for_departures(&self, count: usize) {
        self.wait_for(|counts| counts.left >= count).await;
    }

    /// Lets stalled answers go on, those that stall later included: nobody has to know when a stall is reached.
    pub fn release(&self) {
        self.shared.released.send_replace(true);
    }

    async fn wait_for(&self, reached: impl FnMut(&Counts) -> bool) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.shared.counts.subscribe().wait_for(reached).await;
    }
}

impl Drop for FakeProvider {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.release();
    }
}

async fn anthropic(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    respond(shared, Wire::Anthropic, &headers, &body).await
}

async fn openai(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    respond(shared, Wire::OpenAi, &headers, &body).await
}

async fn respond(shared: Arc<Shared>, wire: Wire, headers: &HeaderMap, body: &Bytes) -> Response {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = Request {
        wire,
        headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: serde_json::from_slice(body).unwrap_or_default(),
    };
    let answer = (shared.answers)(&request);
    let model = request.model().to_owned();
    lock(&shared.requests).push(request);
    shared.counts.send_modify(|counts| counts.requests += 1);
    if answer.manner.late {
        shared.release().await;
    }

    let (content_type, body) = match &answer.head.body {
        HeadBody::Stream => {
            let frames = encode::frames(&answer, wire, &model);
            ("text/event-stream".to_owned(), Body::from_stream(send(frames, shared)))
        }
        HeadBody::Whole => {
            ("application/json".to_owned(), Body::from(encode::whole(&answer, wire, &model).to_string()))
        }
        HeadBody::Error { kind, message } => {
            ("application/json".to_owned(), Body::from(encode::error(wire, kind, message).to_string()))
        }
        HeadBody::Page { content_type, text } => (content_type.clone(), Body::from(text.clone())),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.head.status).unwrap_or(StatusCode::IM_A_TEAPOT);
    let content_type = [("content-type".to_owned(), content_type)];
    for (name, value) in content_type.iter().chain(&answer.head.headers) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A body that is dropped before its last frame counts as a client that left.
struct Sending {
    frames: VecDeque<Frame>,
    shared: Arc<Shared>,
    ended: bool,
}

impl Sending {
    fn finish(&mut self) {
        self.ended = true;
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        if !self.ended {
            self.shared.counts.send_modify(|counts| counts.left += 1);
        }
    }
}

fn send(frames: Vec<Frame>, shared: Arc<Shared>) -> impl stream::Stream<Item = io::Result<Bytes>> {
    let sending = Sending { frames: frames.into(), shared, ended: false };
    stream::unfold(sending, |mut sending| async move {
        loop {
            // Gives the connection a chance to flush, so that pieces travel one by one and a cut comes after them.
            tokio::task::yield_now().await;
            match sending.frames.pop_front() {
                Some(Frame::Bytes(bytes)) => return Some((Ok(bytes), sending)),
                Some(Frame::Stall) => sending.shared.release().await,
                Some(Frame::Cut) => {
                    sending.finish();
                    return Some((Err(io::ErrorKind::ConnectionReset.into()), sending));
                }
                None => {
                    sending.finish();
                    return None;
                }
            }
        }
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

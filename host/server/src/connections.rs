//! Connections: taking them, bounding what one may cost, ending them.
//!
//! axum has a loop like this one, without the bounds: how long a client may take over the TLS handshake and over a
//! request's head, and how long that head may be. A client that sends its head byte by byte, or without end, holds a
//! connection and a buffer for so long and so much, and then no longer. Bodies have a bound of their own, where they are
//! read.
//!
//! In the clear HTTP/1.1 alone, and through TLS HTTP/2 for clients that choose it; see [`http2`].

mod client;
mod http2;

pub(crate) use http2::ALPN as HTTP2;

use crate::{
    headers::HEADERS_MAX,
    problem::{Kind, Problem},
};
use arc_swap::ArcSwap;
use axum::{Router, http::header};
use client::Client;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Longest head of a request that is read at all. Larger than what is accepted, so that most of what is too long gets an
/// answer that says so.
const BUFFER: usize = 4 * HEADERS_MAX;
/// How long a client may take over the TLS handshake, at most.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait when a connection cannot be taken, as when there are too many open files.
const PAUSE: Duration = Duration::from_millis(200);

/// How connections are served.
#[derive(Clone)]
pub(crate) struct Manner {
    /// How long a client may take to send a request's head.
    pub(crate) patience: Duration,
    /// Through TLS with these settings, or in the open.
    pub(crate) tls: Option<Arc<ArcSwap<rustls::ServerConfig>>>,
}

/// Takes connections until `closing`, and returns once those that are open then have ended.
pub(crate) async fn serve(listener: TcpListener, app: Router, manner: Manner, closing: CancellationToken) {
    let open = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = closing.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, peer)) => {
                let Manner { patience, tls } = manner.clone();
                let client = Client { peer, app: app.clone(), patience, closing: closing.clone() };
                open.spawn(async move {
                    if let Err(error) = connection(socket, client, tls).await {
                        tracing::debug!(%peer, %error, "a connection broke off");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    open.close();
    open.wait().await;
}

async fn connection(
    socket: TcpStream,
    client: Client,
    tls: Option<Arc<ArcSwap<rustls::ServerConfig>>>,
) -> io::Result<()> {
    // Events are small and should not wait for each other.
    socket.set_nodelay(true)?;
    match tls {
        None => answer(socket, client).await,
        // Boxed: a task has room for the largest future that it may wait for, and most servers use no TLS.
        Some(tls) => Box::pin(answer_through(tls, socket, client)).await,
    }
}

async fn answer_through(
    tls: Arc<ArcSwap<rustls::ServerConfig>>,
    socket: TcpStream,
    client: Client,
) -> io::Result<()> {
    let patience = client.patience.min(HANDSHAKE);
    let mut first = [0];
    tokio::time::timeout(patience, socket.peek(&mut first)).await.map_err(io::Error::other)??;
    // A handshake begins with a byte that is no letter, and every request in the clear with one.
    if first[0].is_ascii_alphabetic() {
        return answer(socket, Client { app: https_needed(), ..client }).await;
    }
    let handshake = TlsAcceptor::from(tls.load_full()).accept(socket);
    let stream = tokio::time::timeout(patience, handshake).await.map_err(io::Error::other)??;
    match stream.get_ref().1.alpn_protocol() {
        Some(HTTP2) => http2::answer(stream, client).await,
        _ => answer(stream, client).await,
    }
}

/// Tells whoever asks in the clear where TLS is spoken what is wrong; a handshake that fails tells nobody anything.
fn https_needed() -> Router {
    Router::new().fallback(|| async {
        let detail = "This address speaks HTTPS; write it with \"https://\".";
        ([(header::CONNECTION, "close")], Problem::new(Kind::HttpsNeeded, detail))
    })
}

/// Answers the requests that come over one connection of HTTP/1.1.
async fn answer(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    client: Client,
) -> io::Result<()> {
    let (patience, closing) = (client.patience, client.closing.clone());
    let service = service_fn(move |request| client.answer(request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    ended.map_err(io::Error::other)
}

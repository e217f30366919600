//! HTTP/2, which a client that speaks TLS may choose: many streams over one connection, where a browser has six
//! connections without it.
//!
//! Only through TLS and by its ALPN. No browser speaks HTTP/2 in the clear, and a server that guesses by the first bytes
//! what comes is one more thing to get wrong.
//!
//! One connection may ask for as much as a hundred others, so each thing that it may ask for has a bound: streams at once,
//! bytes on their way in, bytes of heads, requests that are taken back before anybody looked at them. Callers have their
//! shares besides, whatever their requests come over. A client that is gone is found out by a ping, and a connection with
//! nothing under way is ended as one of HTTP/1.1 is.

use super::client::Client;
use http_body_util::BodyExt as _;
use hyper::{
    Request,
    body::Incoming,
    header::{HOST, HeaderValue},
    server::conn::http2,
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::{convert::Infallible, io, pin::pin, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
};

/// What a client and a server agree on in the TLS handshake.
pub(crate) const ALPN: &[u8] = b"h2";

/// Most requests and streams of events of one connection at the same time. A client waits with the next.
const STREAMS: u32 = 128;
/// Most bytes of a request's body that are on their way and not read yet.
const STREAM_WINDOW: u32 = 256 << 10;
/// The same, of all requests of a connection together.
const CONNECTION_WINDOW: u32 = 1 << 20;
/// Longest head of a request that is read at all, as of HTTP/1.1.
const HEAD: u32 = 64 << 10;
/// Most bytes of an answer that wait for the client, beside the piece that is being sent.
const SEND_BUFFER: usize = 64 << 10;
/// Most requests that a client may take back before they were looked at, at the same time: more end the connection
/// ("rapid reset").
const TAKEN_BACK: usize = 20;
/// Most streams that a client may have the server reset by what it sends wrongly, before the connection ends.
const WRONG: usize = 128;
/// How long a client that has not even begun may take to, once its connection is to end.
const BEGINNING: Duration = Duration::from_secs(10);
/// After so much silence a client is asked whether it is there, and has as long again to say so; never longer than it may
/// be silent otherwise.
const PING: Duration = Duration::from_secs(20);

/// Answers the requests that come over one connection, until it ends, no more are taken and all of them are answered, or there was
/// none for its patience.
pub(super) async fn answer(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    client: Client,
) -> io::Result<()> {
    let (patience, closing) = (client.patience, client.closing.clone());
    let open = Arc::new(watch::Sender::new(0));
    let under_way = Arc::clone(&open);
    let service = service_fn(move |mut request: Request<Incoming>| {
        name(&mut request);
        let held = Held::new(&open);
        let answer = client.answer(request);
        async move {
            let answer = answer.await?;
            Ok::<_, Infallible>(answer.map(|body| {
                // What the body holds goes with it: its request is under way as long as it is there.
                body.inspect_frame(move |_| {
                    let _under_way = &held;
                })
            }))
        }
    });
    let mut connection = pin!(builder(patience).serve_connection(TokioIo::new(stream), service));
    let mut is_told = false;
    loop {
        tokio::select! {
            ended = &mut connection => return ended.map_err(io::Error::other),
            () = closing.cancelled(), if !is_told => {
                connection.as_mut().graceful_shutdown();
                is_told = true;
            }
            () = idle(&under_way, patience) => {
                connection.as_mut().graceful_shutdown();
                // One that has not even begun takes no notice.
                let ended = tokio::time::timeout(patience.min(BEGINNING), connection).await;
                return ended.unwrap_or(Ok(())).map_err(io::Error::other);
            }
        }
    }
}

fn builder(patience: Duration) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .max_header_list_size(HEAD)
        .max_pending_accept_reset_streams(TAKEN_BACK)
        .max_local_error_reset_streams(WRONG)
        .keep_alive_interval(PING.min(patience))
        .keep_alive_timeout(PING.min(patience));
    builder
}

/// Puts the name that a request is sent to where those of HTTP/1.1 have it, so that what looks at it has one place to
/// look. Another one beside it does not count.
fn name(request: &mut Request<Incoming>) {
    if let Some(authority) = request.uri().authority()
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        request.headers_mut().insert(HOST, host);
    }
}

/// Waits until there has been no request under way for `patience`.
async fn idle(open: &watch::Sender<usize>, patience: Duration) {
    let mut under_way = open.subscribe();
    loop {
        let is_busy = *under_way.borrow_and_update() > 0;
        let changed = under_way.changed();
        if is_busy {
            // It cannot fail: `open` is there to be changed.
            drop(changed.await);
        } else if tokio::time::timeout(patience, changed).await.is_err() {
            return;
        }
    }
}

/// One request under way: from its head to the end of its answer, or until the client takes it back.
struct Held(Arc<watch::Sender<usize>>);

impl Held {
    fn new(open: &Arc<watch::Sender<usize>>) -> Self {
        open.send_modify(|open| *open += 1);
        Self(Arc::clone(open))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open = open.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_idle_once_nothing_was_under_way_for_long_enough() {
        let open = Arc::new(watch::Sender::new(0));
        let under_way = Arc::clone(&open);
        let begun = tokio::time::Instant::now();
        let first = Held::new(&open);
        let second = Held::new(&open);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(100)).await;
            drop(first);
            tokio::time::sleep(Duration::from_secs(20)).await;
            drop(second);
            tokio::time::sleep(Duration::from_secs(29)).await;
            drop(Held::new(&open));
            std::future::pending::<()>().await;
        });
        idle(&under_way, Duration::from_secs(30)).await;
        assert_eq!(begun.elapsed().as_secs(), 100 + 20 + 29 + 30);
    }
}

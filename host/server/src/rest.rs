//! What is left of a request's body when its answer is there: read to its end and thrown away, within bounds.
//!
//! A request is often refused before its body was read: its type is wrong, it is too large, its sender may not send it. Most
//! clients look at the answer once they have sent everything. If the connection is closed on them before, over HTTP/1.1 the
//! answer is lost with it (`EPIPE`, `ECONNRESET`); over HTTP/2 the stream is reset, or its windows stay full and the next
//! request waits for ever. So the rest is taken in while the answer goes out, as other servers do ("lingering close"), for so
//! long and so much; a client that goes on after that is cut off. What costs the server is no more than an upload that is
//! accepted would.

use axum::{
    body::Body,
    extract::Request,
    http::{StatusCode, header},
    middleware::Next,
    response::Response,
};
use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use std::{
    future::poll_fn,
    mem,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// Most bytes that are thrown away. Twice what the largest body may have by default.
const MOST: usize = 128 << 20;
/// How long that may take in all, and how long nothing may come. As nginx has it: a client that is honest and slow gets to the
/// end, and one that is silent is let go.
const LONGEST: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(5);

/// Sees to it that the body is read to its end, whatever comes of the request.
pub(crate) async fn take_in(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // A client that waits to be told to go on is not told, and sends nothing.
    let is_coming = !parts.headers.contains_key(header::EXPECT);
    let given_up = CancellationToken::new();
    let body = Body::new(Lent { body, is_coming, given_up: given_up.clone() });
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status() == StatusCode::REQUEST_TIMEOUT {
        // It was waited for as long as it may take, and came too slowly.
        given_up.cancel();
    }
    response
}

/// A body whose rest is read when it is dropped. What `http_body_util` combines bodies from lets nobody have what is left of
/// one that is dropped.
struct Lent {
    body: Body,
    /// Whether the client is sending it.
    is_coming: bool,
    /// Ends the reading of the rest.
    given_up: CancellationToken,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.is_coming = true;
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(None | Some(Err(_))) = frame {
            self.is_coming = false;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.is_coming || self.body.is_end_stream() {
            return;
        }
        // Without a runtime there is no connection either.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (body, given_up) = (mem::take(&mut self.body), self.given_up.clone());
            let reading = tokio::time::timeout(LONGEST, discard(body, MOST));
            runtime.spawn(given_up.run_until_cancelled_owned(reading));
        }
    }
}

/// Reads `body` to its end, until more than `most` bytes came, or until none came for [`SILENCE`].
async fn discard(mut body: Body, most: usize) {
    let mut size = 0;
    loop {
        let next = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let Ok(Some(Ok(frame))) = tokio::time::timeout(SILENCE, next).await else { return };
        size += frame.data_ref().map_or(0, Bytes::len);
        if size > most {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{StreamExt, stream};
    use std::{
        convert::Infallible,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
    };

    /// A body of this many pieces of a kilobyte, which counts how many were read.
    fn body(pieces: usize) -> (Body, Arc<AtomicUsize>) {
        let read = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&read);
        let pieces = stream::iter(0..pieces).map(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>(Bytes::from_static(&[0; 1024]))
        });
        (Body::from_stream(pieces), read)
    }

    fn lent(body: Body, is_coming: bool) -> Lent {
        Lent { body, is_coming, given_up: CancellationToken::new() }
    }

    #[tokio::test]
    async fn what_is_thrown_away_has_a_bound() {
        let (body, read) = body(1000);
        discard(body, 10 << 10).await;
        assert_eq!(read.load(Ordering::SeqCst), 11);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_dropped_unread_is_read_and_what_does_not_come_is_not_waited_for() {
        let (whole, read) = body(7);
        drop(lent(whole, true));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(read.load(Ordering::SeqCst), 7);
        let (expected, read) = body(7);
        drop(lent(expected, false));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(read.load(Ordering::SeqCst), 0);
        // One of which nothing comes is let go.
        let (dropped, mut is_dropped) = tokio::sync::oneshot::channel::<()>();
        let endless = stream::pending::<Result<Bytes, Infallible>>().chain(stream::once(async move {
            drop(dropped);
            Ok(Bytes::new())
        }));
        drop(lent(Body::from_stream(endless), true));
        tokio::time::sleep(SILENCE / 2).await;
        assert!(is_dropped.try_recv() == Err(tokio::sync::oneshot::error::TryRecvError::Empty));
        tokio::time::sleep(SILENCE).await;
        assert!(is_dropped.try_recv() == Err(tokio::sync::oneshot::error::TryRecvError::Closed));
    }
}

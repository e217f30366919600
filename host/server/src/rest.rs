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
    http::{HeaderValue, StatusCode, Version, header},
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
use tokio::sync::oneshot;

/// Most bytes that are thrown away. Twice what the largest body may have by default.
const MOST: usize = 128 << 20;
/// How long that may take in all, and how long nothing may come. As nginx has it: a client that is honest and slow gets to the
/// end, and one that is silent is let go.
const LONGEST: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(5);
/// A body up to this size has most often come with its head. It is taken in before the answer goes out, if it does not take
/// longer than this.
const SMALL: u64 = 64 << 10;
const MOMENT: Duration = Duration::from_secs(1);

/// Sees to it that the body is read to its end, whatever comes of the request.
///
/// Where its end is not there yet when the answer is, the answer says over HTTP/1.1 that the connection will be closed. Its
/// client may give up sending after it has the answer. A proxy in between that keeps the connection for somebody else's
/// request would then have that one taken for the rest of the body; HAProxy 2.6 does.
pub(crate) async fn take_in(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // A client that waits to be told to go on is not told, and sends nothing.
    let is_coming = !parts.headers.contains_key(header::EXPECT);
    let in_messages = parts.version >= Version::HTTP_2;
    let (lent, given_back) = Lent::lend(body, is_coming);
    let mut response = next.run(Request::from_parts(parts, Body::new(lent))).await;
    // One that was waited for as long as it may take came too slowly, and is not waited for any longer.
    let is_awaited = response.status() != StatusCode::REQUEST_TIMEOUT;
    if !finish(given_back, is_awaited).await && !in_messages {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Reads what was left, now or while the answer goes out. Returns whether the body has come to its end.
async fn finish(mut given_back: oneshot::Receiver<Left>, is_awaited: bool) -> bool {
    let left = match given_back.try_recv() {
        Ok(left) => left,
        // It was read to its end; or somebody reads it still, beside the answer.
        Err(_) => return true,
    };
    let Left { mut body, is_coming } = left;
    if !is_coming || !is_awaited {
        return false;
    }
    let is_small = body.size_hint().upper().is_some_and(|size| size <= SMALL);
    if is_small && tokio::time::timeout(MOMENT, discard(&mut body, MOST)).await == Ok(true) {
        return true;
    }
    tokio::spawn(async move { tokio::time::timeout(LONGEST, discard(&mut body, MOST)).await });
    false
}

/// What is left of a body that nobody reads any more.
struct Left {
    body: Body,
    /// Whether the client is sending it.
    is_coming: bool,
}

/// A body that is given back when it is dropped before its end. What `http_body_util` combines bodies from lets nobody have
/// what is left of one that is dropped.
struct Lent {
    left: Left,
    back: Option<oneshot::Sender<Left>>,
}

impl Lent {
    fn lend(body: Body, is_coming: bool) -> (Self, oneshot::Receiver<Left>) {
        let (back, given_back) = oneshot::channel();
        (Self { left: Left { body, is_coming }, back: Some(back) }, given_back)
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.left.is_coming = true;
        let frame = Pin::new(&mut self.left.body).poll_frame(context);
        if let Poll::Ready(None | Some(Err(_))) = frame {
            self.back = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.left.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.left.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.left.body.is_end_stream() {
            return;
        }
        let left = Left { body: mem::take(&mut self.left.body), is_coming: self.left.is_coming };
        if let Some(back) = self.back.take() {
            // Where nobody wants it, there is no connection any more.
            let _ = back.send(left);
        }
    }
}

/// Reads `body` to its end, until more than `most` bytes came, or until none came for [`SILENCE`]. Returns whether it came
/// to its end.
async fn discard(body: &mut Body, most: usize) -> bool {
    let mut size = 0;
    loop {
        let next = poll_fn(|context| Pin::new(&mut *body).poll_frame(context));
        match tokio::time::timeout(SILENCE, next).await {
            Ok(Some(Ok(frame))) => size += frame.data_ref().map_or(0, Bytes::len),
            Ok(None) => return true,
            Ok(Some(Err(_))) | Err(_) => return false,
        }
        if size > most {
            return false;
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

    /// What becomes of a body that nobody reads.
    async fn refused(body: Body, is_coming: bool) -> bool {
        let (lent, given_back) = Lent::lend(body, is_coming);
        drop(lent);
        finish(given_back, true).await
    }

    #[tokio::test]
    async fn what_is_thrown_away_has_a_bound() {
        let (mut body, read) = body(1000);
        assert!(!discard(&mut body, 10 << 10).await);
        assert_eq!(read.load(Ordering::SeqCst), 11);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_dropped_unread_is_read_and_what_does_not_come_is_not_waited_for() {
        let (whole, read) = body(7);
        assert!(!refused(whole, true).await, "nobody knows its size before its end is there");
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(read.load(Ordering::SeqCst), 7);
        let (expected, read) = body(7);
        assert!(!refused(expected, false).await);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(read.load(Ordering::SeqCst), 0);
        // One of which nothing comes is let go.
        let (dropped, mut is_dropped) = oneshot::channel::<()>();
        let endless = stream::pending::<Result<Bytes, Infallible>>().chain(stream::once(async move {
            drop(dropped);
            Ok(Bytes::new())
        }));
        assert!(!refused(Body::from_stream(endless), true).await);
        tokio::time::sleep(SILENCE / 2).await;
        assert!(is_dropped.try_recv() == Err(oneshot::error::TryRecvError::Empty));
        tokio::time::sleep(SILENCE).await;
        assert!(is_dropped.try_recv() == Err(oneshot::error::TryRecvError::Closed));
    }

    #[tokio::test]
    async fn what_has_come_to_its_end_lets_the_connection_go_on() {
        assert!(refused(Body::from("a small one"), true).await);
        assert!(refused(Body::empty(), true).await, "there was nothing to be read");
        let (lent, given_back) = Lent::lend(body(3).0, true);
        axum::body::to_bytes(Body::new(lent), usize::MAX).await.unwrap();
        assert!(finish(given_back, true).await, "it was read");
    }
}

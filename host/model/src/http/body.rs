//! The body of an answer: a stream of events or one piece of JSON, whatever its head calls it.

use crate::{
    account::ANSWER_MAX,
    sse::{Broken, Events},
};
use bytes::Bytes;
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use reqwest::Response;
use std::{io, time::Duration};

use super::unreachable;

/// What a body is.
pub(super) enum Body {
    Events(Events),
    Json(String),
    /// Neither of them.
    Other,
}

/// Reads a body that is a stream by its head.
pub(super) fn events(response: Response) -> Events {
    Events::new(pieces(response))
}

/// Reads a body that may be either, as far as is needed to tell; all of it when it is JSON. Servers and gateways give
/// streams under the names of other things.
pub(super) async fn either(response: Response, wait: Duration, is_json: bool) -> Result<Body, Broken> {
    const ENOUGH: usize = 16;
    let mut pieces = pieces(response);
    let mut head = Vec::new();
    while begin(&head).len() < ENOUGH
        && let Some(piece) = next(&mut pieces, wait).await?
    {
        head.extend(piece);
        too_large(&head)?;
    }
    if ["data:", "event:", ": "].iter().any(|field| begin(&head).starts_with(field.as_bytes())) {
        let head = stream::once(async { Ok(Bytes::from(head)) });
        return Ok(Body::Events(Events::new(head.chain(pieces).boxed())));
    }
    if !is_json && !begin(&head).starts_with(b"{") {
        return Ok(Body::Other);
    }
    while let Some(piece) = next(&mut pieces, wait).await? {
        head.extend(piece);
        too_large(&head)?;
    }
    Ok(Body::Json(String::from_utf8_lossy(begin(&head)).into_owned()))
}

fn pieces(response: Response) -> BoxStream<'static, io::Result<Bytes>> {
    let wrong = |error: reqwest::Error| io::Error::other(unreachable::chain(&error.without_url()));
    response.bytes_stream().map_err(wrong).boxed()
}

async fn next(
    pieces: &mut BoxStream<'static, io::Result<Bytes>>,
    wait: Duration,
) -> Result<Option<Bytes>, Broken> {
    let next = tokio::time::timeout(wait, pieces.next()).await.map_err(|_| Broken::Stalled(wait))?;
    next.transpose().map_err(|error| Broken::Connection(error.to_string()))
}

fn too_large(body: &[u8]) -> Result<(), Broken> {
    if body.len() > ANSWER_MAX { Err(Broken::TooLarge(ANSWER_MAX)) } else { Ok(()) }
}

/// A body from its first byte that means something.
fn begin(body: &[u8]) -> &[u8] {
    body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body).trim_ascii_start()
}

//! Bodies that are files: taken in piece by piece, with a limit and a least speed.

use crate::{
    app::App,
    extract::too_slow,
    problem::{Kind, Problem},
};
use axum::body::Body;
use futures::StreamExt;
use std::time::Duration;
use tokio::time::Instant;

/// Bytes a second at which a body has to come, once [`ServerConfig::body_timeout`] is over.
///
/// [`ServerConfig::body_timeout`]: crate::ServerConfig::body_timeout
const SLOWEST: u64 = 64 << 10;

/// Gives the pieces of `body` to `take`, in order. `what` names the whole in what is said of one over `limit` bytes.
pub(super) async fn pieces(
    app: &App,
    body: Body,
    limit: u64,
    what: &str,
    mut take: impl FnMut(&[u8]) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut stream = body.into_data_stream();
    let (began, mut size) = (Instant::now(), 0);
    loop {
        // What has come earns time for the rest, so that a body which drips does not take for ever.
        let earned = app.config.body_timeout + Duration::from_secs(size / SLOWEST);
        let next = tokio::time::timeout_at(began + earned, stream.next()).await;
        let Some(piece) = next.map_err(|_| too_slow(earned))? else { return Ok(()) };
        let piece = piece.map_err(|error| {
            Problem::new(Kind::InvalidRequest, format!("The body broke off before its end: {error}."))
        })?;
        size += piece.len() as u64;
        if size > limit {
            let detail = format!("The {what} is longer than {limit} bytes, which is the limit.");
            return Err(Problem::new(Kind::BodyTooLarge, detail));
        }
        take(&piece)?;
    }
}

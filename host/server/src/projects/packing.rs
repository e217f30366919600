//! The body of an answer that is made while it is sent.

use axum::body::{Body, Bytes};
use futures::{StreamExt, stream};
use orchestrator::ProjectId;
use std::{fmt::Display, io};
use tokio::io::DuplexStream;
use tokio_util::io::{ReaderStream, SyncIoBridge};

/// Bytes that wait for a slow client; then the work waits.
const AHEAD: usize = 256 * 1024;

/// What `pack` writes, which ends with an error once the client is gone. The answer has begun by then, so a failure can no longer be its status: the connection is broken
/// off instead, because a body that merely ended would look whole.
pub(super) fn body<E: Display + Send + 'static>(
    project: ProjectId,
    pack: impl FnOnce(SyncIoBridge<DuplexStream>) -> Result<(), E> + Send + 'static,
) -> Body {
    let (reader, writer) = tokio::io::duplex(AHEAD);
    let out = SyncIoBridge::new(writer);
    let packed = tokio::task::spawn_blocking(move || pack(out).map_err(|error| error.to_string()));
    let end = async move {
        let why = match packed.await {
            Ok(Ok(())) => return None,
            Ok(Err(why)) => why,
            Err(error) => error.to_string(),
        };
        tracing::warn!(%project, error = why, "an answer was cut off");
        Some(Err::<Bytes, _>(io::Error::other(why)))
    };
    Body::from_stream(ReaderStream::new(reader).chain(stream::once(end).filter_map(std::future::ready)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use std::io::Write;

    fn project() -> ProjectId {
        ProjectId::new("shop").expect("an id")
    }

    #[tokio::test]
    async fn what_is_packed_arrives() {
        let body = body(project(), |mut out| out.write_all(b"archive"));
        assert_eq!(to_bytes(body, 100).await.expect("a body"), "archive");
    }

    #[tokio::test]
    async fn an_archive_that_fails_half_way_does_not_pass_for_a_whole_one() {
        let body = body(project(), |mut out| {
            out.write_all(b"arch")?;
            Err(io::Error::other("a.txt vanished"))
        });
        let error = to_bytes(body, 100).await.expect_err("cut off");
        assert!(error.to_string().contains("a.txt vanished"), "{error}");
    }
}

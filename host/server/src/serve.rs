//! Serving until told to stop, and stopping in order.
//!
//! The order is what makes a stop harmless: no new connections; then the runs end, each with a last event that says
//! why; then the streams, which end by themselves once they have delivered that event; then a deadline, for clients
//! that do not read. Each wait is longer than what it waits for needs, so the deadline is the exception.

use crate::{config::ServerConfig, router::router};
use orchestrator::Orchestrator;
use std::io;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The server could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The listening socket failed.
    #[error("serving HTTP: {0}")]
    Listener(#[source] io::Error),
}

/// Serves the API on `listener` until `shutdown` completes, then stops the orchestrator and drains the streams.
///
/// Returns at most [`ServerConfig::grace`] and [`ServerConfig::drain`] after `shutdown`. Connections that are still
/// open then are left to the end of the process.
///
/// # Errors
/// When the listening socket fails.
pub async fn serve(
    listener: TcpListener,
    orchestrator: Orchestrator,
    config: ServerConfig,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let (grace, drain) = (config.grace, config.drain);
    let (closing, stopping) = (CancellationToken::new(), CancellationToken::new());
    let app = router(orchestrator.clone(), config, stopping.clone());
    let server = axum::serve(listener, app).with_graceful_shutdown(closing.clone().cancelled_owned());
    let mut server = std::pin::pin!(server.into_future());
    tokio::select! {
        served = &mut server => return served.map_err(ServeError::Listener),
        () = shutdown => closing.cancel(),
    }
    let stop = async {
        orchestrator.shutdown(grace).await;
        stopping.cancel();
    };
    // The server is polled all along: it is what carries the streams to their ends.
    let drained = tokio::time::timeout(grace + drain, server);
    let ((), drained) = tokio::join!(stop, drained);
    match drained {
        Ok(served) => served.map_err(ServeError::Listener),
        Err(_) => {
            tracing::warn!(
                "clients kept connections open for {} s after the stop",
                (grace + drain).as_secs()
            );
            Ok(())
        }
    }
}

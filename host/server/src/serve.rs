//! Serving until told to stop, and stopping in order.
//!
//! The order is what makes a stop harmless: no new connections; then the runs end, each with a last event that says
//! why; then the streams, which end by themselves once they have delivered that event; then a deadline, for clients
//! that do not read. Each wait is longer than what it waits for needs, so the deadline is the exception.
//!
//! Before that, the one refusal that no setting turns off: an address that other machines reach is not served without
//! tokens, because whoever reaches the API can have programs run here.

use crate::{
    config::ServerConfig,
    connections::{self, Manner},
    router::router,
    tls::TlsError,
};
use arc_swap::ArcSwap;
use orchestrator::Orchestrator;
use std::{io, net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

/// The server could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The listening socket failed.
    #[error("serving HTTP: {0}")]
    Listener(#[source] io::Error),
    /// Other machines would reach the API, and nothing would stop them.
    #[error(
        "not serving {0}: other machines reach it and there is no token, so anybody could have programs run here; make \
         one with `orchestrator token create NAME --role admin`, or listen on 127.0.0.1"
    )]
    Exposed(SocketAddr),
    /// Whether there are tokens could not be found out.
    #[error("looking for tokens: {0}")]
    Tokens(#[source] orchestrator::AccessError),
    /// The certificate or its key cannot be used.
    #[error("setting up TLS: {0}")]
    Tls(#[source] TlsError),
}

/// Says whether `address` may be served: one that other machines reach takes at least one token.
///
/// # Errors
/// [`ServeError::Exposed`] when it may not.
pub async fn check_exposure(address: SocketAddr, orchestrator: &Orchestrator) -> Result<(), ServeError> {
    if address.ip().is_loopback() || orchestrator.tokens().any().await.map_err(ServeError::Tokens)? {
        return Ok(());
    }
    Err(ServeError::Exposed(address))
}

/// Serves the API on `listener` until `shutdown` completes, then stops the orchestrator and drains the streams.
///
/// Returns at most [`ServerConfig::grace`] and [`ServerConfig::drain`] after `shutdown`. Connections that are still
/// open then are left to the end of the process.
///
/// # Errors
/// When the listening socket fails, when it is one that other machines reach and there is no token, or when the
/// certificate cannot be used.
pub async fn serve(
    listener: TcpListener,
    orchestrator: Orchestrator,
    mut config: ServerConfig,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Listener)?;
    check_exposure(address, &orchestrator).await?;
    config.tokens_required |= !address.ip().is_loopback();
    let (grace, drain) = (config.grace, config.drain);
    let (closing, stopping) = (CancellationToken::new(), CancellationToken::new());
    let mut manner = Manner { patience: config.header_timeout, tls: None };
    let mut _following = None;
    if let Some(tls) = config.tls.clone() {
        let serving = Arc::new(ArcSwap::new(tls.load().map_err(ServeError::Tls)?));
        _following = Some(AbortOnDropHandle::new(tokio::spawn(tls.follow(Arc::clone(&serving)))));
        manner.tls = Some(serving);
    }
    let app = router(orchestrator.clone(), config, stopping.clone());
    let mut server = std::pin::pin!(connections::serve(listener, app, manner, closing.clone()));
    tokio::select! {
        () = &mut server => return Ok(()),
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
        Ok(()) => Ok(()),
        Err(_) => {
            tracing::warn!(
                "clients kept connections open for {} s after the stop",
                (grace + drain).as_secs()
            );
            Ok(())
        }
    }
}

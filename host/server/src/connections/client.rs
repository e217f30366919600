//! A client at the other end of a connection, and what answers its requests.

use axum::{Router, body::Body, extract::ConnectInfo, response::Response};
use hyper::{Request, body::Incoming};
use std::{convert::Infallible, net::SocketAddr, time::Duration};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// A client, whatever version of HTTP it speaks.
pub(super) struct Client {
    pub(super) peer: SocketAddr,
    pub(super) app: Router,
    /// How long it may take to send a request's head.
    pub(super) patience: Duration,
    /// Set once no more requests are taken.
    pub(super) closing: CancellationToken,
}

impl Client {
    /// Answers one of its requests.
    pub(super) fn answer(
        &self,
        mut request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response, Infallible>> + Send + use<> {
        request.extensions_mut().insert(ConnectInfo(self.peer));
        self.app.clone().oneshot(request.map(Body::new))
    }
}

//! One line in the log for each request that is answered.
//!
//! What only looks whether the server is there asks every few seconds, and would bury the rest: requests for `/health`,
//! and those without an answer's body (`HEAD`), are told at the level `debug`, the others at `info`. That they failed is
//! told at `error` whatever they were.

use crate::address::PREFIX;
use axum::{extract::Request, http::Method, response::Response};
use std::time::Duration;
use tracing::{Level, Span};

/// What the lines about a request have in common.
pub(crate) fn span(request: &Request) -> Span {
    let (method, path) = (request.method(), request.uri().path());
    match is_probe(method, path) {
        true => tracing::debug_span!("request", %method, path),
        false => tracing::info_span!("request", %method, path),
    }
}

fn is_probe(method: &Method, path: &str) -> bool {
    method == Method::HEAD || path.strip_prefix(PREFIX) == Some("/health")
}

/// Writes the line. A span that the filter lets go has no level, and then nothing is written.
pub(crate) fn answered(response: &Response, latency: Duration, span: &Span) {
    let (status, latency_ms) = (response.status().as_u16(), latency.as_millis() as u64);
    match span.metadata().map(|metadata| *metadata.level()) {
        Some(Level::INFO) => tracing::info!(status, latency_ms, "answered"),
        Some(_) => tracing::debug!(status, latency_ms, "answered"),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_looks_is_a_probe() {
        let health = "/api/v1/orchestrator/health";
        assert!(is_probe(&Method::GET, health) && is_probe(&Method::HEAD, "/api/v1/orchestrator/runs"));
        assert!(!is_probe(&Method::GET, "/api/v1/orchestrator/runs") && !is_probe(&Method::GET, "/health"));
    }
}

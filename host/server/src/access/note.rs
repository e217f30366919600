//! Putting refusals into the audit, as far as [`Refusals`](super::refusals::Refusals) lets.

use crate::{app::App, problem::Reason};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use orchestrator::Actor;
use serde_json::json;
use std::net::SocketAddr;

/// Most characters of a path in an entry.
const PATH_MAX: usize = 200;

/// Who was refused, as far as that is known: put on an answer by who refused.
#[derive(Debug, Clone)]
pub(super) struct Whom(pub(super) Actor);

/// Puts refusals down: those for want of a token or a role, and those of foreign web pages.
pub(crate) async fn note(State(app): State<App>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path: String = request.uri().path().chars().take(PATH_MAX).collect();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let response = next.run(request).await;
    if !matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return response;
    }
    let Some(Reason(reason)) = response.extensions().get::<Reason>().cloned() else { return response };
    let whom = response.extensions().get::<Whom>().map_or(Actor::UNKNOWN, |whom| whom.0.clone());
    let from = peer.map(|peer| peer.to_string()).unwrap_or_default();
    let whose = if whom == Actor::UNKNOWN { &from } else { whom.as_str() };
    let Some(passed_over) = app.refusals.count(whose) else { return response };
    let detail = json!({"reason": reason, "from": from, "passed_over": passed_over});
    // In a task, so that hanging up early leaves no gap.
    let recorder = app.orchestrator.on_behalf_of(whom);
    let written = tokio::spawn(async move {
        let subject = format!("{method} {path}");
        if let Err(error) = recorder.record("access.refuse", &subject, None, detail).await {
            tracing::error!(%error, subject, "a refusal could not be put into the audit");
        }
    });
    // Waited for, so that who was refused finds it there. It does not fail: a panic in it is in the log.
    let _ = written.await;
    response
}

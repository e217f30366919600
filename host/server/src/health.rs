//! `GET /health`: whether the program is well, and what it has.

use crate::router::App;
use axum::{Json, extract::State};
use orchestrator::Health;

/// Ask whether the program is well
///
/// `notices` holds what operators should know, such as that answers are replayed from a script.
#[utoipa::path(get, path = "/health", tag = "health", responses(
    (status = 200, description = "It answers", body = Health, example = json!({
        "status": "healthy",
        "agents_count": 8,
        "workflows_count": 3,
        "default_workflow": "bolt_standard",
        "version": "0.1.0",
        "provider": "anthropic",
        "notices": []
    })),
))]
pub(crate) async fn health(State(app): State<App>) -> Json<Health> {
    Json(app.orchestrator.health())
}

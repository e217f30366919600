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
        "notices": [],
        "sandbox": {
            "required": "namespaces",
            "actual": "namespaces",
            "backend": "bubblewrap 0.8.0 (/usr/bin/bwrap)",
            "uid": 1000,
            "seccomp": true,
            "userns_disabled": true,
            "network": "none",
            "cgroup": {"pids": true, "memory": true, "cpu": true},
            "last_probe": "2026-11-25T10:00:00Z",
            "probe_failures": [],
            "caveats": ["commands share the kernel of this machine"]
        }
    })),
))]
pub(crate) async fn health(State(app): State<App>) -> Json<Health> {
    Json(app.orchestrator.health())
}

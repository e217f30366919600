//! `GET /health`: whether the program is well, and what it has.
//!
//! Whoever watches over a server must be able to ask without a secret; what it has is nobody's business who may not look
//! at the rest. So where tokens are asked for, a caller without one learns the status and no more.

use crate::{access::Visitor, app::App};
use axum::{Json, extract::State};
use orchestrator::Health;
use serde::Serialize;
use utoipa::ToSchema;

/// Whether the program is well.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum HealthAnswer {
    /// To callers who may look.
    Full(Box<Health>),
    /// To anybody else.
    Brief(Brief),
}

/// Whether the program is well, and no more.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Brief {
    /// `healthy`, `degraded`, or `stopping` once a shutdown began.
    #[schema(example = "healthy")]
    status: String,
}

/// Ask whether the program is well
///
/// `notices` holds what operators should know, such as that answers are replayed from a script. Where tokens are asked
/// for, a caller without one gets `status` alone.
#[utoipa::path(get, operation_id = "getHealth", path = "/health", tag = "health", responses(
    (status = 200, description = "It answers", body = HealthAnswer, example = json!({
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
pub(crate) async fn health(State(app): State<App>, Visitor(caller): Visitor) -> Json<HealthAnswer> {
    let health = app.orchestrator.health();
    Json(match caller {
        Some(_) => HealthAnswer::Full(Box::new(health)),
        None => HealthAnswer::Brief(Brief { status: health.status }),
    })
}

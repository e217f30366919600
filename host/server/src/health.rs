//! `GET /health`: whether the program is well, and what it has.
//!
//! Whoever watches over a server must be able to ask without a secret; what it has is nobody's business who may not look
//! at the rest. So where tokens are asked for, a caller without one learns the status and no more.

use crate::{access::Visitor, app::App};
use axum::{Json, extract::State};
use orchestrator::Health;
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Ref, RefOr, Schema, schema::AnyOfBuilder},
};

/// Whether the program is well.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum HealthAnswer {
    /// To callers who may look.
    Full(Box<Health>),
    /// To anybody else.
    Brief(Brief),
}

impl ToSchema for HealthAnswer {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for (name, schema) in [(Health::name(), Health::schema()), (Brief::name(), Brief::schema())] {
            schemas.push((name.into_owned(), schema));
        }
        Health::schemas(schemas);
        Brief::schemas(schemas);
    }
}

impl PartialSchema for HealthAnswer {
    /// `anyOf`, the fuller one first: what is whole is also brief, so it is never one of them alone, and generators of clients
    /// take the first that fits.
    fn schema() -> RefOr<Schema> {
        let any = AnyOfBuilder::new()
            .item(Ref::from_schema_name(Health::name()))
            .item(Ref::from_schema_name(Brief::name()))
            .description(Some("Whether the program is well: all of it to callers who may look, and the status to anybody else."));
        RefOr::T(Schema::AnyOf(any.build()))
    }
}

/// Whether the program is well, and no more.
#[derive(Debug, Serialize, ToSchema)]
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
    (status = 200, description = "It answers", body = HealthAnswer),
))]
pub(crate) async fn health(State(app): State<App>, Visitor(caller): Visitor) -> Json<HealthAnswer> {
    let health = app.orchestrator.health();
    Json(match caller {
        Some(_) => HealthAnswer::Full(Box::new(health)),
        None => HealthAnswer::Brief(Brief { status: health.status }),
    })
}

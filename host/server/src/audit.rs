//! `GET /audit`: who did what, and when.

use crate::{
    app::App,
    extract::QueryString,
    problem::{Kind, Problem},
};
use axum::{Json, extract::State};
use orchestrator::{AuditFilter, AuditView, EntryId, RunId};
use orchestrator_core::Timestamp;
use serde::{Deserialize, Deserializer};
use std::ops::RangeInclusive;
use utoipa::IntoParams;

/// How many entries a page may have.
const LIMIT: RangeInclusive<usize> = 1..=1000;

/// Which entries to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// From this time on, RFC 3339.
    #[param(example = "2026-01-01T00:00:00Z")]
    since: Option<Timestamp>,
    /// This action alone (`token.create`), or this family of actions (`token`).
    #[param(example = "token")]
    action: Option<String>,
    /// What this actor did alone.
    actor: Option<String>,
    /// What was done in or to this run alone.
    run_id: Option<RunId>,
    /// Entries before this one: the last of the page before.
    #[serde(default, deserialize_with = "entry_id")]
    #[param(value_type = Option<String>)]
    before: Option<EntryId>,
    /// Entries after this one, the oldest first: what came since.
    #[serde(default, deserialize_with = "entry_id")]
    #[param(value_type = Option<String>)]
    after: Option<EntryId>,
    /// At most so many, 1 to 1000. Default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

fn entry_id<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<EntryId>, D::Error> {
    let text = Option::<String>::deserialize(reader)?;
    text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
}

impl AuditQuery {
    fn filter(self) -> Result<AuditFilter, Problem> {
        let Self { since, action, actor, run_id, before, after, limit } = self;
        if limit.is_some_and(|limit| !LIMIT.contains(&limit)) {
            let detail = format!("limit: give a number from {} to {}", LIMIT.start(), LIMIT.end());
            return Err(Problem::new(Kind::InvalidRequest, detail).in_field("limit"));
        }
        let oldest_first = after.is_some();
        Ok(AuditFilter {
            since,
            action,
            actor,
            run_id,
            before,
            after,
            oldest_first,
            limit: limit.unwrap_or(100),
        })
    }
}

/// List what was done, and by whom
///
/// Changes of agents, workflows and tokens, plugins that came, went or were refused, grants and denials; runs that were
/// asked for or cancelled, and the commands that they started. The newest first, or with `after` the oldest.
#[utoipa::path(get, operation_id = "listAuditEntries", path = "/audit", tag = "access", params(AuditQuery), responses(
    (status = 200, description = "Entries", body = [AuditView]),
    (status = 422, description = "A parameter cannot be used; `field` names it"),
))]
pub(crate) async fn list(
    State(app): State<App>,
    QueryString(query): QueryString<AuditQuery>,
) -> Result<Json<Vec<AuditView>>, Problem> {
    Ok(Json(app.orchestrator.audit(query.filter()?).await?))
}

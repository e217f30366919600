//! `GET /audit`: who did what, and when.

use crate::{
    app::App,
    docs::shared::BadParameter,
    page::{AuditPage, PageQuery, Paged},
    problem::Problem,
};
use axum::{Json, extract::State};
use orchestrator::{AuditFilter, EntryId, RunId};
use orchestrator_core::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which entries to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// From this time on, RFC 3339, such as `2026-01-01T00:00:00Z`.
    since: Option<Timestamp>,
    /// This action alone (`token.create`), or this family of actions (`token`).
    action: Option<String>,
    /// What this actor did alone.
    actor: Option<String>,
    /// What was done in or to this run alone.
    run_id: Option<RunId>,
    /// Which come first. Default `newest`.
    #[param(inline)]
    order: Option<Order>,
}

/// The order of the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// What was done last comes first.
    Newest,
    /// What was done first comes first.
    Oldest,
}

/// Which entries, by the place where the page before ended.
fn filter(query: AuditQuery, limit: usize, place: Option<EntryId>) -> AuditFilter {
    let AuditQuery { since, action, actor, run_id, order } = query;
    let oldest_first = order == Some(Order::Oldest);
    let (after, before) = if oldest_first { (place, None) } else { (None, place) };
    AuditFilter { since, action, actor, run_id, before, after, oldest_first, limit }
}

/// List what was done, and by whom
///
/// Changes of agents, workflows and tokens, plugins that came, went or were refused, grants and denials; runs that were
/// asked for or cancelled, and the commands that they started. To follow what is done, ask for the oldest first, `since`
/// the time of the last entry that you have, and leave out those whose `id` you have.
#[utoipa::path(get, operation_id = "listAuditEntries", path = "/audit", tag = "access", params(AuditQuery, PageQuery), responses(
    (status = 200, description = "A page of entries", body = AuditPage),
    BadParameter,
))]
pub(crate) async fn list(
    State(app): State<App>,
    paged: Paged<AuditQuery, EntryId>,
) -> Result<Json<AuditPage>, Problem> {
    let entries = app.orchestrator.audit(filter(paged.filter, paged.limit, paged.after)).await?;
    Ok(paged.list.page(entries))
}

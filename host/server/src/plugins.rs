//! The WebAssembly components behind agents and conditions, and what they may do.

use crate::{
    access::By,
    address::PREFIX,
    app::App,
    docs::shared::{NoParameters, NoPlugin, PluginPath},
    extract::{JsonBody, Name, QueryString},
    page::{NoFilter, Page, PluginPage},
    problem::Problem,
};
use axum::{Json, extract::State, http::StatusCode};
use orchestrator::{GrantView, PluginView};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is granted to a plugin, on top of what it has.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"permissions": ["write-files"], "programs": []}))]
pub(crate) struct GrantRequest {
    /// Permissions: `model`, `command`, `read-files`, `write-files`.
    #[serde(default)]
    #[schema(example = json!(["write-files"]))]
    permissions: Vec<String>,
    /// Programs that it may start, as patterns; they need the permission `command`.
    #[serde(default)]
    #[schema(example = json!(["npm test"]))]
    programs: Vec<String>,
}

/// List plugins
///
/// Those that serve, those that a file in the plugins folder replaced, and files that were refused, with the reason.
/// `asked` is what a plugin asks for, `permissions` what it gets, `waiting` the rest with the ways to grant it. The list is
/// whole: `next` is null.
#[utoipa::path(get, operation_id = "listPlugins", path = "/plugins", tag = "plugins", responses(
    (status = 200, description = "All plugins", body = PluginPage),
    NoParameters,
))]
pub(crate) async fn list(
    State(app): State<App>,
    QueryString(NoFilter {}): QueryString<NoFilter>,
) -> Json<PluginPage> {
    Page::whole(app.orchestrator.plugins().into_iter().map(with_request).collect())
}

/// Says as a request how what a plugin waits for is granted, where a grant counts.
fn with_request(mut plugin: PluginView) -> PluginView {
    if let Some(waiting) = plugin.waiting.as_mut().filter(|waiting| waiting.grantable) {
        let permissions: Vec<_> = waiting.permissions.iter().map(|name| format!("\"{name}\"")).collect();
        waiting.request = Some(format!(
            "curl -X POST http://localhost:8000{PREFIX}/plugins/{}/grants -H 'Content-Type: application/json' \
             -d '{{\"permissions\": [{}]}}'",
            plugin.name,
            permissions.join(", ")
        ));
    }
    plugin
}

/// Grant a plugin permissions
///
/// The grant adds to what the plugin has and is for the component that serves now: other bytes under the same name do
/// not inherit it. A plugin gets of it what its description asks for. New runs have it at once.
#[utoipa::path(post, operation_id = "grantPlugin", path = "/plugins/{name}/grants", tag = "plugins", request_body = GrantRequest,
    params(PluginPath),
    responses(
        (status = 200, description = "Everything that it was granted over the API", body = GrantView),
        NoPlugin,
        (status = 409, description = "The policy file decides about this plugin; `detail` names the line"),
        (status = 422, description = "A permission or a pattern does not exist"),
    )
)]
pub(crate) async fn grant(
    by: By,
    Name(plugin): Name,
    JsonBody(body): JsonBody<GrantRequest>,
) -> Result<Json<GrantView>, Problem> {
    let GrantRequest { permissions, programs } = body;
    let granted =
        by.change(|orchestrator| async move { orchestrator.grant(&plugin, &permissions, &programs).await });
    Ok(Json(granted.await?))
}

/// Take back what a plugin was granted over the API
///
/// Where nothing was granted, nothing changes.
#[utoipa::path(delete, operation_id = "revokePluginGrants", path = "/plugins/{name}/grants", tag = "plugins",
    params(PluginPath),
    responses(
        (status = 204, description = "New runs are without it"),
        NoPlugin,
    )
)]
pub(crate) async fn revoke(by: By, Name(plugin): Name) -> Result<StatusCode, Problem> {
    by.change(|orchestrator| async move { orchestrator.revoke(&plugin).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End a plugin's quarantine
#[utoipa::path(post, operation_id = "releasePlugin", path = "/plugins/{name}/release", tag = "plugins",
    params(PluginPath),
    responses(
        (status = 200, description = "The plugin, which is called again", body = PluginView),
        NoPlugin,
    )
)]
pub(crate) async fn release(by: By, Name(plugin): Name) -> Result<Json<PluginView>, Problem> {
    let released = by.change(|orchestrator| async move { orchestrator.release(&plugin).await }).await?;
    Ok(Json(with_request(released)))
}

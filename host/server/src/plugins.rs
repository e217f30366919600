//! `GET /plugins`: the WebAssembly components behind agents and conditions.

use crate::router::App;
use axum::{Json, extract::State};
use orchestrator::PluginView;

/// List plugins
///
/// Those that serve, those that a file in the plugins folder replaced, and files that were refused, with the reason.
#[utoipa::path(get, path = "/plugins", tag = "plugins", responses(
    (status = 200, description = "All plugins", body = [PluginView]),
))]
pub(crate) async fn list(State(app): State<App>) -> Json<Vec<PluginView>> {
    Json(app.orchestrator.plugins())
}

//! What handlers share, and where they are.

use crate::{access, config::ServerConfig};
use axum::extract::FromRef;
use orchestrator::Orchestrator;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Where the API is.
pub(crate) const PREFIX: &str = "/api/v1/orchestrator";
/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) orchestrator: Orchestrator,
    pub(crate) config: Arc<ServerConfig>,
    /// Ends the streams of events.
    pub(crate) stopping: CancellationToken,
    pub(crate) shares: Arc<access::Shares>,
    pub(crate) refusals: Arc<access::Refusals>,
}

impl FromRef<App> for Arc<ServerConfig> {
    fn from_ref(app: &App) -> Self {
        Arc::clone(&app.config)
    }
}

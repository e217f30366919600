//! What handlers share.

use crate::{
    access::{refusals::Refusals, shares::Shares},
    config::ServerConfig,
};
use axum::extract::FromRef;
use orchestrator::Orchestrator;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) orchestrator: Orchestrator,
    pub(crate) config: Arc<ServerConfig>,
    /// Ends the streams of events.
    pub(crate) stopping: CancellationToken,
    pub(crate) shares: Arc<Shares>,
    pub(crate) refusals: Arc<Refusals>,
}

impl FromRef<App> for Arc<ServerConfig> {
    fn from_ref(app: &App) -> Self {
        Arc::clone(&app.config)
    }
}

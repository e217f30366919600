//! On whose behalf a handler acts.
//!
//! What changes something goes through [`By::change`], and there is no other way to it: so every change is put down to
//! whoever asked for it, and none is cut off because they hung up.

use crate::{app::App, detached::detached, problem::Problem};
use axum::{extract::FromRequestParts, http::request::Parts};
use orchestrator::{Caller, Orchestrator};

/// Who was let in; none where a route lets in anybody and they did not say.
#[derive(Debug, Clone)]
pub(crate) struct Visitor(pub(crate) Option<Caller>);

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Problem::internal("a request came around the door"))
    }
}

/// The orchestrator, acting for whoever sent the request: what changes through it is put down to them.
pub(crate) struct By(Orchestrator);

impl By {
    /// Does `work` to its end, whether or not the client waits for it.
    pub(crate) async fn change<T, E, F>(self, work: impl FnOnce(Orchestrator) -> F) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
        Problem: From<E>,
    {
        detached(work(self.0)).await
    }
}

impl FromRequestParts<App> for By {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Visitor::from_request_parts(parts, app).await?.0 {
            Some(caller) => Ok(Self(app.orchestrator.on_behalf_of(caller.actor))),
            None => Err(Problem::internal("a route that changes something lets in anybody")),
        }
    }
}

//! On whose behalf a handler acts.

use crate::{app::App, problem::Problem};
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
pub(crate) struct By(pub(crate) Orchestrator);

impl FromRequestParts<App> for By {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Visitor::from_request_parts(parts, app).await?.0 {
            Some(caller) => Ok(Self(app.orchestrator.on_behalf_of(caller.actor))),
            None => Err(Problem::internal("a route that changes something lets in anybody")),
        }
    }
}

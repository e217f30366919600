//! The table of contents of the API, and what every request passes on its way in and out.

use crate::{
    access,
    address::PREFIX,
    agents,
    app::App,
    audit,
    config::{Origin, ServerConfig},
    cursor, docs, execute, headers, health, hosts, log, models, origin,
    parameters::{self, Parameters},
    plugins,
    problem::{Kind, Problem},
    projects, rest, runs, sse, tokens, workflows,
};
use axum::{
    Router,
    extract::Request,
    http::{HeaderName, Method, header},
    middleware,
    response::{IntoResponse, Response},
};
use orchestrator::Orchestrator;
use std::{any::Any, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowOrigin, CorsLayer},
    trace::TraceLayer,
};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// How long browsers may remember what another origin is allowed.
const CORS_MAX_AGE: Duration = Duration::from_secs(3600);

/// The API and its documentation. Cancelling `stopping` ends the streams of events.
pub fn router(orchestrator: Orchestrator, config: ServerConfig, stopping: CancellationToken) -> Router {
    let shares = Arc::new(access::shares::Shares::new(&config));
    let app = App { orchestrator, config: Arc::new(config), stopping, shares, refusals: Arc::default() };
    let (api, mut document) = documented().split_for_parts();
    let known = Arc::new(Parameters::of(&mut document));
    let config = Arc::clone(&app.config);
    let api = api.layer(middleware::from_fn_with_state(known, parameters::check));
    let api = api.layer(middleware::from_fn_with_state(app.clone(), access::enter));
    let refusals = middleware::from_fn_with_state(app.clone(), access::note::note);
    dress(api.merge(docs::router(document)).with_state(app), config).layer(refusals)
}

/// Puts around the routes what every request passes, the log outermost.
fn dress(routes: Router, config: Arc<ServerConfig>) -> Router {
    let cors = cors(&config.origins);
    let named = (Arc::clone(&config), Arc::default());
    let log = TraceLayer::new_for_http().make_span_with(log::span).on_response(log::answered);
    routes
        .fallback(no_route)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(headers::limit))
        .layer(middleware::from_fn_with_state(Arc::clone(&config), origin::check))
        .layer(middleware::from_fn_with_state(config, hosts::check))
        .layer(cors)
        .layer(middleware::from_fn_with_state(named, origin::name))
        .layer(middleware::from_fn(headers::add))
        .layer(middleware::from_fn(rest::take_in))
        .layer(log)
}

/// The routes that the OpenAPI document describes.
pub(crate) fn documented() -> OpenApiRouter<App> {
    let api = OpenApiRouter::new()
        .routes(routes!(execute::execute))
        .routes(routes!(workflows::list, workflows::create))
        .routes(routes!(workflows::get, workflows::replace, workflows::delete))
        .routes(routes!(agents::list))
        .routes(routes!(agents::get, agents::update))
        .routes(routes!(agents::set_prompt, agents::reset_prompt))
        .routes(routes!(agents::set_model))
        .routes(routes!(agents::enable))
        .routes(routes!(agents::disable))
        .routes(routes!(models::list))
        .routes(routes!(plugins::list))
        .routes(routes!(plugins::grant, plugins::revoke))
        .routes(routes!(plugins::release))
        .routes(routes!(runs::list))
        .routes(routes!(runs::get, runs::delete))
        .routes(routes!(runs::events))
        .routes(routes!(runs::cancel))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::revoke))
        .routes(routes!(audit::list))
        .routes(routes!(projects::list))
        .routes(routes!(projects::change::delete))
        .routes(routes!(projects::files))
        .routes(routes!(
            projects::serve_file::file,
            projects::change_file::write,
            projects::change_file::delete,
            projects::change_file::shift
        ))
        .routes(routes!(projects::events::events))
        .routes(routes!(projects::snapshots))
        .routes(routes!(projects::diff))
        .routes(routes!(projects::archive))
        .routes(routes!(projects::change::restore))
        .routes(routes!(projects::change::import))
        .routes(routes!(health::health));
    OpenApiRouter::with_openapi(docs::base()).nest(PREFIX, api)
}

/// The OpenAPI document of this version's API.
#[must_use]
pub fn openapi() -> OpenApi {
    docs::complete(documented().into_openapi())
}

async fn no_route(request: Request) -> Problem {
    let path = request.uri().path();
    Problem::new(Kind::NoRoute, format!("There is nothing at '{path}'; /docs shows what there is."))
}

async fn method_not_allowed(request: Request) -> Problem {
    let (method, path) = (request.method(), request.uri().path());
    Problem::new(
        Kind::MethodNotAllowed,
        format!("{method} does not work on '{path}'; the Allow header names what does."),
    )
}

/// A panic is a defect, and the answer says no more than that; the log has the rest.
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message");
    Problem::internal(text).into_response()
}

fn cors(origins: &[Origin]) -> CorsLayer {
    let allowed = match origins.iter().any(Origin::is_any) {
        true => AllowOrigin::any(),
        false => AllowOrigin::list(origins.iter().map(Origin::header)),
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CACHE_CONTROL,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            cursor::LAST_EVENT_ID,
            execute::KEY,
            HeaderName::from_static("x-requested-with"),
            HeaderName::from_static("traceparent"),
            HeaderName::from_static("tracestate"),
            HeaderName::from_static("baggage"),
            HeaderName::from_static("sentry-trace"),
        ])
        .expose_headers([
            sse::RUN_ID,
            execute::REPLAYED,
            header::LOCATION,
            header::CONTENT_LOCATION,
            header::CONTENT_DISPOSITION,
            header::ETAG,
            header::RETRY_AFTER,
            header::WWW_AUTHENTICATE,
        ])
        .max_age(CORS_MAX_AGE)
}

#[cfg(test)]
mod tests;

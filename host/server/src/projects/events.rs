//! All runs of a project as one stream.
//!
//! A browser has six connections to a server in the clear, for all of its tabs together; one stream for each run would
//! take them all, and then every other request waits. So a page that shows a project follows the project.

use crate::{
    app::App, cursor, docs::shared::ProjectPath, extract::QueryString, named::Project, problem::Problem, sse,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use orchestrator::ProjectStart;
use serde::Deserialize;
use utoipa::IntoParams;

/// In place of an `id`: what comes from now on.
const NOW: &str = "now";

/// Where to begin, or to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlaceQuery {
    /// The `id` of the last event that arrived; the stream goes on after it. Or `now`, for what comes from now on. A
    /// `Last-Event-ID` header takes precedence, because a browser that reconnects sends it along with the address it was
    /// first given.
    after: Option<String>,
    /// The same as a `Last-Event-ID` header, for clients that cannot send it. Both have to say the same.
    #[serde(rename = "lastEventId")]
    last_event_id: Option<String>,
}

/// Stream the events of all runs of a project
///
/// First those of the runs that are under way, from the first one of each, then those to come, of runs that begin later as
/// well; `run_id` says whose an event is. The stream does not end by itself. To go on after a lost connection, give the
/// last `id` in a `Last-Event-ID` header, as browsers do, or as `?after=`. A project can be followed before there is one.
#[utoipa::path(get, operation_id = "streamProjectEvents", path = "/projects/{project_id}/events", tag = "projects",
    params(
        ProjectPath,
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that arrived"),
        PlaceQuery,
    ),
    responses(
        (status = 200, description = "The events: each `data:` line holds one, and `id:` where to go on after it", content_type = "text/event-stream", body = crate::event_schema::EventForm),
        (status = 404, description = "There can be no such project"),
        (status = 422, description = "`Last-Event-ID`, `lastEventId` or `after` is no `id` of this stream"),
    )
)]
pub(crate) async fn events(
    State(app): State<App>,
    Project(project): Project,
    QueryString(query): QueryString<PlaceQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let given = cursor::given(&headers, query.last_event_id.as_deref(), query.after.as_deref())?;
    let start = match given {
        None => ProjectStart::UnderWay,
        Some(given) if given.text == NOW => ProjectStart::Now,
        Some(given) => ProjectStart::After(given.place(&project)?),
    };
    let events = app.orchestrator.project_events(project, start).await;
    Ok(sse::response(events.map_err(|error| cursor::unknown(error, given))?, &app))
}

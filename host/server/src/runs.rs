//! `/runs`: looking at runs, following them, ending them, deleting them.

use crate::{
    access::By,
    app::App,
    cursor,
    docs::shared::{BadParameter, Gone, NoRun, RunPath},
    extract::QueryString,
    named::Run,
    page::{PageQuery, Paged, RunPage},
    problem::Problem,
    sse,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use orchestrator::{ProjectId, RunDetail, RunFilter, RunId, RunStatus, WorkflowName};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which runs to list, newest first.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunsQuery {
    /// Runs of this project alone.
    project_id: Option<ProjectId>,
    /// Runs of this workflow alone.
    workflow_name: Option<WorkflowName>,
    /// Runs with this status alone.
    status: Option<RunStatus>,
}

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsQuery {
    /// Number of the last event that arrived; the stream goes on after it. A `Last-Event-ID` header takes precedence,
    /// because a browser that reconnects sends it along with the address it was first given.
    #[param(value_type = Option<u64>)]
    after: Option<String>,
    /// The same as a `Last-Event-ID` header, for clients that cannot send it. Both have to say the same.
    #[serde(rename = "lastEventId")]
    #[param(pattern = "^[0-9]*$")]
    last_event_id: Option<String>,
}

/// List runs, newest first
#[utoipa::path(get, operation_id = "listRuns", path = "/runs", tag = "runs", params(RunsQuery, PageQuery), responses(
    (status = 200, description = "A page of runs", body = RunPage),
    BadParameter,
))]
pub(crate) async fn list(
    State(app): State<App>,
    paged: Paged<RunsQuery, RunId>,
) -> Result<Json<RunPage>, Problem> {
    let Paged { filter: RunsQuery { project_id, workflow_name, status }, limit, after, list } = paged;
    let runs = app.orchestrator.runs(RunFilter { project_id, workflow_name, status, limit, after }).await?;
    Ok(list.page(runs))
}

/// Get a run
#[utoipa::path(get, operation_id = "getRun", path = "/runs/{run_id}", tag = "runs",
    params(RunPath),
    responses(
        (status = 200, description = "The run", body = RunDetail),
        NoRun,
    )
)]
pub(crate) async fn get(State(app): State<App>, Run(run_id): Run) -> Result<Json<RunDetail>, Problem> {
    Ok(Json(app.orchestrator.run(run_id).await?))
}

/// Stream a run's events
///
/// First those that there are, then those to come; the stream ends after the run's last event. To go on after a lost
/// connection, give the last `id` in a `Last-Event-ID` header, as browsers do, or as `?after=`.
#[utoipa::path(get, operation_id = "streamRunEvents", path = "/runs/{run_id}/events", tag = "runs",
    params(
        RunPath,
        ("Last-Event-ID" = Option<String>, Header, pattern = "^[0-9]*$", description = "Number of the last event that arrived"),
        EventsQuery,
    ),
    responses(
        (status = 200, description = "The run's events: each `data:` line holds one, and `id:` its `seq`", content_type = "text/event-stream", body = crate::event_schema::EventForm),
        (status = 204, description = "The run is over and every event has arrived; browsers stop reconnecting"),
        NoRun,
        (status = 422, description = "`Last-Event-ID`, `lastEventId` or `after` is no number, or beyond the run's last event"),
    )
)]
pub(crate) async fn events(
    State(app): State<App>,
    Run(run_id): Run,
    QueryString(query): QueryString<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let given = cursor::given(&headers, query.last_event_id.as_deref(), query.after.as_deref())?;
    let events = cursor::events(&app, run_id, given).await?;
    if events.is_done() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(sse::response(events, &app))
}

/// Cancel a run
///
/// Returns once the run is over. What it wrote stays. A run that is over already stays as it is.
#[utoipa::path(post, operation_id = "cancelRun", path = "/runs/{run_id}/cancel", tag = "runs",
    params(RunPath),
    responses(
        (status = 200, description = "The run as it is now", body = RunDetail),
        NoRun,
    )
)]
pub(crate) async fn cancel(by: By, Run(run_id): Run) -> Result<Json<RunDetail>, Problem> {
    by.change(|orchestrator| async move { orchestrator.cancel(run_id).await }).await.map(Json)
}

/// Delete a run
///
/// One that is over: its events, its request and the key that it was asked for under. Who follows its stream comes to an
/// end. The files that it wrote and the snapshots of them stay. The audit keeps that there was the run, what it started
/// and who deleted it.
#[utoipa::path(delete, operation_id = "deleteRun", path = "/runs/{run_id}", tag = "runs",
    params(RunPath),
    responses(
        Gone,
        NoRun,
        (status = 409, description = "It is not over; cancel it first"),
    )
)]
pub(crate) async fn delete(by: By, Run(run_id): Run) -> Result<StatusCode, Problem> {
    by.change(|orchestrator| async move { orchestrator.delete_run(run_id).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `POST /execute`: starts a run and streams its events.

use crate::{
    access::By,
    address::PREFIX,
    app::App,
    cursor,
    docs::shared::NotJson,
    extract::JsonBody,
    problem::{Kind, Problem},
    sse,
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use orchestrator::{Begun, Digest, IdempotencyKey, IfBusy, Once, ProjectId, RunId, RunRequest, WorkflowName};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// What to build, in which project, by which workflow.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "user_request": "Build a todo app with React",
    "project_id": "my-project-001",
    "workflow_name": "bolt_standard",
    "metadata": {"user_id": "user123", "session_id": "session456"}
}))]
pub(crate) struct ExecuteRequest {
    /// What to build or change, in plain words. At most 32 KiB.
    #[schema(min_length = 1, example = "Build a todo app with React")]
    user_request: String,
    /// The project that is built or changed: names a folder, made if it is not there. Without one, a new project is
    /// made and named after the request; the first event says how (`data.request.project_id`).
    #[schema(example = "my-project-001")]
    project_id: Option<ProjectId>,
    /// The workflow. Default `bolt_standard`.
    #[schema(example = "bolt_standard")]
    workflow_name: Option<WorkflowName>,
    /// Anything that agents and readers of the run shall see. At most 64 KiB as JSON.
    #[schema(value_type = Option<Object>, example = json!({"user_id": "user123", "session_id": "session456"}))]
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    /// What to do when another run is working on the project: refuse with 409, or wait in line. Default `reject`.
    #[serde(default)]
    if_busy: IfBusy,
}

impl ExecuteRequest {
    /// Of what is asked for, equal for equal requests however they are written.
    fn digest(&self) -> Digest {
        let Self { user_request, project_id, workflow_name, metadata, if_busy } = self;
        let asked = json!([user_request, project_id, workflow_name, metadata, if_busy]);
        Digest::of(asked.to_string().as_bytes())
    }
}

impl From<ExecuteRequest> for RunRequest {
    fn from(body: ExecuteRequest) -> Self {
        let ExecuteRequest { user_request, project_id, workflow_name, metadata, if_busy } = body;
        Self {
            project_id: project_id.unwrap_or_else(|| ProjectId::for_request(&user_request)),
            user_request,
            workflow_name: workflow_name.unwrap_or_else(WorkflowName::standard),
            metadata: metadata.unwrap_or_default(),
            if_busy,
        }
    }
}

/// The header that makes a request one that can be repeated.
pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says of a response that the run was begun by an earlier request with the same key.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Start a run and stream its events
///
/// With an `Idempotency-Key`, the same request can be sent again, by a client that lost its connection or one that
/// reconnects by itself: it leads to the same run, from the event after `Last-Event-ID` on. A request with a
/// `Last-Event-ID` comes back to a run, and starts none.
///
/// The response is a stream of Server-Sent Events that ends after the run's last event: `complete`, or an `error`
/// with `data.terminal` set. Leaving does not stop the run; come back with `GET /runs/{run_id}/events`, or end it
/// with `POST /runs/{run_id}/cancel`.
#[utoipa::path(
    post,
    operation_id = "execute",
    path = "/execute",
    tag = "runs",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "Chosen anew for each request, such as a UUID; 1 to 255 visible ASCII characters. The same caller's same request under the same key leads to the same run."),
        ("Last-Event-ID" = Option<String>, Header, pattern = "^[0-9]*$", description = "Number of the last event that arrived, of a request that is repeated. With it no run is started"),
    ),
    request_body = ExecuteRequest,
    responses(
        (
            status = 200,
            description = "The run's events, from the first on: each `data:` line holds one, and `id:` its `seq`",
            content_type = "text/event-stream",
            body = crate::event_schema::EventForm,
            headers(
                ("X-Run-Id" = RunId, description = "The run"),
                ("Location" = String, description = "Where the events can be had again"),
                ("Content-Location" = String, description = "The same"),
                ("Idempotency-Replayed" = Option<bool>, description = "`true` when an earlier request with the same key began the run")
            )
        ),
        (status = 204, description = "The run is over and every event has arrived"),
        NotJson,
        (status = 409, description = "Another run is working on the project; `run_id` names it"),
        (status = 413, description = "The body is longer than 1 MiB"),
        (status = 415, description = "The body is not declared as JSON"),
        (status = 422, description = "A field cannot be used; `field` names it, and `valid` what could be"),
        (status = 429, description = "As many runs are under way as the program may have"),
        (status = 503, description = "The program is stopping"),
    )
)]
pub(crate) async fn execute(
    State(app): State<App>,
    by: By,
    headers: HeaderMap,
    JsonBody(body): JsonBody<ExecuteRequest>,
) -> Result<Response, Problem> {
    let key = key(&headers)?;
    let last = cursor::last_event_id(&headers)?;
    // No event has the number 0, so who gives it has had none.
    let comes_back = last.map_or(Ok(0), cursor::Given::number)? > 0;
    if let (None, Some(last)) = (&key, last) {
        return Err(reconnecting(last));
    }
    let once = key.map(|key| Once { key, digest: body.digest() });
    let begun = by.change(move |orchestrator| async move {
        match once {
            Some(once) if comes_back => orchestrator.begun_once(once).await,
            Some(once) => orchestrator.start_once(body.into(), once).await,
            None => orchestrator.start(body.into()).await.map(|run_id| Begun { run_id, repeated: false }),
        }
    });
    let Begun { run_id, repeated } = begun.await?;
    let events = cursor::events(&app, run_id, last).await?;
    let mut response = match events.is_done() {
        true => StatusCode::NO_CONTENT.into_response(),
        false => sse::response(events, &app),
    };
    name_run(&mut response, run_id);
    if repeated {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let mut keys = headers.get_all(KEY).iter();
    let invalid = |detail: String| {
        Problem::new(Kind::InvalidRequest, format!("Idempotency-Key: {detail}")).in_field("Idempotency-Key")
    };
    match (keys.next(), keys.next()) {
        (None, _) => Ok(None),
        (Some(key), None) => {
            let key = unquoted(key.to_str().unwrap_or_default()).parse::<IdempotencyKey>();
            key.map(Some).map_err(|error| invalid(error.to_string()))
        }
        (Some(_), Some(_)) => Err(invalid("it was sent twice".into())),
    }
}

/// A key without the quotes that the header's draft standard has around it (draft-ietf-httpapi-idempotency-key-header).
/// Most clients leave them out.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// The answer to a client that reconnects without saying to which run: a second run is not what it wants.
fn reconnecting(last: cursor::Given<'_>) -> Problem {
    let detail = "Last-Event-ID: this would start another run; to go on with one, send the Idempotency-Key of the request \
                  that began it, or GET the address in its Location header.";
    Problem::new(Kind::InvalidRequest, detail).in_field(last.field)
}

fn name_run(response: &mut Response, run_id: RunId) {
    let events = format!("{PREFIX}/runs/{run_id}/events");
    let values = [
        (sse::RUN_ID, run_id.to_string()),
        (header::LOCATION, events.clone()),
        (header::CONTENT_LOCATION, events),
    ];
    for (name, value) in values {
        // Ids are hexadecimal digits and dashes, so each of these is a header's value.
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_with_or_without_quotes() {
        let sent = |value: &'static str| key(&HeaderMap::from_iter([(KEY, HeaderValue::from_static(value))]));
        for same in ["abc", "\"abc\"", " \"abc\" "] {
            assert_eq!(sent(same).unwrap().unwrap().as_str(), "abc", "{same}");
        }
        for bad in ["", "\"\"", "a b"] {
            assert_eq!(sent(bad).unwrap_err().field.as_deref(), Some("Idempotency-Key"), "{bad}");
        }
        assert_eq!(key(&HeaderMap::new()), Ok(None));
    }
}

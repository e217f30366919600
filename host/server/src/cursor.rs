//! Where a client goes on reading events.

use crate::{
    app::App,
    problem::{Kind, Problem},
};
use axum::http::{HeaderMap, HeaderName};
use orchestrator::{ProjectCursor, RunError, RunId, Subscription};

/// Largest number that an event can have: the journal keeps it as a signed number.
pub(crate) const SEQ_MAX: u64 = i64::MAX.unsigned_abs();
/// Sent by browsers that reconnect: the `id` of the last event that arrived.
pub(crate) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// The same, as it is called where it cannot be used.
pub(crate) const LAST_EVENT_ID_FIELD: &str = "Last-Event-ID";

/// What is left of a run's events after number `after`, which came in `field`.
pub(crate) async fn events(
    app: &App,
    run_id: RunId,
    after: u64,
    field: &'static str,
) -> Result<Subscription, Problem> {
    app.orchestrator.events(run_id, after).await.map_err(|error| unknown(error, field))
}

/// The problem with a place, which came in `field`.
pub(crate) fn unknown(error: RunError, field: &'static str) -> Problem {
    match error {
        error @ RunError::UnknownEvent(_) => Problem::from(error).in_field(field),
        error => error.into(),
    }
}

/// The number of the last event that arrived, of a run.
pub(crate) fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(text) = shown(headers) else { return Ok(None) };
    let number = text.parse().ok().filter(|number| *number <= SEQ_MAX);
    number.map(Some).ok_or_else(|| {
        let detail = "Last-Event-ID: it is no number; give the `id` of the last event that arrived";
        Problem::new(Kind::InvalidRequest, detail).in_field(LAST_EVENT_ID_FIELD)
    })
}

/// The place after the last event that arrived, of a project.
pub(crate) fn last_place(headers: &HeaderMap) -> Result<Option<ProjectCursor>, Problem> {
    shown(headers).map(|text| place(text, LAST_EVENT_ID_FIELD)).transpose()
}

/// A place in a project's events, which came in `field`.
pub(crate) fn place(text: &str, field: &'static str) -> Result<ProjectCursor, Problem> {
    text.parse()
        .map_err(|error| Problem::new(Kind::InvalidRequest, format!("{field}: {error}")).in_field(field))
}

/// What is no text is no number and no place either.
fn shown(headers: &HeaderMap) -> Option<&str> {
    headers.get(LAST_EVENT_ID).map(|value| value.to_str().unwrap_or_default().trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_place_in_a_project_is_an_id_of_its_stream() {
        let mut headers = HeaderMap::new();
        assert_eq!(last_place(&headers), Ok(None));
        headers.insert(LAST_EVENT_ID, HeaderValue::from_static("17.16-240"));
        assert!(last_place(&headers).unwrap().is_some());
        headers.insert(LAST_EVENT_ID, HeaderValue::from_static("17.18-240"));
        assert_eq!(last_place(&headers).unwrap_err().field.as_deref(), Some("Last-Event-ID"));
        headers.insert(LAST_EVENT_ID, HeaderValue::from_bytes(b"\xff").unwrap());
        assert!(last_place(&headers).is_err());
    }

    #[test]
    fn the_last_event_id_is_a_number_or_missing() {
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(LAST_EVENT_ID, HeaderValue::from_str(value).unwrap());
            last_event_id(&headers).map_err(|problem| problem.field)
        };
        assert_eq!(last_event_id(&HeaderMap::new()), Ok(None));
        assert_eq!(with("17"), Ok(Some(17)));
        for bad in ["", "-1", "1.5", "abc", "99999999999999999999999"] {
            assert_eq!(with(bad), Err(Some("Last-Event-ID".into())), "{bad}");
        }
    }
}

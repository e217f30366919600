//! Where a client goes on reading a run's events.

use crate::{
    app::App,
    problem::{Kind, Problem},
};
use axum::http::{HeaderMap, HeaderName};
use orchestrator::{RunError, RunId, Subscription};

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
    app.orchestrator.events(run_id, after).await.map_err(|error| match error {
        error @ RunError::UnknownEvent(_) => Problem::from(error).in_field(field),
        error => error.into(),
    })
}

pub(crate) fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let number =
        value.to_str().ok().and_then(|text| text.trim().parse().ok()).filter(|number| *number <= SEQ_MAX);
    number.map(Some).ok_or_else(|| {
        let detail = "Last-Event-ID: it is no number; give the `id` of the last event that arrived";
        Problem::new(Kind::InvalidRequest, detail).in_field(LAST_EVENT_ID_FIELD)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

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

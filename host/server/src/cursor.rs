//! Where a client goes on reading events.

use crate::{
    app::App,
    problem::{Kind, Problem},
};
use axum::http::{HeaderMap, HeaderName};
use orchestrator::{ProjectCursor, ProjectId, RunError, RunId, Subscription};

/// Largest number that an event can have: the journal keeps it as a signed number.
const SEQ_MAX: u64 = i64::MAX.unsigned_abs();
/// Sent by browsers that reconnect: the `id` of the last event that arrived.
pub(crate) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// The same, as it is called where it cannot be used.
const IN_HEADER: &str = "Last-Event-ID";
/// The same in the address, for a client that cannot send the header: event-source-polyfill adds it when it reconnects.
const IN_QUERY: &str = "lastEventId";
/// Where a client says in the address itself where to begin.
const AFTER: &str = "after";

/// What is left of a run's events after the one that is given, or all of them.
pub(crate) async fn events(
    app: &App,
    run_id: RunId,
    after: Option<Given<'_>>,
) -> Result<Subscription, Problem> {
    let number = after.map_or(Ok(0), Given::number)?;
    let events = app.orchestrator.events(run_id, number).await;
    events.map_err(|error| unknown(error, after))
}

/// The problem with the place that was given.
pub(crate) fn unknown(error: RunError, given: Option<Given<'_>>) -> Problem {
    match (error, given) {
        (error @ RunError::UnknownEvent(_), Some(given)) => Problem::from(error).in_field(given.field),
        (error, _) => error.into(),
    }
}

/// Where a client wants to go on, as it wrote it, and where it wrote that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Given<'a> {
    pub(crate) text: &'a str,
    pub(crate) field: &'static str,
}

/// What a request says of where to go on: in its header or its `lastEventId`, or else in `after`, which is part of the
/// address that the client began with and goes along with every reconnection. What is empty is left out: a client that
/// had no event yet has no id.
pub(crate) fn given<'a>(
    headers: &'a HeaderMap,
    in_query: Option<&'a str>,
    after: Option<&'a str>,
) -> Result<Option<Given<'a>>, Problem> {
    let last = last_event_id(headers)?;
    let in_query = in_query.filter(|text| !text.is_empty()).map(|text| Given { text, field: IN_QUERY });
    if let (Some(last), Some(other)) = (last, in_query)
        && last.text != other.text
    {
        let detail = "lastEventId: the Last-Event-ID header says something else; send one of them";
        return Err(Problem::new(Kind::InvalidRequest, detail).in_field(IN_QUERY));
    }
    Ok(last.or(in_query).or(after.map(|text| Given { text, field: AFTER })))
}

/// What the header says; nothing where it is not there or empty.
pub(crate) fn last_event_id(headers: &HeaderMap) -> Result<Option<Given<'_>>, Problem> {
    let refused =
        |what: &str| Problem::new(Kind::InvalidRequest, format!("{IN_HEADER}: {what}")).in_field(IN_HEADER);
    let mut values = headers.get_all(LAST_EVENT_ID).iter();
    let text = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().map_err(|_| refused("it is no text"))?.trim(),
        (Some(_), Some(_)) => return Err(refused("it was sent twice")),
    };
    Ok((!text.is_empty()).then_some(Given { text, field: IN_HEADER }))
}

impl Given<'_> {
    /// As the number of one of a run's events.
    pub(crate) fn number(self) -> Result<u64, Problem> {
        let Self { text, field } = self;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten().filter(|number| *number <= SEQ_MAX);
        number.ok_or_else(|| {
            let detail =
                format!("{field}: it is no number of an event; give the `id` of the last event that arrived");
            Problem::new(Kind::InvalidRequest, detail).in_field(field)
        })
    }

    /// As a place in a project's events.
    pub(crate) fn place(self, project: &ProjectId) -> Result<ProjectCursor, Problem> {
        let Self { text, field } = self;
        ProjectCursor::parse(text, project)
            .map_err(|error| Problem::new(Kind::InvalidRequest, format!("{field}: {error}")).in_field(field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn header(values: &[&str]) -> HeaderMap {
        let values = values.iter().map(|value| (LAST_EVENT_ID, HeaderValue::from_str(value).unwrap()));
        let mut headers = HeaderMap::new();
        values.for_each(|(name, value)| {
            headers.append(name, value);
        });
        headers
    }

    #[test]
    fn the_last_event_counts_before_where_the_client_began() {
        let said = |headers: &[&str], in_query: Option<&str>, after: Option<&str>| {
            let headers = header(headers);
            let given = given(&headers, in_query, after);
            given
                .map(|given| given.map(|given| (given.text.to_owned(), given.field)))
                .map_err(|problem| problem.field)
        };
        let text = |text: &str, field| Ok(Some((text.to_owned(), field)));
        assert_eq!(said(&[], None, None), Ok(None));
        assert_eq!(said(&["7"], None, Some("3")), text("7", "Last-Event-ID"));
        assert_eq!(said(&[], Some("7"), Some("3")), text("7", "lastEventId"));
        assert_eq!(said(&["7"], Some("7"), Some("3")), text("7", "Last-Event-ID"));
        assert_eq!(said(&[""], Some(""), Some("3")), text("3", "after"), "what is empty is left out");
        assert_eq!(said(&[" "], None, None), Ok(None));
        assert_eq!(said(&["7"], Some("8"), None), Err(Some("lastEventId".into())));
        assert_eq!(said(&["7", "7"], None, None), Err(Some("Last-Event-ID".into())));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let headers = HeaderMap::from_iter([(LAST_EVENT_ID, HeaderValue::from_bytes(b"\xff").unwrap())]);
        assert_eq!(last_event_id(&headers).unwrap_err().field.as_deref(), Some("Last-Event-ID"));
    }

    #[test]
    fn a_number_is_digits_alone() {
        for field in [IN_HEADER, IN_QUERY, AFTER] {
            let number = |text| Given { text, field }.number().map_err(|problem| problem.field);
            assert_eq!(number("17"), Ok(17));
            assert_eq!(number("0"), Ok(0));
            for bad in ["", "-1", "+3", " 3", "1.5", "abc", "9223372036854775808", "99999999999999999999"] {
                assert_eq!(number(bad), Err(Some(field.into())), "{bad}");
            }
        }
    }
}

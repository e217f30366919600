//! What every operation answers besides what is said at it: the refusals that come of the doors it stands behind, and the
//! headers of answers. So that none is forgotten where an operation is added, they follow from what the operation takes.

use crate::{
    access::table::{self, Needs},
    event_schema::EventForm,
    problem::{MEDIA_TYPE, Problem},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Content, Header, Object, Ref, RefOr, Schema, Type,
        header::HeaderBuilder,
        path::{Operation, ParameterIn},
        response::{Response, ResponseBuilder},
        schema::{AnyOfBuilder, SchemaType},
    },
};

/// The media type of streams of events.
const STREAM: &str = "text/event-stream";

/// How to see a stream as it comes, which the page that shows this document cannot.
const WATCH: &str = "To watch the events as they come, take the command that \"Execute\" shows, with `curl -N` in place of \
                     `curl`, or a browser's `EventSource` for a `GET`. The page at `/docs` shows a stream only once it has \
                     ended, all of it at once, and nothing of one that goes on.";

/// Adds to `operation` what it can answer by the doors that it stands behind.
pub(super) fn add(path: &str, method: &str, operation: &mut Operation) {
    let mut refused = vec![
        ("400", "The request is not well-formed HTTP, or has no `Host`"),
        ("414", "The address is longer than 8 KiB"),
        ("421", "The server does not answer to the name in `Host`"),
        ("422", "A parameter cannot be used, or is not known here; `field` names it"),
        ("431", "The headers are longer than 16 KiB"),
    ];
    if let Ok(method) = method.parse()
        && let Needs::Role(_) = table::find(&method, path).needs
    {
        refused.extend([
            ("401", "A token is needed, or the one that was shown is not valid"),
            ("403", "The token's role is not enough; `role` says which is needed"),
            ("429", "Too many requests, or too many at once; `Retry-After` says when to try again"),
        ]);
    }
    if method != "GET" {
        refused.push(("403", "The request came from a web page that may not change anything here"));
    }
    if operation.request_body.is_some() {
        refused
            .extend([("408", "The body was too slow to come"), ("413", "The body is longer than it may be")]);
    }
    if takes(operation, "application/json") {
        refused.extend([("400", "The body is not JSON"), ("415", "The body is not declared as JSON")]);
    }
    if is_named(path) {
        refused.push(("404", "There is nothing of that name; `valid` says what there is"));
    }
    refused.push(("500", "The orchestrator failed; its log says at what"));
    for (status, description) in refused {
        let response = ResponseBuilder::new().description(description).build();
        operation.responses.responses.entry(status.to_owned()).or_insert(response.into());
    }
    if streams(operation) {
        let said = operation.description.take().unwrap_or_default();
        operation.description = Some(format!("{said}\n\n{WATCH}").trim_start().to_owned());
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            complete(status, response);
        }
    }
    plain_parameters(operation);
}

/// Whether it answers with a stream of events.
fn streams(operation: &Operation) -> bool {
    operation.responses.responses.values().any(|response| match response {
        RefOr::T(response) => response.content.contains_key(STREAM),
        RefOr::Ref(_) => false,
    })
}

/// Whether the address names a thing.
fn is_named(path: &str) -> bool {
    path.contains('{')
}

fn takes(operation: &Operation, media_type: &str) -> bool {
    operation.request_body.as_ref().is_some_and(|body| match body {
        RefOr::T(body) => body.content.contains_key(media_type),
        RefOr::Ref(_) => false,
    })
}

/// Adds what an answer with this status has: a problem document and its headers, or the form of a stream.
fn complete(status: &str, response: &mut Response) {
    if status.starts_with(['4', '5']) {
        response.content.insert(MEDIA_TYPE.to_owned(), RefOr::T(problem()));
    }
    let header = match status {
        "401" => Some(("WWW-Authenticate", text("How to show a token (RFC 6750)"))),
        "409" | "429" | "503" | "507" => {
            Some(("Retry-After", number("After how many seconds to try again, where that can help")))
        }
        "304" | "412" => Some(("ETag", text("Of the file as it is"))),
        _ => None,
    };
    if let Some((name, header)) = header {
        response.headers.entry(name.to_owned()).or_insert(header.into());
    }
    if let Some(RefOr::T(stream)) = response.content.get_mut(STREAM) {
        // As a whole it is text, which is what a client that knows no streams gets, and each of its events is JSON. OpenAPI
        // 3.1 has no word for that (3.2 has `itemSchema`), so both are said: generators that know streams take the event.
        let form = AnyOfBuilder::new()
            .item(String::schema())
            .item(Ref::from_schema_name(EventForm::name()))
            .description(Some("Server-Sent Events: a text, of which each `data:` line holds an event."));
        stream.schema = Some(RefOr::T(Schema::AnyOf(form.build())));
    }
}

/// A problem document.
pub(super) fn problem() -> Content {
    Content::new(Some(Ref::from_schema_name(Problem::name())))
}

fn text(description: &str) -> Header {
    HeaderBuilder::new().schema(Some(String::schema())).description(Some(description)).build()
}

fn number(description: &str) -> Header {
    HeaderBuilder::new().schema(Some(u64::schema())).description(Some(description)).build()
}

/// A header that is not sent is not there. It is never null, whatever the type that it is read into.
fn plain_parameters(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.parameter_in == ParameterIn::Header
            && let Some(RefOr::T(Schema::Object(Object { schema_type, .. }))) = &mut parameter.schema
            && let SchemaType::Array(types) = schema_type
        {
            types.retain(|kind| *kind != Type::Null);
            if let [only] = types.as_slice() {
                *schema_type = SchemaType::Type(only.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::openapi;
    use serde_json::{Value, json};

    fn operations() -> Vec<(String, Value)> {
        let document = serde_json::to_value(openapi()).unwrap();
        let paths = document["paths"].as_object().unwrap().iter();
        paths
            .flat_map(|(path, item)| {
                let operations = item.as_object().unwrap().iter();
                operations.map(move |(method, operation)| (format!("{method} {path}"), operation.clone()))
            })
            .collect()
    }

    #[test]
    fn no_parameter_can_be_null() {
        let mut headers = 0;
        for (name, operation) in operations() {
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(!parameter["schema"].to_string().contains("\"null\""), "{name}: {parameter:#}");
                headers += usize::from(parameter["in"] == "header");
            }
        }
        assert!(headers >= 9, "{headers}");
    }

    #[test]
    fn a_stream_is_text_and_each_of_its_events_has_a_form() {
        let operations = operations();
        let streams = operations
            .iter()
            .map(|(_, operation)| &operation["responses"]["200"]["content"]["text/event-stream"]);
        let streams: Vec<_> = streams.filter(|stream| !stream.is_null()).collect();
        assert_eq!(streams.len(), 3);
        for stream in streams {
            let forms = json!([{"type": "string"}, {"$ref": "#/components/schemas/Event"}]);
            assert_eq!(stream["schema"]["anyOf"], forms);
        }
    }

    #[test]
    fn answers_say_which_headers_they_have() {
        for (name, operation) in operations() {
            for (status, header) in
                [("401", "WWW-Authenticate"), ("409", "Retry-After"), ("429", "Retry-After"), ("412", "ETag")]
            {
                let response = &operation["responses"][status];
                assert!(response.is_null() || response["headers"].get(header).is_some(), "{name} {status}");
            }
        }
    }
}

//! The OpenAPI schema of an event.
//!
//! Events write themselves by hand, so their schema cannot be derived. A test holds both together.

use orchestrator::event::EventKind;
use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        AllOfBuilder, Object, Ref, RefOr, Schema,
        schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type},
    },
};

/// Stands for [`orchestrator::Event`] where the OpenAPI document is made.
pub(crate) enum EventForm {}

impl ToSchema for EventForm {
    fn name() -> Cow<'static, str> {
        "Event".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((<EventKind as ToSchema>::name().into_owned(), EventKind::schema()));
        EventKind::schemas(schemas);
    }
}

impl PartialSchema for EventForm {
    fn schema() -> RefOr<Schema> {
        let text = |description: &str| typed(Type::String, description);
        let number = |description: &str| typed(Type::Integer, description);
        let envelope = ObjectBuilder::new()
            .property("message", text("One line for people."))
            .property("content", text("The chunk of a `file_content` event, repeated from `data.chunk`."))
            .property("step", number("The step's place in the workflow, from 1; not there outside of steps."))
            .property("step_name", text("The step's name; not there outside of steps."))
            .property("agent", text("The agent at work; not there outside of steps."))
            .property("progress", number("0 to 100, never falling; 100 in `complete` alone."))
            .property("run_id", formatted(SchemaFormat::Custom("uuid".into()), "The run."))
            .property("seq", number("The event's number within the run: 1, 2, 3 … The `id` of the stream."))
            .property(
                "time",
                formatted(
                    SchemaFormat::KnownFormat(KnownFormat::DateTime),
                    "When it happened, RFC 3339 UTC.",
                ),
            )
            .required("message")
            .required("progress")
            .required("run_id")
            .required("seq")
            .required("time");
        let event = AllOfBuilder::new()
            .description(Some("One thing that happened in a run: what each `data:` line of a stream holds."))
            .item(Ref::from_schema_name(<EventKind as ToSchema>::name()))
            .item(envelope)
            .examples([example()]);
        RefOr::T(Schema::AllOf(event.build()))
    }
}

/// Stands for one event of a stream, as a reader of Server-Sent Events gets it.
pub(crate) enum EventLine {}

impl ToSchema for EventLine {
    fn name() -> Cow<'static, str> {
        "EventLine".into()
    }
}

impl PartialSchema for EventLine {
    fn schema() -> RefOr<Schema> {
        let data = ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::String))
            .content_media_type("application/json")
            .description(Some("An `Event`, as JSON on one line."));
        let line = ObjectBuilder::new()
            .description(Some("One event of a stream, as a reader of Server-Sent Events gets it."))
            .property("id", typed(Type::String, "The event's `seq`; to be sent back as `Last-Event-ID`."))
            .property("data", data)
            .required("data");
        RefOr::T(Schema::Object(line.build()))
    }
}

fn typed(kind: Type, description: &str) -> Object {
    ObjectBuilder::new().schema_type(SchemaType::new(kind)).description(Some(description)).build()
}

fn formatted(format: SchemaFormat, description: &str) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .format(Some(format))
        .description(Some(description))
        .build()
}

fn example() -> serde_json::Value {
    serde_json::json!({
        "type": "file_content",
        "data": {"path": "src/App.tsx", "chunk": "import React from 'react'\n"},
        "message": "Streaming code...",
        "content": "import React from 'react'\n",
        "step": 2,
        "step_name": "Generate Code",
        "agent": "writer",
        "progress": 45,
        "run_id": "01890a5d-ac96-774b-bcce-b302099a8057",
        "seq": 17,
        "time": "2025-06-01T12:00:00.254Z"
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator::Event;

    #[test]
    fn the_example_is_an_event_and_has_every_property_of_the_schema() {
        let event: Event = serde_json::from_value(example()).unwrap();
        assert_eq!(serde_json::to_value(&event).unwrap(), example());
        let schema = serde_json::to_value(EventForm::schema()).unwrap();
        let mut described: Vec<_> = schema["allOf"][1]["properties"].as_object().unwrap().keys().collect();
        let (type_, data) = ("type".to_owned(), "data".to_owned());
        described.extend([&type_, &data]);
        described.sort();
        let example = example();
        let mut written: Vec<_> = example.as_object().unwrap().keys().collect();
        written.sort();
        assert_eq!(described, written);
    }
}

//! The OpenAPI schema of an event.
//!
//! Events write themselves by hand, so their schema cannot be derived. A test holds both together.

use orchestrator::event::{EventKind, FileContent};
use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Object, Ref, RefOr, Schema,
        schema::{KnownFormat, ObjectBuilder, OneOfBuilder, SchemaFormat, SchemaType, Type},
    },
};

/// Stands for [`orchestrator::Event`] where the OpenAPI document is made.
pub(crate) enum EventForm {}

impl ToSchema for EventForm {
    fn name() -> Cow<'static, str> {
        "Event".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        EventKind::schemas(schemas);
    }
}

impl PartialSchema for EventForm {
    fn schema() -> RefOr<Schema> {
        let RefOr::T(Schema::OneOf(kinds)) = EventKind::schema() else { return EventKind::schema() };
        let event =
            kinds.items.into_iter().fold(OneOfBuilder::new(), |event, kind| event.item(enveloped(kind)));
        let event = event
            .description(Some("One thing that happened in a run: what each `data:` line of a stream holds."))
            .examples([example()]);
        RefOr::T(Schema::OneOf(event.build()))
    }
}

/// A kind of event with what every event has.
fn enveloped(kind: RefOr<Schema>) -> RefOr<Schema> {
    let RefOr::T(Schema::Object(mut event)) = kind else { return kind };
    let streamed = event.properties.get("data").is_some_and(refers_to::<FileContent>);
    if streamed {
        let content = typed(Type::String, "The chunk, repeated from `data.chunk`.");
        event.properties.insert("content".into(), content.into());
    }
    for (name, property) in envelope() {
        event.properties.insert(name.into(), property.into());
    }
    event.required.extend(ALWAYS.map(String::from));
    RefOr::T(Schema::Object(event))
}

fn refers_to<T: ToSchema>(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::Ref(to) if to.ref_location == Ref::from_schema_name(T::name()).ref_location)
}

/// What every event has.
const ALWAYS: [&str; 5] = ["message", "progress", "run_id", "seq", "time"];

fn envelope() -> [(&'static str, Object); 8] {
    let text = |description: &str| typed(Type::String, description);
    let number = |description: &str| typed(Type::Integer, description);
    let uuid = SchemaFormat::Custom("uuid".into());
    let time = SchemaFormat::KnownFormat(KnownFormat::DateTime);
    [
        ("message", text("One line for people.")),
        ("step", number("The step's place in the workflow, from 1; not there outside of steps.")),
        ("step_name", text("The step's name; not there outside of steps.")),
        ("agent", text("The agent at work; not there outside of steps.")),
        ("progress", number("0 to 100, never falling; 100 in `complete` alone.")),
        ("run_id", formatted(uuid, "The run.")),
        ("seq", number("The event's number within the run: 1, 2, 3 … The `id` of the stream.")),
        ("time", formatted(time, "When it happened, RFC 3339 UTC.")),
    ]
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
    fn the_example_is_an_event_and_has_every_property_of_its_schema() {
        let event: Event = serde_json::from_value(example()).unwrap();
        assert_eq!(serde_json::to_value(&event).unwrap(), example());
        let schema = serde_json::to_value(EventForm::schema()).unwrap();
        let of_its_type =
            |form: &&serde_json::Value| form["properties"]["type"]["enum"][0] == example()["type"];
        let form = schema["oneOf"].as_array().unwrap().iter().find(of_its_type).unwrap();
        let mut described: Vec<_> = form["properties"].as_object().unwrap().keys().collect();
        described.sort();
        let example = example();
        let mut written: Vec<_> = example.as_object().unwrap().keys().collect();
        written.sort();
        assert_eq!(described, written);
    }
}

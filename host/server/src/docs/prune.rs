//! Leaves out of the document what nothing in it refers to.

use serde_json::Value;
use std::collections::HashSet;
use utoipa::openapi::{OpenApi, Ref};

/// Removes the schemas that no operation leads to, over however many other schemas.
pub(crate) fn unreferenced(document: &mut OpenApi) {
    loop {
        let used = references(document);
        let Some(components) = &mut document.components else { return };
        let before = components.schemas.len();
        components.schemas.retain(|name, _| used.contains(&Ref::from_schema_name(name).ref_location));
        if components.schemas.len() == before {
            return;
        }
    }
}

/// Every place that the document refers to.
fn references(document: &OpenApi) -> HashSet<String> {
    let mut found = HashSet::new();
    // A document that cannot be written down refers to nothing; it could not be served either.
    collect(&serde_json::to_value(document).unwrap_or_default(), &mut found);
    found
}

fn collect(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::String(text) if text.starts_with("#/") => {
            found.insert(text.clone());
        }
        Value::Object(fields) => fields.values().for_each(|field| collect(field, found)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

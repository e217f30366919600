//! Shapes that generators of clients can read.
//!
//! Derived schemas say `allOf` where serde flattens a struct, and list the variants of an enum without names. Readers
//! of OpenAPI differ in what they make of either: types numbered by place, types left out, a union that nothing tells
//! apart. So the document is rewritten once it is complete: what is flattened becomes one object, and each variant of
//! a tagged enum a schema of its own (`EventFileContent`), told apart by a discriminator.

use std::collections::BTreeMap;
use utoipa::openapi::{
    Discriminator, Object, OneOf, Ref, RefOr, Schema,
    schema::{AllOf, OneOfBuilder},
};

/// The document's named schemas.
pub(crate) type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Where schemas are in the document.
const PLACE: &str = "#/components/schemas/";

/// Rewrites all of `schemas`.
pub(crate) fn rewrite(schemas: &mut Schemas) {
    flatten(schemas);
    name_variants(schemas);
}

/// Makes one object, or one union of objects, of each schema that is an object on top of others.
fn flatten(schemas: &mut Schemas) {
    let flat: Vec<_> = schemas
        .iter()
        .filter_map(|(name, schema)| match schema {
            RefOr::T(Schema::AllOf(parts)) => Some((name.clone(), united(parts, schemas)?)),
            _ => None,
        })
        .collect();
    schemas.extend(flat.into_iter().map(|(name, schema)| (name, RefOr::T(schema))));
}

/// The parts of `all` as one schema. None where one of them is neither an object nor a union of objects.
fn united(all: &AllOf, schemas: &Schemas) -> Option<Schema> {
    let mut variants = vec![Object::new()];
    let mut several = false;
    for part in &all.items {
        let more = objects(part, schemas)?;
        several |= more.len() > 1;
        variants = variants.iter().flat_map(|one| more.iter().map(|other| joined(one, other))).collect();
    }
    if several {
        let mut union =
            OneOfBuilder::new().description(all.description.clone()).examples(all.examples.clone());
        for variant in variants {
            union = union.item(variant);
        }
        return Some(Schema::OneOf(union.build()));
    }
    let mut object = variants.pop()?;
    object.description.clone_from(&all.description);
    object.examples.clone_from(&all.examples);
    Some(Schema::Object(object))
}

/// The object that `schema` is, or those of which it is one.
fn objects<'a>(schema: &'a RefOr<Schema>, schemas: &'a Schemas) -> Option<Vec<&'a Object>> {
    match schema {
        RefOr::Ref(to) => objects(schemas.get(to.ref_location.strip_prefix(PLACE)?)?, schemas),
        RefOr::T(Schema::Object(object)) => Some(vec![object]),
        RefOr::T(Schema::OneOf(union)) => {
            let all: Option<Vec<_>> = union.items.iter().map(|item| objects(item, schemas)).collect();
            all.map(|all| all.concat())
        }
        RefOr::T(_) => None,
    }
}

/// Both objects' properties. What may be besides them is as the larger object says: the smaller one knows less.
fn joined(one: &Object, other: &Object) -> Object {
    let mut both = other.clone();
    both.description = other.description.clone().or_else(|| one.description.clone());
    for (name, schema) in &one.properties {
        both.properties.insert(name.clone(), schema.clone());
    }
    both.required = [one.required.as_slice(), other.required.as_slice()].concat();
    both.additional_properties = None;
    both
}

/// Gives the variants of tagged unions names, and the unions a discriminator.
fn name_variants(schemas: &mut Schemas) {
    let mut named = Vec::new();
    for (name, schema) in schemas.iter_mut() {
        let RefOr::T(Schema::OneOf(union)) = schema else { continue };
        let Some((property, tags)) = tag(union) else { continue };
        let mut discriminator = Discriminator::new(property);
        for (tag, item) in tags.into_iter().zip(&mut union.items) {
            let variant = format!("{name}{}", pascal(&tag));
            discriminator.mapping.insert(tag, format!("{PLACE}{variant}"));
            let schema = std::mem::replace(item, Ref::from_schema_name(&variant).into());
            named.push((variant, schema));
        }
        union.discriminator = Some(discriminator);
    }
    schemas.extend(named);
}

/// The property by which all of a union's objects are told apart, and its value for each of them.
fn tag(union: &OneOf) -> Option<(String, Vec<String>)> {
    let first = union.items.first()?;
    let RefOr::T(Schema::Object(first)) = first else { return None };
    first.properties.keys().find_map(|property| {
        let tags: Option<Vec<_>> = union.items.iter().map(|item| only_value(item, property)).collect();
        Some((property.clone(), tags?))
    })
}

/// The one value that `property` of `item` can have.
fn only_value(item: &RefOr<Schema>, property: &str) -> Option<String> {
    let RefOr::T(Schema::Object(object)) = item else { return None };
    let RefOr::T(Schema::Object(property)) = object.properties.get(property)? else { return None };
    match property.enum_values.as_deref()? {
        [serde_json::Value::String(value)] => Some(value.clone()),
        _ => None,
    }
}

/// `file_content` as `FileContent`.
fn pascal(tag: &str) -> String {
    let words = tag.split(['_', '-']).map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
    });
    words.flatten().collect()
}

#[cfg(test)]
mod tests {
    use crate::openapi;
    use serde_json::Value;

    fn schemas() -> serde_json::Map<String, Value> {
        let document = serde_json::to_value(openapi()).unwrap();
        document["components"]["schemas"].as_object().unwrap().clone()
    }

    #[test]
    fn a_variant_of_an_event_is_one_object_with_all_that_an_event_has() {
        let schemas = schemas();
        assert_eq!(schemas["Event"]["discriminator"]["propertyName"], "type");
        assert_eq!(
            schemas["Event"]["discriminator"]["mapping"]["file_content"],
            "#/components/schemas/EventFileContent"
        );
        let variant = &schemas["EventFileContent"];
        for property in ["type", "data", "message", "content", "seq", "time"] {
            assert!(variant["properties"].get(property).is_some(), "{property}: {variant:#}");
        }
        assert_eq!(variant["properties"]["type"]["enum"], serde_json::json!(["file_content"]));
    }

    #[test]
    fn no_schema_is_left_on_top_of_others_or_a_union_of_things_without_names() {
        for (name, schema) in &schemas() {
            assert!(schema.get("allOf").is_none(), "{name}: {schema:#}");
            let Some(union) = schema.get("oneOf").and_then(Value::as_array) else { continue };
            let unnamed = |item: &&Value| item["type"] == "object" && item.get("properties").is_some();
            assert!(
                union.iter().filter(unnamed).count() < 2,
                "{name} has variants without names: {schema:#}"
            );
        }
    }
}

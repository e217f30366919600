//! The options of agents: values that a plugin reads through `settings`, and the JSON Schema that it declares for them.
//!
//! The schema is the plugin's and is taken for hostile: it fetches nothing, its patterns are matched in linear time, and
//! references within it, which can stand for exponentially many schemas, are counted before it is used.

use crate::error::AgentError;
use jsonschema::{
    PatternOptions, ValidationError,
    error::ValidationErrorKind,
    paths::{Location, LocationSegment},
};
use orchestrator_core::AgentDescription;
use serde_json::{Map, Value};

/// Longest options of an agent, in bytes of JSON. Each of its calls is given them.
const OPTIONS_MAX: usize = 16 << 10;
/// Most parts that a schema may have once its references are followed, and how deep they may lie.
const PARTS_MAX: usize = 2000;
const DEPTH_MAX: usize = 64;
/// Largest automaton of a pattern, in bytes.
const PATTERN_MAX: usize = 1 << 20;

/// Checks options as a whole against what the plugin declares.
pub(super) fn check(description: &AgentDescription, options: &Map<String, Value>) -> Result<(), AgentError> {
    let agent = &description.agent_type;
    let Some(schema) = description.options_schema.as_ref().filter(|_| !options.is_empty()) else {
        return match options.is_empty() {
            true => Ok(()),
            false => {
                Err(AgentError::invalid("options", format!("the agent '{agent}' has none; leave them out")))
            }
        };
    };
    let options = Value::Object(options.clone());
    let bytes = options.to_string().len();
    if bytes > OPTIONS_MAX {
        let message = format!("they are {bytes} bytes long; at most {OPTIONS_MAX} are allowed");
        return Err(AgentError::invalid("options", message));
    }
    let unusable = |why: &str| {
        let message = format!(
            "the schema that the plugin of '{agent}' declares for its options cannot be used, so none can be set: {why}"
        );
        AgentError::invalid("options", message)
    };
    let mut parts = 0;
    count(schema, schema, 0, &mut parts).map_err(unusable)?;
    let patterns = PatternOptions::regex().size_limit(PATTERN_MAX).dfa_size_limit(PATTERN_MAX);
    let validator = jsonschema::options()
        .with_pattern_options(patterns)
        .build(schema)
        .map_err(|error| unusable(&error.to_string()))?;
    validator.iter_errors(&options).next().map_or(Ok(()), |error| Err(refusal(&error, schema)))
}

/// Counts the parts of a schema, those behind its references each time that there is one.
fn count(root: &Value, part: &Value, depth: usize, parts: &mut usize) -> Result<(), &'static str> {
    *parts += 1;
    if *parts > PARTS_MAX || depth > DEPTH_MAX {
        return Err("with what its references stand for, it is too large, or has no end");
    }
    let fields = match part {
        Value::Array(items) => return items.iter().try_for_each(|item| count(root, item, depth + 1, parts)),
        Value::Object(fields) => fields,
        _ => return Ok(()),
    };
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("$ref", Value::String(reference)) => {
                let found = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
                let found = found.ok_or("a `$ref` of it is none to a part of it, such as `#/$defs/name`")?;
                count(root, found, depth + 1, parts)?;
            }
            ("$dynamicRef" | "$recursiveRef", Value::String(_)) => {
                return Err("`$dynamicRef` and `$recursiveRef` are not known here; use `$ref`");
            }
            // Either would have references mean something else than a way from the top.
            ("$id", Value::String(_)) if depth > 0 => {
                return Err("a part of it has an `$id`; leave that out");
            }
            ("$schema", Value::String(draft)) if draft.contains("draft-04") => {
                return Err("it is of draft 4; write it in 2020-12, or as of draft 6");
            }
            _ => count(root, value, depth + 1, parts)?,
        }
    }
    Ok(())
}

/// What is wrong, by the name of the option and with what would be right where that can be listed.
fn refusal(error: &ValidationError<'_>, schema: &Value) -> AgentError {
    let mut field = field(error.instance_path());
    let mut message = error.masked_with("it").to_string();
    let mut valid = Vec::new();
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            if error.instance_path().is_empty() {
                valid = known(schema);
            }
            if let Some(first) = unexpected.first() {
                message = match valid.as_slice() {
                    [] => format!("{field} has no '{first}'"),
                    valid => format!("{field} has no '{first}'; valid: {}", valid.join(", ")),
                };
                field = format!("{field}.{first}");
            }
        }
        ValidationErrorKind::Required { property: Value::String(property) } => {
            message = "it is required".to_owned();
            field = format!("{field}.{property}");
        }
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            valid = options
                .iter()
                .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                .collect();
        }
        _ => {}
    }
    AgentError::Invalid { field: field.into(), message, valid }
}

/// The names of the options that a schema lists.
fn known(schema: &Value) -> Vec<String> {
    let listed = schema.get("properties").and_then(Value::as_object);
    listed.map(|listed| listed.keys().cloned().collect()).unwrap_or_default()
}

/// `options`, and then the way to a value, as other fields have it: `options.list[0].name`.
fn field(path: &Location) -> String {
    path.iter().fold("options".to_owned(), |field, segment| match segment {
        LocationSegment::Property(name) => format!("{field}.{name}"),
        LocationSegment::Index(index) => format!("{field}[{index}]"),
    })
}

#[cfg(test)]
mod tests;

//! The format as a JSON Schema, for editors.
//!
//! Keys, units and bounds come from the tables that the parser reads, so the two cannot drift apart; a test holds the
//! published file to this function.

use crate::{
    destination::Registry,
    limits::{self, Unit},
    parse::{PROGRAM, QUARANTINE, RULES, TOP, VERSION},
};
use orchestrator_core::Permission;
use serde_json::{Map, Value, json};

/// The JSON Schema of a policy file.
#[must_use]
pub fn schema() -> Value {
    let top = TOP.map(|key| {
        let value = match key {
            "version" => json!({"const": VERSION}),
            "defaults" => json!({"$ref": "#/$defs/rules"}),
            "plugin" => json!({"type": "object", "additionalProperties": {"$ref": "#/$defs/rules"}}),
            "program" => json!({"type": "object", "additionalProperties": {"$ref": "#/$defs/program"}}),
            _ => numbers(&QUARANTINE),
        };
        (key.to_owned(), value)
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy of Dynamic Orchestrator",
        "type": "object",
        "required": ["version"],
        "additionalProperties": false,
        "properties": Map::from_iter(top),
        "$defs": {"rules": rules(), "program": program()},
    })
}

fn rules() -> Value {
    let registries = Registry::ALL.map(|(name, _)| name);
    let keys = RULES.map(|key| {
        let value = match key {
            "permissions" => json!({
                "description": "What the plugin may do, as far as it asks for it. Replaces what lies below.",
                "type": "array",
                "items": {"enum": Permission::ALL},
            }),
            "programs" => json!({
                "description": "Argument lists that it may start programs with: words, {choice|of|words}, {type}; \
                                or @name of a [program.name].",
                "type": "array",
                "items": {"type": "string", "minLength": 1},
            }),
            "network" => json!({
                "description": format!("Where its programs may connect to: \"none\", or some of {} and host:port.", registries.join(", ")),
                "oneOf": [
                    {"const": "none"},
                    {"type": "array", "minItems": 1, "items": {"type": "string"}},
                ],
            }),
            _ => numbers(&limits::KEYS),
        };
        (key.to_owned(), value)
    });
    json!({"type": "object", "additionalProperties": false, "properties": Map::from_iter(keys)})
}

fn program() -> Value {
    let keys = PROGRAM.map(|key| {
        let value = match key {
            "exe" => {
                json!({"description": "The program, as it is started.", "type": "string", "minLength": 1})
            }
            _ => json!({
                "description": "A word for each argument; here, words may contain blanks.",
                "type": "array",
                "items": {"type": "string"},
            }),
        };
        (key.to_owned(), value)
    });
    json!({
        "type": "object",
        "required": ["exe"],
        "additionalProperties": false,
        "properties": Map::from_iter(keys),
    })
}

fn numbers(keys: &[(&str, Unit, u64, u64)]) -> Value {
    let properties = keys.iter().map(|(key, unit, least, most)| {
        let value = match unit {
            Unit::Count => json!({"type": "integer", "minimum": least, "maximum": most}),
            Unit::Bytes => json!({"type": "string", "pattern": "^[0-9]+ *(B|KiB|MiB|GiB)$"}),
            Unit::Time => json!({"type": "string", "pattern": "^[0-9]+ *(ms|s|min|h)$"}),
        };
        ((*key).to_owned(), value)
    });
    let properties: Map<String, Value> = properties.collect();
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Renew with `orchestrator policy schema > docs/policy.schema.json`.
    #[test]
    fn the_published_schema_is_this_one() {
        let published: Value =
            serde_json::from_str(include_str!("../../../docs/policy.schema.json")).expect("it is JSON");
        assert_eq!(published, schema(), "renew it: orchestrator policy schema > docs/policy.schema.json");
    }
}

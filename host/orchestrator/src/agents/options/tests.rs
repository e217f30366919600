use super::*;
use orchestrator_core::{AgentSettings, AgentType, Permissions};
use proptest::prelude::*;
use serde_json::json;
use std::sync::Arc;

fn declared(schema: impl Into<Option<Value>>) -> AgentDescription {
    let defaults = AgentSettings {
        prompt: "Write.".into(),
        model: "haiku".into(),
        temperature: 0.5,
        max_tokens: 1024,
        effort: None,
        options: Map::new(),
    };
    AgentDescription {
        name: "Writer Agent".into(),
        agent_type: AgentType::new("writer").unwrap(),
        version: "0.1.0".into(),
        purpose: String::new(),
        capabilities: Vec::new(),
        defaults: Arc::new(defaults),
        permissions: Permissions::default(),
        options_schema: schema.into(),
    }
}

fn checked(schema: impl Into<Option<Value>>, options: Value) -> Result<(), AgentError> {
    check(&declared(schema), options.as_object().unwrap())
}

fn refused(schema: impl Into<Option<Value>>, options: Value) -> (String, String, Vec<String>) {
    match checked(schema, options) {
        Err(AgentError::Invalid { field, message, valid }) => (field.into_owned(), message, valid),
        other => panic!("{other:?}"),
    }
}

fn schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "tone": {"enum": ["plain", "warm"]},
            "tokens": {"type": "integer", "minimum": 500},
            "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
        },
        "$defs": {"rule": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}},
    })
}

#[test]
fn what_fits_is_taken_and_an_agent_without_options_has_none() {
    let options = json!({"tone": "warm", "tokens": 500, "rules": [{"name": "short"}]});
    assert_eq!(checked(schema(), options), Ok(()));
    assert_eq!(checked(None, json!({})), Ok(()));
    assert_eq!(checked(json!({"required": ["a"]}), json!({})), Ok(()), "nothing is set");
    assert_eq!(refused(None, json!({"a": 1})).0, "options");
    let (field, message, _) = refused(json!({}), json!({"a": "x".repeat(OPTIONS_MAX)}));
    assert_eq!((field.as_str(), message.contains("at most 16384")), ("options", true), "{message}");
}

#[test]
fn a_refusal_names_the_option_and_what_is_allowed() {
    let said: Vec<_> = [
        json!({"tone": "cold"}),
        json!({"tokens": 12}),
        json!({"tokens": "many"}),
        json!({"tokns": 700}),
        json!({"rules": [{"name": "a"}, {"name": 3}]}),
        json!({"rules": [{}]}),
    ]
    .map(|options| {
        let (field, message, valid) = refused(schema(), options);
        format!("{field} | {message} | {}", valid.join(" "))
    })
    .into();
    insta::assert_snapshot!(said.join("\n"), @r#"
    options.tone | it is not one of "plain" or "warm" | plain warm
    options.tokens | it is less than the minimum of 500 | 
    options.tokens | it is not of type "integer" | 
    options.tokns | options has no 'tokns'; valid: rules, tokens, tone | rules tokens tone
    options.rules[1].name | it is not of type "string" | 
    options.rules[0].name | it is required | 
    "#);
}

#[test]
fn a_schema_that_is_none_or_does_more_than_describe_is_not_used() {
    let mut doubling = Map::new();
    for level in 0..40 {
        let next = json!({"$ref": format!("#/$defs/{}", level + 1)});
        doubling.insert(level.to_string(), json!({"allOf": [next, next]}));
    }
    doubling.insert("40".into(), json!({"type": "object"}));
    for hostile in [
        json!({"type": "objct"}),
        json!({"$ref": "http://127.0.0.1/options.json"}),
        json!({"$ref": "#"}),
        json!({"$ref": "#/$defs/none"}),
        json!({"$dynamicRef": "#a"}),
        json!({"$ref": "#/$defs/0", "$defs": doubling}),
        json!({"properties": {"$defs": {"$ref": "#/$defs/0"}}, "$defs": doubling}),
        json!({"properties": {"a": {"$id": "http://a/", "$ref": "#/x"}}}),
        json!({"$schema": "http://json-schema.org/draft-04/schema#"}),
        json!({"properties": {"a": {"pattern": "(?=a)"}}}),
        json!({"properties": {"a": {"pattern": "(((a{99}){99}){99}){99}"}}}),
    ] {
        let (field, message, _) = refused(hostile.clone(), json!({"a": 1}));
        assert_eq!(
            (field.as_str(), message.contains("cannot be used")),
            ("options", true),
            "{hostile}: {message}"
        );
    }
}

proptest! {
    /// Whatever a plugin declares, an answer comes.
    #[test]
    fn any_json_as_a_schema_gives_an_answer(schema in any_schema(), name in "[a-c]", value in any_schema()) {
        let _ = checked(schema, json!({name: value}));
    }
}

/// JSON with the words of schemas in it.
fn any_schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        Just(json!(true)),
        any::<i32>().prop_map(Value::from),
        prop::sample::select(vec!["object", "integer", "#", "#/$defs/a", "a", "(a+)+$", ""])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 4, |inner| {
        let word = prop::sample::select(vec![
            "a",
            "type",
            "properties",
            "$ref",
            "$defs",
            "anyOf",
            "allOf",
            "not",
            "items",
            "enum",
            "required",
            "pattern",
            "minimum",
            "additionalProperties",
            "$id",
            "$schema",
            "if",
            "then",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(word, inner, 0..4)
                .prop_map(|fields| fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<Map<_, _>>())
                .prop_map(Value::from),
        ]
    })
}

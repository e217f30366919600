//! Fields of a request that not every server knows.
//!
//! Some servers refuse a request for a field that they could do without. Which these are is learned from the refusal,
//! for each model, since routers have many servers behind one address.

use serde_json::{Map, Value};
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// A field that a request can do without.
struct Optional {
    name: &'static str,
    /// What it is called in refusals.
    called: &'static [&'static str],
    /// The other name of the same.
    instead: Option<&'static str>,
}

const OPTIONAL: [Optional; 6] = [
    Optional { name: "stream_options", called: &["stream_options", "include_usage"], instead: None },
    Optional {
        name: "max_completion_tokens",
        called: &["max_completion_tokens"],
        instead: Some("max_tokens"),
    },
    Optional { name: "max_tokens", called: &["max_tokens"], instead: Some("max_completion_tokens") },
    Optional { name: "temperature", called: &["temperature"], instead: None },
    Optional { name: "reasoning_effort", called: &["reasoning_effort"], instead: None },
    Optional { name: "output_config", called: &["output_config"], instead: None },
];

/// How servers say that they do not know a field, in small letters. What they say of a value is another thing.
const UNKNOWN: [&str; 9] = [
    "unknown",
    "unrecognized",
    "unsupported parameter",
    "unexpected keyword",
    "not permitted",
    "not allowed",
    "extra_forbidden",
    "extra fields",
    "additional properties",
];

/// What was learned about each model.
#[derive(Debug, Default)]
pub(super) struct Fields(Mutex<BTreeSet<(String, &'static str)>>);

impl Fields {
    /// Takes from a request what the model's server does not know.
    pub(super) fn trim(&self, model: &str, request: &mut Map<String, Value>) {
        let unknown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let knows = |field: &'static str| !unknown.contains(&(model.to_owned(), field));
        for field in OPTIONAL.iter().filter(|field| !knows(field.name)) {
            if let Some(value) = request.remove(field.name)
                && let Some(instead) = field.instead.filter(|instead| knows(instead))
            {
                request.insert(instead.to_owned(), value);
            }
        }
    }

    /// Learns from a refusal of a request which of its fields are not known; gives one if the request would be
    /// another one now.
    pub(super) fn learn(
        &self,
        model: &str,
        request: &Map<String, Value>,
        status: u16,
        said: &str,
    ) -> Option<&'static str> {
        let folded = said.to_lowercase();
        let mentions = |words: &[&str]| words.iter().any(|word| folded.contains(word));
        if !matches!(status, 400 | 422) || !mentions(&UNKNOWN) {
            return None;
        }
        let is_meant = |field: &&Optional| request.contains_key(field.name) && mentions(field.called);
        let field = OPTIONAL.iter().find(is_meant)?.name;
        let mut unknown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        unknown.insert((model.to_owned(), field));
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request() -> Map<String, Value> {
        let request =
            json!({"model": "m", "max_completion_tokens": 9, "temperature": 1, "stream_options": {}});
        request.as_object().cloned().unwrap()
    }

    #[test]
    fn a_field_that_is_said_to_be_unknown_is_left_out_for_this_model() {
        for (said, field) in [
            (r#"{"loc":["body","stream_options"],"type":"extra_forbidden"}"#, "stream_options"),
            ("extraneous key [include_usage] is not permitted", "stream_options"),
            ("Unrecognized request argument supplied: max_completion_tokens", "max_completion_tokens"),
            ("Unknown field: temperature", "temperature"),
        ] {
            let fields = Fields::default();
            assert_eq!(fields.learn("m", &request(), 422, said), Some(field));
            let mut trimmed = request();
            fields.trim("m", &mut trimmed);
            assert!(!trimmed.contains_key(field), "{said}");
            assert_eq!(trimmed.contains_key("max_tokens"), field == "max_completion_tokens");
            let mut other = request();
            fields.trim("other", &mut other);
            assert_eq!(other, request());
        }
    }

    #[test]
    fn a_field_with_two_names_of_which_none_is_known_is_left_out() {
        let fields = Fields::default();
        for name in ["max_completion_tokens", "max_tokens"] {
            let mut request = request();
            fields.trim("m", &mut request);
            assert!(fields.learn("m", &request, 400, &format!("unknown parameter {name}")).is_some());
        }
        let mut request = request();
        fields.trim("m", &mut request);
        assert!(!request.keys().any(|key| key.starts_with("max_")), "{request:?}");
    }

    #[test]
    fn a_value_that_is_refused_and_a_field_that_was_not_sent_are_not_unknown_fields() {
        let fields = Fields::default();
        for (status, said) in [
            (400, "Unsupported value: 'temperature' does not support 0.3"),
            (400, "max_completion_tokens is too large"),
            (400, "Unknown field: output_config"),
            (500, "Unknown field: temperature"),
        ] {
            assert_eq!(fields.learn("m", &request(), status, said), None, "{said}");
        }
    }
}

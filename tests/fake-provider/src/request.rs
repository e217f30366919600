//! A request as the server got it.

use serde_json::Value;
use std::collections::BTreeMap;

/// A wire format, told by the path of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// `POST /v1/messages`.
    Anthropic,
    /// `POST /v1/chat/completions`.
    OpenAi,
}

/// A request as the server got it.
#[derive(Debug, Clone)]
pub struct Request {
    /// The wire format.
    pub wire: Wire,
    /// Headers by lower-case name; of a repeated header, the last.
    pub headers: BTreeMap<String, String>,
    /// The body; `null` when it is not JSON.
    pub body: Value,
}

impl Request {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The model asked for; empty when none is named.
    #[must_use]
    pub fn model(&self) -> &str {
        self.body["model"].as_str().unwrap_or_default()
    }

    /// The system prompt, whichever way the wire format carries it; empty when there is none.
    #[must_use]
    pub fn system(&self) -> String {
        match self.wire {
            Wire::Anthropic => text_of(&self.body["system"]),
            Wire::OpenAi => self
                .messages()
                .into_iter()
                .find(|(role, _)| role == "system")
                .map(|(_, content)| content)
                .unwrap_or_default(),
        }
    }

    /// The content of the last message; empty when there is none.
    #[must_use]
    pub fn last_message(&self) -> String {
        self.messages().pop().map(|(_, content)| content).unwrap_or_default()
    }

    /// All messages as role and content.
    #[must_use]
    pub fn messages(&self) -> Vec<(String, String)> {
        let messages = self.body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
        messages.iter().map(|message| (text_of(&message["role"]), text_of(&message["content"]))).collect()
    }
}

/// A text that is given as a string or as a list of text blocks.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => blocks.iter().filter_map(|block| block["text"].as_str()).collect(),
        _ => String::new(),
    }
}

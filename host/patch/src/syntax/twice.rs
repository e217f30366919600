//! Keys that one mapping has twice. Parsers take one of the two and drop the other without a word.

use super::Fault;
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::{borrow::Cow, collections::HashSet};

/// The first key of an object that has it twice, in a text that is JSON.
pub(super) fn in_json(text: &str) -> Option<Fault> {
    let bytes = text.as_bytes();
    // The keys of each object that is open; none for a list.
    let mut open: Vec<Option<HashSet<Cow<'_, str>>>> = Vec::new();
    let mut key_comes = false;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let mut length = 1;
        match byte {
            b'{' => {
                open.push(Some(HashSet::new()));
                key_comes = true;
            }
            b'[' => open.push(None),
            b'}' | b']' => drop(open.pop()),
            b',' => key_comes = matches!(open.last(), Some(Some(_))),
            b'"' => {
                length = super::comments::string(bytes.get(at..).unwrap_or_default());
                let literal = text.get(at..at + length).unwrap_or_default();
                if std::mem::take(&mut key_comes)
                    && let Some(Some(keys)) = open.last_mut()
                    && !keys.insert(key(literal))
                {
                    return Some(Fault::at(message(literal), bytes.get(..at).unwrap_or_default()));
                }
            }
            _ => {}
        }
        at += length;
    }
    None
}

/// A key without its quotes and escapes.
fn key(literal: &str) -> Cow<'_, str> {
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
    match inner.contains('\\') {
        true => serde_json::from_str::<String>(literal).map_or(Cow::Borrowed(inner), Cow::Owned),
        false => Cow::Borrowed(inner),
    }
}

fn message(key: &str) -> String {
    format!("the key {key} is there twice")
}

/// What of a collection of YAML is read.
enum Open {
    List,
    /// The keys so far, and whether another comes next.
    Map(HashSet<(String, bool)>, bool),
}

/// The first key that a mapping has twice, in a text that is YAML.
pub(super) fn in_yaml(text: &str) -> Option<Fault> {
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        let is_key = match open.last_mut() {
            Some(Open::Map(_, key_comes)) if !matches!(event, Event::MappingEnd) => {
                *key_comes = !*key_comes;
                !*key_comes
            }
            _ => false,
        };
        match event {
            Event::MappingStart(..) => open.push(Open::Map(HashSet::new(), true)),
            Event::SequenceStart(..) => open.push(Open::List),
            Event::MappingEnd | Event::SequenceEnd => drop(open.pop()),
            // Several merges are read by many tools, one after the other.
            Event::Scalar(key, style, ..) if is_key && key != "<<" => {
                if let Some(Open::Map(keys, _)) = open.last_mut() {
                    // `1` is a number and `'1'` is none.
                    let is_other = style == ScalarStyle::Plain && !key.starts_with(char::is_alphabetic);
                    if !keys.insert((key.clone().into_owned(), is_other)) {
                        let (line, column) = (span.start.line(), span.start.col() + 1);
                        return Some(Fault { message: message(&key).into(), line, column });
                    }
                }
            }
            _ => {}
        }
    }
    None
}

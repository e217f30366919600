//! JSON in a model's answer.
//!
//! Models that are asked for JSON alone still put it into a code fence or a sentence. Finding it is done tolerantly;
//! what is found is read strictly, and a complaint names the place and the reason, because it goes back to the model.

use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Value};

/// Finds the JSON object or array in an answer and reads it as `T`.
///
/// # Errors
/// A complaint that a model can act on, such as ``at `files[2].purpose`: missing field `purpose` ``.
pub fn find<T: DeserializeOwned>(answer: &str) -> Result<T, String> {
    let text = locate(answer).ok_or("there is no JSON object in it")?;
    // First as any JSON: "not JSON at all" and "JSON of another shape" are two different things to mend.
    let value: Value =
        serde_json::from_str(text).map_err(|error| format!("it is not valid JSON: {error}"))?;
    serde_path_to_error::deserialize(value).map_err(|error| {
        let place = error.path().to_string();
        match place.as_str() {
            "." => format!("{}", error.inner()),
            _ => format!("at `{place}`: {}", error.inner()),
        }
    })
}

/// The JSON object, or the list of objects, that the text holds: the first place that looks like the beginning of one.
/// When it is not complete, everything from there on, so that the complaint says where it breaks off; what stands inside
/// of broken JSON is a fragment that nobody meant.
fn locate(answer: &str) -> Option<&str> {
    let (start, _) = answer.match_indices(['{', '[']).find(|(start, _)| begins_json(&answer[*start..]))?;
    let rest = &answer[start..];
    let mut values = Deserializer::from_str(rest).into_iter::<Value>();
    match values.next() {
        Some(Ok(_)) => Some(&rest[..values.byte_offset()]),
        _ => Some(rest),
    }
}

/// Tells `{"a": 1}` and `[{…` from the braces and footnotes of prose.
fn begins_json(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| !c.is_whitespace());
    matches!((letters.next(), letters.next()), (Some('{'), Some('"' | '}')) | (Some('['), Some('{' | ']')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Dish {
        name: String,
        #[serde(default)]
        parts: Vec<Part>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Part {
        grams: u32,
    }

    #[test]
    fn json_is_found_in_a_fence_in_a_sentence_and_alone() {
        for answer in [
            r#"{"name": "soup"}"#,
            "Here you are {as asked} [1]:\n```json\n{\"name\": \"soup\"}\n```\nEnjoy {it}.",
            "  \n{\"name\": \"soup\"} and that is all }",
        ] {
            assert_eq!(find::<Dish>(answer).unwrap().name, "soup", "{answer}");
        }
    }

    #[test]
    fn a_complaint_names_the_place_and_the_reason() {
        let complaint =
            find::<Dish>(r#"{"name": "soup", "parts": [{"grams": 1}, {"grams": "two"}]}"#).unwrap_err();
        assert!(complaint.starts_with("at `parts[1].grams`: invalid type: string \"two\""), "{complaint}");
        let complaint = find::<Dish>(r#"{"nam": "soup"}"#).unwrap_err();
        assert!(complaint.contains("unknown field `nam`"), "{complaint}");
    }

    #[test]
    fn json_that_breaks_off_is_told_as_such() {
        let complaint = find::<Dish>(r#"{"name": "soup", "parts": [{"grams": 1}, {"gra"#).unwrap_err();
        assert!(complaint.contains("not valid JSON") && complaint.contains("EOF"), "{complaint}");
    }

    #[test]
    fn an_answer_without_json_is_told_as_such() {
        assert_eq!(find::<Dish>("I cannot plan that.").unwrap_err(), "there is no JSON object in it");
    }

    #[test]
    fn braces_and_quotes_inside_strings_do_not_confuse() {
        assert_eq!(find::<Dish>(r#"Sure: {"name": "a } \" { b"} done"#).unwrap().name, "a } \" { b");
    }

    #[test]
    fn nesting_without_end_is_a_complaint_and_no_crash() {
        let deep = r#"{"name":"#.repeat(100_000);
        assert!(find::<Dish>(&deep).unwrap_err().contains("not valid JSON"));
        assert_eq!(find::<Dish>(&"[".repeat(100_000)).unwrap_err(), "there is no JSON object in it");
    }
}

//! How long a service asks to be left alone, in an error's body.

use jiff::SignedDuration;
use serde_json::Value;
use std::time::Duration;

/// The wait that an error object names, in a field of its details or in its words.
pub(super) fn read(details: &Value, message: &str) -> Option<Duration> {
    let delays = details.as_array().into_iter().flatten().filter_map(|detail| detail["retryDelay"].as_str());
    delays.chain(said(message)).find_map(duration)
}

/// What the words say: `Please retry in 3.4s.`, `try again in 7m12s`, `retry after 26 seconds`.
fn said(message: &str) -> impl Iterator<Item = &str> {
    let beginnings = ["retry in ", "try again in ", "retry after "];
    let rests = beginnings.into_iter().filter_map(move |beginning| Some(message.split_once(beginning)?.1));
    rests.flat_map(|rest| {
        let ends = rest.match_indices(char::is_whitespace).map(|(at, _)| at).chain([rest.len()]);
        ends.take(2).map(move |end| &rest[..end])
    })
}

fn duration(text: &str) -> Option<Duration> {
    let wait: SignedDuration = text.trim_end_matches(['.', ',', ')', ';']).parse().ok()?;
    Duration::try_from(wait).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_wait_is_found_in_details_and_in_words() {
        let details = json!([{"violations": []}, {"retryDelay": "39s"}]);
        assert_eq!(read(&details, "Please retry in 3s."), Some(Duration::from_secs(39)));
        let said = |words: &str| read(&Value::Null, words).map(|wait| wait.as_millis());
        assert_eq!(said("limit: 5\nPlease retry in 3.4s."), Some(3400));
        assert_eq!(said("Please try again in 7m12s. Visit us"), Some(432_000));
        assert_eq!(said("Please try again in 20ms, or"), Some(20));
        assert_eq!(said("Please retry after 26 seconds."), Some(26_000));
        for none in ["Please try again in a while", "retry in -5s", "try again in 5", "retry in ", "busy"] {
            assert_eq!(said(none), None, "{none}");
        }
    }
}

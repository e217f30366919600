//! A key that cannot be printed by accident, and does not stay in memory that is given back.
//!
//! Most leaks are a `{:?}` in a log line or an error text that quotes what was sent. The type closes the first way;
//! `Secret::scrub` closes the second for texts that come back from a service.

use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;

/// Keys that are none, for servers that take any: texts that have such a word by chance are left as they are. So are
/// texts with a key that is too short to be one.
const DUMMIES: [&str; 2] = ["lm-studio", "sk-no-key-required"];
const KEY_MIN: usize = 8;

/// A key. `Debug` shows nothing of it, there is no `Display`, and with the last clone its bytes are overwritten.
#[derive(Debug, Clone)]
pub struct Secret(Arc<SecretString>);

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl Secret {
    /// Takes a key over, without the blanks and line ends around it that pasting leaves; none when nothing is left.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(Arc::new(text.into())))
    }

    /// The key itself, for the one place that sends it.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The text without the key.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let key = self.expose();
        let is_dummy = key.len() < KEY_MIN || DUMMIES.contains(&key);
        if is_dummy { text.to_owned() } else { text.replace(key, "[key]") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_neither_printed_nor_left_in_a_text() {
        let secret = Secret::new(" sk-test-123\n").unwrap();
        let shown = format!("{secret:?} {:#?}", Some(&secret));
        assert!(shown.contains("REDACTED") && !shown.contains("sk-test"), "{shown}");
        assert_eq!(secret.scrub("bad key sk-test-123 (sk-test-123)"), "bad key [key] ([key])");
        assert_eq!(secret.expose(), "sk-test-123");
    }

    #[test]
    fn a_word_that_stands_in_for_a_key_is_left_in_texts() {
        for dummy in ["ollama", "none", "EMPTY", "x", "lm-studio", "sk-no-key-required"] {
            let text = format!("run: {dummy} pull");
            assert_eq!(Secret::new(dummy).unwrap().scrub(&text), text);
        }
    }

    #[test]
    fn nothing_but_blanks_is_no_key() {
        assert_eq!(Secret::new(" \n"), None);
    }
}

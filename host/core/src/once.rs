//! What makes a request for a run one that can be repeated: the same key, the same run.

use crate::Digest;
use std::{fmt, str::FromStr};

/// A key that a client chose for one request, and sends again with each repetition of it. 1 to 255 visible ASCII
/// characters; a UUID is usual.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// Longest key, in bytes.
pub const KEY_MAX: usize = 255;

/// A text that cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key has 1 to {KEY_MAX} visible ASCII characters; a new UUID for each request is usual")]
pub struct KeyError;

impl IdempotencyKey {
    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let fits = (1..=KEY_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned())).ok_or(KeyError)
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A request that is done once, however often it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Names the request among those of its caller.
    pub key: IdempotencyKey,
    /// Of what was asked for, so that another request under the same key is told apart.
    pub digest: Digest,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_characters() {
        let key = |text: &str| text.parse::<IdempotencyKey>().map(|key| key.0);
        assert_eq!(
            key("8e03978e-40d5-43dd-bc93-6894a57f9324").as_deref(),
            Ok("8e03978e-40d5-43dd-bc93-6894a57f9324")
        );
        assert_eq!(key(&"k".repeat(255)).map(|key| key.len()), Ok(255));
        for bad in ["", "a b", "é", "a\tb", &"k".repeat(256)] {
            assert_eq!(key(bad), Err(KeyError), "{bad}");
        }
    }
}

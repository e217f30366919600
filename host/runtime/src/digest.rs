//! What components are told apart by.

use sha2::{Digest as _, Sha256};
use std::fmt;

/// SHA-256 of some bytes; shown in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest([u8; Digest::SIZE]);

impl Digest {
    /// Its bytes.
    pub(crate) const SIZE: usize = 32;

    /// The digest of `bytes`.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// One that was written down.
    pub(crate) const fn from_bytes(bytes: [u8; Self::SIZE]) -> Self {
        Self(bytes)
    }

    /// To write it down.
    pub(crate) const fn to_bytes(self) -> [u8; Self::SIZE] {
        self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_shown_as_other_programs_show_it() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").to_string(), empty);
        assert_eq!(Digest::from_bytes(Digest::of(b"").to_bytes()), Digest::of(b""));
    }
}

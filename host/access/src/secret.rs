//! What a token looks like: `dorc_`, twelve digits by which it is found, `_`, sixty-four digits that are its secret; all
//! of them hexadecimal.
//!
//! The prefix lets people, and the scanners that look for leaked secrets, tell what it is. The key is no secret: it is
//! what the table is searched for, so that the search, whose time depends on what it is searched for, learns nothing of
//! the secret. The secret is 256 bits from the operating system, and kept as its SHA-256.
//!
//! A slow hash would add nothing. Slow hashes are for passwords, which people choose and attackers guess from lists; a
//! guess among 2^256 is as hopeless at a billion tries a second as at ten. What it would cost is a tenth of a second of
//! processor time for each request, to be had by anybody who sends one.

use orchestrator_core::{Chance, Digest, NoChance, Role, hex};
use secrecy::zeroize::Zeroizing;
use std::{fmt, str::FromStr};
use subtle::ConstantTimeEq;

const PREFIX: &str = "dorc_";
const KEY_BYTES: usize = 6;
const SECRET_BYTES: usize = 32;
const LENGTH: usize = PREFIX.len() + 2 * KEY_BYTES + 1 + 2 * SECRET_BYTES;

/// A token, secret and all. Only [`Token::reveal`] shows it; nothing prints it by accident, and when it is dropped its
/// secret is overwritten.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    key: String,
    secret: Zeroizing<[u8; SECRET_BYTES]>,
}

/// A text that is no token. It does not repeat the text, which may be most of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is no token: one is '{PREFIX}', {} digits, '_' and {} digits, all hexadecimal and lower case", 2 * KEY_BYTES, 2 * SECRET_BYTES)]
pub struct NotAToken;

impl Token {
    /// A new one. It is a secret where `chance` is the operating system's.
    ///
    /// # Errors
    /// When there is no randomness to be had.
    pub fn generate(chance: &Chance) -> Result<Self, NoChance> {
        let (mut key, mut secret) = ([0; KEY_BYTES], Zeroizing::new([0; SECRET_BYTES]));
        chance.fill(&mut key)?;
        chance.fill(&mut *secret)?;
        Ok(Self { key: hex::encode(&key), secret })
    }

    /// Whether a text claims to be a token, well made or not.
    #[must_use]
    pub fn is_claimed(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// The part that is no secret.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is kept of the secret.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Digest::of(&*self.secret).0
    }

    /// Whether `kept` is the hash of this token's secret, in a time that does not depend on how much of it is.
    #[must_use]
    pub fn matches(&self, kept: &[u8; 32]) -> bool {
        self.hash().ct_eq(kept).into()
    }

    /// The token as its holder keeps it.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}_{}", self.key, hex::encode(&*self.secret))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({PREFIX}{}_…)", self.key)
    }
}

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let rest = text.strip_prefix(PREFIX).filter(|_| text.len() == LENGTH).ok_or(NotAToken)?;
        let (key, secret) = rest.split_once('_').ok_or(NotAToken)?;
        unhex::<KEY_BYTES>(key).ok_or(NotAToken)?;
        Ok(Self { key: key.to_owned(), secret: Zeroizing::new(unhex(secret).ok_or(NotAToken)?) })
    }
}

/// Lower case alone, so that each token has one spelling.
fn unhex<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    hex::decode(text).filter(|_| !text.bytes().any(|byte| byte.is_ascii_uppercase()))
}

/// What a role is called in the audit.
pub(crate) fn detail(key: &str, role: Role) -> serde_json::Value {
    serde_json::json!({"key": format!("{PREFIX}{key}"), "role": role})
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_comes_back_from_its_text_and_differs_from_any_other() {
        let chance = Chance::of_system();
        let (one, other) = (Token::generate(&chance).unwrap(), Token::generate(&chance).unwrap());
        assert_eq!(one.reveal().parse(), Ok(one.clone()));
        assert_ne!(one.hash(), other.hash());
        assert!(one.matches(&one.hash()) && !one.matches(&other.hash()));
        assert_eq!(one.reveal().len(), LENGTH);
    }

    #[test]
    fn nothing_prints_the_secret_by_accident() {
        let token = Token::generate(&Chance::of_system()).unwrap();
        let text = token.reveal();
        let (_, secret) = text.rsplit_once('_').unwrap();
        assert!(!format!("{token:?}").contains(secret));
        assert!(!NotAToken.to_string().contains(secret));
    }

    #[test]
    fn what_is_kept_is_not_what_is_shown() {
        let token = Token::generate(&Chance::of_system()).unwrap();
        assert!(!token.reveal().contains(&hex::encode(&token.hash())));
    }

    proptest! {
        #[test]
        fn no_text_panics_and_only_a_token_is_one(text in "(dorc_)?[0-9a-fA-F_é\\x00]{0,90}|.*") {
            if let Ok(token) = text.parse::<Token>() {
                prop_assert_eq!(token.reveal(), text);
            }
        }

        #[test]
        fn every_well_made_text_is_a_token(text in "dorc_[0-9a-f]{12}_[0-9a-f]{64}") {
            prop_assert_eq!(text.parse::<Token>().map(|token| token.reveal()), Ok(text));
        }

        #[test]
        fn a_text_with_one_wrong_character_is_none(
            text in "dorc_[0-9a-f]{12}_[0-9a-f]{64}", at in 0..LENGTH, wrong in "[g-zG-Z@ \\x00]",
        ) {
            let mut spoilt = text.clone();
            spoilt.replace_range(at..=at, &wrong);
            prop_assume!(spoilt != text);
            prop_assert_eq!(spoilt.parse::<Token>(), Err(NotAToken));
        }

        #[test]
        fn hexadecimal_comes_back(bytes in any::<[u8; SECRET_BYTES]>()) {
            prop_assert_eq!(unhex(&hex::encode(&bytes)), Some(bytes));
        }
    }
}

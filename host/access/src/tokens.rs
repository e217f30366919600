//! Making tokens, revoking them, and finding out who shows one.
//!
//! Every question goes to the ledger; nothing about tokens is kept in memory but when each was last seen, so that its
//! use is written down once a minute and not with each request. An expired token still counts as one that is there: a
//! server on a loopback address that asks for tokens must not stop asking because the last of them ran out.

use crate::{
    secret::{Token, detail},
    watch::{Revoked, Watch},
};
use jiff::SignedDuration;
use orchestrator_core::{Actor, Chance, Fault, Role, Timestamp, TokenName};
use orchestrator_journal::{JournalError, Ledger, NewEntry, TokenRecord};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use utoipa::ToSchema;

/// How often the use of a token is written down, at most.
const NOTE_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// The tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    ledger: Ledger,
    chance: Chance,
    watch: Watch,
    noted: Mutex<HashMap<String, Timestamp>>,
}

/// Who is calling, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// What they may do.
    pub role: Role,
    /// The key of their token; none where no token was needed.
    pub key: Option<String>,
}

impl Caller {
    /// Somebody on this machine, of a server that asks for no tokens: everything is allowed.
    #[must_use]
    pub fn local() -> Self {
        Self { actor: Actor::LOCAL, role: Role::Admin, key: None }
    }
}

/// A token as it can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    /// Whose it is.
    pub name: TokenName,
    /// What its holder may do.
    pub role: Role,
    /// The beginning of the token, by which one that was found somewhere is recognised.
    #[schema(example = "dorc_3f9c1e5b70d2")]
    pub begins: String,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it is of no use; null for never.
    pub expires: Option<Timestamp>,
    /// Whether that time has come.
    pub expired: bool,
    /// When it was last used, to the minute; null for never.
    pub last_used: Option<Timestamp>,
}

/// A token that was just made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// The token. It is shown this once.
    pub token: Token,
    /// What is kept of it.
    pub view: TokenView,
}

/// Why something about tokens was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// The name stands for somebody who needs no token.
    #[error("'{0}' is what the audit calls somebody who needs no token; choose another name")]
    Reserved(TokenName),
    /// There is a token of this name.
    #[error("there is a token '{0}' already; revoke it first, or choose another name")]
    Exists(TokenName),
    /// There is no token of this name.
    #[error("there is no token '{name}'; {}", named(known))]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// It would be of no use from the beginning.
    #[error("it would have expired at {0}; give a time that is to come")]
    Past(Timestamp),
    /// The token is not valid: it never was, it was revoked, or it expired.
    #[error("the token is not valid: it was revoked, has expired, or never was one")]
    Invalid,
    /// A token is needed and none was shown.
    #[error("a token is needed")]
    Missing,
    /// The journal or the operating system failed.
    #[error("{0}")]
    Internal(Fault),
}

fn named(known: &[String]) -> String {
    match known {
        [] => "there are none".to_owned(),
        known => format!("valid: {}", known.join(", ")),
    }
}

impl Tokens {
    /// The tokens of a ledger; new ones are drawn from `chance`.
    #[must_use]
    pub fn new(ledger: Ledger, chance: Chance) -> Self {
        let watch = Watch::new(ledger.clone());
        Self(Arc::new(Inner { ledger, chance, watch, noted: Mutex::default() }))
    }

    /// Makes a token, on behalf of `by`.
    ///
    /// # Errors
    /// When the name is taken or reserved, or `expires` is past.
    pub async fn create(
        &self,
        by: Actor,
        name: TokenName,
        role: Role,
        expires: Option<Timestamp>,
    ) -> Result<NewToken, AccessError> {
        if Actor::is_reserved(name.as_str()) {
            return Err(AccessError::Reserved(name));
        }
        let created = now();
        if let Some(past) = expires.filter(|expires| *expires <= created) {
            return Err(AccessError::Past(past));
        }
        let token =
            Token::generate(&self.0.chance).map_err(|error| AccessError::Internal(Fault::other(error)))?;
        let record = TokenRecord {
            name: name.clone(),
            key: token.key().to_owned(),
            role,
            hash: token.hash(),
            created,
            expires,
            last_used: None,
        };
        let entry = NewEntry::new(by, "token.create", name.as_str(), detail(token.key(), role));
        match self.0.ledger.add_token(record.clone(), entry).await.map_err(internal)? {
            true => Ok(NewToken { token, view: view(record, created) }),
            false => Err(AccessError::Exists(name)),
        }
    }

    /// All tokens, by name.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn list(&self) -> Result<Vec<TokenView>, AccessError> {
        let now = now();
        let records = self.0.ledger.tokens().await.map_err(internal)?;
        Ok(records.into_iter().map(|record| view(record, now)).collect())
    }

    /// Revokes a token, on behalf of `by`: the next request with it is refused, and streams that it opened end.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn revoke(&self, by: Actor, name: &str) -> Result<(), AccessError> {
        let records = self.0.ledger.tokens().await.map_err(internal)?;
        let known = || records.iter().map(|record| record.name.to_string()).collect();
        let unknown = || AccessError::Unknown { name: name.to_owned(), known: known() };
        let record = records.iter().find(|record| record.name.as_str() == name);
        // One that cannot be read is not among them, lets nobody in, and can be revoked like any other.
        let detail =
            record.map_or_else(|| json!({"damaged": true}), |record| detail(&record.key, record.role));
        let entry = NewEntry::new(by, "token.revoke", name, detail);
        let token = TokenName::new(name).map_err(|_| unknown())?;
        match self.0.ledger.remove_token(token, entry).await.map_err(internal)? {
            true => {
                self.0.watch.look();
                Ok(())
            }
            false => Err(unknown()),
        }
    }

    /// Whether there is any token, expired ones included.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn any(&self) -> Result<bool, AccessError> {
        Ok(self.0.ledger.find_token(None).await.map_err(internal)?.any)
    }

    /// Finds out who is calling. `shown` is the token that came with the request; `required` says whether one is needed
    /// even where there is none.
    ///
    /// # Errors
    /// [`AccessError::Invalid`] for a token that is not valid, also where none would be needed;
    /// [`AccessError::Missing`] without one.
    pub async fn caller(&self, shown: Option<&str>, required: bool) -> Result<Caller, AccessError> {
        let claimed = shown.filter(|text| Token::is_claimed(text)).map(str::parse::<Token>).transpose();
        let token = claimed.map_err(|_| AccessError::Invalid)?;
        let key = token.as_ref().map(|token| token.key().to_owned());
        let lookup = self.0.ledger.find_token(key).await.map_err(internal)?;
        let Some(token) = token else {
            return match (required || lookup.any, shown) {
                (false, _) => Ok(Caller::local()),
                (true, None) => Err(AccessError::Missing),
                (true, Some(_)) => Err(AccessError::Invalid),
            };
        };
        let now = now();
        // A key that nobody has is compared as well, so that an answer takes as long whether or not there is such a key.
        let kept = lookup.found.as_ref().map_or([0; 32], |record| record.hash);
        let matches = token.matches(&kept);
        let record = lookup.found.filter(|record| matches && !record.is_expired(now));
        let record = record.ok_or(AccessError::Invalid)?;
        self.note_use(&record, now).await;
        Ok(Caller { actor: Actor::token(&record.name), role: record.role, key: Some(record.key) })
    }

    /// A future that completes once the token of this key is no longer valid.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn revoked(&self, key: String) -> Result<Revoked, AccessError> {
        self.0.watch.revoked(key).await.map_err(internal)
    }

    /// Writes down that a token is used, unless that was done within the last minute.
    async fn note_use(&self, record: &TokenRecord, now: Timestamp) {
        let last = record.last_used.into_iter().chain(self.noted(&record.key)).max();
        if last.is_some_and(|last| now.duration_since(last) < NOTE_EVERY) {
            return;
        }
        self.lock().insert(record.key.clone(), now);
        // That somebody uses it is worth less than that they can.
        if let Err(error) = self.0.ledger.note_use(record.key.clone(), now).await {
            tracing::warn!(%error, token = %record.name, "the use of a token could not be noted");
        }
    }

    fn noted(&self, key: &str) -> Option<Timestamp> {
        self.lock().get(key).copied()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Timestamp>> {
        self.0.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn view(record: TokenRecord, now: Timestamp) -> TokenView {
    TokenView {
        expired: record.is_expired(now),
        begins: format!("dorc_{}", record.key),
        name: record.name,
        role: record.role,
        created: record.created,
        expires: record.expires,
        last_used: record.last_used,
    }
}

/// The present, in seconds: nobody needs the time of a token finer.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

fn internal(error: JournalError) -> AccessError {
    AccessError::Internal(error.into())
}

#[cfg(test)]
mod tests;

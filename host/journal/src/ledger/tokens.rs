//! The tokens' table. It holds hashes and never a secret; what a token looks like is the caller's business.

use super::{Ledger, NewEntry, append};
use crate::{
    JournalError,
    damage::{Decoded, readable, text},
    keys,
};
use orchestrator_core::{Actor, Role, Timestamp, TokenName};
use rusqlite::{Connection, Row, params};

/// A token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// Whose it is.
    pub name: TokenName,
    /// The part of it that is no secret, by which it is found.
    pub key: String,
    /// What its holder may do.
    pub role: Role,
    /// Hash of its secret.
    pub hash: [u8; 32],
    /// When it was made.
    pub created: Timestamp,
    /// From when on it is of no use; none for never.
    pub expires: Option<Timestamp>,
    /// When it was last used, to the minute or so.
    pub last_used: Option<Timestamp>,
}

impl TokenRecord {
    /// Whether its time is over at `now`.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// What is known about a token that somebody shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenLookup {
    /// The token of that key.
    pub found: Option<TokenRecord>,
    /// Whether there is any token at all, expired ones included.
    pub any: bool,
}

const COLUMNS: &str = "SELECT name, key, role, hash, created, expires, last_used FROM tokens";

impl Ledger {
    /// All tokens, by name; one that cannot be read is left aside, and lets nobody in.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn tokens(&self) -> Result<Vec<TokenRecord>, JournalError> {
        let query = |connection: &Connection| {
            let mut statement = connection.prepare_cached(&format!("{COLUMNS} ORDER BY name"))?;
            readable(statement.query([])?, "tokens", name, decode)
        };
        self.rows("listing tokens", query).await
    }

    /// Finds a token by its key; without a key, only says whether there is any.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn find_token(&self, key: Option<String>) -> Result<TokenLookup, JournalError> {
        let query = move |connection: &Connection| {
            let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE key = ?1"))?;
            let found = readable(statement.query([&key])?, "tokens", name, decode)?;
            let any: bool = connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM tokens)")?
                .query_row([], |row| row.get(0))?;
            Ok((found, any))
        };
        let (mut found, any) = self.read("looking up a token", query).await?;
        found.damaged.into_iter().for_each(|damage| self.shared.readers.damages.note(damage));
        Ok(TokenLookup { found: found.rows.pop(), any })
    }

    /// Adds a token, and `entry` to the audit. False, and nothing is added, when its name is taken.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn add_token(&self, token: TokenRecord, entry: NewEntry) -> Result<bool, JournalError> {
        self.write("adding a token", move |connection| {
            let added = connection.execute(
                "INSERT INTO tokens (name, key, role, hash, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (name) DO NOTHING",
                params![
                    token.name.as_str(),
                    token.key,
                    token.role.as_str(),
                    token.hash,
                    token.created.to_string(),
                    token.expires.map(|time| time.to_string()),
                ],
            )?;
            if added > 0 {
                // What a holder of the name before asked for is none of this one's.
                keys::forget(connection, &Actor::token(&token.name))?;
                append(connection, &entry)?;
            }
            Ok(added > 0)
        })
        .await
    }

    /// Removes a token, and adds `entry` to the audit. False, and nothing is added, when there is none of that name.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn remove_token(&self, name: TokenName, entry: NewEntry) -> Result<bool, JournalError> {
        self.write("removing a token", move |connection| {
            let removed = connection.execute("DELETE FROM tokens WHERE name = ?1", [name.as_str()])?;
            if removed > 0 {
                append(connection, &entry)?;
            }
            Ok(removed > 0)
        })
        .await
    }

    /// Notes when a token was last used.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn note_use(&self, key: String, time: Timestamp) -> Result<(), JournalError> {
        self.write("noting the use of a token", move |connection| {
            connection
                .execute("UPDATE tokens SET last_used = ?2 WHERE key = ?1", params![key, time.to_string()])
                .map(drop)
        })
        .await
    }
}

fn name(row: &Row<'_>) -> String {
    format!("the token '{}'", text(row, 0))
}

fn decode(row: &Row<'_>) -> Decoded<TokenRecord> {
    let (name, role, created): (String, String, String) = (row.get(0)?, row.get(2)?, row.get(4)?);
    let time = |column: usize| -> Decoded<Option<Timestamp>> {
        let text: Option<String> = row.get(column)?;
        Ok(text.map(|text| text.parse()).transpose()?)
    };
    Ok(TokenRecord {
        name: TokenName::new(name)?,
        key: row.get(1)?,
        role: role.parse()?,
        hash: row.get(3)?,
        created: created.parse()?,
        expires: time(5)?,
        last_used: time(6)?,
    })
}

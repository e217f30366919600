//! What operators changed while the program ran.
//!
//! Each key counts its versions, so a reader can tell whether a value is the one it saw. A deletion is a version too:
//! the key stays without a value, and a number is never used for two different values.

use crate::{
    Journal, JournalError, Ledger,
    damage::{Decoded, readable, text},
};
use orchestrator_core::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

/// A setting as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// The name it is stored under, such as `agent/writer`.
    pub key: String,
    /// Counts the changes of this key, from 1.
    pub version: u64,
    /// The value.
    pub value: Value,
    /// When it was set.
    pub time: Timestamp,
}

impl Journal {
    /// Reads a setting; none when it was never set or was deleted.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn get_setting(&self, key: &str) -> Result<Option<Setting>, JournalError> {
        let key = key.to_owned();
        let query = move |connection: &Connection| {
            let sql = "SELECT key, version, value, time FROM settings WHERE key = ?1 AND value IS NOT NULL";
            readable(connection.prepare_cached(sql)?.query([key])?, "settings", name, decode)
        };
        self.shared.readers.row("reading a setting", query).await
    }

    /// Sets a setting, and waits until it is committed; returns its new version.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn put_setting(&self, key: &str, value: &Value) -> Result<u64, JournalError> {
        self.set(key, Some(value.to_string())).await.map(|version| version.unwrap_or_default())
    }

    /// Deletes a setting, and waits until that is committed. Returns whether there was one.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn delete_setting(&self, key: &str) -> Result<bool, JournalError> {
        self.set(key, None).await.map(|version| version.is_some())
    }

    /// Reads the settings whose keys begin with `prefix`, sorted by key.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn settings(&self, prefix: &str) -> Result<Vec<Setting>, JournalError> {
        self.ledger().settings(prefix).await
    }

    /// Sets or deletes; returns the new version, or none when there was nothing to delete.
    async fn set(&self, key: &str, value: Option<String>) -> Result<Option<u64>, JournalError> {
        let (key, path) = (key.to_owned(), self.path().to_owned());
        self.change(move |connection| {
            Setting::write(connection, &key, value.as_deref())
                .map_err(|error| JournalError::sqlite(&path, "writing a setting", &error))
        })
        .await
    }
}

impl Ledger {
    /// Reads the settings whose keys begin with `prefix`, sorted by key; one that cannot be read is left aside.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn settings(&self, prefix: &str) -> Result<Vec<Setting>, JournalError> {
        let prefix = prefix.to_owned();
        let query = move |connection: &Connection| {
            let sql = "SELECT key, version, value, time FROM settings
                       WHERE substr(key, 1, length(?1)) = ?1 AND value IS NOT NULL ORDER BY key";
            readable(connection.prepare_cached(sql)?.query([prefix])?, "settings", name, decode)
        };
        self.rows("reading settings", query).await
    }
}

impl Setting {
    /// Sets or deletes; returns the new version, or none when there was nothing to delete.
    pub(crate) fn write(
        connection: &Connection,
        key: &str,
        value: Option<&str>,
    ) -> rusqlite::Result<Option<u64>> {
        let sql = if value.is_some() {
            "INSERT INTO settings (key, version, value, time) VALUES (?1, 1, ?2, ?3)
             ON CONFLICT (key) DO UPDATE SET version = version + 1, value = ?2, time = ?3 RETURNING version"
        } else {
            "UPDATE settings SET version = version + 1, value = ?2, time = ?3
             WHERE key = ?1 AND value IS NOT NULL RETURNING version"
        };
        connection
            .prepare_cached(sql)?
            .query_row(params![key, value, Timestamp::now().to_string()], |row| {
                row.get(0).map(i64::cast_unsigned)
            })
            .optional()
    }
}

fn name(row: &Row<'_>) -> String {
    format!("the setting '{}'", text(row, 0))
}

fn decode(row: &Row<'_>) -> Decoded<Setting> {
    let (value, time): (String, String) = (row.get(2)?, row.get(3)?);
    Ok(Setting {
        key: row.get(0)?,
        version: row.get::<_, i64>(1)?.cast_unsigned(),
        value: serde_json::from_str(&value)?,
        time: time.parse()?,
    })
}

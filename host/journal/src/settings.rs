//! What operators changed while the program ran.
//!
//! Each key counts its versions, so a reader can tell whether a value is the one it saw. A deletion is a version too:
//! the key stays without a value, and a number is never used for two different values.

use crate::{Journal, JournalError, record::now};
use jiff::Timestamp;
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

struct RawSetting {
    key: String,
    version: i64,
    value: String,
    time: String,
}

impl Journal {
    /// Reads a setting; none when it was never set or was deleted.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn get_setting(&self, key: &str) -> Result<Option<Setting>, JournalError> {
        let key = key.to_owned();
        let query = move |connection: &Connection| {
            connection
                .prepare_cached(
                    "SELECT key, version, value, time FROM settings WHERE key = ?1 AND value IS NOT NULL",
                )?
                .query_row([key], raw)
                .optional()
        };
        self.shared.readers.read("reading a setting", query).await?.map(RawSetting::parse).transpose()
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
        let prefix = prefix.to_owned();
        let query = move |connection: &Connection| {
            connection
                .prepare_cached(
                    "SELECT key, version, value, time FROM settings
                     WHERE substr(key, 1, length(?1)) = ?1 AND value IS NOT NULL ORDER BY key",
                )?
                .query_map([prefix], raw)?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        self.shared
            .readers
            .read("reading settings", query)
            .await?
            .into_iter()
            .map(RawSetting::parse)
            .collect()
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
            .query_row(params![key, value, now().to_string()], |row| row.get(0).map(i64::cast_unsigned))
            .optional()
    }
}

fn raw(row: &Row<'_>) -> rusqlite::Result<RawSetting> {
    Ok(RawSetting { key: row.get(0)?, version: row.get(1)?, value: row.get(2)?, time: row.get(3)? })
}

impl RawSetting {
    fn parse(self) -> Result<Setting, JournalError> {
        let what = || format!("the setting '{}'", self.key);
        let value =
            serde_json::from_str(&self.value).map_err(|error| JournalError::unreadable(what(), &error))?;
        let time = self.time.parse().map_err(|error| JournalError::unreadable(what(), &error))?;
        Ok(Setting { version: self.version.cast_unsigned(), value, time, key: self.key })
    }
}

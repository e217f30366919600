//! What operators set by name while the program runs: in memory for those who read it, in the journal for the next start.
//!
//! Stored first, then in force: what was answered to an operator survives a crash, and what could not be stored changes
//! nothing. Those who change something take turns, so that each goes on from what the one before made of it.

use arc_swap::ArcSwap;
use orchestrator_core::Fault;
use orchestrator_journal::{JournalError, Ledger, NewEntry};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::{Mutex, MutexGuard};

/// Values by name.
pub(crate) type ByName<T> = BTreeMap<String, T>;

/// Values that operators set, each under a name.
pub(crate) struct Kept<T> {
    ledger: Ledger,
    /// What comes before a name in the journal.
    prefix: &'static str,
    values: ArcSwap<ByName<T>>,
    changing: Mutex<()>,
}

impl<T: Clone + Serialize + DeserializeOwned> Kept<T> {
    /// Reads back what is stored under `prefix`. What cannot be read is left aside, as if it had never been set.
    pub(crate) async fn open(ledger: Ledger, prefix: &'static str) -> Result<Self, JournalError> {
        let mut values = ByName::new();
        for setting in ledger.settings(prefix).await? {
            let name = setting.key.strip_prefix(prefix).unwrap_or_default().to_owned();
            match serde_json::from_value(setting.value) {
                Ok(value) => drop(values.insert(name, value)),
                Err(error) => ledger.leave_aside(format!("the setting '{}'", setting.key), &error),
            }
        }
        Ok(Self { ledger, prefix, values: ArcSwap::from_pointee(values), changing: Mutex::default() })
    }

    /// All of them, as they are at this moment.
    pub(crate) fn all(&self) -> Arc<ByName<T>> {
        self.values.load_full()
    }

    /// The one turn to change something: nobody else has it for as long as this value lives.
    pub(crate) async fn turn(&self) -> Turn<'_, T> {
        Turn { kept: self, _changing: self.changing.lock().await }
    }

    /// Has a value in force that is not stored: it is gone with this one.
    pub(crate) fn put_unstored(&self, name: &str, value: &T) {
        self.put(name, Some(value));
    }

    fn put(&self, name: &str, value: Option<&T>) {
        self.values.rcu(|values| {
            let mut values = ByName::clone(values);
            match value {
                Some(value) => values.insert(name.to_owned(), value.clone()),
                None => values.remove(name),
            };
            values
        });
    }
}

/// The turn to change something.
pub(crate) struct Turn<'a, T> {
    kept: &'a Kept<T>,
    _changing: MutexGuard<'a, ()>,
}

impl<T: Clone + Serialize + DeserializeOwned> Turn<'_, T> {
    /// Sets a value or, with none, takes it away: in the journal together with `entry`, and then in force.
    ///
    /// # Errors
    /// When it could not be stored. Nothing has changed then.
    pub(crate) async fn set(&self, name: &str, value: Option<&T>, entry: NewEntry) -> Result<(), Fault> {
        let stored = value.map(serde_json::to_value).transpose().map_err(Fault::other)?;
        let key = format!("{}{name}", self.kept.prefix);
        self.kept.ledger.set(&key, stored.as_ref(), entry).await?;
        self.kept.put(name, value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_core::Actor;
    use orchestrator_journal::Journal;
    use serde_json::json;

    fn entry(name: &str) -> NewEntry {
        NewEntry::new(Actor::LIBRARY, "test.set", name, json!({}))
    }

    #[tokio::test]
    async fn what_was_set_is_there_again_and_what_is_unstored_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let kept = Kept::<u32>::open(journal.ledger(), "test/").await.unwrap();
        let turn = kept.turn().await;
        for (name, value) in [("a", Some(1)), ("b", Some(2)), ("a", Some(3)), ("b", None)] {
            turn.set(name, value.as_ref(), entry(name)).await.unwrap();
        }
        kept.put_unstored("c", &4);
        assert_eq!(*kept.all(), ByName::from([("a".into(), 3), ("c".into(), 4)]));
        let again = Kept::<u32>::open(journal.ledger(), "test/").await.unwrap();
        assert_eq!(*again.all(), ByName::from([("a".into(), 3)]));
        let other = Kept::<String>::open(journal.ledger(), "test/").await.unwrap();
        assert!(other.all().is_empty(), "a number is no text");
        assert_eq!(journal.ledger().damages().len(), 1);
    }

    #[tokio::test]
    async fn what_cannot_be_stored_is_not_in_force() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let kept = Kept::<f64>::open(journal.ledger(), "test/").await.unwrap();
        let connection = rusqlite::Connection::open(journal.path()).unwrap();
        connection
            .execute_batch(
                "CREATE TRIGGER full BEFORE INSERT ON settings BEGIN SELECT raise(ABORT, 'full'); END",
            )
            .unwrap();
        assert!(kept.turn().await.set("a", Some(&1.0), entry("a")).await.is_err());
        assert!(kept.all().is_empty());
    }
}

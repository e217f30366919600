//! What operators set, kept in the journal and looked up in memory.
//!
//! One change at a time, stored first and then in force: what was answered to an operator survives a crash. What cannot
//! be read back is left aside, with a line in the log, and is as if it had not been set.

use arc_swap::ArcSwap;
use orchestrator_core::Fault;
use orchestrator_journal::{Ledger, NewEntry};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::{Mutex, MutexGuard};

/// Settings of one kind, by name.
pub(crate) struct Kept<T> {
    ledger: Ledger,
    /// What their keys in the journal begin with.
    prefix: &'static str,
    all: ArcSwap<BTreeMap<String, T>>,
    changing: Mutex<()>,
}

impl<T: Clone + Serialize + DeserializeOwned> Kept<T> {
    /// Reads back what is in the journal under `prefix`.
    pub(crate) async fn open(ledger: Ledger, prefix: &'static str) -> Result<Self, String> {
        let mut all = BTreeMap::new();
        for setting in ledger.settings(prefix).await.map_err(|error| error.to_string())? {
            let name = setting.key.strip_prefix(prefix).unwrap_or(&setting.key).to_owned();
            match serde_json::from_value(setting.value) {
                Ok(value) => drop(all.insert(name, value)),
                Err(error) => ledger.leave_aside(format!("the setting '{}'", setting.key), &error),
            }
        }
        Ok(Self { ledger, prefix, all: ArcSwap::from_pointee(all), changing: Mutex::default() })
    }

    /// What is set now.
    pub(crate) fn all(&self) -> Arc<BTreeMap<String, T>> {
        self.all.load_full()
    }

    /// Waits until nobody else changes anything. What is looked up meanwhile stays true until this is dropped.
    pub(crate) async fn changing(&self) -> Changing<'_, T> {
        Changing { kept: self, _alone: self.changing.lock().await }
    }

    /// Puts something in force without storing it, for as long as this value lives.
    pub(crate) fn put(&self, name: &str, value: &T) {
        self.in_force(name, Some(value));
    }

    fn in_force(&self, name: &str, value: Option<&T>) {
        self.all.rcu(|all| {
            let mut all = BTreeMap::clone(all);
            match value {
                Some(value) => all.insert(name.to_owned(), value.clone()),
                None => all.remove(name),
            };
            all
        });
    }
}

/// The right to change settings of one kind.
pub(crate) struct Changing<'a, T> {
    kept: &'a Kept<T>,
    _alone: MutexGuard<'a, ()>,
}

impl<T: Clone + Serialize + DeserializeOwned> Changing<'_, T> {
    /// What is set under a name.
    pub(crate) fn get(&self, name: &str) -> Option<T> {
        self.kept.all.load().get(name).cloned()
    }

    /// Sets something, or removes it, and puts `entry` into the audit in the same transaction.
    pub(crate) async fn set(&self, name: &str, value: Option<&T>, entry: NewEntry) -> Result<(), Fault> {
        let Kept { ledger, prefix, .. } = self.kept;
        let json = value.map(serde_json::to_value).transpose().map_err(Fault::other)?;
        ledger.set(&format!("{prefix}{name}"), json.as_ref(), entry).await?;
        self.kept.in_force(name, value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_core::Actor;
    use serde_json::json;

    fn entry() -> NewEntry {
        NewEntry::new(Actor::LIBRARY, "test", "x", json!({}))
    }

    #[tokio::test]
    async fn what_was_set_is_read_back_and_what_was_only_put_in_force_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Kept::<u8>::open(Ledger::open(folder.path()).unwrap(), "number/");
        let kept = open().await.unwrap();
        let changing = kept.changing().await;
        changing.set("one", Some(&1), entry()).await.unwrap();
        changing.set("two", Some(&2), entry()).await.unwrap();
        changing.set("two", None, entry()).await.unwrap();
        kept.put("three", &3);
        assert_eq!(
            (changing.get("one"), changing.get("two"), changing.get("three")),
            (Some(1), None, Some(3))
        );
        assert_eq!(*open().await.unwrap().all(), [("one".to_owned(), 1)].into());
    }

    #[tokio::test]
    async fn what_cannot_be_read_back_is_as_if_it_were_not_set() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        ledger.set("number/one", Some(&json!("one")), entry()).await.unwrap();
        ledger.set("number/two", Some(&json!(2)), entry()).await.unwrap();
        let kept = Kept::<u8>::open(ledger, "number/").await.unwrap();
        assert_eq!(*kept.all(), [("two".to_owned(), 2)].into());
    }
}

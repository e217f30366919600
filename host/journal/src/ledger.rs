//! Who may come in, and who did what: the part of the journal that an operator reaches while the program runs.
//!
//! The runs belong to one process, because it numbers their events in memory. Tokens and the audit have no such state:
//! each change is one transaction, each question one query, and SQLite's own locks are enough to let the command line
//! and a server at work share them. So [`Ledger::open`] does not ask for the data folder's lock. It takes it only where
//! it is free, for the moment in which the file is made or brought to the present format; with a program at work it
//! leaves the format alone, and refuses to work with another than its own.
//!
//! What this costs: a process holds nothing of the ledger in memory that it could not lose, so each request that a
//! server lets in is a look into a table of few rows.

mod audit;
mod tokens;
mod trouble;

pub use audit::{AuditEntry, AuditFilter, EntryId, EntryIdError, NewEntry};
pub use tokens::{TokenLookup, TokenRecord};

#[cfg(test)]
pub(crate) use audit::RUNS_OF;
pub(crate) use audit::append;

use crate::{Damage, JournalError, damage::Found, lock, schema, shared::Shared, tail::TailLimits};
use rusqlite::Connection;
use std::{
    path::Path,
    sync::{Arc, Weak},
    time::Duration,
};

/// Tokens and the audit. Clones share it.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub(crate) shared: Arc<Shared>,
}

/// A ledger for tasks in the background, which must not keep the journal open.
#[derive(Debug, Clone)]
pub struct WeakLedger(Weak<Shared>);

impl WeakLedger {
    /// The ledger, while anybody else has the journal open.
    #[must_use]
    pub fn upgrade(&self) -> Option<Ledger> {
        self.0.upgrade().map(Ledger::new)
    }
}

impl Ledger {
    /// The same ledger, without keeping the journal open.
    #[must_use]
    pub fn downgrade(&self) -> WeakLedger {
        WeakLedger(Arc::downgrade(&self.shared))
    }

    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Opens the ledger of a data folder, whether or not a program is at work there. Blocks for the disk.
    ///
    /// # Errors
    /// When the folder cannot be written, the file is damaged, or a program of another version is at work.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, JournalError> {
        let folder = folder.as_ref();
        let path = folder.join(schema::FILE);
        match lock::hold(folder, Duration::ZERO) {
            Ok(_lock) => drop(schema::open_writer(&path)?),
            Err(JournalError::Locked { .. }) => {}
            Err(error) => return Err(error),
        }
        let connection = schema::open_beside(&path)?;
        Ok(Self::new(Shared::start(connection, path, TailLimits::STANDARD, None)?))
    }

    /// What could not be read since the journal was opened, and was left aside.
    #[must_use]
    pub fn damages(&self) -> Vec<Damage> {
        self.shared.readers.damages.list()
    }

    /// Notes that something which was read cannot be used and is left aside, such as a setting of another form.
    pub fn leave_aside(&self, what: impl Into<String>, detail: &impl ToString) {
        self.shared.readers.damages.note(Damage::new(what, detail));
    }

    pub(crate) async fn rows<T: Send + 'static>(
        &self,
        doing: &'static str,
        query: impl FnOnce(&Connection) -> rusqlite::Result<Found<T>> + Send + 'static,
    ) -> Result<Vec<T>, JournalError> {
        self.shared.readers.rows(doing, query).await
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.shared.readers.read(doing, query).await
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JournalError> {
        let path = self.shared.path().to_owned();
        self.shared
            .change(move |connection| {
                work(connection).map_err(|error| JournalError::sqlite(&path, doing, &error))
            })
            .await
    }
}

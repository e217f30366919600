//! The connections that read.
//!
//! Reading blocks its thread, so it happens on tokio's threads for that, through at most [`MOST`] connections: more
//! would not read faster on one disk, and each costs a page cache of up to 2 MiB. They are opened when first needed.

use crate::{
    JournalError,
    damage::{Damages, Found},
    lock, schema,
};
use rusqlite::Connection;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};
use tokio::sync::Semaphore;

const MOST: usize = 4;

/// A small pool of reading connections.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
    pub(crate) damages: Damages,
}

impl Readers {
    pub(crate) fn new(path: PathBuf) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(MOST));
        Arc::new(Self { path, idle: Mutex::default(), permits, damages: Damages::default() })
    }

    /// Reads rows. Those that are damaged are noted and left aside, and fail nothing.
    pub(crate) async fn rows<T: Send + 'static>(
        self: &Arc<Self>,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<Found<T>> + Send + 'static,
    ) -> Result<Vec<T>, JournalError> {
        let found = self.read(doing, work).await?;
        found.damaged.into_iter().for_each(|damage| self.damages.note(damage));
        Ok(found.rows)
    }

    /// Reads the one row that there may be. That it is damaged is noted, and an error.
    pub(crate) async fn row<T: Send + 'static>(
        self: &Arc<Self>,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<Found<T>> + Send + 'static,
    ) -> Result<Option<T>, JournalError> {
        let mut found = self.read(doing, work).await?;
        let damage = found.damaged.pop();
        if let Some(damage) = &damage {
            self.damages.note(damage.clone());
        }
        match (found.rows.pop(), damage) {
            (None, Some(damage)) => {
                Err(JournalError::Unreadable { what: damage.what, detail: damage.detail })
            }
            (row, _) => Ok(row),
        }
    }

    /// Reads on a thread for blocking work. `doing` names the work in an error.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JournalError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| JournalError::Closed)?;
        let readers = Arc::clone(self);
        let reading = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let idle = lock(&readers.idle).pop();
            let connection = idle.map_or_else(|| schema::open_reader(&readers.path), Ok)?;
            let result = work(&connection);
            lock(&readers.idle).push(connection);
            result
        });
        match reading.await {
            Ok(result) => result.map_err(|error| JournalError::sqlite(&self.path, doing, &error)),
            Err(stopped) => Err(JournalError::Storage { doing, detail: stopped.to_string() }),
        }
    }
}

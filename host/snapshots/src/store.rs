//! The store: one connection, and what is remembered of each project.

use crate::{SnapshotError, schema};
use orchestrator_core::{Digest, ProjectId};
use orchestrator_workspace::Survey;
use rusqlite::Connection;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The snapshots of all projects.
#[derive(Debug)]
pub struct Snapshots {
    path: PathBuf,
    pub(crate) kept: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) connection: Connection,
    /// The last survey of a project whose files are all stored, and the root that it came to.
    pub(crate) last: HashMap<ProjectId, (Arc<Survey>, Digest)>,
}

impl Snapshots {
    /// Opens the store in `path`, a file that is made if it is not there. `kept` is how many snapshots stay of each
    /// project.
    ///
    /// # Errors
    /// [`SnapshotError::Database`] and [`SnapshotError::Newer`].
    pub fn open(path: &Path, kept: usize) -> Result<Self, SnapshotError> {
        let connection = schema::open(path)?;
        let inner = Mutex::new(Inner { connection, last: HashMap::new() });
        Ok(Self { path: path.to_owned(), kept: kept.max(1), inner })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        // What a panic could have left is an open transaction, which the next one finds rolled back.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn failed(
        &self,
        doing: &'static str,
    ) -> impl Fn(rusqlite::Error) -> SnapshotError + Copy + '_ {
        move |source| SnapshotError::Database { doing, path: self.path.clone(), source }
    }
}

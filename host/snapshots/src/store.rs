//! The store: one connection, and what is remembered of each project.

use crate::{SnapshotError, schema};
use orchestrator_core::{Digest, Failure, ProjectId};
use orchestrator_workspace::Survey;
use rusqlite::Connection;
use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Most damages that are remembered.
const PROBLEMS: usize = 20;

/// The snapshots of all projects.
#[derive(Debug)]
pub struct Snapshots {
    path: PathBuf,
    pub(crate) kept: usize,
    /// The store, or why it cannot be used.
    inner: Result<Mutex<Inner>, String>,
    damaged: Mutex<BTreeSet<String>>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) connection: Connection,
    /// The last survey of a project whose files are all stored, and the root that it came to.
    pub(crate) last: HashMap<ProjectId, (Arc<Survey>, Digest)>,
}

impl Snapshots {
    /// Opens the store in `path`, a file that is made if it is not there. `kept` is how many snapshots stay of each
    /// project. A store that cannot be used is opened as such: what is asked of it says why not, and the runs go on
    /// without snapshots.
    ///
    /// # Errors
    /// [`SnapshotError::Newer`].
    pub fn open(path: &Path, kept: usize) -> Result<Self, SnapshotError> {
        let inner = match schema::open(path) {
            Ok(connection) => Ok(Mutex::new(Inner { connection, last: HashMap::new() })),
            Err(error @ SnapshotError::Newer { .. }) => return Err(error),
            Err(error) => Err(Failure::from(error).message),
        };
        Ok(Self { path: path.to_owned(), kept: kept.max(1), inner, damaged: Mutex::default() })
    }

    /// What operators should know of the store: that it cannot be used, or what in it is damaged.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let unusable = self.lock().err().map(|error| error.to_string());
        let damaged = self.damaged.lock().unwrap_or_else(PoisonError::into_inner);
        unusable.into_iter().chain(damaged.iter().take(PROBLEMS).cloned()).collect()
    }

    /// Notes a row that cannot be read and is left aside.
    pub(crate) fn leave_aside(&self, what: &str, error: &dyn std::fmt::Display) {
        let problem = format!("{what} cannot be read and is left aside: {error}");
        let mut damaged = self.damaged.lock().unwrap_or_else(PoisonError::into_inner);
        if damaged.len() < PROBLEMS && damaged.insert(problem.clone()) {
            tracing::error!("{problem}");
        }
    }

    /// Notes an object that is missing or is not what its name says.
    pub(crate) fn damaged(&self, digest: Digest) -> SnapshotError {
        self.leave_aside(&format!("object {digest} of the snapshots"), &"it is missing or was changed");
        SnapshotError::Damaged(digest)
    }

    pub(crate) fn lock(&self) -> Result<MutexGuard<'_, Inner>, SnapshotError> {
        let unusable =
            |detail: &String| SnapshotError::Unusable { path: self.path.clone(), detail: detail.clone() };
        let inner = self.inner.as_ref().map_err(unusable)?;
        // What a panic could have left is an open transaction, which the next one finds rolled back.
        Ok(inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn failed(
        &self,
        doing: &'static str,
    ) -> impl Fn(rusqlite::Error) -> SnapshotError + Copy + '_ {
        move |source| SnapshotError::Database { doing, path: self.path.clone(), source }
    }
}

/// Whether a row, or the page that it is on, is not what was written. What else can fail concerns the whole file.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::Utf8Error(..)
        | rusqlite::Error::QueryReturnedNoRows => true,
        error => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt),
    }
}

//! Which snapshots there are, and why each was taken.

use crate::{
    SnapshotError,
    store::{Snapshots, is_damage},
    tree::SnapshotFile,
};
use orchestrator_core::Timestamp;
use orchestrator_core::{Digest, ProjectId, RunId, event::Moment};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Shortest beginning of an id that stands for it.
const PREFIX_MIN: usize = 8;

/// A moment of a project that was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Snapshot {
    /// Names the files and their contents: equal for equal files, whenever they were so. SHA-256, in hexadecimal.
    pub id: String,
    /// When it was taken, RFC 3339 UTC.
    pub time: Timestamp,
    /// Why it was taken.
    pub cause: Cause,
    /// How many files there were.
    pub files: u64,
    /// Bytes of all files.
    pub bytes: u64,
}

/// Why a snapshot was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// A step of a run.
    Step {
        /// The run.
        run_id: RunId,
        /// The step's name.
        step: String,
        /// Which try, from 1.
        attempt: u32,
        /// Before or after it.
        moment: Moment,
    },
    /// A run ended without success.
    RunEnded {
        /// The run.
        run_id: RunId,
    },
    /// The files were about to be replaced by those of an earlier snapshot.
    BeforeRestore,
    /// The files were replaced by those of an earlier snapshot.
    Restored {
        /// The snapshot whose files they are.
        from: String,
    },
    /// Files were about to be brought in from outside.
    BeforeImport,
    /// Files were brought in from outside.
    Imported,
    /// One file was about to be changed over the API. Not listed where the newest snapshot has the same files.
    BeforeChange,
    /// One file was written, deleted or moved over the API.
    Changed {
        /// The file, by its new path.
        path: String,
    },
}

impl Snapshots {
    /// The snapshots of a project, newest first, at most `limit`, of those after number `after` in that order; each with
    /// its number, which no other has or will have. One that cannot be read is left aside.
    ///
    /// # Errors
    /// [`SnapshotError::Database`].
    pub fn list(
        &self,
        project: &ProjectId,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(i64, Snapshot)>, SnapshotError> {
        let inner = self.lock()?;
        self.rows(&inner.connection, project, after, limit, read)
    }

    /// The rows of a project's snapshots, newest first, each looked up by itself: one that is damaged, or missing where
    /// the index has it, is left aside. The index is read whole: it has no more rows than are kept of a project.
    fn rows<T>(
        &self,
        connection: &Connection,
        project: &ProjectId,
        after: Option<i64>,
        limit: usize,
        decode: impl Fn(&Row<'_>) -> rusqlite::Result<(Digest, T)>,
    ) -> Result<Vec<(i64, T)>, SnapshotError> {
        let failed = self.failed("listing snapshots");
        let numbers = "SELECT number FROM snapshots WHERE project = ?1 AND number < ?2 ORDER BY number DESC";
        let numbers: Vec<i64> = connection
            .prepare_cached(numbers)
            .and_then(|mut select| {
                let before = after.unwrap_or(i64::MAX);
                select.query_map(params![project.as_str(), before], |row| row.get(0))?.collect()
            })
            .map_err(failed)?;
        let sql = "SELECT root, time, cause, files, bytes FROM snapshots WHERE number = ?1";
        let mut select = connection.prepare_cached(sql).map_err(failed)?;
        let mut found = Vec::new();
        for number in numbers {
            if found.len() == limit {
                break;
            }
            let name = || format!("snapshot {number} of project '{project}'");
            match select.query_row([number], &decode) {
                Ok((root, row)) if self.is_stored(connection, root)? => found.push((number, row)),
                Ok(_) => self.leave_aside(&name(), &"its files are not stored"),
                Err(error) if is_damage(&error) => self.leave_aside(&name(), &error),
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(found)
    }

    /// The root that `id` stands for: a whole id, or a beginning of one that no other snapshot of the project shares.
    pub(crate) fn root(
        &self,
        connection: &Connection,
        project: &ProjectId,
        id: &str,
    ) -> Result<Digest, SnapshotError> {
        let unknown = || SnapshotError::Unknown { project: project.clone(), id: id.to_owned() };
        let hexadecimal = id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hexadecimal || id.len() < PREFIX_MIN {
            return Err(unknown());
        }
        let prefix = id.to_ascii_lowercase();
        let roots = self.rows(connection, project, None, usize::MAX, |row| {
            let root = Digest(row.get(0)?);
            Ok((root, root))
        })?;
        let roots: BTreeSet<[u8; 32]> = roots
            .into_iter()
            .map(|(_, root)| root)
            .filter(|root| root.to_string().starts_with(&prefix))
            .map(|root| root.0)
            .collect();
        match (roots.first(), roots.len()) {
            (Some(root), 1) => Ok(Digest(*root)),
            _ => Err(unknown()),
        }
    }

    /// The files of a snapshot, sorted by path. `id` may be shortened to eight digits or more.
    ///
    /// # Errors
    /// [`SnapshotError::Unknown`], [`SnapshotError::Damaged`], [`SnapshotError::Database`].
    pub fn files(&self, project: &ProjectId, id: &str) -> Result<Vec<SnapshotFile>, SnapshotError> {
        let inner = self.lock()?;
        let root = self.root(&inner.connection, project, id)?;
        self.flatten(&inner.connection, root)
    }

    /// A file's content in a snapshot.
    ///
    /// # Errors
    /// [`SnapshotError::NotStored`], [`SnapshotError::Damaged`], [`SnapshotError::Database`].
    pub fn content(&self, file: &SnapshotFile) -> Result<Vec<u8>, SnapshotError> {
        if !file.stored {
            return Err(SnapshotError::NotStored { path: file.path.to_string() });
        }
        self.get(&self.lock()?.connection, file.digest)
    }

    /// Whether an entry would tell nothing new: the newest has the same files, and only what comes next is of interest.
    pub(crate) fn is_told(
        &self,
        connection: &Connection,
        project: &ProjectId,
        root: Digest,
        cause: &Cause,
    ) -> Result<bool, SnapshotError> {
        if *cause != Cause::BeforeChange {
            return Ok(false);
        }
        let newest = "SELECT root FROM snapshots WHERE project = ?1 ORDER BY number DESC LIMIT 1";
        let newest: Option<Vec<u8>> = connection
            .prepare_cached(newest)
            .and_then(|mut select| select.query_row([project.as_str()], |row| row.get(0)).optional())
            .map_err(self.failed("looking for the newest snapshot"))?;
        Ok(newest.is_some_and(|newest| newest == root.0))
    }

    /// Enters a snapshot, and gives up the oldest ones beyond those that are kept.
    pub(crate) fn enter(
        &self,
        connection: &Connection,
        project: &ProjectId,
        root: Digest,
        snapshot: &Snapshot,
    ) -> Result<(), SnapshotError> {
        let failed = self.failed("entering a snapshot");
        let cause = serde_json::to_string(&snapshot.cause)
            .map_err(|error| failed(rusqlite::Error::ToSqlConversionFailure(error.into())))?;
        let (files, bytes) = (to_sql(snapshot.files), to_sql(snapshot.bytes));
        connection
            .prepare_cached(
                "INSERT INTO snapshots (project, root, time, cause, files, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut insert| {
                let time = snapshot.time.to_string();
                insert.execute(params![project.as_str(), root.0, time, cause, files, bytes])
            })
            .map_err(failed)?;
        connection
            .prepare_cached(
                "DELETE FROM snapshots WHERE project = ?1 AND number <= (
                     SELECT number FROM snapshots WHERE project = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
            )
            .and_then(|mut delete| delete.execute(params![project.as_str(), to_sql(self.kept as u64)]))
            .map(drop)
            .map_err(failed)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<(Digest, Snapshot)> {
    let failed = |column, error: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error)
    };
    let (time, cause): (String, String) = (row.get(1)?, row.get(2)?);
    let root = Digest(row.get(0)?);
    let snapshot = Snapshot {
        id: root.to_string(),
        time: time.parse().map_err(|error: jiff::Error| failed(1, error.into()))?,
        cause: serde_json::from_str(&cause).map_err(|error| failed(2, error.into()))?,
        files: row.get::<_, i64>(3)?.unsigned_abs(),
        bytes: row.get::<_, i64>(4)?.unsigned_abs(),
    };
    Ok((root, snapshot))
}

fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

//! Sweeping out what no snapshot refers to.

use crate::{SnapshotError, store::Snapshots, tree::Node};
use orchestrator_core::Digest;
use rusqlite::{Connection, TransactionBehavior, params};
use std::collections::HashSet;

impl Snapshots {
    /// Deletes the objects that no snapshot of any project has, and returns how many there were. Takes as long as
    /// reading every folder of every snapshot once.
    ///
    /// # Errors
    /// [`SnapshotError::Database`], and [`SnapshotError::Damaged`] when a folder cannot be read: nothing is deleted
    /// then.
    pub fn sweep(&self) -> Result<usize, SnapshotError> {
        let failed = self.failed("sweeping the snapshots");
        let mut inner = self.lock()?;
        let transaction =
            inner.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let used = self.used(&transaction)?;
        let all: Vec<(i64, [u8; 32])> = transaction
            .prepare("SELECT rowid, digest FROM objects")
            .and_then(|mut select| select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .map_err(failed)?;
        let unused: Vec<_> = all.iter().filter(|(_, digest)| !used.contains(&Digest(*digest))).collect();
        for (row, _) in &unused {
            transaction
                .prepare_cached("DELETE FROM objects WHERE rowid = ?1")
                .and_then(|mut delete| delete.execute(params![row]))
                .map_err(failed)?;
        }
        let count = unused.len();
        transaction.commit().map_err(failed)?;
        Ok(count)
    }

    /// Every object that a snapshot, or a survey that new snapshots build on, refers to.
    fn used(&self, connection: &Connection) -> Result<HashSet<Digest>, SnapshotError> {
        let roots: Vec<[u8; 32]> = connection
            .prepare("SELECT root FROM snapshots UNION SELECT root FROM surveys")
            .and_then(|mut select| select.query_map([], |row| row.get(0))?.collect())
            .map_err(self.failed("sweeping the snapshots"))?;
        let mut used: HashSet<Digest> = roots.into_iter().map(Digest).collect();
        let mut folders: Vec<_> = used.iter().copied().collect();
        while let Some(folder) = folders.pop() {
            for node in self.folder(connection, folder)?.into_values() {
                match node {
                    Node::File(file) => {
                        used.insert(file.digest);
                    }
                    Node::Folder(digest) => {
                        if used.insert(digest) {
                            folders.push(digest);
                        }
                    }
                }
            }
        }
        Ok(used)
    }

    /// Forgets all snapshots of a project; [`Snapshots::sweep`] frees what only they had.
    ///
    /// # Errors
    /// [`SnapshotError::Database`].
    pub fn forget(&self, project: &orchestrator_core::ProjectId) -> Result<(), SnapshotError> {
        let failed = self.failed("forgetting snapshots");
        let mut inner = self.lock()?;
        inner.last.remove(project);
        for table in ["snapshots", "surveys"] {
            inner
                .connection
                .execute(&format!("DELETE FROM {table} WHERE project = ?1"), [project.as_str()])
                .map_err(failed)?;
        }
        Ok(())
    }
}

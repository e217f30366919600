//! Finds the changes that nobody announced.
//!
//! A guest writes through its preopened directory, `npm` writes a lock file: the host sees neither happen. So it
//! looks at the project before a call and afterwards. A look only asks the file system for sizes and times; a file is
//! read when these differ, and then its digest decides. What this [`Workspace`] changed itself was announced when it
//! happened and is left out.
//!
//! Times have a grain. A file that was changed just before a look can be changed again within the same grain and
//! keep its time, so the digest of such a file is taken along, and compared at the next look.

use crate::{
    error::WorkspaceError,
    walk::Stamp,
    workspace::{OwnChanges, Workspace},
};
use orchestrator_core::{FileChange, FileChangeKind, RelativePath};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Coarsest grain of a file system's times that is reckoned with (FAT's).
const GRAIN: Duration = Duration::from_secs(2);

/// The files of a project as they were at one moment.
///
/// One snapshot at a time is meaningful: taking or advancing one makes the workspace forget what it changed itself.
#[derive(Debug)]
pub struct Snapshot {
    files: BTreeMap<RelativePath, Known>,
}

#[derive(Debug)]
struct Known {
    stamp: Stamp,
    /// The digest, where the time alone cannot be trusted.
    sha256: Option<String>,
}

impl Workspace {
    /// Looks at all files.
    ///
    /// # Errors
    /// [`WorkspaceError::TooManyFiles`] over [`crate::FILES_MAX`].
    pub fn snapshot(&self) -> Result<Snapshot, WorkspaceError> {
        let mut own = self.own();
        let files = self.look()?;
        own.clear();
        Ok(Snapshot { files })
    }

    /// What was created, changed or deleted since `snapshot` by anybody but this workspace, sorted by path; a file
    /// that was renamed shows as deleted and created. Moves `snapshot` on to now.
    ///
    /// # Errors
    /// [`WorkspaceError::TooManyFiles`] over [`crate::FILES_MAX`].
    pub fn changes_since(&self, snapshot: &mut Snapshot) -> Result<Vec<FileChange>, WorkspaceError> {
        let mut own = self.own();
        let now = self.look()?;
        let mut changes = Vec::new();
        for (path, known) in &now {
            let before = snapshot.files.get(path);
            if let Some(change) = self.compare(path, before, known, &own)? {
                changes.push(change);
            }
        }
        let expected =
            snapshot.files.keys().map(RelativePath::as_str).filter(|path| own.get(*path) != Some(&None));
        let written = own.iter().filter(|(_, sha256)| sha256.is_some()).map(|(path, _)| path.as_str());
        let expected: BTreeSet<_> = expected.chain(written).collect();
        changes.extend(expected.into_iter().filter(|path| !now.contains_key(*path)).map(deleted));
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        own.clear();
        snapshot.files = now;
        Ok(changes)
    }

    fn look(&self) -> Result<BTreeMap<RelativePath, Known>, WorkspaceError> {
        let trusted_until = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |now| now.saturating_sub(GRAIN).as_nanos());
        let mut files = BTreeMap::new();
        self.walk(|path, stamp| {
            files.insert(path, Known { stamp, sha256: None });
        })?;
        for (path, known) in &mut files {
            if known.stamp.modified >= trusted_until {
                known.sha256 = self.digest_if_there(path)?;
            }
        }
        Ok(files)
    }

    fn compare(
        &self,
        path: &RelativePath,
        before: Option<&Known>,
        now: &Known,
        own: &OwnChanges,
    ) -> Result<Option<FileChange>, WorkspaceError> {
        let digest_before = before.and_then(|known| known.sha256.as_ref());
        if before.is_some_and(|known| known.stamp == now.stamp) && digest_before.is_none() {
            return Ok(None);
        }
        let sha256 = match &now.sha256 {
            Some(sha256) => Some(sha256.clone()),
            None => self.digest_if_there(path)?,
        };
        let Some(sha256) = sha256 else { return Ok(None) };
        // What this workspace did last was announced; without that, the snapshot is what people know.
        let known = match own.get(path.as_str()) {
            Some(announced) => announced.as_ref(),
            None => digest_before,
        };
        if known == Some(&sha256) {
            return Ok(None);
        }
        let existed = own.get(path.as_str()).map_or(before.is_some(), Option::is_some);
        let operation = if existed { FileChangeKind::Modify } else { FileChangeKind::Create };
        Ok(Some(FileChange { path: path.to_string(), operation, from: None, size: now.stamp.size, sha256 }))
    }

    /// The digest of a file that may vanish, or turn into something else, while it is looked at.
    fn digest_if_there(&self, path: &RelativePath) -> Result<Option<String>, WorkspaceError> {
        match self.digest_file(path.as_str()) {
            Ok((_, sha256)) => Ok(Some(sha256)),
            Err(error) if error.is_internal() => Err(error),
            Err(_) => Ok(None),
        }
    }
}

fn deleted(path: &str) -> FileChange {
    FileChange {
        path: path.to_owned(),
        operation: FileChangeKind::Delete,
        from: None,
        size: 0,
        sha256: String::new(),
    }
}

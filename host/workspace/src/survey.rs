//! What the files of a project are at one moment.
//!
//! A guest writes through its preopened directory, `npm` writes a lock file: the host sees neither happen. So it
//! surveys the project before a call and afterwards. A survey asks the file system for sizes and times; a file is read
//! only when these differ from those of an earlier survey, and then its digest decides. What this [`Workspace`] changed
//! itself was announced when it happened and is left out of what a survey finds new.
//!
//! Times have a grain. A file that was changed just before a survey can be changed again within the same grain and keep
//! its time, so the digest of such a file is not trusted by the next survey, which reads it again.

use crate::{
    error::WorkspaceError,
    limits::SURVEY_MAX,
    walk::Stamp,
    workspace::{OwnChanges, Workspace},
};
use orchestrator_core::{Digest, FileChange, FileChangeKind, RelativePath};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Coarsest grain of a file system's times that is reckoned with (FAT's).
const GRAIN: Duration = Duration::from_secs(2);

/// The files of a project as they were at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    files: BTreeMap<RelativePath, SurveyedFile>,
}

/// A file as a survey found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyedFile {
    stamp: Stamp,
    /// The digest of its content.
    pub digest: Digest,
    /// Whether a later survey may believe an equal stamp.
    settled: bool,
}

impl SurveyedFile {
    /// Its bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.stamp.size
    }

    /// Whether its owner may start it as a program.
    #[must_use]
    pub fn is_executable(&self) -> bool {
        self.stamp.executable
    }

    /// When it was last changed, in nanoseconds since 1970; 0 where the file system does not say.
    #[must_use]
    pub fn modified(&self) -> u64 {
        self.stamp.modified
    }

    /// Whether content and mode are those of `other`, whatever the times say.
    #[must_use]
    pub fn is_same_file(&self, other: &Self) -> bool {
        self.digest == other.digest && self.is_executable() == other.is_executable()
    }
}

impl Survey {
    /// The files, sorted by path.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (&RelativePath, &SurveyedFile)> {
        self.files.iter()
    }

    /// The file at `path`.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&SurveyedFile> {
        self.files.get(path)
    }

    /// Whether a later survey may believe every stamp: no file had been changed within the grain of a time.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.files.values().all(|file| file.settled)
    }

    /// The digest of a file that need not be read again, because its stamp is the same and can be believed.
    fn settled(&self, path: &RelativePath, stamp: &Stamp) -> Option<Digest> {
        let file = self.files.get(path).filter(|file| file.settled && file.stamp == *stamp);
        file.map(|file| file.digest)
    }

    /// Whether both have the same files with the same contents.
    #[must_use]
    pub fn has_same_files(&self, other: &Self) -> bool {
        self.files.len() == other.files.len()
            && self.files.iter().zip(&other.files).all(|((path, file), (other_path, other_file))| {
                path == other_path && file.is_same_file(other_file)
            })
    }
}

impl Workspace {
    /// Surveys all files. Those whose stamps are as in `known` are not read.
    ///
    /// # Errors
    /// [`WorkspaceError::TooManyFiles`] over [`crate::FILES_MAX`], [`WorkspaceError::TooMuchToRead`] over [`SURVEY_MAX`].
    pub fn survey(&self, known: &Survey) -> Result<Survey, WorkspaceError> {
        let mut own = self.own();
        let now = self.look(known)?;
        own.clear();
        Ok(now)
    }

    /// Surveys all files, and says what was created, changed or deleted since `before` by anybody but this workspace,
    /// sorted by path; a file that was renamed shows as deleted and created.
    ///
    /// One survey at a time is meaningful as `before`, the last one: each makes the workspace forget what it changed
    /// itself.
    ///
    /// # Errors
    /// [`WorkspaceError::TooManyFiles`] over [`crate::FILES_MAX`], [`WorkspaceError::TooMuchToRead`] over [`SURVEY_MAX`].
    pub fn survey_since(&self, before: &Survey) -> Result<(Survey, Vec<FileChange>), WorkspaceError> {
        let mut own = self.own();
        let now = self.look(before)?;
        let changes = unannounced(before, &now, &own);
        own.clear();
        Ok((now, changes))
    }

    fn look(&self, known: &Survey) -> Result<Survey, WorkspaceError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let settled_until = u64::try_from(now.saturating_sub(GRAIN).as_nanos()).unwrap_or(u64::MAX);
        let mut seen = Vec::new();
        self.walk(|path, stamp| seen.push((path, stamp)))?;
        let unread = seen.iter().filter(|(path, stamp)| known.settled(path, stamp).is_none());
        if unread.fold(0, |sum: u64, (_, stamp)| sum.saturating_add(stamp.size)) > SURVEY_MAX {
            return Err(WorkspaceError::TooMuchToRead);
        }
        let mut files = BTreeMap::new();
        for (path, stamp) in seen {
            let digest = match known.settled(&path, &stamp) {
                Some(digest) => Some(digest),
                None => self.digest_if_there(&path)?,
            };
            if let Some(digest) = digest {
                let settled = stamp.modified < settled_until;
                files.insert(path, SurveyedFile { stamp, digest, settled });
            }
        }
        Ok(Survey { files })
    }

    /// The digest of a file that may vanish, or turn into something else, while it is looked at.
    fn digest_if_there(&self, path: &RelativePath) -> Result<Option<Digest>, WorkspaceError> {
        match self.digest_file(path.as_str()) {
            Ok((_, digest)) => Ok(Some(digest)),
            Err(error) if error.is_internal() => Err(error),
            Err(_) => Ok(None),
        }
    }
}

/// What people do not know of yet: they know `before`, and what this workspace announced since.
fn unannounced(before: &Survey, now: &Survey, own: &OwnChanges) -> Vec<FileChange> {
    let known = |path: &str| match own.get(path) {
        Some(announced) => *announced,
        None => before.file(path).map(|file| file.digest),
    };
    let there = now.files().filter_map(|(path, file)| {
        let operation = match known(path.as_str()) {
            Some(digest) if digest == file.digest => return None,
            Some(_) => FileChangeKind::Modify,
            None => FileChangeKind::Create,
        };
        Some(change(path.as_str(), operation, file.size(), file.digest.to_string()))
    });
    let announced = own.iter().filter(|(_, digest)| digest.is_some()).map(|(path, _)| path.as_str());
    let gone = before
        .files()
        .map(|(path, _)| path.as_str())
        .filter(|path| !own.contains_key(*path))
        .chain(announced)
        .filter(|path| now.file(path).is_none())
        .map(|path| change(path, FileChangeKind::Delete, 0, String::new()));
    let mut changes: Vec<_> = there.chain(gone).collect();
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

fn change(path: &str, operation: FileChangeKind, size: u64, sha256: String) -> FileChange {
    FileChange { path: path.to_owned(), operation, from: None, size, sha256 }
}

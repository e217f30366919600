//! Changing one file of a project: writing it, deleting it, giving it another path.

use super::{
    Moment, ProjectError,
    change::{Changed, Folder},
};
use crate::orchestrator::Orchestrator;
use orchestrator_core::{Digest, FileChange, ProjectId, RelativePath};
use orchestrator_snapshots::Cause;
use orchestrator_workspace::FileEdit;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

/// What came of changing one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileChanged {
    /// What was done.
    #[serde(flatten)]
    pub change: FileChange,
    /// The snapshot of the files as they were: restoring it takes this back.
    pub before: String,
    /// The snapshot of the files as they are.
    pub after: String,
}

/// Contents of a file, for comparing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// Whatever a file has.
    Any,
    /// One with one of these digests: SHA-256, in hexadecimal.
    These(Vec<String>),
}

impl Contents {
    fn have(&self, now: Option<Digest>) -> bool {
        match (self, now) {
            (_, None) => false,
            (Self::Any, Some(_)) => true,
            (Self::These(digests), Some(now)) => digests.contains(&now.to_string()),
        }
    }
}

/// What has to hold of a file for it to be changed. It is looked at when nothing else can change the file any more, so
/// of two changes with the same condition one is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Precondition {
    /// The file is there, with one of these contents.
    pub matches: Option<Contents>,
    /// The file is not there, or has none of these contents.
    pub differs: Option<Contents>,
}

impl Precondition {
    fn check(&self, path: &RelativePath, now: Option<Digest>) -> Result<(), ProjectError> {
        let matches = self.matches.as_ref().is_none_or(|contents| contents.have(now));
        let differs = self.differs.as_ref().is_none_or(|contents| !contents.have(now));
        match matches && differs {
            true => Ok(()),
            false => Err(ProjectError::ChangedMeanwhile { path: path.clone(), now }),
        }
    }
}

impl Orchestrator {
    /// Creates or replaces a file, and creates the folders above it, and the project where it is not there.
    ///
    /// # Errors
    /// [`ProjectError::ChangedMeanwhile`] when `condition` does not hold, [`ProjectError::FileExists`] when other systems
    /// take the name for that of a file that is there, [`ProjectError::Refused`], and [`ProjectError::Busy`] or
    /// [`ProjectError::Changing`] while something else works on the project. Nothing has changed then.
    pub async fn write_file(
        &self,
        project: &ProjectId,
        path: RelativePath,
        content: Vec<u8>,
        condition: Precondition,
    ) -> Result<FileChanged, ProjectError> {
        let edit = FileEdit::Write { path, content, executable: None };
        self.change_file("file.write", project, Folder::Made, edit, condition).await
    }

    /// Deletes a file. Folders that hold nothing any more go as well. One that is larger than a snapshot holds cannot be
    /// brought back.
    ///
    /// # Errors
    /// As [`Self::write_file`], [`ProjectError::Unknown`], [`ProjectError::NoFile`].
    pub async fn delete_file(
        &self,
        project: &ProjectId,
        path: RelativePath,
        condition: Precondition,
    ) -> Result<FileChanged, ProjectError> {
        self.change_file("file.delete", project, Folder::Found, FileEdit::Delete { path }, condition).await
    }

    /// Gives a file another path, which has to be free. `condition` is about the file as it is before.
    ///
    /// # Errors
    /// As [`Self::delete_file`]; [`ProjectError::FileExists`] also when the path is not free.
    pub async fn move_file(
        &self,
        project: &ProjectId,
        from: RelativePath,
        to: RelativePath,
        condition: Precondition,
    ) -> Result<FileChanged, ProjectError> {
        let edit = FileEdit::Rename { from, to, content: None };
        self.change_file("file.move", project, Folder::Found, edit, condition).await
    }

    async fn change_file(
        &self,
        action: &'static str,
        project: &ProjectId,
        folder: Folder,
        edit: FileEdit,
        condition: Precondition,
    ) -> Result<FileChanged, ProjectError> {
        let (snapshots, asked) = (Arc::clone(&self.inner.snapshots), edit.paths().next().cloned());
        let changed = self.change(action, project, folder, move |project, workspace| {
            // Asked first, so that what is refused leaves no trace.
            if let Some(path) = edit.paths().next() {
                condition.check(path, workspace.digest(path)?)?;
            }
            workspace.admits(&edit)?;
            let before = snapshots.take(project, workspace, Cause::BeforeChange, None)?.snapshot;
            let change = workspace.change_one(edit)?;
            let cause = Cause::Changed { path: change.path.clone() };
            let after = snapshots.take(project, workspace, cause, None)?.snapshot;
            Ok(FileChanged { change, before: before.id, after: after.id })
        });
        let changed = changed.await;
        match asked {
            Some(asked) => self.naming(project, &asked, Moment::Now, changed).await,
            None => changed,
        }
    }
}

impl Changed for FileChanged {
    fn detail(&self) -> Value {
        let FileChange { path, from, sha256, .. } = &self.change;
        json!({"path": path, "from": from, "sha256": sha256, "before": self.before, "after": self.after})
    }
}

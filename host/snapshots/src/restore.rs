//! Making a project what it was.

use crate::{SnapshotError, store::Snapshots, tree::SnapshotFile};
use orchestrator_core::{FileChange, ProjectId};
use orchestrator_workspace::{FILE_MAX, FileEdit, Survey, Workspace};
use std::collections::BTreeSet;

/// Most bytes that one restoring writes. They are staged as a whole, so that it happens as a whole or not at all.
pub const RESTORE_MAX: u64 = 512 * 1024 * 1024;

impl Snapshots {
    /// Makes the files of `workspace` those of the snapshot, all or nothing. Files whose contents were not stored are
    /// left as they are, and so are those that came since and are too large to be stored: nothing could bring them back.
    ///
    /// # Errors
    /// [`SnapshotError::Unknown`], [`SnapshotError::TooLarge`] over [`RESTORE_MAX`], and what the workspace says. Nothing
    /// has changed then.
    pub fn restore(
        &self,
        project: &ProjectId,
        id: &str,
        workspace: &Workspace,
    ) -> Result<Vec<FileChange>, SnapshotError> {
        let wanted = self.files(project, id)?;
        let now = self.survey(project, workspace)?;
        let changed: Vec<_> = wanted.iter().filter(|file| file.stored && !is_there(&now, file)).collect();
        let bytes = changed.iter().map(|file| file.size).sum();
        if bytes > RESTORE_MAX {
            return Err(SnapshotError::TooLarge { bytes, limit: RESTORE_MAX });
        }
        let names: BTreeSet<_> = wanted.iter().map(|file| &file.path).collect();
        let gone = now.files().filter(|(path, file)| !names.contains(path) && file.size() <= FILE_MAX);
        let gone: Vec<_> = gone.map(|(path, _)| path.clone()).collect();
        let mut writes = Vec::new();
        for file in changed {
            let content = self.content(file)?;
            writes.push(FileEdit::Write {
                path: file.path.clone(),
                content,
                executable: Some(file.executable),
            });
        }
        Ok(workspace.replace_files(&now, &gone, writes)?)
    }
}

fn is_there(now: &Survey, file: &SnapshotFile) -> bool {
    now.file(file.path.as_str())
        .is_some_and(|there| there.digest == file.digest && there.is_executable() == file.executable)
}

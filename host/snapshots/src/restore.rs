//! Making a project what it was.

use crate::{SnapshotError, store::Snapshots, tree::SnapshotFile};
use orchestrator_core::{FileChange, ProjectId, RelativePath};
use orchestrator_workspace::{FileEdit, Survey, SurveyedFile, Workspace};
use std::collections::BTreeSet;

/// Most bytes that one restoring writes. They are staged as a whole, so that it happens as a whole or not at all.
pub const RESTORE_MAX: u64 = 512 * 1024 * 1024;

impl Snapshots {
    /// Makes the files of `workspace` those of the snapshot, all or nothing. Files whose contents were not stored are
    /// left as they are.
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
        let gone: Vec<_> =
            now.files().map(|(path, _)| path).filter(|path| !names.contains(path)).cloned().collect();
        let mut writes = Vec::new();
        for file in changed {
            let content = self.content(file)?;
            writes.push(FileEdit::Write {
                path: file.path.clone(),
                content,
                executable: Some(file.executable),
            });
        }
        let changes = match clash(&gone, &writes) {
            false => workspace.apply(gone.iter().map(delete).chain(writes).collect())?,
            true => replace(workspace, &now, &gone, writes)?,
        };
        workspace.prune(&gone);
        Ok(changes)
    }
}

fn delete(path: &RelativePath) -> FileEdit {
    FileEdit::Delete { path: path.clone() }
}

/// Whether a folder has to make way for a file of its name, or a file for a folder.
fn clash(gone: &[RelativePath], writes: &[FileEdit]) -> bool {
    let gone_folders: BTreeSet<_> = gone.iter().flat_map(RelativePath::folders).collect();
    let gone: BTreeSet<_> = gone.iter().map(RelativePath::as_str).collect();
    writes.iter().flat_map(FileEdit::paths).any(|path| {
        gone_folders.contains(path.as_str()) || path.folders().any(|folder| gone.contains(folder))
    })
}

/// Deletes first and writes then, since names are in each other's way. What was deleted is put back when the writing
/// fails.
fn replace(
    workspace: &Workspace,
    now: &Survey,
    gone: &[RelativePath],
    writes: Vec<FileEdit>,
) -> Result<Vec<FileChange>, SnapshotError> {
    let mut back = Vec::new();
    for path in gone {
        let executable = now.file(path.as_str()).map(SurveyedFile::is_executable);
        back.push(FileEdit::Write { path: path.clone(), content: workspace.read(path)?, executable });
    }
    let mut changes = workspace.apply(gone.iter().map(delete).collect())?;
    workspace.prune(gone);
    match workspace.apply(writes) {
        Ok(written) => changes.extend(written),
        Err(error) => {
            workspace.apply(back)?;
            return Err(error.into());
        }
    }
    Ok(changes)
}

fn is_there(now: &Survey, file: &SnapshotFile) -> bool {
    now.file(file.path.as_str())
        .is_some_and(|there| there.digest == file.digest && there.is_executable() == file.executable)
}

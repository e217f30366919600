//! Making the files of a project others.
//!
//! A transaction stages every new content beside its target, so it cannot put a file where a folder is, or a folder
//! where a file is. Where that is asked for, files are deleted first and written then, and what was deleted is put back
//! when the writing fails. Killed between the two, the project lacks files; whoever replaces takes a snapshot before.

use crate::{FileEdit, Survey, SurveyedFile, Workspace, WorkspaceError};
use orchestrator_core::{FileChange, RelativePath};
use std::collections::BTreeSet;

impl Workspace {
    /// Deletes the files `gone` and makes `writes`, all or nothing. Folders that hold nothing any more go as well. `now`
    /// is what the project holds.
    ///
    /// # Errors
    /// Those of [`Workspace::apply`]; nothing has changed then.
    pub fn replace_files(
        &self,
        now: &Survey,
        gone: &[RelativePath],
        writes: Vec<FileEdit>,
    ) -> Result<Vec<FileChange>, WorkspaceError> {
        let changes = match clash(gone, &writes) {
            false => self.apply(gone.iter().map(delete).chain(writes).collect())?,
            true => self.delete_then_write(now, gone, writes)?,
        };
        self.prune(gone);
        Ok(changes)
    }

    fn delete_then_write(
        &self,
        now: &Survey,
        gone: &[RelativePath],
        writes: Vec<FileEdit>,
    ) -> Result<Vec<FileChange>, WorkspaceError> {
        let mut back = Vec::new();
        for path in gone {
            let executable = now.file(path.as_str()).map(SurveyedFile::is_executable);
            back.push(FileEdit::Write { path: path.clone(), content: self.read(path)?, executable });
        }
        let mut changes = self.apply(gone.iter().map(delete).collect())?;
        self.prune(gone);
        match self.apply(writes) {
            Ok(written) => changes.extend(written),
            Err(error) => {
                self.apply(back)?;
                return Err(error);
            }
        }
        Ok(changes)
    }

    /// Removes the folders above `paths` that hold nothing any more. What cannot be removed stays: nothing depends on
    /// it.
    pub(crate) fn prune(&self, paths: &[RelativePath]) {
        let mut folders: Vec<_> = paths.iter().flat_map(RelativePath::folders).collect();
        folders.sort_unstable_by_key(|folder| (std::cmp::Reverse(folder.len()), *folder));
        folders.dedup();
        for folder in folders {
            let _ = self.root.remove_dir(folder);
        }
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

//! Staging: every new content lies beside its target, and what may have to be put back is copied, before anything changes.

use super::{
    edit::FileEdit,
    mode::{mode_of, ordinary},
    step::Step,
};
use crate::{error::WorkspaceError, limits::FILE_MAX, reserved::staged_name, workspace::Workspace};
use cap_std::fs::{Dir, Metadata, OpenOptions, Permissions};
use orchestrator_core::{Digest, FileChange, FileChangeKind, RelativePath};
use std::{
    collections::BTreeSet,
    io::{self, ErrorKind, Read},
};

/// Changes on their way: staged one by one, then committed together.
pub(super) struct Transaction<'a> {
    pub(super) workspace: &'a Workspace,
    /// Whether earlier contents are copied, to be put back.
    backups: bool,
    pub(super) steps: Vec<Step>,
    /// Files to remove in the end; those that a rename took away are no longer there.
    pub(super) staged: Vec<String>,
    /// Folders made on the way, outermost first; removed again unless the transaction is committed.
    pub(super) folders: Vec<String>,
    /// Folders that are known to be there: most files lie where another one lies.
    there: BTreeSet<String>,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(workspace: &'a Workspace, backups: bool) -> Self {
        let (staged, folders) = (Vec::new(), Vec::new());
        Self { workspace, backups, steps: Vec::new(), staged, folders, there: BTreeSet::new() }
    }

    pub(super) fn root(&self) -> &'a Dir {
        &self.workspace.root
    }

    /// Prepares one change. What it is about is as before until the commit.
    pub(super) fn stage(&mut self, edit: &FileEdit) -> Result<FileChange, WorkspaceError> {
        match edit {
            FileEdit::Write { path, content, executable } => self.stage_write(path, content, *executable),
            FileEdit::Delete { path } => self.stage_delete(path),
            FileEdit::Rename { from, to, content } => self.stage_rename(from, to, content.as_deref()),
        }
    }

    fn stage_write(
        &mut self,
        path: &RelativePath,
        content: &[u8],
        executable: Option<bool>,
    ) -> Result<FileChange, WorkspaceError> {
        let old = self.workspace.file_metadata(path.as_str())?;
        let before = match &old {
            Some(metadata) => self.back_up(path, metadata)?,
            None => None,
        };
        let permissions = mode_of(old.as_ref(), executable);
        self.stage_put(path, content, permissions, before)?;
        let operation = if old.is_some() { FileChangeKind::Modify } else { FileChangeKind::Create };
        Ok(FileChange {
            path: path.to_string(),
            operation,
            from: None,
            size: content.len() as u64,
            sha256: Digest::of(content).to_string(),
        })
    }

    fn stage_delete(&mut self, path: &RelativePath) -> Result<FileChange, WorkspaceError> {
        let old = self.existing(path)?;
        let before = self.back_up(path, &old)?;
        self.steps.push(Step::Remove { path: path.to_string(), before });
        Ok(FileChange {
            path: path.to_string(),
            operation: FileChangeKind::Delete,
            from: None,
            size: 0,
            sha256: String::new(),
        })
    }

    fn stage_rename(
        &mut self,
        from: &RelativePath,
        to: &RelativePath,
        content: Option<&[u8]>,
    ) -> Result<FileChange, WorkspaceError> {
        let old = self.existing(from)?;
        if self.workspace.file_metadata(to.as_str())?.is_some() {
            return Err(WorkspaceError::Taken(to.to_string()));
        }
        let (size, sha256) = match content {
            Some(content) => {
                self.stage_put(to, content, Some(old.permissions()), None)?;
                let before = self.back_up(from, &old)?;
                self.steps.push(Step::Remove { path: from.to_string(), before });
                (content.len() as u64, Digest::of(content))
            }
            None => {
                let described = self.workspace.digest_file(from.as_str())?;
                self.make_folders(to)?;
                self.steps.push(Step::Move { from: from.to_string(), to: to.to_string() });
                described
            }
        };
        Ok(FileChange {
            path: to.to_string(),
            operation: FileChangeKind::Rename,
            from: Some(from.to_string()),
            size,
            sha256: sha256.to_string(),
        })
    }

    fn stage_put(
        &mut self,
        path: &RelativePath,
        content: &[u8],
        permissions: Option<Permissions>,
        before: Option<String>,
    ) -> Result<(), WorkspaceError> {
        let size = content.len() as u64;
        if size > FILE_MAX {
            return Err(WorkspaceError::TooLarge { path: path.to_string(), size });
        }
        self.make_folders(path)?;
        let staged = self.stage_content(path, content, permissions)?;
        self.steps.push(Step::Put { staged, path: path.to_string(), before });
        Ok(())
    }

    fn existing(&self, path: &RelativePath) -> Result<Metadata, WorkspaceError> {
        let found = self.workspace.file_metadata(path.as_str())?;
        found.ok_or_else(|| WorkspaceError::NotFound(path.to_string()))
    }

    /// Copies a file that may have to be put back.
    fn back_up(
        &mut self,
        path: &RelativePath,
        metadata: &Metadata,
    ) -> Result<Option<String>, WorkspaceError> {
        if !self.backups {
            return Ok(None);
        }
        let (file, _) = self.workspace.open_file(path.as_str())?;
        self.stage_content(path, file, Some(metadata.permissions())).map(Some)
    }

    /// Writes `content` to a new file in the folder of `path` and returns its name.
    fn stage_content(
        &mut self,
        path: &RelativePath,
        mut content: impl Read,
        permissions: Option<Permissions>,
    ) -> Result<String, WorkspaceError> {
        let failed = |error| WorkspaceError::io("writing", path.as_str(), error);
        let folder = path.folders().last().map(|folder| format!("{folder}/")).unwrap_or_default();
        let name = format!("{folder}{}", staged_name());
        let mut file =
            self.root().open_with(&name, OpenOptions::new().write(true).create_new(true)).map_err(failed)?;
        self.staged.push(name.clone());
        io::copy(&mut content, &mut file).map_err(failed)?;
        if let Some(permissions) = permissions {
            file.set_permissions(ordinary(permissions)).map_err(failed)?;
        }
        Ok(name)
    }

    fn make_folders(&mut self, path: &RelativePath) -> Result<(), WorkspaceError> {
        for folder in path.folders() {
            if self.there.contains(folder) {
                continue;
            }
            match self.root().create_dir(folder) {
                Ok(()) => self.folders.push(folder.to_owned()),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => {
                    return Err(WorkspaceError::io("creating the folders of", path.as_str(), error));
                }
            }
            self.there.insert(folder.to_owned());
        }
        Ok(())
    }
}

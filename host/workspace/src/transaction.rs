//! Changes of files: all of them, or none.
//!
//! A change of several files that stops in the middle leaves a project that neither the model nor a person can
//! reason about. So a transaction first stages every new content beside its target, where a full disk or a missing
//! folder shows itself while nothing has changed yet; then it commits by renames, which either happen or do not;
//! and when a rename fails, it puts back what it did. Files that a later failure might have to restore are copied
//! beforehand.
//!
//! The price: staged contents wait for the disk before the first rename (milliseconds, beside a model's seconds), and
//! files that are replaced together are copied once. What is not covered is the program being killed between two renames:
//! each file is then whole, old or new, but the set may be mixed.

mod edit;
mod step;
mod sync;

pub use edit::FileEdit;

use crate::{
    error::WorkspaceError,
    leftovers::{KEPT_PREFIX, is_reserved, staged_name},
    limits::FILE_MAX,
    workspace::Workspace,
};
use cap_std::fs::{Dir, Metadata, OpenOptions, Permissions};
use orchestrator_core::{Digest, FileChange, FileChangeKind, RelativePath};
use std::{
    collections::BTreeSet,
    io::{self, ErrorKind, Read},
};
use step::Step;

impl Workspace {
    /// Makes all changes, or none.
    ///
    /// # Errors
    /// [`WorkspaceError::NotFound`] when a file to delete or rename is not there, [`WorkspaceError::Taken`] when a
    /// new path is, [`WorkspaceError::NotAFile`] when a link or folder is in the way, [`WorkspaceError::TooLarge`],
    /// [`WorkspaceError::NamedTwice`] and [`WorkspaceError::NoSpace`] as they say. Nothing has changed then, except
    /// after [`WorkspaceError::HalfDone`].
    pub fn apply(&self, edits: Vec<FileEdit>) -> Result<Vec<FileChange>, WorkspaceError> {
        check_names(&edits)?;
        let mut own = self.own();
        let mut transaction = Transaction::new(self, needs_backups(&edits));
        let mut changes = Vec::with_capacity(edits.len());
        for edit in &edits {
            changes.push(transaction.stage(edit)?);
        }
        transaction.commit()?;
        for change in &changes {
            if let Some(from) = &change.from {
                own.insert(from.clone(), None);
            }
            let gone = change.operation == FileChangeKind::Delete;
            own.insert(change.path.clone(), (!gone).then(|| change.sha256.parse().ok()).flatten());
        }
        Ok(changes)
    }

    pub(crate) fn apply_one(&self, edit: FileEdit) -> Result<FileChange, WorkspaceError> {
        let path = edit.paths().next().map(ToString::to_string).unwrap_or_default();
        let change = self.apply(vec![edit])?.pop();
        change.ok_or_else(|| WorkspaceError::io("changing", &path, io::Error::other("nothing was reported")))
    }
}

/// That no path is named twice, and none that the orchestrator keeps for itself.
pub(crate) fn check_names(edits: &[FileEdit]) -> Result<(), WorkspaceError> {
    let mut seen = BTreeSet::new();
    if let Some(twice) = edits.iter().flat_map(FileEdit::paths).find(|path| !seen.insert(*path)) {
        return Err(WorkspaceError::NamedTwice(twice.to_string()));
    }
    // Nobody would see such a file, and the next start of the program would remove it.
    let is_ours = |path: &&RelativePath| path.as_str().rsplit('/').next().is_some_and(is_reserved);
    match edits.iter().flat_map(FileEdit::paths).find(is_ours) {
        Some(ours) => Err(WorkspaceError::Reserved(ours.to_string())),
        None => Ok(()),
    }
}

/// A change that is one rename undoes itself by failing; anything longer may have to be put back.
fn needs_backups(edits: &[FileEdit]) -> bool {
    edits.len() > 1 || matches!(edits, [FileEdit::Rename { content: Some(_), .. }])
}

struct Transaction<'a> {
    workspace: &'a Workspace,
    backups: bool,
    steps: Vec<Step>,
    /// Files to remove in the end; those that a rename took away are no longer there.
    staged: Vec<String>,
    /// Folders made on the way, outermost first; removed again unless the transaction is committed.
    folders: Vec<String>,
    /// Folders that are known to be there: most files lie where another one lies.
    there: BTreeSet<String>,
}

impl<'a> Transaction<'a> {
    fn new(workspace: &'a Workspace, backups: bool) -> Self {
        let (staged, folders) = (Vec::new(), Vec::new());
        Self { workspace, backups, steps: Vec::new(), staged, folders, there: BTreeSet::new() }
    }

    fn root(&self) -> &'a Dir {
        &self.workspace.root
    }

    fn stage(&mut self, edit: &FileEdit) -> Result<FileChange, WorkspaceError> {
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

    fn commit(mut self) -> Result<(), WorkspaceError> {
        // Without this a power cut could leave an empty file under a new name.
        sync::to_disk(self.root(), &self.staged)?;
        for done in 0..self.steps.len() {
            let Some(step) = self.steps.get(done) else { break };
            if let Err(cause) = step.perform(self.root()) {
                return Err(self.put_back(done, cause));
            }
        }
        self.folders.clear();
        // What was renamed is not there any more; what is left are the copies of earlier contents.
        self.staged = self.steps.iter().filter_map(Step::copy).collect();
        Ok(())
    }

    /// Gives an earlier content a name under which it stays, and returns the name that it has then.
    fn keep(&self, backup: String) -> String {
        let folder = backup.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
        let kept = format!("{folder}{KEPT_PREFIX}{}", uuid::Uuid::now_v7().simple());
        match self.root().rename(&backup, self.root(), &kept) {
            Ok(()) => kept,
            Err(_) => backup,
        }
    }

    /// Undoes the first `done` steps, last one first.
    fn put_back(&mut self, done: usize, cause: WorkspaceError) -> WorkspaceError {
        for step in self.steps.iter().take(done).rev() {
            if step.undo(&self.workspace.root).is_err() {
                // The copies are all that is left of the earlier contents: they stay.
                self.staged.clear();
                self.folders.clear();
                let (path, backup) = step.names();
                let backup = self.keep(backup);
                return WorkspaceError::HalfDone { cause: cause.to_string(), path, backup };
            }
        }
        cause
    }
}

impl Drop for Transaction<'_> {
    /// Tidies up. Nothing can be done about a failure here, and nothing depends on it: listings leave staged files
    /// out.
    fn drop(&mut self) {
        for staged in &self.staged {
            let _ = self.workspace.root.remove_file(staged);
        }
        for folder in self.folders.iter().rev() {
            let _ = self.workspace.root.remove_dir(folder);
        }
    }
}

/// A file's mode without the bits that lend the owner's rights to whoever starts it: the host may run as somebody
/// mightier than the program that set them.
#[cfg(unix)]
fn ordinary(mut permissions: Permissions) -> Permissions {
    use cap_std::fs::PermissionsExt;
    permissions.set_mode(permissions.mode() & 0o777);
    permissions
}

/// The mode that a written file gets; none leaves it to the system.
#[cfg(unix)]
fn mode_of(old: Option<&Metadata>, executable: Option<bool>) -> Option<Permissions> {
    use cap_std::fs::PermissionsExt;
    let old = old.map(|metadata| metadata.permissions().mode());
    let mode = match (old, executable) {
        (old, None) => old?,
        // Whoever may read it may start it.
        (old, Some(true)) => old.map_or(0o755, |mode| mode | (mode & 0o444) >> 2),
        (old, Some(false)) => old.map_or(0o644, |mode| mode & !0o111),
    };
    Some(Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn mode_of(old: Option<&Metadata>, _: Option<bool>) -> Option<Permissions> {
    old.map(Metadata::permissions)
}

#[cfg(not(unix))]
fn ordinary(permissions: Permissions) -> Permissions {
    permissions
}

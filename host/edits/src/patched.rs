//! Applies patches to a project's files: unified diffs and search/replace blocks, all of a patch or nothing.
//!
//! Where a hunk belongs is the affair of `orchestrator-patch`, which knows no disk. This is what is around it: its
//! files are the workspace's, its edits become one transaction, and what the disk is to blame for is kept apart from
//! what the patch is to blame for.

use crate::place::{Place, place};
use orchestrator_core::{FileChange, RelativePath};
use orchestrator_patch::{AppliedPatch, Edit, FileReport, Files, Format, Options, ReadError, Report, apply};
use orchestrator_workspace::{FileEdit, Workspace, WorkspaceError, are_twins, beside_twin};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// What came of a patch.
#[derive(Debug, Clone, PartialEq)]
pub struct Patched {
    /// What became of each hunk, and whether the whole was applied.
    pub report: Report,
    /// The changes that were made; none when anything was refused, and when all of it had been applied before.
    pub changes: Vec<FileChange>,
}

/// Applies the unified diffs in `text` to the files of `workspace`. Prose and code fences around them are passed over.
/// `target` is the file that hunks are about which name none.
///
/// # Errors
/// Only what the disk is to blame for. What the diff is to blame for is in the report.
pub fn apply_diff(
    workspace: &Workspace,
    text: &str,
    target: Option<RelativePath>,
) -> Result<Patched, WorkspaceError> {
    apply_as(workspace, text, Options { format: Format::Diff, target })
}

/// Applies the search/replace blocks in `text` to the files of `workspace`;
/// [`orchestrator_patch::replacement_format`] is how a model is asked for them.
///
/// # Errors
/// Those of [`apply_diff`].
pub fn apply_replacements(workspace: &Workspace, text: &str) -> Result<Patched, WorkspaceError> {
    apply_as(workspace, text, Options { format: Format::Blocks, target: None })
}

fn apply_as(workspace: &Workspace, text: &str, options: Options) -> Result<Patched, WorkspaceError> {
    let files = ProjectFiles { workspace, alike: Mutex::default() };
    let AppliedPatch { mut report, edits } = apply(text.as_bytes(), &files, &options)?;
    if !report.is_applied() || edits.is_empty() {
        return Ok(Patched { report, changes: Vec::new() });
    }
    let edits = files.by_their_names(edits);
    if let Some((path, reason)) = twin(workspace, &edits)? {
        report.files.push(FileReport { path, change: None, hunks: Vec::new(), refused: Some(reason) });
        return Ok(Patched { report, changes: Vec::new() });
    }
    match workspace.apply(edits.into_iter().map(file_edit).collect()) {
        Ok(changes) => Ok(Patched { report, changes }),
        Err(error) if error.is_internal() => Err(error),
        Err(error) => {
            let refused = Some(error.to_string());
            report.files.push(FileReport { path: String::new(), change: None, hunks: Vec::new(), refused });
            Ok(Patched { report, changes: Vec::new() })
        }
    }
}

/// The files of a project, also by names that look like theirs.
struct ProjectFiles<'w> {
    workspace: &'w Workspace,
    /// The names that were asked for, and those that the files have.
    alike: Mutex<BTreeMap<RelativePath, RelativePath>>,
}

impl ProjectFiles<'_> {
    fn find(&self, path: &RelativePath) -> Result<Option<Vec<u8>>, WorkspaceError> {
        match self.workspace.read(path) {
            Ok(content) => return Ok(Some(content)),
            // ASCII has one form.
            Err(WorkspaceError::NotFound(_)) if !path.as_str().is_ascii() => {}
            Err(WorkspaceError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        }
        let Place::There(there) = place(self.workspace, path.clone())? else { return Ok(None) };
        let content = self.workspace.read(&there)?;
        self.alike.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone(), there);
        Ok(Some(content))
    }

    /// The edits with the names that the files have.
    fn by_their_names(self, mut edits: Vec<Edit>) -> Vec<Edit> {
        let alike = self.alike.into_inner().unwrap_or_else(PoisonError::into_inner);
        for edit in &mut edits {
            let (Edit::Create { path, .. }
            | Edit::Modify { path, .. }
            | Edit::Delete { path }
            | Edit::Rename { from: path, .. }) = edit;
            if let Some(there) = alike.get(path) {
                *path = there.clone();
            }
        }
        edits
    }
}

impl Files for ProjectFiles<'_> {
    type Error = WorkspaceError;

    fn read(&self, path: &RelativePath) -> Result<Option<Vec<u8>>, ReadError<WorkspaceError>> {
        self.find(path).map_err(|error| match error.is_internal() {
            true => ReadError::Failed(error),
            false if self.workspace.has_folder(path) => ReadError::Folder(error.to_string()),
            false => ReadError::Refused(error.to_string()),
        })
    }

    fn go_on(&self) -> Result<(), WorkspaceError> {
        self.workspace.check()
    }
}

/// The first file that would be made beside another, of the project or of the same patch, that other systems take for the
/// same; and why it is not. What the patch takes away is beside nothing.
fn twin(workspace: &Workspace, edits: &[Edit]) -> Result<Option<(String, String)>, WorkspaceError> {
    let made = |edit: &'_ Edit| match edit {
        Edit::Create { path, .. } | Edit::Rename { to: path, .. } => Some(path.clone()),
        Edit::Modify { .. } | Edit::Delete { .. } => None,
    };
    let goes = |gone: &RelativePath| {
        edits.iter().any(
            |edit| matches!(edit, Edit::Delete { path } | Edit::Rename { from: path, .. } if path == gone),
        )
    };
    let made: Vec<RelativePath> = edits.iter().filter_map(made).collect();
    for (at, path) in made.iter().enumerate() {
        let in_patch = made.iter().take(at).find(|before| are_twins(before, path)).cloned();
        let there = match in_patch {
            Some(before) => Some(before),
            None => match place(workspace, path.clone())? {
                Place::Beside(twin) => Some(twin).filter(|twin| !goes(twin)),
                Place::There(_) | Place::Free(_) => None,
            },
        };
        if let Some(there) = there {
            return Ok(Some((path.to_string(), beside_twin(path, &there))));
        }
    }
    Ok(None)
}

fn file_edit(edit: Edit) -> FileEdit {
    match edit {
        Edit::Create { path, content, executable } => {
            FileEdit::Write { path, content, executable: executable.then_some(true) }
        }
        Edit::Modify { path, content } => FileEdit::Write { path, content, executable: None },
        Edit::Delete { path } => FileEdit::Delete { path },
        Edit::Rename { from, to, content } => FileEdit::Rename { from, to, content },
    }
}

#[cfg(test)]
mod tests;

//! Applies patches to a project's files: unified diffs and search/replace blocks, all of a patch or nothing.
//!
//! Where a hunk belongs is the affair of `orchestrator-patch`, which knows no disk. This is what is around it: its
//! files are the workspace's, its edits become one transaction, and what the disk is to blame for is kept apart from
//! what the patch is to blame for.

use orchestrator_core::{FileChange, RelativePath};
use orchestrator_patch::{Edit, FileReport, Files, Format, Options, Outcome, ReadError, Report, apply};
use orchestrator_workspace::{FileEdit, Workspace, WorkspaceError};

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
    let Outcome { mut report, edits } = apply(text.as_bytes(), &ProjectFiles(workspace), &options)?;
    if !report.is_applied() || edits.is_empty() {
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

struct ProjectFiles<'w>(&'w Workspace);

impl Files for ProjectFiles<'_> {
    type Error = WorkspaceError;

    fn read(&self, path: &RelativePath) -> Result<Option<Vec<u8>>, ReadError<WorkspaceError>> {
        match self.0.read(path) {
            Ok(content) => Ok(Some(content)),
            Err(WorkspaceError::NotFound(_)) => Ok(None),
            Err(error) if error.is_internal() => Err(ReadError::Failed(error)),
            Err(error) => Err(ReadError::Refused(error.to_string())),
        }
    }
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

//! Applies patches to a project's files: unified diffs and search/replace blocks, all of a patch or nothing.
//!
//! Where a hunk belongs is the affair of `orchestrator-patch`, which knows no disk. This is what is around it: its
//! files are the workspace's, its edits become one transaction, and what the disk is to blame for is kept apart from
//! what the patch is to blame for.

use crate::Refusal;
use orchestrator_core::{FileChange, RelativePath};
use orchestrator_patch::{Edit, Files, Format, HunkOutcome, Options, Outcome, ReadError, Report, apply};
use orchestrator_workspace::{FileEdit, Workspace, WorkspaceError};

/// What came of a patch.
#[derive(Debug, Clone, PartialEq)]
pub enum DiffOutcome {
    /// Every hunk of every file was applied, or had been before.
    Applied {
        /// The changes; none if all of the patch had been applied before.
        changes: Vec<FileChange>,
        /// Where each hunk went.
        report: Report,
    },
    /// Nothing was changed, because of what the report says.
    Refused(Report),
}

/// Applies the unified diffs in `text` to the files of `workspace`. Prose and code fences around them are passed over.
///
/// # Errors
/// Only what the disk is to blame for. What the diff is to blame for is [`DiffOutcome::Refused`].
pub fn apply_diff(workspace: &Workspace, text: &str) -> Result<DiffOutcome, WorkspaceError> {
    apply_as(workspace, text, Format::Diff)
}

/// Applies the search/replace blocks in `text` to the files of `workspace`;
/// [`orchestrator_patch::replacement_format`] is how a model is asked for them.
///
/// # Errors
/// Those of [`apply_diff`].
pub fn apply_replacements(workspace: &Workspace, text: &str) -> Result<DiffOutcome, WorkspaceError> {
    apply_as(workspace, text, Format::Blocks)
}

fn apply_as(workspace: &Workspace, text: &str, format: Format) -> Result<DiffOutcome, WorkspaceError> {
    let options = Options { format, target: None };
    let Outcome { mut report, edits } = apply(text.as_bytes(), &ProjectFiles(workspace), &options)?;
    if !report.is_applied() {
        return Ok(DiffOutcome::Refused(report));
    }
    if edits.is_empty() {
        return Ok(DiffOutcome::Applied { changes: Vec::new(), report });
    }
    match workspace.apply(edits.into_iter().map(file_edit).collect()) {
        Ok(changes) => Ok(DiffOutcome::Applied { changes, report }),
        Err(error) if error.is_internal() => Err(error),
        Err(error) => {
            report.files.push(orchestrator_patch::FileReport {
                path: String::new(),
                change: None,
                hunks: Vec::new(),
                refused: Some(error.to_string()),
            });
            Ok(DiffOutcome::Refused(report))
        }
    }
}

/// What was refused, flat: one for each file or hunk.
#[must_use]
pub fn refusals(report: &Report) -> Vec<Refusal> {
    let of_file = |file: &orchestrator_patch::FileReport| {
        let whole = file.refused.iter().map(|reason| Refusal::file(file.path.clone(), reason.clone()));
        let hunks = file.hunks.iter().filter_map(|hunk| match &hunk.outcome {
            HunkOutcome::Refused(rejection) => Some(Refusal {
                path: file.path.clone(),
                hunk: Some(hunk.number),
                reason: rejection.to_string().trim_start_matches("refused: ").trim_end().to_owned(),
            }),
            HunkOutcome::Applied(_) | HunkOutcome::AlreadyApplied { .. } => None,
        });
        whole.chain(hunks).collect::<Vec<_>>()
    };
    report.files.iter().flat_map(of_file).collect()
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
        Edit::Create { path, content } | Edit::Modify { path, content } => FileEdit::Write { path, content },
        Edit::Delete { path } => FileEdit::Delete { path },
        Edit::Rename { from, to, content } => FileEdit::Rename { from, to, content },
    }
}

#[cfg(test)]
mod tests;

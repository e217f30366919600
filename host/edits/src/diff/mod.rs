//! Applies unified diffs as models write them: all of a diff, or nothing.
//!
//! A diff from a tool is exact. A diff from a model has the right lines and the wrong numbers: counts that do not
//! count, line numbers that drifted or are missing. So the numbers are not trusted. A hunk goes where the lines that
//! it shows are, and only when they are there once; where they occur several times, the header's line number decides
//! if it names one of these places exactly, and otherwise the hunk is refused. Guessing the nearest place, as the
//! classical tools do, writes good code into the wrong function.
//!
//! The work is done in three rooms: `parse` finds the diffs in an answer and reads them, `place` finds each hunk's
//! place and has the renumbered diff applied by `diffy` (which checks every line again), and this module turns the
//! results into one transaction of the workspace. Whatever cannot be done is refused with what was expected and what
//! is there, for that is what a model needs to do better.
//!
//! The price of being exact: a context line with a changed blank in it refuses the whole diff.

mod parse;
mod place;

use crate::Refusal;
use orchestrator_core::{FileChange, RelativePath};
use orchestrator_workspace::{FileEdit, Workspace, WorkspaceError};
use parse::{FilePatch, Intent};

/// Longest diff, in bytes.
const DIFF_MAX: usize = 1024 * 1024;

/// Most files of one diff.
const FILES_MAX: usize = 500;
/// Most hunks of one file. Each is looked for in all of the file.
const HUNKS_MAX: usize = 1000;

/// What came of a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiffOutcome {
    /// Every hunk of every file was applied; the changes in the order of the diff.
    Applied(Vec<FileChange>),
    /// Nothing was changed, because of these.
    Refused(Vec<Refusal>),
}

/// Applies the unified diffs in `text` to the files of `workspace`. Prose and code fences around them are passed over.
///
/// # Errors
/// Only what the disk is to blame for. What the diff is to blame for is [`DiffOutcome::Refused`].
pub fn apply_diff(workspace: &Workspace, text: &str) -> Result<DiffOutcome, WorkspaceError> {
    if text.len() > DIFF_MAX {
        let reason =
            format!("the diff has {} bytes, at most {DIFF_MAX} are taken: send it in parts", text.len());
        return Ok(DiffOutcome::Refused(vec![Refusal::file("", reason)]));
    }
    let patches = match parse::parse(text) {
        Ok(patches) => patches,
        Err(refused) => return Ok(DiffOutcome::Refused(refused)),
    };
    if patches.len() > FILES_MAX || patches.iter().any(|patch| patch.hunks.len() > HUNKS_MAX) {
        let reason = format!(
            "the diff is about more than {FILES_MAX} files, or has more than {HUNKS_MAX} hunks for one: send it in parts"
        );
        return Ok(DiffOutcome::Refused(vec![Refusal::file("", reason)]));
    }
    let mut edits = Vec::new();
    let mut refused = Vec::new();
    for patch in &patches {
        match plan(workspace, patch) {
            Ok(edit) => edits.push(edit),
            Err(Obstacle::Refused(refusals)) => refused.extend(refusals),
            Err(Obstacle::Disk(error)) => return Err(error),
        }
    }
    if !refused.is_empty() {
        return Ok(DiffOutcome::Refused(refused));
    }
    match workspace.apply(edits) {
        Ok(changes) => Ok(DiffOutcome::Applied(changes)),
        Err(error) if error.is_internal() => Err(error),
        Err(error) => Ok(DiffOutcome::Refused(vec![Refusal::file("", error.to_string())])),
    }
}

/// Why there is no plan for a file.
enum Obstacle {
    Refused(Vec<Refusal>),
    Disk(WorkspaceError),
}

impl Obstacle {
    fn refuse(path: &RelativePath, reason: impl Into<String>) -> Self {
        Self::Refused(vec![Refusal::file(path.as_str(), reason)])
    }

    fn from_error(path: &RelativePath, error: WorkspaceError) -> Self {
        match error.is_internal() {
            true => Self::Disk(error),
            false => Self::refuse(path, error.to_string()),
        }
    }
}

/// What becomes of one file.
fn plan(workspace: &Workspace, patch: &FilePatch) -> Result<FileEdit, Obstacle> {
    match &patch.intent {
        Intent::Create(path) => create(workspace, path, patch),
        Intent::Delete(path) => delete(workspace, path, patch),
        Intent::Modify(path) => {
            let content = revised(workspace, path, patch)?;
            Ok(FileEdit::Write { path: path.clone(), content: content.into_bytes() })
        }
        Intent::Rename { from, to } => {
            let content = match patch.hunks.is_empty() {
                true => None,
                false => Some(revised(workspace, from, patch)?.into_bytes()),
            };
            Ok(FileEdit::Rename { from: from.clone(), to: to.clone(), content })
        }
    }
}

fn create(workspace: &Workspace, path: &RelativePath, patch: &FilePatch) -> Result<FileEdit, Obstacle> {
    if workspace.exists(path).map_err(|error| Obstacle::from_error(path, error))? {
        let reason = "the diff creates the file, but it is there already: send a diff against its content";
        return Err(Obstacle::refuse(path, reason));
    }
    let content = place::revise(path.as_str(), "", &patch.hunks).map_err(Obstacle::Refused)?;
    Ok(FileEdit::Write { path: path.clone(), content: content.into_bytes() })
}

fn delete(workspace: &Workspace, path: &RelativePath, patch: &FilePatch) -> Result<FileEdit, Obstacle> {
    if !patch.hunks.is_empty() {
        let rest = revised(workspace, path, patch)?;
        if !rest.is_empty() {
            let reason = format!(
                "the diff deletes the file, but leaves {} lines of it: remove all lines, or do not delete it",
                rest.lines().count()
            );
            return Err(Obstacle::refuse(path, reason));
        }
    }
    Ok(FileEdit::Delete { path: path.clone() })
}

fn revised(workspace: &Workspace, path: &RelativePath, patch: &FilePatch) -> Result<String, Obstacle> {
    let base = workspace.read_text(path).map_err(|error| Obstacle::from_error(path, error))?;
    if patch.hunks.is_empty() {
        return Err(Obstacle::refuse(
            path,
            "the diff names the file, but has no hunk ('@@') that changes it",
        ));
    }
    place::revise(path.as_str(), &base, &patch.hunks).map_err(Obstacle::Refused)
}

#[cfg(test)]
mod tests;

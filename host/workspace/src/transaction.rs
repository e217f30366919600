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

mod commit;
mod edit;
mod mode;
mod stage;
mod step;
mod sync;

pub use edit::FileEdit;

use crate::{error::WorkspaceError, reserved::is_reserved, walk::LEFT_OUT, workspace::Workspace};
use orchestrator_core::{FileChange, RelativePath};
use stage::Transaction;
use std::{collections::BTreeSet, io};

impl Workspace {
    /// Makes all changes, or none.
    ///
    /// # Errors
    /// [`WorkspaceError::NotFound`] when a file to delete or rename is not there, [`WorkspaceError::Taken`] when a
    /// new path is, [`WorkspaceError::NotAFile`] when a link or folder is in the way, [`WorkspaceError::TooLarge`],
    /// [`WorkspaceError::NamedTwice`], [`WorkspaceError::NoSpace`] and [`WorkspaceError::Over`] as they say. Nothing has
    /// changed then, except after [`WorkspaceError::HalfDone`].
    pub fn apply(&self, edits: Vec<FileEdit>) -> Result<Vec<FileChange>, WorkspaceError> {
        check_names(&edits)?;
        let _alone = self.own();
        let mut transaction = Transaction::new(self, needs_backups(&edits));
        let mut changes = Vec::with_capacity(edits.len());
        for edit in &edits {
            self.check()?;
            changes.push(transaction.stage(edit)?);
        }
        // Nothing is committed for a call that is over. One that is cut off from here on waits for the commit.
        self.check()?;
        transaction.commit()?;
        Ok(changes)
    }

    /// Creates or replaces a file, and creates the folders above it.
    ///
    /// # Errors
    /// Those of [`Workspace::apply`].
    pub fn write(
        &self,
        path: &RelativePath,
        content: impl Into<Vec<u8>>,
    ) -> Result<FileChange, WorkspaceError> {
        self.apply_one(FileEdit::Write { path: path.clone(), content: content.into(), executable: None })
    }

    /// Deletes a file. The folders above it stay.
    ///
    /// # Errors
    /// Those of [`Workspace::apply`].
    pub fn delete(&self, path: &RelativePath) -> Result<FileChange, WorkspaceError> {
        self.apply_one(FileEdit::Delete { path: path.clone() })
    }

    /// Gives a file a new path, and creates the folders above that.
    ///
    /// # Errors
    /// Those of [`Workspace::apply`].
    pub fn rename(&self, from: &RelativePath, to: &RelativePath) -> Result<FileChange, WorkspaceError> {
        self.apply_one(FileEdit::Rename { from: from.clone(), to: to.clone(), content: None })
    }

    pub(crate) fn apply_one(&self, edit: FileEdit) -> Result<FileChange, WorkspaceError> {
        let path = edit.paths().next().map(ToString::to_string).unwrap_or_default();
        let change = self.apply(vec![edit])?.pop();
        change.ok_or_else(|| WorkspaceError::io("changing", &path, io::Error::other("nothing was reported")))
    }
}

/// That no path is named twice, and none where nobody would see what is written: what the orchestrator keeps for itself,
/// what version control reads, and what listings leave out.
pub(crate) fn check_names(edits: &[FileEdit]) -> Result<(), WorkspaceError> {
    let mut seen = BTreeSet::new();
    for path in edits.iter().flat_map(FileEdit::paths) {
        if !seen.insert(path) {
            return Err(WorkspaceError::NamedTwice(path.to_string()));
        }
        let folders = path.folders().count();
        let parts = path.as_str().split('/').enumerate();
        let mut left_out =
            parts.filter(|(at, part)| *at < folders && (LEFT_OUT.contains(part) || is_reserved(part)));
        if let Some(part) = path.repository().or_else(|| left_out.next().map(|(_, part)| part)) {
            return Err(WorkspaceError::LeftOut { path: path.to_string(), part: part.to_owned() });
        }
        // The next start of the program would remove it.
        if path.as_str().rsplit('/').next().is_some_and(is_reserved) {
            return Err(WorkspaceError::Reserved(path.to_string()));
        }
    }
    Ok(())
}

/// A change that is one rename undoes itself by failing; anything longer may have to be put back.
fn needs_backups(edits: &[FileEdit]) -> bool {
    edits.len() > 1 || matches!(edits, [FileEdit::Rename { content: Some(_), .. }])
}

//! The steps that a transaction commits by, and how each is undone.

use crate::error::WorkspaceError;
use cap_std::fs::Dir;
use std::io;

/// One rename or removal, with what it takes to undo it. Names are relative to the project's root.
pub(super) enum Step {
    Put { staged: String, path: String, before: Option<String> },
    Remove { path: String, before: Option<String> },
    Move { from: String, to: String },
}

impl Step {
    pub(super) fn perform(&self, root: &Dir) -> Result<(), WorkspaceError> {
        match self {
            Self::Put { staged, path, .. } => {
                root.rename(staged, root, path).map_err(|error| WorkspaceError::io("writing", path, error))
            }
            Self::Remove { path, .. } => {
                root.remove_file(path).map_err(|error| WorkspaceError::io("deleting", path, error))
            }
            Self::Move { from, to } => {
                root.rename(from, root, to).map_err(|error| WorkspaceError::io("renaming", from, error))
            }
        }
    }

    pub(super) fn undo(&self, root: &Dir) -> io::Result<()> {
        match self {
            Self::Put { path, before: None, .. } => root.remove_file(path),
            Self::Put { path, before: Some(before), .. } | Self::Remove { path, before: Some(before) } => {
                root.rename(before, root, path)
            }
            // Without a copy it was the transaction's only step, and is not undone.
            Self::Remove { before: None, .. } => Ok(()),
            Self::Move { from, to } => root.rename(to, root, from),
        }
    }

    /// The copy of what was there before.
    pub(super) fn copy(&self) -> Option<String> {
        match self {
            Self::Put { before, .. } | Self::Remove { before, .. } => before.clone(),
            Self::Move { .. } => None,
        }
    }

    /// The file, and where its earlier content is while it cannot be put back.
    pub(super) fn names(&self) -> (String, String) {
        match self {
            Self::Put { path, before, .. } | Self::Remove { path, before } => {
                (path.clone(), before.clone().unwrap_or_else(|| path.clone()))
            }
            Self::Move { from, to } => (from.clone(), to.clone()),
        }
    }
}

//! What is at the path that an answer has for a file.
//!
//! Systems differ in which names are one. A name that looks like one that is there is that one: in which form its
//! characters are written no model can see, and could not say if it did. A name in another case may be meant as it is,
//! so nothing is made of it; whoever wrote it is told of the other.

use orchestrator_core::RelativePath;
use orchestrator_workspace::{Twin, Workspace, WorkspaceError};

pub(crate) enum Place {
    /// The file, by this name, which looks like the one that was given.
    There(RelativePath),
    /// Nothing, and a file may be made by this name, whose folders are those that look like the ones that were given.
    Free(RelativePath),
    /// Nothing, and this is there, which other systems take for the same.
    Beside(RelativePath),
}

/// What is at `path`.
///
/// # Errors
/// Those of [`Workspace::exists`] and [`Workspace::twin`].
pub(crate) fn place(workspace: &Workspace, path: RelativePath) -> Result<Place, WorkspaceError> {
    let mut path = path;
    // Each turn settles one folder of the path at least.
    for _ in 0..orchestrator_core::path::DEPTH_MAX {
        if workspace.exists(&path)? {
            return Ok(Place::There(path));
        }
        match workspace.twin(&path)? {
            None => break,
            Some(Twin { path: twin, looks_alike: true }) => path = twin,
            Some(Twin { path: twin, .. }) => return Ok(Place::Beside(twin)),
        }
    }
    Ok(Place::Free(path))
}

//! What a program that was killed left in a project: files that it had staged and neither put into place nor removed.
//!
//! The name of a staged file says which process staged it. One program at a time works on a data folder, which the
//! journal's lock sees to, so a file that another process staged is nobody's any more.

use crate::{
    error::WorkspaceError,
    reserved::{STAGED_PREFIX, is_own},
    walk::LEFT_OUT,
    workspace::Workspace,
};
use std::io::ErrorKind;

impl Workspace {
    /// Removes what another process had staged here, and returns how many files that were. Folders that a listing leaves
    /// out are left out here as well.
    ///
    /// # Errors
    /// As the file system says.
    pub fn remove_leftovers(&self) -> Result<usize, WorkspaceError> {
        let mut removed = 0;
        let mut folders = vec![".".to_owned()];
        while let Some(folder) = folders.pop() {
            let failed = |error| WorkspaceError::io("looking for leftovers in", &folder, error);
            let entries = match self.root.read_dir(&folder) {
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                    continue;
                }
                entries => entries.map_err(failed)?,
            };
            for entry in entries {
                let entry = entry.map_err(failed)?;
                let name = entry.file_name();
                let Some(name) = name.to_str() else { continue };
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_folder && !LEFT_OUT.contains(&name) {
                    folders.push(format!("{folder}/{name}"));
                }
                if !is_folder && name.starts_with(STAGED_PREFIX) && !is_own(name) {
                    entry.remove_file().map_err(failed)?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}

//! Changing one file from outside of runs.
//!
//! Whoever changes a file over the API wants to be able to take that back, and a snapshot takes it back. So what no
//! snapshot holds is not changed here: nothing in folders that listings leave out, nothing behind a link, no content
//! over [`FILE_MAX`]. Deleting is the exception to the last, because somebody has to be able to. And no file is made whose
//! name other systems take for one that is there.

use crate::{FileEdit, Workspace, WorkspaceError, limits::FILE_MAX, transaction::check_names};
use orchestrator_core::{Digest, FileChange, RelativePath};
use std::io::ErrorKind;

impl Workspace {
    /// The digest of a file's content, however large it is; none when nothing is there.
    ///
    /// # Errors
    /// [`WorkspaceError::NotAFile`] for a link or a folder, [`WorkspaceError::UnderAFile`], [`WorkspaceError::Outside`].
    pub fn digest(&self, path: &RelativePath) -> Result<Option<Digest>, WorkspaceError> {
        match self.file_metadata(path.as_str())? {
            None => Ok(None),
            Some(_) => self.digest_file(path.as_str()).map(|(_, digest)| Some(digest)),
        }
    }

    /// Whether somebody outside of a run may change a file so, as far as that can be said beforehand.
    ///
    /// # Errors
    /// Those of [`Workspace::apply`], and [`WorkspaceError::LeftOut`], [`WorkspaceError::ThroughLink`],
    /// [`WorkspaceError::Twin`] and [`WorkspaceError::Irreplaceable`] as they say.
    pub fn admits(&self, edit: &FileEdit) -> Result<(), WorkspaceError> {
        check_names(std::slice::from_ref(edit))?;
        for path in edit.paths() {
            self.check_folders(path)?;
        }
        match edit {
            FileEdit::Write { path, content, .. } => self.admits_write(path, content.len() as u64),
            FileEdit::Delete { path } => self.size_of(path).map(drop),
            FileEdit::Rename { from, to, content } => {
                self.size_of(from)?;
                if self.file_metadata(to.as_str())?.is_some() {
                    return Err(WorkspaceError::Taken(to.to_string()));
                }
                self.check_twin(to, Some(from))?;
                content.as_ref().map_or(Ok(()), |content| check_size(to, content.len() as u64))
            }
        }
    }

    /// Changes a file for somebody outside of a run. Folders that hold nothing any more go as well.
    ///
    /// # Errors
    /// Those of [`Workspace::admits`]; nothing has changed then.
    pub fn change_one(&self, edit: FileEdit) -> Result<FileChange, WorkspaceError> {
        self.admits(&edit)?;
        let gone = match &edit {
            FileEdit::Write { .. } => None,
            FileEdit::Delete { path } => Some(path.clone()),
            FileEdit::Rename { from, .. } => Some(from.clone()),
        };
        let change = self.apply_one(edit)?;
        self.prune(gone.as_slice());
        Ok(change)
    }

    fn admits_write(&self, path: &RelativePath, size: u64) -> Result<(), WorkspaceError> {
        check_size(path, size)?;
        match self.file_metadata(path.as_str())? {
            Some(there) if there.len() > FILE_MAX => Err(WorkspaceError::Irreplaceable(path.to_string())),
            Some(_) => Ok(()),
            None => self.check_twin(path, None),
        }
    }

    fn size_of(&self, path: &RelativePath) -> Result<u64, WorkspaceError> {
        let found = self.file_metadata(path.as_str())?;
        found.map(|there| there.len()).ok_or_else(|| WorkspaceError::NotFound(path.to_string()))
    }

    /// No folder above the file may be a link: a listing does not enter it, so no snapshot holds what is behind.
    fn check_folders(&self, path: &RelativePath) -> Result<(), WorkspaceError> {
        for folder in path.folders() {
            match self.root.symlink_metadata(folder) {
                Ok(there) if there.is_symlink() => {
                    return Err(WorkspaceError::ThroughLink {
                        path: path.to_string(),
                        link: folder.to_owned(),
                    });
                }
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(WorkspaceError::io("looking at", folder, error)),
            }
        }
        Ok(())
    }

    /// A file that is moved may become its own twin, where nothing but its name changes.
    fn check_twin(&self, path: &RelativePath, moved: Option<&RelativePath>) -> Result<(), WorkspaceError> {
        let Some(twin) = self.twin(path)? else { return Ok(()) };
        let is_itself =
            moved.is_some_and(|from| *from == twin.path && from.folders().last() == path.folders().last());
        match is_itself {
            true => Ok(()),
            false => Err(WorkspaceError::Twin { path: path.clone(), there: twin.path }),
        }
    }
}

fn check_size(path: &RelativePath, size: u64) -> Result<(), WorkspaceError> {
    match size > FILE_MAX {
        true => Err(WorkspaceError::TooLarge { path: path.to_string(), size }),
        false => Ok(()),
    }
}

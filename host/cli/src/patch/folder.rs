//! The folder that a patch is applied to, reached through one handle that does not lead out of it.
//!
//! A patch is a stranger's text, and its paths may go through links that a stranger made. So paths are opened relative
//! to the folder's handle, and links are neither followed nor replaced.
//!
//! All or nothing: new contents are written beside their files first, where a full disk shows itself; then they are
//! renamed into place, and if one cannot be, what was done is undone from what was read. It is not waited for the disk: a
//! power cut is what version control is for here, and waiting would cost more than everything else.

use cap_std::{
    ambient_authority,
    fs::{Dir, Metadata, OpenOptions},
};
use orchestrator_core::RelativePath;
use orchestrator_patch::{Edit, Files, ReadError};
use std::{
    io::{self, ErrorKind, Read, Write},
    path::Path,
};

/// Most bytes of a file that is patched.
const FILE_MAX: u64 = 64 * 1024 * 1024;
/// What a file is called until it is renamed into place.
const STAGED: &str = ".orchestrator-patch-";

/// Why a folder could not be patched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    #[error("opening the folder '{0}': {1}")]
    Open(String, #[source] io::Error),
    #[error("reading '{0}': {1}")]
    Read(String, #[source] io::Error),
    #[error("writing '{0}': {1}; nothing was changed")]
    Write(String, #[source] io::Error),
    #[error("writing '{path}': {cause}; and '{left}' could not be put back ({why}): look at what is in it")]
    HalfDone { path: String, cause: io::Error, left: String, why: io::Error },
}

/// A folder.
pub(crate) struct Folder(Dir);

impl Folder {
    pub(crate) fn open(path: &Path) -> Result<Self, FolderError> {
        let open = Dir::open_ambient_dir(path, ambient_authority());
        open.map(Self).map_err(|error| FolderError::Open(path.display().to_string(), error))
    }

    fn metadata(&self, path: &str) -> io::Result<Option<Metadata>> {
        match self.0.symlink_metadata(path) {
            Ok(metadata) => Ok(Some(metadata)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn content(&self, path: &str) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        self.0.open(path)?.take(FILE_MAX).read_to_end(&mut content)?;
        Ok(content)
    }

    /// Makes all changes, or none.
    pub(crate) fn perform(&self, edits: Vec<Edit>) -> Result<(), FolderError> {
        let mut steps = Vec::new();
        for edit in edits {
            match edit {
                Edit::Create { path, content } | Edit::Modify { path, content } => {
                    steps.push(Step::put(path, content))
                }
                Edit::Delete { path } => steps.push(Step::remove(path)),
                Edit::Rename { from, to, content } => {
                    let content = match content {
                        Some(content) => content,
                        None => self
                            .content(from.as_str())
                            .map_err(|error| FolderError::Read(from.to_string(), error))?,
                    };
                    steps.push(Step { like: Some(from.clone()), ..Step::put(to, content) });
                    steps.push(Step::remove(from));
                }
            }
        }
        let mut work = Work { folder: self, staged: Vec::new(), folders: Vec::new(), done: Vec::new() };
        work.stage(&steps).and_then(|()| work.commit(&steps))
    }
}

impl Files for Folder {
    type Error = FolderError;

    fn read(&self, path: &RelativePath) -> Result<Option<Vec<u8>>, ReadError<FolderError>> {
        let metadata = match self.metadata(path.as_str()) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                return Err(ReadError::Refused(format!("a folder above '{path}' is in truth a file")));
            }
            // What the handle answers to a path that leads out has no code of the system behind it.
            Err(error) if error.kind() == ErrorKind::PermissionDenied && error.raw_os_error().is_none() => {
                return Err(ReadError::Refused(format!("'{path}' leads out of the folder through a link")));
            }
            Err(error) => return Err(ReadError::Failed(FolderError::Read(path.to_string(), error))),
        };
        match metadata {
            None => Ok(None),
            Some(metadata) if !metadata.is_file() => {
                Err(ReadError::Refused(format!("'{path}' is a link, a folder or a device, not a file")))
            }
            Some(metadata) if metadata.len() > FILE_MAX => {
                let reason = format!("'{path}' has {} bytes: at most {FILE_MAX} are patched", metadata.len());
                Err(ReadError::Refused(reason))
            }
            Some(_) => {
                let content = self.content(path.as_str());
                content
                    .map(Some)
                    .map_err(|error| ReadError::Failed(FolderError::Read(path.to_string(), error)))
            }
        }
    }
}

/// What a file has in the end; none if it goes.
struct Step {
    path: RelativePath,
    content: Option<Vec<u8>>,
    /// The file whose mode it gets, if not its own.
    like: Option<RelativePath>,
}

impl Step {
    fn put(path: RelativePath, content: Vec<u8>) -> Self {
        Self { path, content: Some(content), like: None }
    }

    fn remove(path: RelativePath) -> Self {
        Self { path, content: None, like: None }
    }
}

struct Work<'f> {
    folder: &'f Folder,
    /// For each step the file that waits to be renamed; none once it was.
    staged: Vec<Option<String>>,
    /// Folders made on the way, outermost first; removed again unless all is done.
    folders: Vec<String>,
    /// What files had before they were changed; none where there was no file.
    done: Vec<(String, Option<Vec<u8>>)>,
}

impl Work<'_> {
    fn stage(&mut self, steps: &[Step]) -> Result<(), FolderError> {
        for (number, step) in steps.iter().enumerate() {
            let staged = match &step.content {
                None => None,
                Some(content) => {
                    let name = staged_name(&step.path, number);
                    self.staged.push(Some(name.clone()));
                    let staged = self.write(step, &name, content);
                    staged.map_err(|error| FolderError::Write(step.path.to_string(), error))?;
                    continue;
                }
            };
            self.staged.push(staged);
        }
        Ok(())
    }

    fn write(&mut self, step: &Step, name: &str, content: &[u8]) -> io::Result<()> {
        let dir = &self.folder.0;
        for above in step.path.folders() {
            match dir.create_dir(above) {
                Ok(()) => self.folders.push(above.to_owned()),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        let like = step.like.as_ref().unwrap_or(&step.path);
        let mode = self.folder.metadata(like.as_str())?.map(|metadata| metadata.permissions());
        let mut file = dir.open_with(name, OpenOptions::new().write(true).create_new(true))?;
        file.write_all(content)?;
        mode.map_or(Ok(()), |mode| file.set_permissions(mode))
    }

    fn commit(mut self, steps: &[Step]) -> Result<(), FolderError> {
        for (number, step) in steps.iter().enumerate() {
            let staged = self.staged.get_mut(number).and_then(Option::take);
            if let Err(error) = self.perform(step, staged) {
                return Err(self.put_back(step.path.as_str(), error));
            }
        }
        self.folders.clear();
        Ok(())
    }

    fn perform(&mut self, step: &Step, staged: Option<String>) -> io::Result<()> {
        let (dir, path) = (&self.folder.0, step.path.as_str());
        let before = match self.folder.content(path) {
            Ok(content) => Some(content),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        match staged {
            Some(staged) => {
                let renamed = dir.rename(&staged, dir, path);
                if renamed.is_err() {
                    self.staged.push(Some(staged));
                }
                renamed?;
            }
            None => dir.remove_file(path)?,
        }
        self.done.push((path.to_owned(), before));
        Ok(())
    }

    /// Undoes what was done, last change first.
    fn put_back(&mut self, path: &str, cause: io::Error) -> FolderError {
        let dir = &self.folder.0;
        for (done, before) in std::mem::take(&mut self.done).iter().rev() {
            let undone = match before {
                Some(before) => dir.write(done, before),
                None => dir.remove_file(done),
            };
            if let Err(why) = undone {
                return FolderError::HalfDone { path: path.to_owned(), cause, left: done.clone(), why };
            }
        }
        FolderError::Write(path.to_owned(), cause)
    }
}

impl Drop for Work<'_> {
    /// Tidies up. Nothing can be done about a failure here.
    fn drop(&mut self) {
        for staged in self.staged.iter().flatten() {
            let _ = self.folder.0.remove_file(staged);
        }
        for folder in self.folders.iter().rev() {
            let _ = self.folder.0.remove_dir(folder);
        }
    }
}

/// A name beside the file that nobody else has.
fn staged_name(path: &RelativePath, number: usize) -> String {
    let folder = path.folders().last().map(|folder| format!("{folder}/")).unwrap_or_default();
    format!("{folder}{STAGED}{}-{number}", std::process::id())
}

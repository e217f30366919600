//! The folder that a patch is applied to, reached through one handle that does not lead out of it.
//!
//! A patch is a stranger's text, and its paths may go through links that a stranger made. So paths are opened relative
//! to the folder's handle, and links are neither followed nor replaced.

use super::commit::{Change, Commit};
use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions, Permissions},
};
use orchestrator_core::RelativePath;
use orchestrator_patch::{Edit, Files, ReadError};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{self, ErrorKind, Read},
    path::Path,
    sync::Arc,
};

/// Most bytes of a file that is patched.
const FILE_MAX: u64 = 64 * 1024 * 1024;

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
pub(crate) struct Folder {
    root: Arc<Dir>,
    /// Folders below it that were opened: each name is looked up once, however many files of it are patched.
    opened: RefCell<BTreeMap<String, Arc<Dir>>>,
    /// What was read, which is what is put back if need be.
    read: RefCell<BTreeMap<RelativePath, Original>>,
}

/// A file as it was.
#[derive(Clone)]
pub(super) struct Original {
    pub(super) content: Arc<Vec<u8>>,
    pub(super) permissions: Permissions,
}

impl Folder {
    pub(crate) fn open(path: &Path) -> Result<Self, FolderError> {
        let root = Dir::open_ambient_dir(path, ambient_authority())
            .map_err(|error| FolderError::Open(path.display().to_string(), error))?;
        Ok(Self { root: Arc::new(root), opened: RefCell::default(), read: RefCell::default() })
    }

    /// The folder that `path` is in, and its name there.
    fn place<'p>(&self, path: &'p RelativePath) -> io::Result<(Arc<Dir>, &'p str)> {
        let Some((folder, name)) = path.as_str().rsplit_once('/') else {
            return Ok((Arc::clone(&self.root), path.as_str()));
        };
        if let Some(open) = self.opened.borrow().get(folder) {
            return Ok((Arc::clone(open), name));
        }
        let open = Arc::new(self.root.open_dir(folder)?);
        self.opened.borrow_mut().insert(folder.to_owned(), Arc::clone(&open));
        Ok((open, name))
    }

    /// The file at `path`, if it is one and not too large; otherwise why not.
    fn original(&self, path: &RelativePath) -> io::Result<Result<Original, String>> {
        let (dir, name) = self.place(path)?;
        let mut options = OpenOptions::new();
        // A named pipe is opened without waiting for its other end, and then refused.
        options.read(true).follow(FollowSymlinks::No).nonblock(true);
        let file = dir.open_with(name, &options)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(Err(no_file(path)));
        }
        if metadata.len() > FILE_MAX {
            return Ok(Err(format!("'{path}' has {} bytes: at most {FILE_MAX} are patched", metadata.len())));
        }
        let size = usize::try_from(metadata.len()).unwrap_or(0);
        let mut content = Vec::with_capacity(size.saturating_add(1));
        file.take(FILE_MAX).read_to_end(&mut content)?;
        Ok(Ok(Original { content: Arc::new(content), permissions: metadata.permissions() }))
    }

    fn is_link(&self, path: &RelativePath) -> bool {
        let metadata = self.place(path).and_then(|(dir, name)| dir.symlink_metadata(name));
        metadata.is_ok_and(|metadata| metadata.is_symlink())
    }

    /// Makes all changes, or none.
    pub(crate) fn perform(&self, edits: Vec<Edit>) -> Result<(), FolderError> {
        let mut plan = Plan { folder: self, folders: Vec::new(), changes: Vec::new() };
        let planned = edits.into_iter().try_for_each(|edit| plan.add(edit));
        let Plan { folders, changes, .. } = plan;
        // Also what came of half a plan is taken back by it.
        let commit = Commit::new(&self.root, folders, changes);
        planned.and_then(|()| commit.perform())
    }
}

/// What a patch comes to, file by file.
struct Plan<'f> {
    folder: &'f Folder,
    folders: Vec<String>,
    changes: Vec<Change>,
}

impl Plan<'_> {
    fn add(&mut self, edit: Edit) -> Result<(), FolderError> {
        match edit {
            Edit::Create { path, content } | Edit::Modify { path, content } => {
                let permissions = self.before(&path).map(|original| original.permissions);
                self.change(path, Some((Arc::new(content), permissions)))
            }
            Edit::Delete { path } => self.change(path, None),
            Edit::Rename { from, to, content } => {
                let Some(original) = self.before(&from) else {
                    return Err(FolderError::Read(from.to_string(), ErrorKind::NotFound.into()));
                };
                let content = content.map_or(original.content, Arc::new);
                self.change(to, Some((content, Some(original.permissions))))?;
                self.change(from, None)
            }
        }
    }

    fn before(&self, path: &RelativePath) -> Option<Original> {
        self.folder.read.borrow().get(path).cloned()
    }

    fn change(
        &mut self,
        path: RelativePath,
        after: Option<(Arc<Vec<u8>>, Option<Permissions>)>,
    ) -> Result<(), FolderError> {
        let before = self.before(&path);
        let failed = |error| FolderError::Write(path.to_string(), error);
        if before.is_none() {
            self.make_folders(&path).map_err(failed)?;
        }
        let (dir, name) = self.folder.place(&path).map_err(failed)?;
        let name = name.to_owned();
        self.changes.push(Change { path, dir, name, after, before });
        Ok(())
    }

    fn make_folders(&mut self, path: &RelativePath) -> io::Result<()> {
        for above in path.folders() {
            match self.folder.root.create_dir(above) {
                Ok(()) => self.folders.push(above.to_owned()),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Files for Folder {
    type Error = FolderError;

    fn read(&self, path: &RelativePath) -> Result<Option<Vec<u8>>, ReadError<FolderError>> {
        match self.original(path) {
            Ok(Ok(original)) => {
                let content = original.content.to_vec();
                self.read.borrow_mut().insert(path.clone(), original);
                Ok(Some(content))
            }
            Ok(Err(reason)) => Err(ReadError::Refused(reason)),
            Err(error) => match error.kind() {
                ErrorKind::NotFound => Ok(None),
                ErrorKind::NotADirectory => {
                    Err(ReadError::Refused(format!("a folder above '{path}' is in truth a file")))
                }
                // What the handle answers to a path that leads out has no code of the system behind it.
                ErrorKind::PermissionDenied if error.raw_os_error().is_none() => {
                    Err(ReadError::Refused(format!("'{path}' leads out of the folder through a link")))
                }
                _ if self.is_link(path) => Err(ReadError::Refused(no_file(path))),
                _ => Err(ReadError::Failed(FolderError::Read(path.to_string(), error))),
            },
        }
    }
}

fn no_file(path: &RelativePath) -> String {
    format!("'{path}' is a link, a folder or a device, not a file")
}

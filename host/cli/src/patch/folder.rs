//! The folder that a patch is applied to, reached through one handle that does not lead out of it.
//!
//! A patch is a stranger's text, and its paths may go through links that a stranger made. So paths are opened relative
//! to the folder's handle, and links are neither followed nor replaced.

use super::{
    commit::Commit,
    error::FolderError,
    step::{Action, Change, Entry},
};
use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions, Permissions},
};
use orchestrator_core::RelativePath;
use orchestrator_patch::{Edit, Files, ReadError};
use std::{
    collections::BTreeMap,
    io::{self, ErrorKind, Read},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Most bytes of a file that is patched.
const FILE_MAX: u64 = 64 * 1024 * 1024;

/// A folder.
pub(crate) struct Folder {
    root: Arc<Dir>,
    /// Folders below it that were opened: each name is looked up once, however many files of it are patched.
    opened: Mutex<BTreeMap<String, Arc<Dir>>>,
    /// The modes of the files that were read, which their new contents get.
    permissions: Mutex<BTreeMap<RelativePath, Permissions>>,
}

/// A file as it was read.
struct Original {
    content: Vec<u8>,
    permissions: Permissions,
}

impl Folder {
    pub(crate) fn open(path: &Path) -> Result<Self, FolderError> {
        let root = Dir::open_ambient_dir(path, ambient_authority())
            .map_err(|error| FolderError::Open(path.display().to_string(), error))?;
        Ok(Self { root: Arc::new(root), opened: Mutex::default(), permissions: Mutex::default() })
    }

    /// Its handle.
    pub(super) fn root(&self) -> &Dir {
        &self.root
    }

    /// The folder that `path` is in, and its name there.
    fn entry(&self, path: &RelativePath) -> io::Result<Entry> {
        let Some((folder, name)) = path.as_str().rsplit_once('/') else {
            return Ok(Entry { folder: Arc::clone(&self.root), name: path.to_string() });
        };
        let name = name.to_owned();
        if let Some(open) = lock(&self.opened).get(folder) {
            return Ok(Entry { folder: Arc::clone(open), name });
        }
        let open = Arc::new(self.root.open_dir(folder)?);
        lock(&self.opened).insert(folder.to_owned(), Arc::clone(&open));
        Ok(Entry { folder: open, name })
    }

    /// The file at `path`, if it is one and not too large; otherwise why not.
    fn original(&self, path: &RelativePath) -> io::Result<Result<Original, String>> {
        let Entry { folder, name } = self.entry(path)?;
        let mut options = OpenOptions::new();
        // A named pipe is opened without waiting for its other end, and then refused.
        options.read(true).follow(FollowSymlinks::No).nonblock(true);
        let file = folder.open_with(name, &options)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(Err(no_file(path)));
        }
        if metadata.len() > FILE_MAX {
            return Ok(Err(format!("'{path}' has {} bytes: at most {FILE_MAX} are patched", metadata.len())));
        }
        let mut content = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
        // What is written to it from now on is not looked for.
        file.take(metadata.len()).read_to_end(&mut content)?;
        Ok(Ok(Original { content, permissions: metadata.permissions() }))
    }

    fn is_link(&self, path: &RelativePath) -> bool {
        let metadata = self.entry(path).and_then(|entry| entry.folder.symlink_metadata(entry.name));
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
            Edit::Create { path, content, executable } => {
                self.make_folders(&path)?;
                let permissions = if executable { of_a_program() } else { None };
                self.change(path, Action::Create { content, permissions })
            }
            Edit::Modify { path, content } => {
                let permissions = self.permissions(&path)?;
                self.change(path, Action::Replace { content, permissions })
            }
            Edit::Delete { path } => self.change(path, Action::Remove),
            Edit::Rename { from, to, content: None } => {
                self.make_folders(&to)?;
                let entry = self.entry(&from)?;
                self.change(to, Action::Move { from: entry })
            }
            Edit::Rename { from, to, content: Some(content) } => {
                self.make_folders(&to)?;
                let permissions = Some(self.permissions(&from)?);
                self.change(to, Action::Create { content, permissions })?;
                self.change(from, Action::Remove)
            }
        }
    }

    fn permissions(&self, path: &RelativePath) -> Result<Permissions, FolderError> {
        let known = lock(&self.folder.permissions).get(path).cloned();
        known.ok_or_else(|| FolderError::Read(path.to_string(), ErrorKind::NotFound.into()))
    }

    fn entry(&self, path: &RelativePath) -> Result<Entry, FolderError> {
        self.folder.entry(path).map_err(|error| FolderError::Write(path.to_string(), error))
    }

    fn change(&mut self, path: RelativePath, action: Action) -> Result<(), FolderError> {
        let entry = self.entry(&path)?;
        self.changes.push(Change { path, entry, action });
        Ok(())
    }

    fn make_folders(&mut self, path: &RelativePath) -> Result<(), FolderError> {
        for above in path.folders() {
            match self.folder.root.create_dir(above) {
                Ok(()) => self.folders.push(above.to_owned()),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(FolderError::Write(path.to_string(), error)),
            }
        }
        Ok(())
    }
}

/// The permissions of a new file that can be executed, where files have such.
#[cfg(unix)]
fn of_a_program() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt as _;
    Some(Permissions::from_std(std::fs::Permissions::from_mode(0o755)))
}

#[cfg(not(unix))]
fn of_a_program() -> Option<Permissions> {
    None
}

impl Files for Folder {
    type Error = FolderError;

    fn read(&self, path: &RelativePath) -> Result<Option<Vec<u8>>, ReadError<FolderError>> {
        match self.original(path) {
            Ok(Ok(Original { content, permissions })) => {
                lock(&self.permissions).insert(path.clone(), permissions);
                Ok(Some(content))
            }
            Ok(Err(reason)) if self.root.is_dir(path.as_str()) => Err(ReadError::Folder(reason)),
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

/// What is in `kept`, which is whole also where a thread that had it panicked: all that is done to it is one insertion.
fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

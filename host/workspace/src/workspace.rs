//! The one door to a project's files.
//!
//! A workspace is a directory handle and nothing else. The handle keeps every access inside the project even while a
//! plugin or a program swaps folders for links; the path it was opened by is kept only for those who must name the
//! folder to somebody else (the command sandbox, a guest's preopened directory).
//!
//! Links that stay inside the project are followed when reading and refused when writing: a write replaces a file by
//! renaming, and a link that silently turned into a file would surprise its maker. Hard links are read like any
//! file; who can make one to a file could read that file already.

use crate::{error::WorkspaceError, limits::FILE_MAX};
use cap_fs_ext::OpenOptionsSyncExt;
use cap_std::{
    ambient_authority,
    fs::{Dir, File, Metadata, OpenOptions},
};
use orchestrator_core::{Digest, FileChange, FileChangeKind, ProjectId, RelativePath};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    io::{ErrorKind, Read},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What was announced of this workspace's own changes since the last look at the whole project: the digest of each file
/// that it wrote, or none where it deleted one. It tells those changes from the ones that nobody saw.
pub(crate) type OwnChanges = BTreeMap<String, Option<Digest>>;

/// The files of one project.
#[derive(Debug)]
pub struct Workspace {
    pub(crate) root: Arc<Dir>,
    folder: Arc<Path>,
    own: Arc<Mutex<OwnChanges>>,
    /// What is at work on the files. Closed from the beginning, so that its end can be waited for again and again.
    pub(crate) jobs: TaskTracker,
    /// Cancelled when nobody waits any more for the work that this handle is for.
    pub(crate) over: CancellationToken,
}

impl Workspace {
    /// Opens the project's folder inside `projects`, and creates both where they are missing.
    ///
    /// # Errors
    /// [`WorkspaceError::Outside`] when the project's folder is a link that leads out of `projects`;
    /// [`WorkspaceError::NoSpace`] and [`WorkspaceError::Io`] as the file system says.
    pub fn open(projects: &Path, project: &ProjectId) -> Result<Self, WorkspaceError> {
        let name = project.as_str();
        let failed = |error| WorkspaceError::io("opening the folder of project", name, error);
        let folder = std::path::absolute(projects).map_err(failed)?.join(name);
        Dir::create_ambient_dir_all(projects, ambient_authority()).map_err(failed)?;
        let projects = Dir::open_ambient_dir(projects, ambient_authority()).map_err(failed)?;
        match projects.create_dir(name) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(failed(error)),
            _ => {}
        }
        let root = projects.open_dir(name).map_err(failed)?;
        let jobs = TaskTracker::new();
        jobs.close();
        let over = CancellationToken::new();
        Ok(Self { root: Arc::new(root), folder: folder.into(), own: Arc::default(), jobs, over })
    }

    /// A handle on the same files for one piece of work, which can be told that it is over.
    pub(crate) fn job(&self) -> Self {
        let Self { root, folder, own, jobs, over } = self;
        Self {
            root: Arc::clone(root),
            folder: Arc::clone(folder),
            own: Arc::clone(own),
            jobs: jobs.clone(),
            over: over.child_token(),
        }
    }

    /// Opens the project's folder, if there is one.
    ///
    /// # Errors
    /// As [`Workspace::open`].
    pub fn find(projects: &Path, project: &ProjectId) -> Result<Option<Self>, WorkspaceError> {
        let name = project.as_str();
        match projects.join(name).symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => Self::open(projects, project).map(Some),
            Ok(_) => Err(WorkspaceError::NotAFile(name.to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(WorkspaceError::io("looking for the folder of project", name, error)),
        }
    }

    /// The project's folder, for those who must name it to a sandbox. Nothing in this crate opens a file by it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The project's folder, opened. Whoever hands it on hands on this folder, whatever its path leads to by then.
    ///
    /// # Errors
    /// [`WorkspaceError::Io`] when the system has no more handles.
    pub fn directory(&self) -> Result<Dir, WorkspaceError> {
        self.root.try_clone().map_err(|error| WorkspaceError::io("opening the folder of project", ".", error))
    }

    /// Whether there is a folder at a path, which is no link.
    #[must_use]
    pub fn has_folder(&self, path: &RelativePath) -> bool {
        self.root.symlink_metadata(path.as_str()).is_ok_and(|there| there.is_dir())
    }

    /// A file's bytes.
    ///
    /// # Errors
    /// [`WorkspaceError::NotFound`], [`WorkspaceError::NotAFile`], [`WorkspaceError::Outside`] for a link that leads
    /// out, [`WorkspaceError::TooLarge`] over [`FILE_MAX`].
    pub fn read(&self, path: &RelativePath) -> Result<Vec<u8>, WorkspaceError> {
        self.check()?;
        let (file, metadata) = self.open_file(path.as_str())?;
        let mut content = Vec::new();
        file.take(FILE_MAX + 1)
            .read_to_end(&mut content)
            .map_err(|error| WorkspaceError::io("reading", path.as_str(), error))?;
        let size = metadata.len().max(content.len() as u64);
        if size > FILE_MAX {
            return Err(WorkspaceError::TooLarge { path: path.to_string(), size });
        }
        Ok(content)
    }

    /// A text file's content.
    ///
    /// # Errors
    /// Those of [`Workspace::read`], and [`WorkspaceError::NotText`] when it is not UTF-8.
    pub fn read_text(&self, path: &RelativePath) -> Result<String, WorkspaceError> {
        String::from_utf8(self.read(path)?).map_err(|_| WorkspaceError::NotText(path.to_string()))
    }

    /// Whether there is such a file. A link or a folder of that name is none.
    ///
    /// # Errors
    /// [`WorkspaceError::Outside`] when a folder of the path is a link that leads out.
    pub fn exists(&self, path: &RelativePath) -> Result<bool, WorkspaceError> {
        match self.file_metadata(path.as_str()) {
            Ok(found) => Ok(found.is_some()),
            Err(WorkspaceError::NotAFile(_) | WorkspaceError::UnderAFile(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Opens a regular file for reading. A named pipe is opened without waiting for its other end, and then refused.
    pub(crate) fn open_file(&self, path: &str) -> Result<(File, Metadata), WorkspaceError> {
        let failed = |error| WorkspaceError::io("reading", path, error);
        let mut options = OpenOptions::new();
        options.read(true).nonblock(true);
        let file = self.root.open_with(path, &options).map_err(|error| {
            match (failed(error), self.file_metadata(path)) {
                // A socket cannot be opened, and what the system says of it is no more than that.
                (error, Err(what_it_is)) if error.is_internal() => what_it_is,
                (error, _) => error,
            }
        })?;
        let metadata = file.metadata().map_err(failed)?;
        match metadata.is_file() {
            true => Ok((file, metadata)),
            false => Err(WorkspaceError::NotAFile(path.to_owned())),
        }
    }

    /// What the file system knows about a file; none when there is nothing of that name.
    pub(crate) fn file_metadata(&self, path: &str) -> Result<Option<Metadata>, WorkspaceError> {
        match self.root.symlink_metadata(path) {
            Ok(metadata) if metadata.is_file() => Ok(Some(metadata)),
            Ok(_) => Err(WorkspaceError::NotAFile(path.to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(WorkspaceError::io("looking at", path, error)),
        }
    }

    /// Size and digest of a file, however large it is.
    pub(crate) fn digest_file(&self, path: &str) -> Result<(u64, Digest), WorkspaceError> {
        let (file, metadata) = self.open_file(path)?;
        // A program that goes on writing must not keep a thread here for as long as it does.
        let mut file = file.take(metadata.len());
        let mut hash = Sha256::new();
        let mut size = 0;
        // Most files are small, and a survey reads all that were changed a moment ago.
        let size_of_buffer = usize::try_from(metadata.len()).unwrap_or(usize::MAX).clamp(1, 64 * 1024);
        let mut buffer = vec![0; size_of_buffer];
        loop {
            self.check()?;
            let count = file.read(&mut buffer).map_err(|error| WorkspaceError::io("reading", path, error))?;
            let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else {
                return Ok((size, Digest(hash.finalize().into())));
            };
            hash.update(piece);
            size += count as u64;
        }
    }

    /// Notes that people were told of a change that this workspace made.
    pub(crate) fn announced(&self, change: &FileChange) {
        let mut own = self.own();
        if let Some(from) = &change.from {
            own.insert(from.clone(), None);
        }
        let gone = change.operation == FileChangeKind::Delete;
        own.insert(change.path.clone(), (!gone).then(|| change.sha256.parse().ok()).flatten());
    }

    /// Whoever holds this changes files, or looks at all of them; nobody else does meanwhile.
    pub(crate) fn own(&self) -> MutexGuard<'_, OwnChanges> {
        // The map is whole at every moment, so a panic elsewhere cannot have left it torn.
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! The project that a command works on: a path to show, and the folder itself, opened.
//!
//! A path is checked at one time and used at another, and in between somebody may have put a link in its place. So
//! whoever hands a project over opens it once; what is bound into a sandbox, looked through and started in is that
//! folder, whatever the path leads to by then.

use cap_std::{ambient_authority, fs::Dir};
use std::{
    any::Any,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A project's folder.
#[derive(Debug, Clone)]
pub struct Project {
    path: PathBuf,
    directory: Arc<Dir>,
    /// What is there as long as something is at work in the project.
    _at_work: Option<Arc<dyn Any + Send + Sync>>,
}

impl Project {
    /// The folder that was opened as `directory` and is known as `path`, which is absolute.
    #[must_use]
    pub fn new(path: PathBuf, directory: Dir) -> Self {
        Self { path, directory: Arc::new(directory), _at_work: None }
    }

    /// Keeps `at_work` for as long as a command may be at work in the project, being started and being watched included:
    /// whoever has to know when nothing is left of them waits for the end of it.
    #[must_use]
    pub fn keeping(self, at_work: impl Any + Send + Sync) -> Self {
        Self { _at_work: Some(Arc::new(at_work)), ..self }
    }

    /// Opens the folder at an absolute path.
    ///
    /// # Errors
    /// As the system says.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let directory = Dir::open_ambient_dir(&path, ambient_authority())?;
        Ok(Self::new(path, directory))
    }

    /// Its path, as people and programs know it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder.
    #[must_use]
    pub fn directory(&self) -> &Dir {
        &self.directory
    }
}

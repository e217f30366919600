//! What a patch is applied to, and what comes of it.
//!
//! The engine never touches a disk: it asks for files by checked path, and hands back what has to change. So one
//! engine serves a project's folder, a folder on the command line, and tests that keep everything in memory.

use orchestrator_core::RelativePath;
use std::{collections::BTreeMap, convert::Infallible};

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError<E> {
    /// The patch must not or cannot have this file; the reason becomes part of the report.
    Refused(String),
    /// As [`Self::Refused`], of a folder: a word of prose that is called like one names no file.
    Folder(String),
    /// Something failed that is not the patch's fault.
    Failed(E),
}

/// The files that a patch is applied to. Several threads may read at once.
pub trait Files: Sync {
    /// What can fail.
    type Error: Send;

    /// The content of the file at `path`; none when there is no such file.
    ///
    /// # Errors
    /// [`ReadError::Folder`] for a folder, and [`ReadError::Refused`] for what may not be read (a link that leads out,
    /// too many bytes), which refuses the part of the patch that is about it; [`ReadError::Failed`] ends the whole work.
    fn read(&self, path: &RelativePath) -> Result<Option<Vec<u8>>, ReadError<Self::Error>>;

    /// Asked often, between pieces of work that take some milliseconds at most.
    ///
    /// # Errors
    /// What ends the whole work, such as that nobody waits for it any more.
    fn go_on(&self) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// One file's change. Each path is in at most one of the edits of a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A file that was not there.
    Create {
        /// The file.
        path: RelativePath,
        /// Its bytes.
        content: Vec<u8>,
        /// Whether it can be executed.
        executable: bool,
    },
    /// New content for a file, which keeps its mode.
    Modify {
        /// The file.
        path: RelativePath,
        /// Its bytes afterwards.
        content: Vec<u8>,
    },
    /// A file that goes.
    Delete {
        /// The file.
        path: RelativePath,
    },
    /// A file that moves.
    Rename {
        /// Where it was.
        from: RelativePath,
        /// Where it shall be.
        to: RelativePath,
        /// Its bytes afterwards; none where they stay.
        content: Option<Vec<u8>>,
    },
}

/// Files in memory.
pub type MemoryFiles = BTreeMap<RelativePath, Vec<u8>>;

impl Files for MemoryFiles {
    type Error = Infallible;

    fn read(&self, path: &RelativePath) -> Result<Option<Vec<u8>>, ReadError<Infallible>> {
        match self.get(path) {
            None if self.keys().any(|file| file.folders().any(|folder| folder == path.as_str())) => {
                Err(ReadError::Folder("it is a folder".into()))
            }
            content => Ok(content.cloned()),
        }
    }
}

/// Does to files in memory what `edits` say.
pub fn perform(files: &mut MemoryFiles, edits: Vec<Edit>) {
    for edit in edits {
        match edit {
            Edit::Create { path, content, .. } | Edit::Modify { path, content } => {
                files.insert(path, content);
            }
            Edit::Delete { path } => {
                files.remove(&path);
            }
            Edit::Rename { from, to, content } => {
                let old = files.remove(&from).unwrap_or_default();
                files.insert(to, content.unwrap_or(old));
            }
        }
    }
}

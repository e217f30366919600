//! What a transaction is asked to do.

use orchestrator_core::RelativePath;

/// One change of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileEdit {
    /// Creates or replaces a file, with at most [`crate::FILE_MAX`] bytes.
    Write {
        /// The file.
        path: RelativePath,
        /// Its new content.
        content: Vec<u8>,
        /// Whether it can be started as a program; none keeps what it is, and a new file is none.
        executable: Option<bool>,
    },
    /// Deletes a file.
    Delete {
        /// The file.
        path: RelativePath,
    },
    /// Gives a file a path that is free.
    Rename {
        /// Where it is.
        from: RelativePath,
        /// Where it shall be.
        to: RelativePath,
        /// New content; none keeps what it has.
        content: Option<Vec<u8>>,
    },
}

impl FileEdit {
    /// The paths that it is about.
    pub fn paths(&self) -> impl Iterator<Item = &RelativePath> {
        let (first, second) = match self {
            Self::Write { path, .. } | Self::Delete { path } => (path, None),
            Self::Rename { from, to, .. } => (from, Some(to)),
        };
        std::iter::once(first).chain(second)
    }
}

//! What can go wrong with a project's files, and how a plugin or a person gets to hear of it.

use crate::limits::{FILE_MAX, FILES_MAX, SURVEY_MAX};
use orchestrator_core::{ErrorCode, Failure, Fault, PathError, RelativePath};
use std::io::{self, ErrorKind};

/// Why a file operation was not done. The source of [`WorkspaceError::Io`] is not part of its text, except where it
/// becomes a [`Failure`], which has no source to carry it.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// A path that can never name a file of a project.
    #[error("path {path:?} cannot be used: {reason}")]
    Path {
        /// The text that was given.
        path: String,
        /// Which rule it breaks.
        reason: PathError,
    },
    /// There is no such file.
    #[error("there is no file '{0}' in the project")]
    NotFound(String),
    /// Something that is not a file has the name.
    #[error("'{0}' is a link, a folder or a device, not a file: remove it first, or choose another path")]
    NotAFile(String),
    /// A folder of the path is a file.
    #[error("a folder above '{0}' is in truth a file: delete that file first, or choose another path")]
    UnderAFile(String),
    /// A rename would hide another file.
    #[error("'{0}' is there already: delete it first, or choose another path")]
    Taken(String),
    /// The path leads out of the project, through a link.
    #[error("'{0}' leads out of the project through a link: nothing outside of the project can be reached")]
    Outside(String),
    /// The file is not text.
    #[error("'{0}' is not UTF-8 text: it cannot be read as text")]
    NotText(String),
    /// The file is over [`FILE_MAX`].
    #[error("'{path}' has {size} bytes: at most {FILE_MAX} are read or written at once")]
    TooLarge {
        /// The file.
        path: String,
        /// Its bytes.
        size: u64,
    },
    /// The project is over [`FILES_MAX`].
    #[error(
        "the project holds more than {FILES_MAX} files: have tools put what they build into a folder such as 'target' or 'dist', which is left out"
    )]
    TooManyFiles,
    /// The project's files are over [`SURVEY_MAX`].
    #[error(
        "the project's files have more than {SURVEY_MAX} bytes: delete what is not needed, or move it to a folder such as 'target' or 'dist', which is left out"
    )]
    TooMuchToRead,
    /// The name is one of those that are kept for files that are being written.
    #[error("'{0}' has a name that the orchestrator keeps for itself: choose another")]
    Reserved(String),
    /// A place that no listing and no snapshot enters.
    #[error(
        "'{path}' cannot be changed here: what is called '{part}' is left out of listings and snapshots, so nothing could \
         take the change back; choose another path"
    )]
    LeftOut {
        /// The file.
        path: String,
        /// The part of its path that is left out.
        part: String,
    },
    /// A folder of the path is a link, and the file was to be changed from outside of a run.
    #[error("'{link}' above '{path}' is a link: give the path that it leads to, or remove it first")]
    ThroughLink {
        /// The file.
        path: String,
        /// The link.
        link: String,
    },
    /// A file of this name is there, for other systems.
    #[error("{}", beside_twin(path, there))]
    Twin {
        /// The file that was to be made.
        path: RelativePath,
        /// The one that is there.
        there: RelativePath,
    },
    /// A file that no snapshot holds would be replaced.
    #[error(
        "'{0}' has more than {FILE_MAX} bytes, so no snapshot holds it and nothing could bring it back: delete it first if \
         it is to go"
    )]
    Irreplaceable(String),
    /// One change names a path twice.
    #[error("'{0}' is named twice in one change: put what should become of it into one edit")]
    NamedTwice(String),
    /// The disk is full.
    #[error(
        "no space left on the disk that holds the project, while {doing} '{path}': free some space and try again"
    )]
    NoSpace {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: String,
    },
    /// A change failed midway, and so did putting back what it had done.
    #[error("{cause}; and '{path}' could not be put back: its earlier content is in '{backup}'")]
    HalfDone {
        /// Why the change failed.
        cause: String,
        /// The file that is not as before.
        path: String,
        /// Where its earlier content is; relative to the project's root.
        backup: String,
    },
    /// Nobody waits for the work any more: the call that it was done for was cut off.
    #[error("the call that this was done for is over, so it was given up and nothing was changed")]
    Over,
    /// Anything else that the file system said.
    #[error("{doing} '{path}' failed")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: String,
        /// What the file system said.
        source: io::Error,
    },
}

/// Why no file `path` is made beside its twin `there`, for whoever asked for it.
#[must_use]
pub fn beside_twin(path: &RelativePath, there: &RelativePath) -> String {
    format!(
        "'{there}' differs from '{path}' only in the case of letters or in how they are written, and macOS and Windows take \
         the two for one: write '{there}', or delete or rename that first"
    )
}

impl WorkspaceError {
    /// Sorts an error of the file system by what can be done about it.
    pub(crate) fn io(doing: &'static str, path: &str, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::NotFound => Self::NotFound(path),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::NoSpace { doing, path },
            ErrorKind::NotADirectory => Self::UnderAFile(path),
            ErrorKind::IsADirectory => Self::NotAFile(path),
            // What the directory handle answers to a path that leads out: it has no code of the system behind it.
            ErrorKind::PermissionDenied if source.raw_os_error().is_none() => Self::Outside(path),
            _ => Self::Io { doing, path, source },
        }
    }

    /// The kind of failure that this is to a plugin or a person.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Path { .. }
            | Self::NotAFile(_)
            | Self::UnderAFile(_)
            | Self::Taken(_)
            | Self::NotText(_)
            | Self::Reserved(_)
            | Self::LeftOut { .. }
            | Self::ThroughLink { .. }
            | Self::Twin { .. }
            | Self::Irreplaceable(_)
            | Self::NamedTwice(_) => ErrorCode::InvalidInput,
            Self::NotFound(_) => ErrorCode::NotFound,
            Self::Outside(_) => ErrorCode::Denied,
            Self::TooLarge { .. } | Self::TooManyFiles | Self::TooMuchToRead => ErrorCode::LimitExceeded,
            Self::Over => ErrorCode::Cancelled,
            Self::NoSpace { .. } | Self::HalfDone { .. } | Self::Io { .. } => ErrorCode::Internal,
        }
    }

    /// Whether the work cannot go on: the disk or the program is to blame, rather than whoever asked, or nobody waits for
    /// it any more.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        matches!(self.code(), ErrorCode::Internal | ErrorCode::Cancelled)
    }
}

impl From<WorkspaceError> for Fault {
    fn from(error: WorkspaceError) -> Self {
        let is_full = matches!(error, WorkspaceError::NoSpace { .. });
        let Failure { message, .. } = error.into();
        match is_full {
            true => Self::DiskFull(message),
            false => Self::Other(message),
        }
    }
}

impl From<WorkspaceError> for Failure {
    fn from(error: WorkspaceError) -> Self {
        let code = error.code();
        match error {
            WorkspaceError::Io { doing, path, source } => Self::new(
                code,
                format!("{doing} '{path}' failed: {source}; look at the disk that holds the project"),
            ),
            other => Self::new(code, other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_says_so_and_counts_as_internal() {
        let error = WorkspaceError::io("writing", "a.js", ErrorKind::StorageFull.into());
        assert!(error.is_internal());
        let failure = Failure::from(error);
        assert_eq!(failure.code, ErrorCode::Internal);
        assert!(failure.message.starts_with("no space left on the disk that holds the project"), "{failure}");
    }

    #[test]
    fn what_the_file_system_said_reaches_the_reader() {
        let source = io::Error::other("lost");
        let failure = Failure::from(WorkspaceError::io("reading", "a.js", source));
        assert_eq!(failure.message, "reading 'a.js' failed: lost; look at the disk that holds the project");
    }
}

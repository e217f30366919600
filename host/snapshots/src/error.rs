//! What can go wrong with snapshots.

use orchestrator_core::{Digest, ErrorCode, Failure, Fault, ProjectId};
use orchestrator_workspace::WorkspaceError;
use std::path::PathBuf;

/// Why a snapshot was not taken, read or restored.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The project's files could not be read or written.
    #[error("{0}")]
    Workspace(#[source] WorkspaceError),
    /// The file that holds the snapshots could not be used.
    #[error("{doing} in {}", path.display())]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file that holds the snapshots could not be opened.
    #[error(
        "the snapshots in {} cannot be used ({detail}); where the disk is full, free some space; otherwise restore the file from a backup, or move it \
         away to start with none",
        path.display()
    )]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The file was made by a newer version of this program.
    #[error("{} has format {found}, this program knows {known}: use the newer program, or move the file away", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// The project has no such snapshot.
    #[error("project '{project}' has no snapshot '{id}': it was never taken, or given up since")]
    Unknown {
        /// The project.
        project: ProjectId,
        /// The id, as it was given.
        id: String,
    },
    /// The snapshot has no such file.
    #[error("there was no file '{path}' in the snapshot")]
    NoFile {
        /// The file.
        path: String,
    },
    /// The file was too large to be stored.
    #[error("'{path}' was too large to be stored: only its size and digest are known")]
    NotStored {
        /// The file.
        path: String,
    },
    /// A stored object is missing or is not what its name says.
    #[error("object {0} is damaged: the disk or another program changed the file that holds the snapshots")]
    Damaged(Digest),
    /// Files kept changing while they were read.
    #[error("the files of project '{0}' do not hold still: try again when nothing writes to them")]
    Restless(ProjectId),
    /// Too much would change at once.
    #[error(
        "restoring would write {bytes} bytes at once, at most {limit} are: restore in parts, from an archive"
    )]
    TooLarge {
        /// What would be written.
        bytes: u64,
        /// What may be.
        limit: u64,
    },
}

impl SnapshotError {
    /// The kind of failure that this is to a person.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Workspace(error) => error.code(),
            Self::Database { .. } | Self::Unusable { .. } | Self::Newer { .. } | Self::Damaged(_) => {
                ErrorCode::Internal
            }
            Self::Unknown { .. } | Self::NoFile { .. } | Self::NotStored { .. } => ErrorCode::NotFound,
            Self::Restless(_) => ErrorCode::Unavailable,
            Self::TooLarge { .. } => ErrorCode::LimitExceeded,
        }
    }
}

impl From<WorkspaceError> for SnapshotError {
    fn from(error: WorkspaceError) -> Self {
        Self::Workspace(error)
    }
}

impl From<SnapshotError> for Fault {
    fn from(error: SnapshotError) -> Self {
        let is_full = matches!(&error, SnapshotError::Database { source, .. } if is_full(source));
        if let SnapshotError::Workspace(error) = error {
            return error.into();
        }
        let Failure { message, .. } = error.into();
        match is_full {
            true => Self::DiskFull(message),
            false => Self::Other(message),
        }
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        let code = error.code();
        match error {
            SnapshotError::Workspace(error) => error.into(),
            SnapshotError::Database { source, .. } if is_full(&source) => Self::new(
                code,
                "no space left on the disk that holds the snapshots: free some space and try again",
            ),
            SnapshotError::Database { ref source, .. } => {
                Self::new(code, format!("{error} failed: {source}; look at the disk that holds it"))
            }
            other => Self::new(code, other.to_string()),
        }
    }
}

fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
}

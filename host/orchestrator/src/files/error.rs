//! Why the files of a project were not shown or changed.

use crate::projects::Holder;
use orchestrator_archive::ArchiveError;
use orchestrator_core::{Digest, ErrorCode, Failure, Fault, ProjectId, RelativePath, RunId};
use orchestrator_snapshots::SnapshotError;
use orchestrator_workspace::WorkspaceError;

/// Why the files of a project were not shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// There is no such project.
    #[error("there is no project '{id}'; {}", named(known))]
    Unknown {
        /// What was asked for.
        id: String,
        /// Some that there are.
        known: Vec<ProjectId>,
    },
    /// The project has no such file.
    #[error("{problem}")]
    NoFile {
        /// Which.
        problem: String,
        /// Some that it has, those most like the one that was asked for first.
        known: Vec<RelativePath>,
    },
    /// The project has no such snapshot.
    #[error("{problem}; the list of the project's snapshots has those that there are")]
    NoSnapshot {
        /// Which.
        problem: String,
        /// The newest that it has.
        known: Vec<String>,
    },
    /// A run is working on the project.
    #[error("run {run_id} is working on this project; wait for its end, or cancel it")]
    Busy {
        /// The run at work.
        run_id: RunId,
    },
    /// Another change of the project is being made.
    #[error("another change of this project is being made; ask again in a moment")]
    Changing,
    /// The file is not what the change was meant for.
    #[error("{}", changed_meanwhile(path, now.as_ref()))]
    ChangedMeanwhile {
        /// The file.
        path: RelativePath,
        /// The digest of what it is; none when it is not there.
        now: Option<Digest>,
    },
    /// A file would be put where one is, or where other systems see one.
    #[error("{0}")]
    FileExists(String),
    /// An import would go over files that are there.
    #[error(
        "the project '{0}' holds files already: choose another name, or have what comes in replace them (`orchestrator projects import --replace`)"
    )]
    NotEmpty(ProjectId),
    /// What was brought in cannot be used.
    #[error("{0}")]
    Archive(#[from] ArchiveError),
    /// What was asked for cannot be done with these files.
    #[error("{0}")]
    Refused(String),
    /// The program is stopping.
    #[error("the orchestrator is stopping; ask again once it is back")]
    Stopping,
    /// The disk or the program failed.
    #[error("{0}")]
    Internal(Fault),
}

fn changed_meanwhile(path: &RelativePath, now: Option<&Digest>) -> String {
    match now {
        Some(now) => format!(
            "'{path}' is not what this change was meant for: its SHA-256 is {now}; read it, and ask for the change again \
             if it still holds"
        ),
        None => format!("'{path}' is not what this change was meant for: there is no such file"),
    }
}

fn named(known: &[ProjectId]) -> String {
    match known {
        [] => "there is none yet".to_owned(),
        known => format!("there are {}", known.iter().map(ProjectId::as_str).collect::<Vec<_>>().join(", ")),
    }
}

impl ProjectError {
    /// That there is no such file; what there is in its place, whoever has the project adds (see `files/known.rs`).
    pub(super) fn no_file(problem: String) -> Self {
        Self::NoFile { problem, known: Vec::new() }
    }
}

impl From<Holder> for ProjectError {
    fn from(holder: Holder) -> Self {
        match holder {
            Holder::Run(run_id) => Self::Busy { run_id },
            Holder::Change(_) => Self::Changing,
        }
    }
}

impl From<WorkspaceError> for ProjectError {
    fn from(error: WorkspaceError) -> Self {
        match error.code() {
            _ if matches!(error, WorkspaceError::Taken(_) | WorkspaceError::Twin { .. }) => {
                Self::FileExists(error.to_string())
            }
            ErrorCode::Internal => Self::Internal(error.into()),
            ErrorCode::NotFound => Self::no_file(Failure::from(error).message),
            _ => Self::Refused(Failure::from(error).message),
        }
    }
}

impl From<SnapshotError> for ProjectError {
    fn from(error: SnapshotError) -> Self {
        match error {
            SnapshotError::Unknown { .. } => {
                Self::NoSnapshot { problem: error.to_string(), known: Vec::new() }
            }
            SnapshotError::NoFile { .. } | SnapshotError::NotStored { .. } => {
                Self::no_file(error.to_string())
            }
            SnapshotError::Workspace(error) => error.into(),
            other => match other.code() {
                ErrorCode::Internal => Self::Internal(other.into()),
                _ => Self::Refused(Failure::from(other).message),
            },
        }
    }
}

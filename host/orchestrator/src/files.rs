//! The files of projects: looking at them, taking them away, bringing them in, and making them what they were.
//!
//! What is read here is read as it is on the disk or as a snapshot has it, never from what a run said of it. What is
//! changed here is changed while no run works on the project, as a whole or not at all, and with a snapshot before and
//! after, so that it can be taken back.

mod change;
pub(crate) mod diff;
mod error;
mod import;
mod known;
mod read;
pub(crate) mod removal;
mod single;
mod source;

pub use change::Restored;
pub use diff::ProjectDiff;
pub use error::ProjectError;
pub use import::{GuessedNames, Imported, Left};
pub use read::{FileContent, Moment, ProjectArchive, ProjectFile, ProjectSummary};
pub use single::{Contents, FileChanged, Precondition};
pub use source::Source;

use crate::orchestrator::Orchestrator;
use orchestrator_core::{Fault, ProjectId};
use orchestrator_workspace::Workspace;
use std::sync::Arc;

/// Most projects, snapshots or files that an answer names.
const NAMED: usize = 20;

impl Orchestrator {
    /// The project's files, if it has a folder.
    async fn workspace(&self, project: &ProjectId) -> Result<Arc<Workspace>, ProjectError> {
        let (folder, name) = (self.inner.projects_dir.clone(), project.clone());
        match blocking(move || Ok(Workspace::find(&folder, &name)?)).await? {
            Some(workspace) => Ok(Arc::new(workspace)),
            None => Err(self.unknown_project(project.as_str()).await),
        }
    }

    /// That there is no such project, with the names of some that there are.
    pub async fn unknown_project(&self, id: &str) -> ProjectError {
        let known = self.project_ids().await.unwrap_or_default().into_iter().take(NAMED).collect();
        ProjectError::Unknown { id: id.to_owned(), known }
    }
}

/// Does `work` on a thread that may wait for the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ProjectError> + Send + 'static,
) -> Result<T, ProjectError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => {
            Err(ProjectError::Internal(Fault::Other(format!("working on the files of a project: {error}"))))
        }
    }
}

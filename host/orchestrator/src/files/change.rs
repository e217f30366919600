//! Changing a project from outside of a run.

use super::{ProjectError, blocking};
use crate::{
    orchestrator::Orchestrator,
    projects::{Claim, Holder},
};
use orchestrator_core::{Fault, FileChange, IfBusy, ProjectId};
use orchestrator_journal::NewEntry;
use orchestrator_snapshots::Cause;
use orchestrator_workspace::Workspace;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};
use utoipa::ToSchema;

/// What came of restoring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Restored {
    /// The files that changed.
    pub changes: Vec<FileChange>,
    /// The snapshot of the files as they were: restoring it takes this back.
    pub before: String,
    /// The snapshot of the files as they are.
    pub after: String,
}

impl Orchestrator {
    /// Makes a project's files those of a snapshot, all or nothing.
    ///
    /// # Errors
    /// [`ProjectError::Busy`] while a run works on the project, [`ProjectError::Changing`] while another change is made,
    /// [`ProjectError::Unknown`], [`ProjectError::NoSnapshot`], [`ProjectError::Refused`]. Nothing has changed then.
    pub async fn restore_project(
        &self,
        project: &ProjectId,
        snapshot: String,
    ) -> Result<Restored, ProjectError> {
        let snapshots = Arc::clone(&self.inner.snapshots);
        let restored = self.change("project.restore", project, Folder::Found, move |project, workspace| {
            // Asked first, so that an id that is unknown leaves no trace.
            snapshots.files(project, &snapshot)?;
            let before = snapshots.take(project, workspace, Cause::BeforeRestore, None)?.snapshot;
            let changes = snapshots.restore(project, &snapshot, workspace)?;
            let after =
                snapshots.take(project, workspace, Cause::Restored { from: snapshot }, None)?.snapshot;
            Ok(Restored { changes, before: before.id, after: after.id })
        });
        let restored = restored.await;
        self.naming_snapshots(project, restored).await
    }

    /// Does `work` while nothing else works on the project, and writes into the audit that it was done.
    ///
    /// Files and journal have no transaction in common. The entry comes second, so that it never tells of what did not
    /// happen; the snapshots around the change are there even if the program ends in between.
    pub(super) async fn change<T: Changed>(
        &self,
        action: &'static str,
        project: &ProjectId,
        folder: Folder,
        work: impl FnOnce(&ProjectId, &Workspace) -> Result<T, ProjectError> + Send + 'static,
    ) -> Result<T, ProjectError> {
        let claim = self.claim_for_change(project).await?;
        let (projects, name) = (self.inner.projects_dir.clone(), project.clone());
        let (ledger, actor) = (self.inner.journal.ledger(), self.actor.clone());
        // Not on the caller's task: one that leaves must not leave the work half done, nor the project free meanwhile.
        let done = self.inner.tasks.spawn(async move {
            let subject = name.to_string();
            let (claim, done) = blocking(move || {
                let done = folder.within(&projects, &name, &claim, |workspace| work(&name, workspace));
                Ok((claim, done))
            })
            .await?;
            drop(claim);
            let done = done?;
            let entry = NewEntry::new(actor, action, subject, done.detail());
            if let Err(error) = ledger.record(entry).await {
                tracing::error!(%error, action, "a change of a project could not be put into the audit");
            }
            Ok(done)
        });
        match done.await.unwrap_or_else(|error| Err(ProjectError::Internal(Fault::other(error)))) {
            Err(ProjectError::Unknown { id, .. }) => Err(self.unknown_project(&id).await),
            done => done,
        }
    }

    /// Claims a project for a change.
    ///
    /// # Errors
    /// [`ProjectError::Busy`], [`ProjectError::Changing`], [`ProjectError::Stopping`].
    pub(super) async fn claim_for_change(&self, project: &ProjectId) -> Result<Claim, ProjectError> {
        if self.is_stopping() {
            return Err(ProjectError::Stopping);
        }
        Ok(self.claim(project, Holder::change(), IfBusy::Reject).await?)
    }
}

/// Which projects a change may be made to. Their folder is opened once nothing else works on the project: a folder that
/// was opened before could be another's by then, or nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folder {
    /// One that is there.
    Found,
    /// Any: one that is not there is made, and goes again where nothing comes of the change.
    Made,
}

impl Folder {
    fn within<T>(
        self,
        projects: &Path,
        project: &ProjectId,
        claim: &Claim,
        work: impl FnOnce(&Workspace) -> Result<T, ProjectError>,
    ) -> Result<T, ProjectError> {
        if let Some(workspace) = Workspace::find(projects, project)? {
            return work(&workspace);
        }
        if self == Self::Found {
            return Err(ProjectError::Unknown { id: project.to_string(), known: Vec::new() });
        }
        let workspace = Workspace::open(projects, project)?;
        let done = work(&workspace);
        // A run that waits in line has the folder opened already.
        if done.is_err() && !claim.close() {
            // Only where it is empty still; what stays otherwise is a project like any other.
            let _ = std::fs::remove_dir(projects.join(project.as_str()));
        }
        done
    }
}

/// What the audit tells of a change.
pub(super) trait Changed: Send + 'static {
    fn detail(&self) -> Value;
}

impl Changed for Restored {
    fn detail(&self) -> Value {
        json!({"files": self.changes.len(), "before": self.before, "after": self.after})
    }
}

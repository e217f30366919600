//! Changing a project from outside of a run.

use super::{ProjectError, blocking};
use crate::orchestrator::Orchestrator;
use orchestrator_core::{Fault, FileChange, IfBusy, ProjectId, RunId};
use orchestrator_journal::NewEntry;
use orchestrator_snapshots::Cause;
use orchestrator_workspace::Workspace;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
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
    /// [`ProjectError::Busy`] while a run works on the project, [`ProjectError::Unknown`],
    /// [`ProjectError::NoSnapshot`], [`ProjectError::Refused`]. Nothing has changed then.
    pub async fn restore_project(
        &self,
        project: &ProjectId,
        snapshot: String,
    ) -> Result<Restored, ProjectError> {
        let workspace = self.workspace(project).await?;
        let snapshots = Arc::clone(&self.inner.snapshots);
        self.change("project.restore", project, workspace, move |project, workspace| {
            // Asked first, so that an id that is unknown leaves no trace.
            snapshots.files(project, &snapshot)?;
            let before = snapshots.take(project, workspace, Cause::BeforeRestore, None)?.snapshot;
            let changes = snapshots.restore(project, &snapshot, workspace)?;
            let after =
                snapshots.take(project, workspace, Cause::Restored { from: snapshot }, None)?.snapshot;
            Ok(Restored { changes, before: before.id, after: after.id })
        })
        .await
    }

    /// Does `work` while no run works on the project, and writes into the audit that it was done.
    ///
    /// Files and journal have no transaction in common. The entry comes second, so that it never tells of what did not
    /// happen; the snapshots around the change are there even if the program ends in between.
    pub(super) async fn change<T: Changed>(
        &self,
        action: &'static str,
        project: &ProjectId,
        workspace: Arc<Workspace>,
        work: impl FnOnce(&ProjectId, &Workspace) -> Result<T, ProjectError> + Send + 'static,
    ) -> Result<T, ProjectError> {
        if self.is_stopping() {
            return Err(ProjectError::Stopping);
        }
        let busy = |run_id| ProjectError::Busy { run_id };
        let claim = self.claim(project, RunId::generate(), IfBusy::Reject).await.map_err(busy)?;
        let project = project.clone();
        let (ledger, actor) = (self.inner.journal.ledger(), self.actor.clone());
        // Not on the caller's task: one that leaves must not leave the work half done, nor the project free meanwhile.
        let done = self.inner.tasks.spawn(async move {
            let subject = project.to_string();
            let done = blocking(move || work(&project, &workspace)).await?;
            drop(claim);
            let entry = NewEntry::new(actor, action, subject, done.detail());
            if let Err(error) = ledger.record(entry).await {
                tracing::error!(%error, action, "a change of a project could not be put into the audit");
            }
            Ok(done)
        });
        done.await.unwrap_or_else(|error| Err(ProjectError::Internal(Fault::other(error))))
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

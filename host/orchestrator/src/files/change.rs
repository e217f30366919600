//! Changing a project from outside of a run.

use super::{ProjectError, blocking};
use crate::orchestrator::Orchestrator;
use orchestrator_archive::{Format, Limits, Listed, Skipped, Unpacked, UnpackedFile, unpack};
use orchestrator_core::{Digest, Fault, FileChange, IfBusy, ProjectId, RelativePath, RunId};
use orchestrator_journal::NewEntry;
use orchestrator_snapshots::{Cause, Snapshot};
use orchestrator_workspace::{FILE_MAX, FILES_MAX, FileEdit, LEFT_OUT, Survey, Workspace};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    io::{Read, Seek},
    sync::Arc,
};
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

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Imported {
    /// The files that changed.
    pub changes: Vec<FileChange>,
    /// What was left out, and why; the first 500. Links, devices, files over the limit, names that no path of a project
    /// can have, what tools bring in or build, and what macOS and Windows keep beside files.
    pub skipped: Vec<Left>,
    /// How many there are in all.
    pub skipped_total: usize,
    /// Files whose names are not UTF-8; not there where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guessed_names: Option<GuessedNames>,
    /// The snapshot of the files as they were: restoring it takes this back.
    pub before: String,
    /// The snapshot of the files as they are.
    pub after: String,
}

/// Something that was not brought in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Left {
    /// Its name, as it was given; shortened where it is long. A folder, with `/` at its end, stands for all in it.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl From<Skipped> for Left {
    fn from(skipped: Skipped) -> Self {
        Self { name: skipped.name, reason: skipped.reason.to_string() }
    }
}

/// Files that were brought in under names that are not UTF-8 in the archive. Nothing there says which encoding they are
/// in; it was concluded from the names themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GuessedNames {
    /// The encoding that they were read in.
    pub encoding: String,
    /// The files, under the names that came of it; the first 500.
    pub paths: Vec<String>,
    /// How many files that were.
    pub total: usize,
}

impl GuessedNames {
    fn new(encoding: Option<&str>, guessed: Listed<RelativePath>) -> Option<Self> {
        let encoding = encoding?.to_owned();
        let paths = guessed.first.into_iter().map(String::from).collect();
        Some(Self { encoding, paths, total: guessed.total })
    }
}

/// Files to start from, checked.
#[derive(Debug)]
pub struct Source(Unpacked);

impl Source {
    /// Reads an archive. `strip` folders are taken off the front of each name. Blocks.
    ///
    /// # Errors
    /// What is wrong with the archive.
    pub fn archive(format: Format, archive: impl Read + Seek, strip: usize) -> Result<Self, ProjectError> {
        Ok(Self(unpack(format, archive, strip, &limits(), is_left_out)?))
    }

    /// Takes files that were checked by the rules for archives.
    #[must_use]
    pub fn checked(files: Unpacked) -> Self {
        Self(files)
    }
}

/// What may be brought in at once.
#[must_use]
pub(super) fn limits() -> Limits {
    Limits { file: FILE_MAX, files: FILES_MAX, ..Limits::default() }
}

pub(super) fn is_left_out(folder: &str) -> bool {
    LEFT_OUT.contains(&folder)
}

/// Whether a project holds the file as it is.
fn is_there(now: &Survey, file: &UnpackedFile) -> bool {
    now.file(file.path.as_str()).is_some_and(|there| {
        there.is_executable() == file.executable && there.digest == Digest::of(&file.content)
    })
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

    /// Brings files into a project, which is made if it is not there. With `replace`, files that are there and not in
    /// `source` go; without, the project must hold none.
    ///
    /// # Errors
    /// [`ProjectError::Busy`] while a run works on the project, [`ProjectError::NotEmpty`], [`ProjectError::Refused`].
    /// Nothing has changed then.
    pub async fn import_project(
        &self,
        project: &ProjectId,
        source: Source,
        replace: bool,
    ) -> Result<Imported, ProjectError> {
        let (folder, name) = (self.inner.projects_dir.clone(), project.clone());
        let workspace = Arc::new(blocking(move || Ok(Workspace::open(&folder, &name)?)).await?);
        let snapshots = Arc::clone(&self.inner.snapshots);
        self.change("project.import", project, workspace, move |project, workspace| {
            let before = snapshots.take(project, workspace, Cause::BeforeImport, None)?;
            if before.snapshot.files > 0 && !replace {
                return Err(ProjectError::NotEmpty(project.clone()));
            }
            let Unpacked { files, skipped, guessed, encoding } = source.0;
            let names: BTreeSet<_> = files.iter().map(|file| &file.path).collect();
            let there = before.survey.files().map(|(path, _)| path);
            let gone: Vec<_> = there.filter(|path| !names.contains(path)).cloned().collect();
            let changed = files.into_iter().filter(|file| !is_there(&before.survey, file));
            let writes = changed.map(|UnpackedFile { path, content, executable }| FileEdit::Write {
                path,
                content,
                executable: Some(executable),
            });
            let changes = workspace.replace_files(&before.survey, &gone, writes.collect())?;
            let after: Snapshot = snapshots.take(project, workspace, Cause::Imported, None)?.snapshot;
            Ok(Imported {
                changes,
                skipped_total: skipped.total,
                skipped: skipped.first.into_iter().map(Left::from).collect(),
                guessed_names: GuessedNames::new(encoding, guessed),
                before: before.snapshot.id,
                after: after.id,
            })
        })
        .await
    }

    /// Does `work` while no run works on the project, and writes into the audit that it was done.
    ///
    /// Files and journal have no transaction in common. The entry comes second, so that it never tells of what did not
    /// happen; the snapshots around the change are there even if the program ends in between.
    async fn change<T: Changed>(
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
trait Changed: Send + 'static {
    fn detail(&self) -> Value;
}

impl Changed for Restored {
    fn detail(&self) -> Value {
        json!({"files": self.changes.len(), "before": self.before, "after": self.after})
    }
}

impl Changed for Imported {
    fn detail(&self) -> Value {
        json!({
            "files": self.changes.len(),
            "skipped": self.skipped_total,
            "before": self.before,
            "after": self.after,
        })
    }
}

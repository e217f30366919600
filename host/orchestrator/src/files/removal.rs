//! Deleting a project: its files, its snapshots and its runs.
//!
//! These are in three places that have no transaction in common, so that it will be done is written down first, with who
//! asked for it. From then on it is finished, whatever comes in between: a step that fails is repeated until it succeeds,
//! and what a program that was killed had begun is finished by the next start, before anything can use the project's name.
//!
//! The folder is renamed to a name that no project has before anything else goes, so nobody sees half of it; what is in it
//! is removed last, when the name is free again, and by the next start where that was cut short.

use super::{ProjectError, blocking};
use crate::{
    orchestrator::Orchestrator,
    projects::{Claim, Holder, Projects},
};
use orchestrator_core::{Actor, Fault, IfBusy, ProjectId, RunId};
use orchestrator_journal::{Journal, JournalError, NewEntry, Removable};
use orchestrator_snapshots::Snapshots;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What the names of folders begin with that are no project any more. No project's id has a `+`.
const GONE_PREFIX: &str = "+gone-";
/// Under which settings it is written down that a project is to go.
const SETTINGS: &str = "deleting/";
/// The pause before a step that failed is repeated.
const PAUSE: Duration = Duration::from_secs(5);

/// Whether a folder beside those of projects is what is left of one.
fn is_gone(name: &str) -> bool {
    name.starts_with(GONE_PREFIX)
}

/// What is written down of a project that is to go.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Intent {
    /// Who asked for it.
    actor: Actor,
}

/// The deletion of one project, which is written down.
#[derive(Clone)]
pub(crate) struct Removal {
    journal: Journal,
    snapshots: Arc<Snapshots>,
    projects: PathBuf,
    project: ProjectId,
    actor: Actor,
}

impl Orchestrator {
    /// Deletes a project: its files, its snapshots and its runs. The audit keeps what it has of them. The name is free
    /// afterwards.
    ///
    /// # Errors
    /// [`ProjectError::Unknown`], [`ProjectError::Busy`] while a run works on the project or waits for it,
    /// [`ProjectError::Changing`]; nothing is deleted then. [`ProjectError::Internal`]: the rest is done once that works,
    /// and the project cannot be used before.
    pub async fn delete_project(&self, project: &ProjectId) -> Result<(), ProjectError> {
        let claim = self.claim_for_change(project).await?;
        if claim.close() {
            return Err(ProjectError::Changing);
        }
        self.workspace(project).await?;
        let owed = self.inner.endings.states().into_iter().find(|run| run.request.project_id == *project);
        if let Some(run) = owed {
            return Err(ProjectError::Busy { run_id: run.run_id });
        }
        let removal = Removal {
            journal: self.inner.journal.clone(),
            snapshots: Arc::clone(&self.inner.snapshots),
            projects: self.inner.projects_dir.clone(),
            project: project.clone(),
            actor: self.actor.clone(),
        };
        let (stopping, tasks) = (self.inner.stopping.clone(), self.inner.tasks.clone());
        // Not on the caller's task: one that leaves must not leave the project half deleted.
        let done = self.inner.tasks.spawn(async move {
            removal.begin().await?;
            let done = removal.finish().await;
            match &done {
                Ok(()) => drop(claim),
                Err(_) => removal.clone().finish_in_time(claim, stopping.clone(), &tasks),
            }
            blocking(move || {
                sweep(&removal.projects, &stopping);
                Ok(())
            })
            .await?;
            done
        });
        done.await.unwrap_or_else(|error| Err(ProjectError::Internal(Fault::other(error))))
    }
}

impl Removal {
    /// Those that are written down and not done.
    async fn left(
        journal: &Journal,
        snapshots: &Arc<Snapshots>,
        projects: &Path,
    ) -> Result<Vec<Self>, JournalError> {
        let settings = journal.settings(SETTINGS).await?;
        let left = settings.into_iter().filter_map(|setting| {
            let project = ProjectId::new(setting.key.strip_prefix(SETTINGS)?).ok()?;
            let intent = serde_json::from_value(setting.value);
            let Intent { actor } = intent.unwrap_or(Intent { actor: Actor::UNKNOWN });
            Some(Self {
                journal: journal.clone(),
                snapshots: Arc::clone(snapshots),
                projects: projects.to_owned(),
                project,
                actor,
            })
        });
        Ok(left.collect())
    }

    /// Finishes those that are written down, before anything else uses the data folder. Of one that cannot be finished now
    /// the project stays claimed until it is.
    pub(crate) async fn finish_all(
        journal: &Journal,
        snapshots: &Arc<Snapshots>,
        (folder, projects): (&Path, &Projects),
        (tasks, stopping): (&TaskTracker, &CancellationToken),
    ) -> Result<(), JournalError> {
        for removal in Self::left(journal, snapshots, folder).await? {
            if removal.finish().await.is_err()
                && let Ok(claim) = projects.claim(&removal.project, Holder::change(), IfBusy::Reject)
            {
                claim.close();
                removal.finish_in_time(claim, stopping.clone(), tasks);
            }
        }
        Ok(())
    }

    /// Writes it down and takes the folder out of sight. Where either cannot be done, nothing is.
    async fn begin(&self) -> Result<(), ProjectError> {
        let (snapshots, project) = (Arc::clone(&self.snapshots), self.project.clone());
        // Asked first, so that nothing is begun where they could not be forgotten.
        blocking(move || Ok(snapshots.list(&project, None, 1).map(drop)?)).await?;
        let intent = json!(Intent { actor: self.actor.clone() });
        self.journal.put_setting(&self.key(), &intent).await.map_err(internal)?;
        let aside = self.put_aside().await;
        if aside.is_err() {
            self.journal.delete_setting(&self.key()).await.map_err(internal)?;
        }
        aside
    }

    async fn put_aside(&self) -> Result<(), ProjectError> {
        let (projects, project) = (self.projects.clone(), self.project.clone());
        blocking(move || {
            put_aside(&projects, &project).map_err(|error| {
                let what = format!("moving the folder of project '{project}' away: {error}");
                ProjectError::Internal(Fault::Other(what))
            })
        })
        .await
    }

    fn key(&self) -> String {
        format!("{SETTINGS}{}", self.project)
    }

    /// Does what is left to do. Each part can be repeated.
    async fn finish(&self) -> Result<(), ProjectError> {
        self.put_aside().await?;
        let (snapshots, project) = (Arc::clone(&self.snapshots), self.project.clone());
        blocking(move || Ok(snapshots.forget(&project)?)).await?;
        let runs = self.journal.runs_of(self.project.clone()).await.map_err(internal)?;
        for run in &runs {
            self.journal.remove_run(*run, Removable::Any, None).await.map_err(internal)?;
        }
        let detail = json!({"runs": runs.len()});
        let entry = NewEntry::new(self.actor.clone(), "project.delete", self.project.to_string(), detail);
        self.journal.ledger().set(&self.key(), None, entry).await.map(drop).map_err(internal)
    }

    /// Repeats [`Self::finish`] in the background until it succeeds, or the program stops. Nobody has the project meanwhile.
    fn finish_in_time(self, claim: Claim, stopping: CancellationToken, tasks: &TaskTracker) {
        tracing::error!(project = %self.project, "the project could not be deleted yet");
        tasks.spawn(async move {
            loop {
                tokio::select! {
                    () = stopping.cancelled() => break,
                    () = tokio::time::sleep(PAUSE) => {}
                }
                match self.finish().await {
                    Ok(()) => break tracing::info!(project = %self.project, "the project is deleted now"),
                    Err(error) => {
                        tracing::debug!(project = %self.project, %error, "it cannot be deleted yet")
                    }
                }
            }
            drop(claim);
        });
    }
}

fn internal(error: JournalError) -> ProjectError {
    ProjectError::Internal(error.into())
}

/// Gives the project's folder a name that no project has.
fn put_aside(projects: &Path, project: &ProjectId) -> io::Result<()> {
    let aside = projects.join(format!("{GONE_PREFIX}{}", RunId::generate()));
    match fs::rename(projects.join(project.as_str()), aside) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        renamed => renamed,
    }
}

/// Removes what is left of projects, one after the other, until the program stops. What cannot be removed is for the next
/// start to try.
pub(crate) fn sweep(projects: &Path, stopping: &CancellationToken) {
    let Ok(entries) = fs::read_dir(projects) else { return };
    for entry in entries.flatten().take_while(|_| !stopping.is_cancelled()) {
        if !entry.file_name().to_str().is_some_and(is_gone) {
            continue;
        }
        match fs::remove_dir_all(entry.path()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let folder = entry.path();
                tracing::warn!(folder = %folder.display(), %error, "what is left of a project could not be removed");
            }
            _ => {}
        }
    }
}

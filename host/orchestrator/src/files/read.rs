//! Looking at files, as they are or as a snapshot has them.

use super::{ProjectError, blocking};
use crate::{orchestrator::Orchestrator, part::Part};
use orchestrator_archive::{Format, Packed, pack};
use orchestrator_core::{Digest, ProjectId, RelativePath, RunId};
use orchestrator_core::{Fault, Timestamp};
use orchestrator_snapshots::{Snapshot, SnapshotFile, Snapshots};
use orchestrator_workspace::{FILE_MAX, Workspace};
use serde::{Deserialize, Serialize};
use std::{io::Write, sync::Arc};
use utoipa::ToSchema;

/// A project in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectSummary {
    /// The project.
    pub project_id: ProjectId,
    /// How many files it holds, without what tools brought in or built.
    pub files: u64,
    /// Bytes of these files.
    pub bytes: u64,
    /// The newest run on it; none when files were only imported.
    pub last_run: Option<RunId>,
}

/// A file in the tree of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectFile {
    /// Relative to the project's root, with `/`.
    #[schema(value_type = String)]
    pub path: RelativePath,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// Whether it can be started as a program.
    pub executable: bool,
    /// When it was last changed, RFC 3339 UTC; none in a snapshot.
    pub modified: Option<Timestamp>,
}

/// A file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileContent {
    /// The file.
    pub path: RelativePath,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Their digest.
    pub digest: Digest,
}

/// When the files are to be looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Moment {
    /// As they are.
    #[default]
    Now,
    /// As this snapshot has them; its id, or the beginning of it.
    Snapshot(String),
}

impl From<Option<String>> for Moment {
    fn from(snapshot: Option<String>) -> Self {
        snapshot.map_or(Self::Now, Self::Snapshot)
    }
}

/// Where a file of a [`Moment`] is read.
pub(super) enum ContentAt {
    Disk(Arc<Workspace>, RelativePath),
    Store(Arc<Snapshots>, SnapshotFile),
}

impl ContentAt {
    pub(super) fn read(&self) -> Result<Vec<u8>, ProjectError> {
        match self {
            Self::Disk(workspace, path) => Ok(workspace.read(path)?),
            Self::Store(snapshots, file) => Ok(snapshots.content(file)?),
        }
    }
}

/// A project that is about to be taken away.
pub struct ProjectArchive {
    files: Vec<(ProjectFile, ContentAt)>,
    format: Format,
}

impl ProjectArchive {
    /// Writes it. Blocks for as long as `out` does.
    ///
    /// # Errors
    /// When a file cannot be read any more, or `out` cannot be written.
    pub fn write(self, out: impl Write) -> Result<(), ProjectError> {
        let files = self.files.into_iter().map(|(file, place)| {
            Ok::<_, ProjectError>(Packed {
                content: place.read()?,
                path: file.path,
                executable: file.executable,
            })
        });
        pack(self.format, out, files)
    }
}

impl Orchestrator {
    pub(super) async fn project_ids(&self) -> Result<Vec<ProjectId>, ProjectError> {
        let folder = self.inner.projects_dir.clone();
        blocking(move || {
            let failed = |error| {
                ProjectError::Internal(Fault::Other(format!("listing {}: {error}", folder.display())))
            };
            let entries = std::fs::read_dir(&folder).map_err(failed)?.flatten();
            let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
            let names = folders.filter_map(|entry| entry.file_name().into_string().ok());
            let mut ids: Vec<_> = names.filter_map(|name| ProjectId::new(name).ok()).collect();
            ids.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
            Ok(ids)
        })
        .await
    }

    /// Projects, sorted by name: at most `limit`, of those after `after`, which need not be there any more. Costs a look
    /// at the files of each of these.
    ///
    /// # Errors
    /// [`ProjectError::Internal`].
    pub async fn projects(
        &self,
        after: Option<&ProjectId>,
        limit: usize,
    ) -> Result<Part<ProjectSummary, ProjectId>, ProjectError> {
        let mut page = self.project_ids().await?;
        let begin = after.map_or(0, |after| page.partition_point(|id| id.as_str() <= after.as_str()));
        page.drain(..begin);
        let Part { items: page, next } = Part::of(page, limit, ProjectId::clone);
        let newest = self.inner.journal.newest_runs(page.clone()).await;
        let newest = newest.map_err(|error| ProjectError::Internal(error.into()))?;
        let mut projects = Vec::new();
        for (project_id, last_run) in page.into_iter().zip(newest) {
            // One that was deleted meanwhile is none.
            let Ok(workspace) = self.workspace(&project_id).await else { continue };
            let files = workspace.blocking(Workspace::list).await.unwrap_or_default();
            projects.push(ProjectSummary {
                last_run,
                project_id,
                files: files.len() as u64,
                bytes: files.iter().map(|file| file.size).sum(),
            });
        }
        Ok(Part { items: projects, next })
    }

    /// A project's files, sorted by path: all of them, as they were at one moment.
    ///
    /// # Errors
    /// [`ProjectError::Unknown`], [`ProjectError::NoSnapshot`], [`ProjectError::Internal`].
    pub async fn project_files(
        &self,
        project: &ProjectId,
        moment: Moment,
    ) -> Result<Vec<ProjectFile>, ProjectError> {
        Ok(self.places(project, moment).await?.into_iter().map(|(file, _)| file).collect())
    }

    /// A file's content.
    ///
    /// # Errors
    /// [`ProjectError::Unknown`], [`ProjectError::NoSnapshot`], [`ProjectError::NoFile`], [`ProjectError::Refused`] for
    /// what is no file or is too large.
    pub async fn project_file(
        &self,
        project: &ProjectId,
        path: RelativePath,
        moment: Moment,
    ) -> Result<FileContent, ProjectError> {
        let read = self.content(project, path.clone(), moment.clone()).await;
        self.naming(project, &path, moment, read).await
    }

    async fn content(
        &self,
        project: &ProjectId,
        path: RelativePath,
        moment: Moment,
    ) -> Result<FileContent, ProjectError> {
        let place = match moment {
            Moment::Now => ContentAt::Disk(self.workspace(project).await?, path.clone()),
            Moment::Snapshot(_) => {
                let places = self.places_at(project, moment).await?;
                let found = places.into_iter().find(|(file, _)| file.path == path);
                let missing = || ProjectError::no_file(format!("there was no file '{path}' in the snapshot"));
                found.ok_or_else(missing)?.1
            }
        };
        blocking(move || {
            let content = place.read()?;
            Ok(FileContent { path, digest: Digest::of(&content), content })
        })
        .await
    }

    /// The snapshots of a project, newest first: at most `limit`, of those after the place `after`.
    ///
    /// # Errors
    /// [`ProjectError::Unknown`], [`ProjectError::Internal`].
    pub async fn project_snapshots(
        &self,
        project: &ProjectId,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Part<Snapshot, i64>, ProjectError> {
        self.workspace(project).await?;
        let (snapshots, project) = (Arc::clone(&self.inner.snapshots), project.clone());
        let found = blocking(move || Ok(snapshots.list(&project, after, limit.saturating_add(1))?)).await?;
        Ok(Part::of(found, limit, |(number, _)| *number).map(|(_, snapshot)| snapshot))
    }

    /// A project, to be taken away as one file.
    ///
    /// # Errors
    /// [`ProjectError::Unknown`], [`ProjectError::NoSnapshot`], [`ProjectError::Internal`].
    pub async fn project_archive(
        &self,
        project: &ProjectId,
        moment: Moment,
        format: Format,
    ) -> Result<ProjectArchive, ProjectError> {
        let mut files = self.places(project, moment).await?;
        files.retain(|(file, _)| file.size <= FILE_MAX);
        Ok(ProjectArchive { files, format })
    }

    /// The files of a moment, sorted by path, with where each is read.
    pub(super) async fn places(
        &self,
        project: &ProjectId,
        moment: Moment,
    ) -> Result<Vec<(ProjectFile, ContentAt)>, ProjectError> {
        let places = self.places_at(project, moment).await;
        self.naming_snapshots(project, places).await
    }

    /// The same, without what there is in place of a snapshot that is not there.
    pub(super) async fn places_at(
        &self,
        project: &ProjectId,
        moment: Moment,
    ) -> Result<Vec<(ProjectFile, ContentAt)>, ProjectError> {
        let workspace = self.workspace(project).await?;
        let (snapshots, project) = (Arc::clone(&self.inner.snapshots), project.clone());
        let files = Arc::clone(&workspace);
        // The look ends when nobody waits for it any more.
        let look = move |workspace: &Workspace| match moment {
            Moment::Now => on_disk(&snapshots, &project, workspace, &files),
            Moment::Snapshot(id) => {
                let files = snapshots.files(&project, &id)?.into_iter();
                let places =
                    files.map(|file| (of_snapshot(&file), ContentAt::Store(Arc::clone(&snapshots), file)));
                Ok(places.collect())
            }
        };
        workspace.blocking_as(look).await
    }
}

fn on_disk(
    snapshots: &Snapshots,
    project: &ProjectId,
    workspace: &Workspace,
    files: &Arc<Workspace>,
) -> Result<Vec<(ProjectFile, ContentAt)>, ProjectError> {
    let survey = snapshots.survey(project, workspace)?;
    let files = survey.files().map(|(path, file)| {
        let modified = Timestamp::from_nanosecond(i128::from(file.modified())).ok();
        let entry = ProjectFile {
            path: path.clone(),
            size: file.size(),
            sha256: file.digest.to_string(),
            executable: file.is_executable(),
            modified: modified.filter(|time| *time != Timestamp::UNIX_EPOCH),
        };
        (entry, ContentAt::Disk(Arc::clone(files), path.clone()))
    });
    Ok(files.collect())
}

fn of_snapshot(file: &SnapshotFile) -> ProjectFile {
    ProjectFile {
        path: file.path.clone(),
        size: file.size,
        sha256: file.digest.to_string(),
        executable: file.executable,
        modified: None,
    }
}

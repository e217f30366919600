//! What changed between two moments, as a unified diff.

use super::{
    Moment, ProjectError, blocking,
    read::{ContentAt, ProjectFile},
};
use crate::orchestrator::Orchestrator;
use orchestrator_core::{Fault, ProjectId, RelativePath};
use orchestrator_patch::{PairBudget, make_opaque, make_within};
use orchestrator_snapshots::{Cause, Snapshot};
use std::{collections::BTreeMap, io::Write, sync::Arc};

/// Files of one diff that may be made to take long.
const COMPARED: usize = 16;
/// Snapshots among which the beginning of the last run is looked for.
const LOOKED_AT: usize = 500;

impl Orchestrator {
    /// The unified diff that leads from one moment of a project to another. Without `from`, from before its last run;
    /// when there was none, from nothing.
    ///
    /// # Errors
    /// [`ProjectError::Unknown`], [`ProjectError::NoSnapshot`], [`ProjectError::Internal`].
    pub async fn project_diff(
        &self,
        project: &ProjectId,
        from: Option<String>,
        to: Moment,
    ) -> Result<ProjectDiff, ProjectError> {
        let from = match from {
            Some(from) => Some(from),
            None => self.before_last_run(project).await?,
        };
        let old = match from {
            Some(from) => self.places(project, Moment::Snapshot(from)).await?,
            None => Vec::new(),
        };
        let new = self.places(project, to).await?;
        Ok(ProjectDiff::between(old, new))
    }

    /// The snapshot of the files as the newest run found them.
    async fn before_last_run(&self, project: &ProjectId) -> Result<Option<String>, ProjectError> {
        let (snapshots, project) = (Arc::clone(&self.inner.snapshots), project.clone());
        blocking(move || {
            let all = snapshots.list(&project, None, LOOKED_AT)?;
            let all: Vec<_> = all.into_iter().map(|(_, snapshot)| snapshot).collect();
            let last_run = all.iter().find_map(run_of);
            // Newest first, so the last one of the run is its first.
            Ok(all
                .iter()
                .rfind(|snapshot| run_of(snapshot) == last_run && last_run.is_some())
                .map(|s| s.id.clone()))
        })
        .await
    }
}

fn run_of(snapshot: &Snapshot) -> Option<orchestrator_core::RunId> {
    match snapshot.cause {
        Cause::Step { run_id, .. } => Some(run_id),
        _ => None,
    }
}

/// A file on both sides of a diff; none where it is not there.
type Sides = [Option<(ProjectFile, ContentAt)>; 2];

/// What a file holds on one side.
enum Side {
    Missing,
    Content(Vec<u8>),
    /// More than is read, or what became unreadable meanwhile.
    Opaque,
}

impl Side {
    fn content(&self) -> Option<&[u8]> {
        match self {
            Self::Content(content) => Some(content),
            Self::Missing | Self::Opaque => None,
        }
    }
}

fn read(side: Option<(ProjectFile, ContentAt)>) -> Result<Side, ProjectError> {
    match side.map(|(_, place)| place.read()) {
        None => Ok(Side::Missing),
        Some(Ok(content)) => Ok(Side::Content(content)),
        Some(Err(error @ ProjectError::Internal(_))) => Err(error),
        Some(Err(_)) => Ok(Side::Opaque),
    }
}

/// What changed between two moments, about to be told file by file.
pub struct ProjectDiff {
    /// The files that differ.
    files: BTreeMap<RelativePath, Sides>,
}

impl ProjectDiff {
    fn between(old: Vec<(ProjectFile, ContentAt)>, new: Vec<(ProjectFile, ContentAt)>) -> Self {
        let mut files: BTreeMap<RelativePath, Sides> = BTreeMap::new();
        for (side, found) in [old, new].into_iter().enumerate() {
            for (file, place) in found {
                if let Some(slot) = files.entry(file.path.clone()).or_default().get_mut(side) {
                    *slot = Some((file, place));
                }
            }
        }
        let digest =
            |side: &Option<(ProjectFile, ContentAt)>| side.as_ref().map(|(file, _)| file.sha256.clone());
        files.retain(|_, [old, new]| digest(old) != digest(new));
        Self { files }
    }

    /// Writes it as a unified diff, one file at a time in memory. Blocks for as long as `out` does, and for some seconds
    /// where the files are made to take long: beyond that their lines are told as replaced.
    ///
    /// # Errors
    /// When a file cannot be read any more, or `out` cannot be written.
    pub fn write(self, mut out: impl Write) -> Result<(), ProjectError> {
        let mut budget = PairBudget::files(COMPARED);
        for (path, [old, new]) in self.files {
            let (was, is) = (old.is_some(), new.is_some());
            let diff = match (read(old)?, read(new)?) {
                (Side::Opaque, _) | (_, Side::Opaque) => make_opaque(&path, was, is),
                (old, new) => make_within(&path, old.content(), new.content(), &mut budget),
            };
            out.write_all(&diff).map_err(|error| {
                ProjectError::Internal(Fault::Other(format!("writing a diff of '{path}': {error}")))
            })?;
        }
        Ok(())
    }
}

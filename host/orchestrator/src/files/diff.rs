//! What changed between two moments, as a unified diff.

use super::{
    Moment, ProjectError, blocking,
    read::{ContentAt, ProjectFile},
};
use crate::orchestrator::Orchestrator;
use orchestrator_core::{ProjectId, RelativePath};
use orchestrator_patch::{PairBudget, make_opaque, make_within};
use orchestrator_snapshots::{Cause, Snapshot};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::Semaphore;

/// Files of one diff that may be made to take long.
const COMPARED: usize = 16;
/// Bytes of a diff that are worth sending.
const PART: usize = 64 * 1024;
/// Files that are compared at the same time, of all diffs together. Each takes up to 200 MB while it is.
pub(crate) const AT_ONCE: usize = 2;
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
        Ok(ProjectDiff::between(old, new, Arc::clone(&self.inner.comparing)))
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
    /// The files that differ and were not told yet.
    files: BTreeMap<RelativePath, Sides>,
    budget: PairBudget,
    comparing: Arc<Semaphore>,
}

impl ProjectDiff {
    fn between(
        old: Vec<(ProjectFile, ContentAt)>,
        new: Vec<(ProjectFile, ContentAt)>,
        comparing: Arc<Semaphore>,
    ) -> Self {
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
        Self { files, budget: PairBudget::files(COMPARED), comparing }
    }

    /// The next part of the unified diff, of one file or several small ones; none at its end. Waits for its turn: some
    /// files are compared at a time, whoever asks. Where files are made to take long, the lines of those beyond a budget
    /// are told as replaced.
    ///
    /// # Errors
    /// When a file cannot be read any more. Nothing comes after that.
    pub async fn next(&mut self) -> Option<Result<Vec<u8>, ProjectError>> {
        let mut files = std::mem::take(&mut self.files);
        if files.is_empty() {
            return None;
        }
        let turn = Arc::clone(&self.comparing).acquire_owned().await;
        let mut budget = self.budget.clone();
        let compared = blocking(move || {
            let mut text = Vec::new();
            while text.len() < PART
                && let Some((path, sides)) = files.pop_first()
            {
                text.extend(compare(&path, sides, &mut budget)?);
            }
            drop(turn);
            Ok((text, files, budget))
        });
        let (text, files, budget) = match compared.await {
            Ok(done) => done,
            Err(error) => return Some(Err(error)),
        };
        (self.files, self.budget) = (files, budget);
        Some(Ok(text))
    }
}

fn compare(path: &RelativePath, [old, new]: Sides, budget: &mut PairBudget) -> Result<Vec<u8>, ProjectError> {
    let (was, is) = (old.is_some(), new.is_some());
    Ok(match (read(old)?, read(new)?) {
        (Side::Opaque, _) | (_, Side::Opaque) => make_opaque(path, was, is),
        (old, new) => make_within(path, old.content(), new.content(), budget),
    })
}

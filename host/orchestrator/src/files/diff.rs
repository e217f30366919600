//! What changed between two moments, as a unified diff.

use super::{
    Moment, ProjectError, blocking,
    read::{ContentAt, ProjectFile},
};
use crate::orchestrator::Orchestrator;
use orchestrator_core::{ProjectId, RelativePath};
use orchestrator_snapshots::{Cause, Snapshot};
use std::{collections::BTreeMap, sync::Arc};

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
    ) -> Result<Vec<u8>, ProjectError> {
        let from = match from {
            Some(from) => Some(from),
            None => self.before_last_run(project).await?,
        };
        let old = match from {
            Some(from) => self.places(project, Moment::Snapshot(from)).await?,
            None => Vec::new(),
        };
        let new = self.places(project, to).await?;
        blocking(move || diff(old, new)).await
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

fn diff(
    old: Vec<(ProjectFile, ContentAt)>,
    new: Vec<(ProjectFile, ContentAt)>,
) -> Result<Vec<u8>, ProjectError> {
    let mut sides: BTreeMap<RelativePath, [Option<(ProjectFile, ContentAt)>; 2]> = BTreeMap::new();
    for (side, files) in [old, new].into_iter().enumerate() {
        for (file, place) in files {
            if let Some(slot) = sides.entry(file.path.clone()).or_default().get_mut(side) {
                *slot = Some((file, place));
            }
        }
    }
    let mut text = Vec::new();
    for (path, [old, new]) in &sides {
        let digest =
            |side: &Option<(ProjectFile, ContentAt)>| side.as_ref().map(|(file, _)| file.sha256.clone());
        if digest(old) != digest(new) {
            let read = |side: &Option<(ProjectFile, ContentAt)>| match side {
                Some((_, place)) => place.read().map(Some),
                None => Ok(None),
            };
            text.extend(orchestrator_patch::make(path, read(old)?.as_deref(), read(new)?.as_deref()));
        }
    }
    Ok(text)
}

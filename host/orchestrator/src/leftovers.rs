//! What an earlier program left because it was killed, removed in the background of a start: temporary folders, what is
//! left of projects that were deleted, and files staged in projects. Cgroups go when the sandbox looks where it can make some.

use crate::files::removal;
use orchestrator_command::Scratch;
use orchestrator_core::ProjectId;
use orchestrator_workspace::Workspace;
use std::{fs, path::Path};
use tokio_util::sync::CancellationToken;

/// Looks at all projects, one after the other, until the program stops.
pub(crate) fn remove(projects: &Path, stopping: &CancellationToken) {
    Scratch::remove_leftovers();
    removal::sweep(projects, stopping);
    let Ok(entries) = fs::read_dir(projects) else { return };
    let mut removed = 0;
    for entry in entries.flatten().take_while(|_| !stopping.is_cancelled()) {
        let Some(Ok(project)) = entry.file_name().to_str().map(ProjectId::new) else { continue };
        let workspace = Workspace::find(projects, &project);
        match workspace.and_then(|found| found.map_or(Ok(0), |workspace| workspace.remove_leftovers())) {
            Ok(files) => removed += files,
            Err(error) => {
                tracing::warn!(%project, %error, "what an earlier program had staged could not be removed");
            }
        }
    }
    if removed > 0 {
        tracing::info!(files = removed, "removed what an earlier program had staged when it was killed");
    }
}

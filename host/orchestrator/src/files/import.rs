//! Bringing files into a project.

mod left;
mod plan;

pub use left::Left;

use super::{
    ProjectError, Source,
    change::{Changed, Folder},
};
use crate::orchestrator::Orchestrator;
use orchestrator_archive::{Guess, Listed, Unpacked};
use orchestrator_core::{FileChange, ProjectId, RelativePath};
use orchestrator_snapshots::{Cause, Snapshot};
use plan::Plan;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

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
    /// Files that `replace` did not take away though they are not among what came in, and why; the first 500.
    #[serde(default)]
    pub kept: Vec<Left>,
    /// How many there are in all.
    #[serde(default)]
    pub kept_total: usize,
    /// Files whose names are not UTF-8; not there where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guessed_names: Option<GuessedNames>,
    /// The snapshot of the files as they were: restoring it takes this back.
    pub before: String,
    /// The snapshot of the files as they are.
    pub after: String,
}

/// Files that were brought in under names that are not UTF-8 in the archive. Nothing there says which encoding they are
/// in; it was concluded from the names themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GuessedNames {
    /// The encoding that they were read in.
    pub encoding: String,
    /// Whether the names may as well be others: they would be names in another encoding too, or have too few letters to
    /// tell.
    #[serde(default)]
    pub doubtful: bool,
    /// Encodings in which they would be names as well, and other ones; not there where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
    /// The files, under the names that came of it; the first 500.
    pub paths: Vec<String>,
    /// How many files that were.
    pub total: usize,
}

impl GuessedNames {
    fn new(guess: Guess, guessed: Listed<RelativePath>) -> Self {
        let Guess { encoding, doubtful, others } = guess;
        Self {
            encoding: encoding.to_owned(),
            doubtful,
            others: others.into_iter().map(str::to_owned).collect(),
            paths: guessed.first.into_iter().map(String::from).collect(),
            total: guessed.total,
        }
    }
}

impl Orchestrator {
    /// Brings files into a project, which is made if it is not there. With `replace`, files that are there and not in
    /// `source` go; without, the project must hold none. A file stays, and is listed as kept, where what came for its
    /// place was left out, and where no snapshot could bring it back.
    ///
    /// # Errors
    /// [`ProjectError::Busy`] while a run works on the project, [`ProjectError::Changing`], [`ProjectError::NotEmpty`],
    /// [`ProjectError::Refused`]. Nothing has changed then.
    pub async fn import_project(
        &self,
        project: &ProjectId,
        source: Source,
        replace: bool,
    ) -> Result<Imported, ProjectError> {
        let snapshots = Arc::clone(&self.inner.snapshots);
        self.change("project.import", project, Folder::Made, move |project, workspace| {
            let before = snapshots.take(project, workspace, Cause::BeforeImport, None)?;
            if before.snapshot.files > 0 && !replace {
                return Err(ProjectError::NotEmpty(project.clone()));
            }
            let Unpacked { files, mut skipped, guessed, guess, withheld, held } = source.into_files();
            let Plan { gone, writes, kept, in_the_way } = Plan::new(&before.survey, files, withheld)?;
            in_the_way.into_iter().for_each(|left| skipped.push(left));
            let changes = workspace.replace_files(&before.survey, &gone, writes)?;
            // What it took is given back once it is written.
            drop(held);
            let after: Snapshot = snapshots.take(project, workspace, Cause::Imported, None)?.snapshot;
            Ok(Imported {
                changes,
                skipped_total: skipped.total,
                skipped: skipped.first.into_iter().map(Left::from).collect(),
                kept_total: kept.total,
                kept: kept.first,
                guessed_names: guess.map(|guess| GuessedNames::new(guess, guessed)),
                before: before.snapshot.id,
                after: after.id,
            })
        })
        .await
    }
}

impl Changed for Imported {
    fn detail(&self) -> Value {
        json!({
            "files": self.changes.len(),
            "skipped": self.skipped_total,
            "kept": self.kept_total,
            "before": self.before,
            "after": self.after,
        })
    }
}

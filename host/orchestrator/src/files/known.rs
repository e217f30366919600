//! What there is in place of what was asked for: a refusal that names it spares whoever asked another request.

use super::{Moment, NAMED, ProjectError};
use crate::orchestrator::Orchestrator;
use orchestrator_core::{ProjectId, RelativePath};

impl Orchestrator {
    /// Adds to a refusal of something that is not there what is: snapshots, or files like `path` at `moment`.
    pub(super) async fn naming<T>(
        &self,
        project: &ProjectId,
        path: &RelativePath,
        moment: Moment,
        done: Result<T, ProjectError>,
    ) -> Result<T, ProjectError> {
        match done {
            Err(ProjectError::NoFile { problem, .. }) => {
                let files = self.places_at(project, moment).await.unwrap_or_default();
                let mut known: Vec<_> = files.into_iter().map(|(file, _)| file.path).collect();
                known.sort_by_cached_key(|known| (distance(path.as_str(), known.as_str()), known.clone()));
                known.truncate(NAMED);
                Err(ProjectError::NoFile { problem, known })
            }
            done => self.naming_snapshots(project, done).await,
        }
    }

    /// Adds to a refusal of a snapshot that is not there the newest of those that are.
    pub(super) async fn naming_snapshots<T>(
        &self,
        project: &ProjectId,
        done: Result<T, ProjectError>,
    ) -> Result<T, ProjectError> {
        let Err(ProjectError::NoSnapshot { problem, .. }) = done else { return done };
        let newest = self.project_snapshots(project, None, NAMED).await.map(|part| part.items);
        let known = newest.unwrap_or_default().into_iter().map(|snapshot| snapshot.id).collect();
        Err(ProjectError::NoSnapshot { problem, known })
    }
}

/// How far a path is from the one that was asked for: the same name elsewhere is nearest, then what is in the same folder.
fn distance(asked: &str, known: &str) -> (bool, bool) {
    let split = |path: &str| match path.rsplit_once('/') {
        Some((folder, name)) => (folder.to_lowercase(), name.to_lowercase()),
        None => (String::new(), path.to_lowercase()),
    };
    let ((asked_folder, asked_name), (folder, name)) = (split(asked), split(known));
    (asked_name != name, asked_folder != folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_most_like_it_comes_first() {
        let mut known = ["README.md", "docs/api.md", "src/App.tsx", "src/app.css", "test/app.tsx"];
        known.sort_by_key(|known| (distance("src/app.tsx", known), *known));
        assert_eq!(known, ["src/App.tsx", "test/app.tsx", "src/app.css", "README.md", "docs/api.md"]);
    }
}

//! Names that are one name on other systems.
//!
//! macOS and Windows do not tell `App.js` from `app.js`, and macOS does not tell an `é` that is one character from one
//! that is two. A project with both cannot be checked out there. So whoever is about to make a file by a name that a
//! model chose asks here first.
//!
//! Only the first component that is not there is looked for: what is below it is new in any case, and what is above it
//! is there by that very name. That is one listing of one folder for each new file.

use crate::{error::WorkspaceError, workspace::Workspace};
use orchestrator_core::{
    RelativePath,
    path::{composed, folded},
};
use std::io::ErrorKind;

/// A path that other systems do not tell from the one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// The path with the names that are there.
    pub path: RelativePath,
    /// Whether its characters are the same and only written in another form, so that nobody sees a difference.
    pub looks_alike: bool,
}

impl Workspace {
    /// What is there by a name that other systems do not tell from `path`, where nothing is there by that name itself. Of
    /// several, one that looks alike, and the first by its bytes otherwise.
    ///
    /// # Errors
    /// [`WorkspaceError::Outside`] when a folder of the path is a link that leads out, [`WorkspaceError::Io`].
    pub fn twin(&self, path: &RelativePath) -> Result<Option<Twin>, WorkspaceError> {
        let failed = |error| WorkspaceError::io("looking for names like", path.as_str(), error);
        let text = path.as_str();
        let mut folder = "";
        for until in text.match_indices('/').map(|(at, _)| at).chain([text.len()]) {
            let (so_far, rest) = text.split_at(until);
            match self.root.symlink_metadata(so_far) {
                Ok(_) => folder = so_far,
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    let name = so_far.rsplit('/').next().unwrap_or(so_far);
                    return self.named_like(folder, name, rest).map_err(failed);
                }
                // What is wrong with the path itself is said where it is used.
                Err(error) if error.kind() == ErrorKind::NotADirectory => return Ok(None),
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(None)
    }

    fn named_like(&self, folder: &str, name: &str, rest: &str) -> std::io::Result<Option<Twin>> {
        let entries = match folder {
            "" => self.root.entries()?,
            folder => self.root.read_dir(folder)?,
        };
        let (wanted, form) = (folded(name), composed(name).into_owned());
        let mut found: Vec<(bool, String)> = Vec::new();
        for entry in entries {
            let there = entry?.file_name();
            if let Some(there) = there.to_str().filter(|there| folded(there) == wanted) {
                found.push((composed(there) != form, there.to_owned()));
            }
        }
        found.sort_unstable();
        let Some((differs, there)) = found.into_iter().next() else { return Ok(None) };
        let parted = if folder.is_empty() { "" } else { "/" };
        let twin = RelativePath::parse(&format!("{folder}{parted}{there}{rest}"));
        Ok(twin.ok().map(|path| Twin { path, looks_alike: !differs }))
    }
}

/// Whether other systems take two paths for one.
#[must_use]
pub fn are_twins(one: &RelativePath, other: &RelativePath) -> bool {
    one != other && folded(one.as_str()) == folded(other.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RelativePath {
        RelativePath::parse(text).expect("a path")
    }

    fn project() -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().expect("a folder");
        let workspace = Workspace::open(folder.path(), &"p".parse().expect("an id")).expect("a project");
        for file in ["src/App.js", "Docs/a.md", "cafe\u{301}.js", "stra\u{df}e.md", "b/x.js"] {
            workspace.write(&path(file), "1").expect("written");
        }
        (folder, workspace)
    }

    #[test]
    fn what_other_systems_take_for_one_is_found() {
        let (_folder, workspace) = project();
        let twin = |text: &str| workspace.twin(&path(text)).expect("looked");
        let is = |text: &str, looks_alike| Some(Twin { path: path(text), looks_alike });
        assert_eq!(twin("src/app.js"), is("src/App.js", false));
        assert_eq!(twin("SRC/App.js"), is("src/App.js", false));
        assert_eq!(twin("docs/new/b.md"), is("Docs/new/b.md", false));
        assert_eq!(twin("caf\u{e9}.js"), is("cafe\u{301}.js", true));
        assert_eq!(twin("CAF\u{c9}.js"), is("cafe\u{301}.js", false));
        assert_eq!(twin("STRASSE.md"), is("stra\u{df}e.md", false));
        for none in ["src/App.js", "src/app.ts", "cafe.js", "new/App.js", "b/x.js/y", "src/App.js/y"] {
            assert_eq!(twin(none), None, "{none}");
        }
    }

    #[test]
    fn two_new_paths_are_compared_alike() {
        assert!(are_twins(&path("a/B.js"), &path("A/b.js")));
        assert!(are_twins(&path("\u{e9}"), &path("e\u{301}")));
        assert!(!are_twins(&path("a.js"), &path("a.js")) && !are_twins(&path("a.js"), &path("b.js")));
    }
}

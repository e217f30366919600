//! How a project of a usual kind is installed and tested, read from its manifests.
//!
//! A model can be asked for the command that runs a project's tests, and now and then it answers with one that does not
//! exist. The manifest knows: `package.json` has scripts, `Cargo.toml` means `cargo test`. So manifests are read first,
//! and whoever uses this asks somebody else only where they say nothing.
//!
//! Everything is an argument list, never a shell line. Nothing here runs anything: [`recipes`] looks at the project
//! through [`Surroundings`], which a component answers from the host ([`Here`]) and a test from a table.

mod go;
mod make;
mod node;
mod python;
mod rust;

use crate::{Error, command, error::ErrorCode, workspace};

/// What manifests say about one part of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// The kind of project.
    pub ecosystem: Ecosystem,
    /// The manifest's path.
    pub manifest: String,
    /// The manifest's folder, relative to the project's root; none for the root itself.
    pub directory: Option<String>,
    /// What brings in what is missing, in order. Empty when nothing is.
    pub install: Vec<Vec<String>>,
    /// What runs the tests; none when there are none.
    pub test: Option<Vec<String>>,
}

/// A kind of project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ecosystem {
    /// `package.json`.
    Node,
    /// `pyproject.toml`, `requirements.txt` or `setup.py`, or Python tests without any of them.
    Python,
    /// `Cargo.toml`.
    Rust,
    /// `go.mod`.
    Go,
    /// `Makefile`.
    Make,
}

/// What discovery has to know about the project and its machine.
pub trait Surroundings {
    /// The paths of all files that somebody wrote, sorted.
    fn paths(&self) -> &[String];

    /// A text file's content; none when it is not there or no text.
    ///
    /// # Errors
    /// When the run is over or the disk fails.
    fn read(&self, path: &str) -> Result<Option<String>, Error>;

    /// Whether a file or folder is there, those included that tools brought in.
    fn exists(&self, path: &str) -> bool;

    /// Whether a program is on the search path.
    fn has_program(&self, name: &str) -> bool;
}

/// The project that this component was called for. Needs the permissions `read-files` and `command`.
#[derive(Debug)]
pub struct Here {
    paths: Vec<String>,
}

impl Here {
    /// Looks at the project's files once.
    ///
    /// # Errors
    /// As [`workspace::list_files`].
    pub fn look() -> Result<Self, Error> {
        Ok(Self { paths: workspace::list_files()?.into_iter().map(|entry| entry.path).collect() })
    }
}

impl Surroundings for Here {
    fn paths(&self) -> &[String] {
        &self.paths
    }

    fn read(&self, path: &str) -> Result<Option<String>, Error> {
        if self.paths.binary_search_by(|known| known.as_str().cmp(path)).is_err() {
            return Ok(None);
        }
        match workspace::read_file(path) {
            Ok(content) => Ok(Some(content)),
            Err(Error {
                code: ErrorCode::NotFound | ErrorCode::InvalidInput | ErrorCode::LimitExceeded,
                ..
            }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn exists(&self, path: &str) -> bool {
        // The listing leaves out what tools brought in; the preopened folder has it.
        std::path::Path::new("/project").join(path).exists()
    }

    fn has_program(&self, name: &str) -> bool {
        command::is_available(name)
    }
}

/// What the project's manifests say, one recipe for each part that has one: at most one of each ecosystem in a folder,
/// the root first, and nothing below a folder of the same ecosystem (its own tool reaches that).
///
/// A `Makefile` counts only where no other manifest has tests: it usually calls the same tools.
///
/// A manifest that cannot be parsed has a recipe, too: its test is a command that fails by saying what is wrong with it.
///
/// # Errors
/// What the surroundings answer.
pub fn recipes(project: &impl Surroundings) -> Result<Vec<Recipe>, Error> {
    let mut recipes = Vec::new();
    for folder in folders(project.paths()) {
        let place = ManifestFolder { project, folder };
        recipes.extend(node::recipe(&place)?);
        recipes.extend(python::recipe(&place)?);
        recipes.extend(rust::recipe(&place));
        recipes.extend(go::recipe(&place));
    }
    let mut kept: Vec<Recipe> = Vec::new();
    for recipe in recipes {
        let covered =
            kept.iter().any(|outer: &Recipe| outer.ecosystem == recipe.ecosystem && covers(outer, &recipe));
        if !covered {
            kept.push(recipe);
        }
    }
    if !kept.iter().any(|recipe| recipe.test.is_some()) {
        kept.extend(make::recipe(&ManifestFolder { project, folder: "" })?);
    }
    Ok(kept)
}

fn covers(outer: &Recipe, inner: &Recipe) -> bool {
    match (&outer.directory, &inner.directory) {
        (None, _) => true,
        (Some(outer), Some(inner)) => inner == outer || inner.starts_with(&format!("{outer}/")),
        (Some(_), None) => false,
    }
}

/// The folders that may hold a manifest: the root, and two levels below it, as in `backend` and `apps/web`. Shallow ones
/// first.
fn folders(paths: &[String]) -> Vec<&str> {
    let mut folders = vec![""];
    for path in paths {
        for (end, _) in path.match_indices('/').take(2) {
            folders.push(&path[..end]);
        }
    }
    folders.sort_by_key(|folder| (folder.split('/').filter(|part| !part.is_empty()).count(), *folder));
    folders.dedup();
    folders
}

/// One folder of the project, looked at for a manifest.
struct ManifestFolder<'a, S> {
    project: &'a S,
    /// Empty for the root.
    folder: &'a str,
}

impl<S: Surroundings> ManifestFolder<'_, S> {
    fn path(&self, name: &str) -> String {
        if self.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", self.folder) }
    }

    /// Whether a file of this name, that somebody wrote, is here.
    fn has(&self, name: &str) -> bool {
        self.project.paths().binary_search(&self.path(name)).is_ok()
    }

    fn read(&self, name: &str) -> Result<Option<String>, Error> {
        if self.has(name) { self.project.read(&self.path(name)) } else { Ok(None) }
    }

    fn exists(&self, name: &str) -> bool {
        self.project.exists(&self.path(name))
    }

    /// The files in this folder and below it, relative to it.
    fn files(&self) -> impl Iterator<Item = &str> {
        self.project.paths().iter().filter_map(|path| match self.folder {
            "" => Some(path.as_str()),
            folder => path.strip_prefix(folder)?.strip_prefix('/'),
        })
    }

    fn recipe(&self, ecosystem: Ecosystem, manifest: &str) -> Recipe {
        Recipe {
            ecosystem,
            manifest: self.path(manifest),
            directory: (!self.folder.is_empty()).then(|| self.folder.to_owned()),
            install: Vec::new(),
            test: None,
        }
    }
}

/// An argument list.
fn argv<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(String::from).to_vec()
}

#[cfg(test)]
mod tests;

//! Where a project can start from: a folder, an archive, a git repository.

use super::git;
use crate::error::CliError;
use orchestrator::{
    ProjectError, Source,
    archive::{ArchiveError, Format, Found, FoundKind, LeftOut, Named},
};
use std::{
    collections::VecDeque,
    fs::{self, File, Metadata},
    io,
    path::{Path, PathBuf},
};

/// Reads what `source` names. `strip` folders are taken off the front of each name in an archive.
pub(crate) async fn read(source: &str, strip: usize) -> Result<Source, CliError> {
    let path = PathBuf::from(source);
    if path.is_dir() {
        return blocking(move || folder(&path)).await;
    }
    if path.is_file() {
        return blocking(move || archive(&path, strip)).await;
    }
    if !git::is_address(source) {
        return Err(CliError::Usage(format!(
            "'{source}' is no folder, no file and no address of a git repository: give one of these"
        )));
    }
    let clone = git::clone(source).await?;
    // The repository is what was asked for; that it has a folder of its own is how cloning works, and nothing to tell.
    let own = clone.path().join(".git");
    std::fs::remove_dir_all(&own).map_err(|source| CliError::File { path: own, source })?;
    // Read before the folder with the clone goes.
    let read = blocking({
        let path = clone.path().to_owned();
        move || folder(&path)
    });
    let source = read.await;
    drop(clone);
    source
}

async fn blocking(
    work: impl FnOnce() -> Result<Source, CliError> + Send + 'static,
) -> Result<Source, CliError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(CliError::Output(error.into())))
}

fn archive(path: &Path, strip: usize) -> Result<Source, CliError> {
    let failed = |source| CliError::File { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    // Not by its name: a package of Rust or npm is a tar.gz file, a package of Python a zip file.
    let format = Format::of_content(&mut file).map_err(ProjectError::from)?;
    Ok(Source::archive(format, file, strip)?)
}

fn folder(root: &Path) -> Result<Source, CliError> {
    let walk = Walk {
        root: root.to_owned(),
        waiting: VecDeque::from([String::new()]),
        found: Vec::new(),
        foreign: Vec::new(),
    };
    Ok(Source::found(walk).map_err(ProjectError::from)?)
}

/// Everything below a folder, in the order of the names, the files of a folder before those below it. Links are not
/// followed, and folders that projects leave out are not entered.
struct Walk {
    root: PathBuf,
    /// Folders still to be read, with a slash behind; empty for the root.
    waiting: VecDeque<String>,
    /// Names still to be looked at.
    found: Vec<String>,
    /// Names that are not UTF-8, as far as they can be shown.
    foreign: Vec<String>,
}

impl Iterator for Walk {
    type Item = Result<Found, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(name) = self.foreign.pop() {
                return Some(Ok(Found { name, kind: FoundKind::Left(LeftOut::Encoding) }));
            }
            if let Some(name) = self.found.pop() {
                return Some(Ok(self.look(name)));
            }
            let folder = self.waiting.pop_front()?;
            match self.enter(&folder) {
                Ok(()) => {}
                Err(error) if folder.is_empty() => {
                    return Some(Err(ArchiveError::Broken(format!("the folder cannot be read: {error}"))));
                }
                Err(error) => return Some(Ok(unreadable(folder, &error))),
            }
        }
    }
}

impl Walk {
    fn enter(&mut self, folder: &str) -> io::Result<()> {
        for entry in fs::read_dir(self.root.join(folder))? {
            let name = entry?.file_name();
            match name.to_str() {
                Some(name) => self.found.push(format!("{folder}{name}")),
                None => self.foreign.push(format!("{folder}{}", name.as_encoded_bytes().escape_ascii())),
            }
        }
        // From the end, and in order.
        self.found.sort_unstable_by(|a, b| b.cmp(a));
        Ok(())
    }

    fn look(&mut self, name: String) -> Found {
        let path = self.root.join(&name);
        let metadata = match path.symlink_metadata() {
            Ok(metadata) => metadata,
            Err(error) => return unreadable(name, &error),
        };
        if metadata.is_dir() {
            let left_out = Source::left_out(Named::Folder(name.rsplit('/').next().unwrap_or(&name)));
            return match left_out {
                Some(reason) => Found { name: format!("{name}/"), kind: FoundKind::Left(reason) },
                None => {
                    self.waiting.push_back(format!("{name}/"));
                    Found { name, kind: FoundKind::Folder }
                }
            };
        }
        let most = Source::file_max();
        let kind = match (metadata.is_file(), metadata.is_symlink()) {
            (true, _) if metadata.len() > most => FoundKind::Left(LeftOut::TooLarge(most)),
            (true, _) => match fs::read(&path) {
                Ok(content) => FoundKind::File { content, executable: is_executable(&metadata) },
                Err(error) => return unreadable(name, &error),
            },
            (false, true) => FoundKind::Left(LeftOut::Link),
            (false, false) => FoundKind::Left(LeftOut::Special),
        };
        Found { name, kind }
    }
}

fn unreadable(name: String, error: &io::Error) -> Found {
    Found { name, kind: FoundKind::Left(LeftOut::Unreadable(error.to_string())) }
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}

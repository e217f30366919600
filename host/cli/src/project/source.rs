//! Where a project can start from: a folder, an archive, a git repository.

use super::git;
use crate::error::CliError;
use orchestrator::{
    ProjectError, Source,
    archive::{ArchiveError, Format, Found, FoundKind, LeftOut, Limits, collect},
};
use orchestrator_workspace::{FILE_MAX, FILES_MAX, LEFT_OUT};
use std::{
    collections::VecDeque,
    fs::{self, File, Metadata},
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
    let Some(format) = Format::of_file(&path.to_string_lossy()) else {
        return Err(CliError::Usage(format!(
            "{} is no archive by its name: give a .zip or a .tar.gz file",
            path.display()
        )));
    };
    let file = File::open(path).map_err(|source| CliError::File { path: path.to_owned(), source })?;
    Ok(Source::archive(format, file, strip)?)
}

fn folder(root: &Path) -> Result<Source, CliError> {
    let limits = Limits { file: FILE_MAX, files: FILES_MAX, ..Limits::default() };
    let is_left_out = |name: &str| LEFT_OUT.contains(&name);
    let files = Walk {
        root: root.to_owned(),
        waiting: VecDeque::from([String::new()]),
        found: Vec::new(),
        foreign: Vec::new(),
    };
    Ok(Source::checked(collect(files, &limits, is_left_out).map_err(ProjectError::from)?))
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
                match self.look(name) {
                    Ok(None) => continue,
                    Ok(Some(found)) => return Some(Ok(found)),
                    Err(error) => return Some(Err(error)),
                }
            }
            let folder = self.waiting.pop_front()?;
            if let Err(error) = self.enter(&folder) {
                return Some(Err(error));
            }
        }
    }
}

impl Walk {
    fn enter(&mut self, folder: &str) -> Result<(), ArchiveError> {
        let failed =
            |error: std::io::Error| ArchiveError::Broken(format!("reading the folder '{folder}': {error}"));
        for entry in fs::read_dir(self.root.join(folder)).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            match name.to_str() {
                Some(name) => self.found.push(format!("{folder}{name}")),
                None => self.foreign.push(format!("{folder}{}", name.as_encoded_bytes().escape_ascii())),
            }
        }
        // From the end, and in order.
        self.found.sort_unstable_by(|a, b| b.cmp(a));
        Ok(())
    }

    fn look(&mut self, name: String) -> Result<Option<Found>, ArchiveError> {
        let failed = |error: std::io::Error| ArchiveError::Broken(format!("reading '{name}': {error}"));
        let path = self.root.join(&name);
        let metadata = path.symlink_metadata().map_err(failed)?;
        if metadata.is_dir() {
            if !LEFT_OUT.contains(&name.rsplit('/').next().unwrap_or(&name)) {
                self.waiting.push_back(format!("{name}/"));
            }
            return Ok(None);
        }
        let kind = match (metadata.is_file(), metadata.is_symlink()) {
            (true, _) if metadata.len() > FILE_MAX => FoundKind::Left(LeftOut::TooLarge(FILE_MAX)),
            (true, _) => FoundKind::File {
                content: fs::read(&path).map_err(failed)?,
                executable: is_executable(&metadata),
            },
            (false, true) => FoundKind::Left(LeftOut::Link),
            (false, false) => FoundKind::Left(LeftOut::Special),
        };
        Ok(Some(Found { name, kind }))
    }
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

//! Looks at all files of a project.
//!
//! What tools brought in or built is left out: a `node_modules` alone can hold a hundred thousand files that nobody
//! wrote, and no model should be shown them. Links are not followed, so a walk always ends; what is neither file nor
//! folder is passed over, and so is a name that no [`RelativePath`] can hold, for nobody could ask for it.

use crate::{error::WorkspaceError, limits::FILES_MAX, reserved::is_reserved, workspace::Workspace};
use cap_fs_ext::MetadataExt as _;
use cap_std::fs::{DirEntry, Metadata};
use orchestrator_core::{RelativePath, path::is_repository};
use std::{io::ErrorKind, time::UNIX_EPOCH};

/// Most names that one walk looks at; folders without files count here.
const NAMES_MAX: usize = 200_000;

/// Folders that are left out wherever they are: what package managers brought in, what compilers and bundlers built,
/// what version control keeps for itself, and caches.
pub const LEFT_OUT: [&str; 23] = [
    ".bzr",
    ".cache",
    ".git",
    ".gradle",
    ".hg",
    ".jj",
    ".mypy_cache",
    ".next",
    ".nuxt",
    ".parcel-cache",
    ".pytest_cache",
    ".ruff_cache",
    ".svelte-kit",
    ".svn",
    ".tox",
    ".turbo",
    ".venv",
    "__pycache__",
    "coverage",
    "dist",
    "node_modules",
    "target",
    "venv",
];

/// A file in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Where it is.
    pub path: RelativePath,
    /// Its bytes.
    pub size: u64,
}

/// What tells one state of a file from another without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Stamp {
    pub(crate) size: u64,
    /// Nanoseconds since 1970; 0 where the file system does not say.
    pub(crate) modified: u64,
    /// As [`Self::modified`], of the last change of content or name or mode: a program can set the other one back.
    changed: i64,
    inode: u64,
    /// Whether its owner may start it as a program.
    pub(crate) executable: bool,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        let modified =
            metadata.modified().ok().and_then(|time| time.into_std().duration_since(UNIX_EPOCH).ok());
        Self {
            size: metadata.len(),
            modified: modified.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)),
            changed: changed(metadata),
            inode: metadata.ino(),
            executable: is_executable(metadata),
        }
    }
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> i64 {
    use cap_std::fs::MetadataExt;
    metadata.ctime().wrapping_mul(1_000_000_000).wrapping_add(metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> i64 {
    0
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use cap_std::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}

impl Workspace {
    /// All files, sorted by path.
    ///
    /// # Errors
    /// [`WorkspaceError::TooManyFiles`] over [`FILES_MAX`].
    pub fn list(&self) -> Result<Vec<FileEntry>, WorkspaceError> {
        let mut files = Vec::new();
        self.walk(|path, stamp| files.push(FileEntry { path, size: stamp.size }))?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// Shows every file to `visit`, in no order.
    pub(crate) fn walk(&self, mut visit: impl FnMut(RelativePath, Stamp)) -> Result<(), WorkspaceError> {
        let mut names = 0;
        let mut files = 0;
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let here = if folder.is_empty() { "." } else { &folder };
            let entries = match self.root.read_dir(here) {
                Ok(entries) => entries,
                // Somebody deleted it, or put a link in its place, since its name was read.
                Err(error) if folder_is_gone(&error) => continue,
                Err(error) => return Err(WorkspaceError::io("listing", here, error)),
            };
            for entry in entries {
                self.check()?;
                let entry = entry.map_err(|error| WorkspaceError::io("listing", here, error))?;
                names += 1;
                match look(&folder, &entry) {
                    Found::Folder(path) => folders.push(path),
                    Found::File(path, stamp) => {
                        files += 1;
                        visit(path, stamp);
                    }
                    Found::Nothing => {}
                }
                if files > FILES_MAX || names > NAMES_MAX {
                    return Err(WorkspaceError::TooManyFiles);
                }
            }
        }
        Ok(())
    }
}

enum Found {
    Folder(String),
    File(RelativePath, Stamp),
    Nothing,
}

fn look(folder: &str, entry: &DirEntry) -> Found {
    let name = entry.file_name();
    let Some(name) = name.to_str() else { return Found::Nothing };
    let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let (Ok(checked), Ok(metadata)) = (RelativePath::parse(&path), entry.metadata()) else {
        return Found::Nothing;
    };
    if metadata.is_dir() {
        return if LEFT_OUT.contains(&name) || is_repository(name) {
            Found::Nothing
        } else {
            Found::Folder(path)
        };
    }
    match metadata.is_file() && !is_reserved(name) && !is_repository(name) {
        true => Found::File(checked, Stamp::of(&metadata)),
        false => Found::Nothing,
    }
}

fn folder_is_gone(error: &std::io::Error) -> bool {
    let gone = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory);
    gone || (error.kind() == ErrorKind::PermissionDenied && error.raw_os_error().is_none())
}

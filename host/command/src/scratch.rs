//! Temporary folders, which go with the program also where it is killed.
//!
//! A program that is killed outright tidies nothing up. So each folder has a lock, which its program holds as long as
//! it lives, and the next program removes those whose lock nobody holds.

use rustix::process::geteuid;
use std::{
    env,
    fs::{self, File, OpenOptions, Permissions},
    io,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;

/// How the names of all of them begin.
const PREFIX: &str = "orchestrator-scratch-";
/// The place for temporary files that every user may reach.
pub(crate) const SHARED: &str = "/tmp";
/// The file that is locked.
const LOCK: &str = "lock";
/// How long a folder may be without its lock: far longer than making one takes.
const MAKING: Duration = Duration::from_secs(60);
/// The folder that is given out; beside the lock, so that whoever uses it does not meet that.
const FOLDER: &str = "in";

/// A temporary folder.
#[derive(Debug)]
pub struct Scratch {
    base: TempDir,
    path: PathBuf,
    _lock: File,
}

impl Scratch {
    /// A folder that its owner alone may enter, where the system keeps temporary files.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new() -> io::Result<Self> {
        Self::below(&env::temp_dir())
    }

    /// The same, in `parent`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn below(parent: &Path) -> io::Result<Self> {
        let base = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        // The lock has its name only once it is held: until then nobody takes the folder for one that was left.
        let unheld = base.path().join("made");
        let lock = File::create_new(&unheld)?;
        lock.try_lock()?;
        fs::rename(unheld, base.path().join(LOCK))?;
        let path = base.path().join(FOLDER);
        fs::create_dir(&path)?;
        Ok(Self { base, path, _lock: lock })
    }

    /// Removes the folders that programs of this user left behind because they were killed.
    pub fn remove_leftovers() {
        let temporary = env::temp_dir();
        sweep(&temporary);
        if temporary != Path::new(SHARED) {
            sweep(Path::new(SHARED));
        }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets everybody enter the folder who knows its name. Nobody else can list it.
    ///
    /// # Errors
    /// When its mode cannot be changed.
    pub fn open_to_all(&self) -> io::Result<()> {
        let enter = Permissions::from_mode(0o711);
        fs::set_permissions(self.base.path(), enter.clone())?;
        fs::set_permissions(&self.path, enter)
    }

    /// Removes the folder. Dropping it does the same and tells nobody when it fails.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn close(self) -> io::Result<()> {
        self.base.close()
    }
}

/// Removes the folders in `parent` that programs of this user left behind.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let ours = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    for path in ours.map(|entry| entry.path()) {
        if let Ok(Some(_lock)) = left_behind(&path)
            && let Err(error) = fs::remove_dir_all(&path)
        {
            tracing::warn!(%error, folder = %path.display(), "a temporary folder that was left behind stays");
        }
    }
}

/// The lock of a folder that is this user's, and whose program is gone.
fn left_behind(path: &Path) -> io::Result<Option<File>> {
    let metadata = fs::symlink_metadata(path)?;
    // What others call by such a name is theirs, whatever is in it.
    if !metadata.is_dir() || metadata.uid() != geteuid().as_raw() {
        return Ok(None);
    }
    let lock = match OpenOptions::new().read(true).open(path.join(LOCK)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // Its program was killed while it made or removed the folder, or is making it now.
            let age = metadata.modified()?.elapsed().unwrap_or_default();
            return if age > MAKING { File::create_new(path.join(LOCK)).map(Some) } else { Ok(None) };
        }
        lock => lock?,
    };
    Ok(lock.try_lock().is_ok().then_some(lock))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[test]
    fn what_a_dead_program_left_is_removed_and_what_a_living_one_has_stays() -> io::Result<()> {
        let parent = tempfile::tempdir()?;
        let living = Scratch::below(parent.path())?;
        let Scratch { base, path, _lock } = Scratch::below(parent.path())?;
        fs::write(path.join("file"), "")?;
        let left = base.keep();
        // A program that is killed lets go of its locks.
        drop(_lock);
        let [half_made, half_removed] = ["1", "2"].map(|name| parent.path().join(format!("{PREFIX}{name}")));
        fs::create_dir(&half_made)?;
        fs::create_dir(&half_removed)?;
        File::open(&half_removed)?.set_modified(SystemTime::now() - 2 * MAKING)?;
        sweep(parent.path());
        assert!(living.path().exists(), "it has a program");
        assert!(half_made.exists(), "its program is about to lock it");
        assert!(!half_removed.exists(), "its program was killed while it removed it");
        assert!(!left.exists(), "its program is gone");
        Ok(())
    }

    #[test]
    fn a_folder_goes_with_its_owner() -> io::Result<()> {
        let parent = tempfile::tempdir()?;
        let scratch = Scratch::below(parent.path())?;
        scratch.open_to_all()?;
        assert_eq!(scratch.path().metadata()?.mode() & 0o777, 0o711);
        drop(scratch);
        assert_eq!(fs::read_dir(parent.path())?.count(), 0);
        Scratch::below(parent.path())?.close()
    }
}

//! The folders that cgroups are: made, locked, emptied, removed.
//!
//! A program that is killed leaves its folders, and perhaps a process that was just being started. Each folder is locked
//! as long as its program lives, so the next one tells those that are left from those that are in use, ends what is in
//! them and removes them.

use rustix::{
    fs::{FlockOperation, Mode, OFlags, flock, open},
    process::{Pid, Signal, kill_process},
};
use std::{
    fs, io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    time::Duration,
};

/// How often, and with what pause, a folder that still counts an ended process is tried again.
const REMOVALS: (u32, Duration) = (100, Duration::from_millis(2));
/// What the names of the folders begin with.
pub(super) const PREFIX: &str = "orchestrator-";

/// Removes the folders in `base` whose programs are gone, and ends what still is in them.
pub(super) fn sweep(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        if id.is_some_and(|id| uuid::Uuid::try_parse(id).is_ok()) && lock(&entry.path()).is_ok() {
            end_processes(&entry.path());
            remove(&entry.path());
        }
    }
}

/// Kills what is in a cgroup, until nothing is: it may be starting more.
fn end_processes(folder: &Path) {
    let (times, pause) = REMOVALS;
    for _ in 0..times {
        let text = fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
        // Processes that cannot be seen from here have the number 0.
        let processes = text.lines().filter_map(|line| Pid::from_raw(line.parse().ok()?));
        let mut found = false;
        for process in processes {
            found = true;
            if let Err(error) = kill_process(process, Signal::KILL) {
                tracing::warn!(folder = %folder.display(), %error, "a process that was left cannot be ended");
                return;
            }
        }
        if !found {
            return;
        }
        std::thread::sleep(pause);
    }
}

/// Locks a folder, unless another program has it.
fn lock(folder: &Path) -> io::Result<OwnedFd> {
    let opened = open(folder, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    flock(&opened, FlockOperation::NonBlockingLockExclusive)?;
    Ok(opened)
}

/// A folder that is a cgroup. Dropping it ends what is in it and removes it, and blocks until the last process has been
/// forgotten.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    _lock: OwnedFd,
}

impl Folder {
    pub(super) fn make(base: &Path) -> io::Result<Self> {
        // Another program that begins may take a folder for one that was left, as long as it is not locked.
        let mut tries = 3;
        loop {
            let path = base.join(format!("{PREFIX}{}", uuid::Uuid::now_v7().simple()));
            fs::create_dir(&path)?;
            tries -= 1;
            match lock(&path) {
                Ok(lock) if path.exists() => return Ok(Self { path, _lock: lock }),
                Err(error) if tries == 0 => {
                    remove(&path);
                    return Err(error);
                }
                _ if tries == 0 => return Err(io::ErrorKind::NotFound.into()),
                _ => {}
            }
        }
    }

    /// The file into which a process writes itself.
    pub(super) fn entrance(&self) -> io::Result<OwnedFd> {
        Ok(open(self.path.join("cgroup.procs"), OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        end_processes(&self.path);
        remove(&self.path);
    }
}

fn remove(folder: &Path) {
    let (times, pause) = REMOVALS;
    for _ in 0..times {
        match fs::remove_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => std::thread::sleep(pause),
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "a cgroup could not be removed");
                return;
            }
        }
    }
    tracing::warn!(folder = %folder.display(), "a cgroup could not be removed: it is still in use");
}

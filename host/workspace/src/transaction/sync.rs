//! Waiting for the disk.
//!
//! One file after another, each waits for a turn of the file system's journal: 20,000 of them took a minute and a half.
//! Linux can be asked for all that a file system has not yet written, which is one turn for all of them. It includes what
//! other programs have written there, so it is asked for where there are many files. Elsewhere a few threads wait
//! together, since those that wait at the same time share a turn.

use crate::error::WorkspaceError;
use cap_std::fs::{Dir, OpenOptions};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// Files from which on the whole file system is waited for.
const MANY: usize = 64;
/// Threads that wait together. More hardly gain anything.
const THREADS: usize = 16;
/// Files for which a thread is worth starting.
const WORTH_A_THREAD: usize = 4;

/// Returns when the contents of all `files` are on the disk.
pub(super) fn to_disk(root: &Dir, files: &[String]) -> Result<(), WorkspaceError> {
    if let Some(first) = files.first().filter(|_| files.len() > MANY)
        && whole_system(root, first)?
    {
        return Ok(());
    }
    let threads = (files.len() / WORTH_A_THREAD).clamp(1, THREADS);
    let next = AtomicUsize::new(0);
    let wait = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            sync(root, file)?;
        }
        Ok(())
    };
    if threads == 1 {
        return wait();
    }
    thread::scope(|scope| {
        // A thread that cannot be started leaves its files to the others, of which this is one.
        let others: Vec<_> =
            (1..threads).filter_map(|_| thread::Builder::new().spawn_scoped(scope, wait).ok()).collect();
        let own = wait();
        let ended = others.into_iter().map(|other| {
            other.join().unwrap_or_else(|_| {
                Err(WorkspaceError::io(
                    "writing",
                    ".",
                    std::io::Error::other("a thread that waited for it died"),
                ))
            })
        });
        // All are waited for, whichever failed.
        ended.collect::<Vec<_>>().into_iter().chain([own]).collect()
    })
}

/// Waits for everything on the file system that holds `file`; false where that cannot be asked for.
#[cfg(target_os = "linux")]
fn whole_system(root: &Dir, file: &str) -> Result<bool, WorkspaceError> {
    let failed = |error| WorkspaceError::io("writing", file, error);
    // Not of the folder: its handle is one for finding files, which cannot be asked.
    let opened = root.open_with(file, OpenOptions::new().write(true)).map_err(failed)?;
    rustix::fs::syncfs(opened).map(|()| true).map_err(|error| failed(error.into()))
}

#[cfg(not(target_os = "linux"))]
fn whole_system(_: &Dir, _: &str) -> Result<bool, WorkspaceError> {
    Ok(false)
}

fn sync(root: &Dir, file: &str) -> Result<(), WorkspaceError> {
    let failed = |error| WorkspaceError::io("writing", file, error);
    root.open_with(file, OpenOptions::new().write(true)).map_err(failed)?.sync_data().map_err(failed)
}

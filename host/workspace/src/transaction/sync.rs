//! Waiting for the disk.
//!
//! One file after another, each waits for a turn of the file system's journal: 20,000 of them took a minute and a half.
//! Those that wait at the same time share a turn, so a few threads wait together, and all files are written before the
//! first of them waits.

use crate::error::WorkspaceError;
use cap_std::fs::{Dir, OpenOptions};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// Threads that wait together. More hardly gain anything.
const THREADS: usize = 16;
/// Files for which a thread is worth starting.
const WORTH_A_THREAD: usize = 4;

/// Returns when the contents of all `files` are on the disk.
pub(super) fn to_disk(root: &Dir, files: &[String]) -> Result<(), WorkspaceError> {
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
                Err(WorkspaceError::io("writing", ".", std::io::Error::other("a thread that waited for it died")))
            })
        });
        // All are waited for, whichever failed.
        ended.collect::<Vec<_>>().into_iter().chain([own]).collect()
    })
}

fn sync(root: &Dir, file: &str) -> Result<(), WorkspaceError> {
    let failed = |error| WorkspaceError::io("writing", file, error);
    root.open_with(file, OpenOptions::new().write(true)).map_err(failed)?.sync_data().map_err(failed)
}

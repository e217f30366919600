//! One data folder, one process.
//!
//! SQLite would let two servers share the file, but each numbers the events of its runs in memory and each resumes
//! the unfinished runs it finds. So the folder is held by an operating system lock, which vanishes with its process
//! however that ends. The process number in the file is for the error message alone and never trusted.

use crate::JournalError;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Write},
    path::Path,
};

const LOCK_FILE: &str = "journal.lock";

/// Takes the folder; it is free again once the returned file is closed.
pub(crate) fn hold(folder: &Path) -> Result<File, JournalError> {
    let unusable =
        |error: &std::io::Error| JournalError::Folder { path: folder.to_owned(), detail: error.to_string() };
    std::fs::create_dir_all(folder).map_err(|error| unusable(&error))?;
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(folder.join(LOCK_FILE))
        .map_err(|error| unusable(&error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(JournalError::Locked { path: folder.to_owned(), holder: holder(&mut file) });
        }
        Err(TryLockError::Error(error)) => return Err(unusable(&error)),
    }
    // A full disk must not stop a server that only wants to read: the number is a courtesy.
    if let Err(error) = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())) {
        tracing::warn!(%error, "the lock file could not be labelled");
    }
    Ok(file)
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

//! One data folder, one process.
//!
//! SQLite would let two servers share the file, but each numbers the events of its runs in memory and each resumes
//! the unfinished runs it finds. So the folder is held by an operating system lock, which vanishes with its process
//! however that ends. The process number in the file is for the error message alone and never trusted. A process that was
//! killed takes a moment to go, and so does a child that it had just forked and that had not become another program yet:
//! whoever starts the program again at once waits for that.

use crate::{JournalError, private};
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Write},
    path::Path,
    time::{Duration, Instant},
};

const LOCK_FILE: &str = "journal.lock";
/// How long a process that was killed may take to go.
pub(crate) const GOING: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);

/// Takes the folder, waiting so long for it; it is free again once the returned file is closed.
pub(crate) fn hold(folder: &Path, patience: Duration) -> Result<File, JournalError> {
    let unusable =
        |error: &std::io::Error| JournalError::Folder { path: folder.to_owned(), detail: error.to_string() };
    if folder.metadata().is_ok_and(|found| !found.is_dir()) {
        return Err(JournalError::Folder { path: folder.to_owned(), detail: "it is a file".to_owned() });
    }
    private::make_folder(folder).map_err(|error| unusable(&error))?;
    private::make_file(&folder.join(LOCK_FILE)).map_err(|error| unusable(&error))?;
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(folder.join(LOCK_FILE))
        .map_err(|error| unusable(&error))?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(error)) => return Err(unusable(&error)),
            Err(TryLockError::WouldBlock) => {}
        }
        if began.elapsed() >= patience {
            return Err(JournalError::Locked { path: folder.to_owned(), holder: holder(&mut file) });
        }
        std::thread::sleep(PAUSE);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_going_is_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let left = hold(folder.path(), GOING).expect("is free");
        let release = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            drop(left);
        });
        hold(folder.path(), GOING).expect("is free again");
        release.join().expect("ends");
    }

    #[test]
    fn what_stays_is_named_after_that() {
        let folder = tempfile::tempdir().expect("a folder");
        let _held = hold(folder.path(), GOING).expect("is free");
        for patience in [Duration::ZERO, PAUSE * 3] {
            let began = Instant::now();
            let refused = hold(folder.path(), patience).expect_err("is held");
            let holder = Some(std::process::id());
            assert_eq!(refused, JournalError::Locked { path: folder.path().to_owned(), holder });
            assert!(began.elapsed() >= patience);
        }
    }
}

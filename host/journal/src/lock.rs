//! One data folder, one process.
//!
//! SQLite would let two servers share the file, but each numbers the events of its runs in memory and each resumes
//! the unfinished runs it finds. So the folder is held by an operating system lock, which vanishes with its process
//! however that ends. The process number in the file is for the error message, and for how long to wait: a process that
//! was killed can leave the lock for a moment with a child that it had just forked and that had not become another
//! program yet.

use crate::JournalError;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
    time::{Duration, Instant},
};

const LOCK_FILE: &str = "journal.lock";
/// How long the lock of a process that is gone is waited for.
const LEFT_BEHIND: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);

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
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(error)) => return Err(unusable(&error)),
            Err(TryLockError::WouldBlock) => {}
        }
        let holder = holder(&mut file);
        if began.elapsed() >= LEFT_BEHIND || holder.is_none_or(is_alive) {
            return Err(JournalError::Locked { path: folder.to_owned(), holder });
        }
        std::thread::sleep(PAUSE);
    }
    // A full disk must not stop a server that only wants to read: the number is a courtesy.
    if let Err(error) =
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id()))
    {
        tracing::warn!(%error, "the lock file could not be labelled");
    }
    Ok(file)
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// Whether there is such a process, where the system tells. One that ended and was not collected yet is none.
fn is_alive(process: u32) -> bool {
    if !Path::new("/proc/self/stat").exists() {
        return true;
    }
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    !matches!(state, None | Some('Z' | 'X'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No process has so large a number.
    const GONE: u32 = 4_000_000_000;

    #[test]
    fn what_a_process_that_is_gone_left_locked_is_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let left = hold(folder.path()).expect("is free");
        std::fs::write(folder.path().join(LOCK_FILE), GONE.to_string()).expect("writes");
        let release = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            drop(left);
        });
        hold(folder.path()).expect("is free again");
        release.join().expect("ends");
    }

    #[test]
    fn a_process_that_is_there_is_not_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let _held = hold(folder.path()).expect("is free");
        let began = Instant::now();
        let refused = hold(folder.path()).expect_err("is held");
        let holder = Some(std::process::id());
        assert_eq!(refused, JournalError::Locked { path: folder.path().to_owned(), holder });
        assert!(began.elapsed() < LEFT_BEHIND);
    }

    #[test]
    fn a_lock_that_stays_is_not_waited_for_without_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let _held = hold(folder.path()).expect("is free");
        std::fs::write(folder.path().join(LOCK_FILE), GONE.to_string()).expect("writes");
        let refused = hold(folder.path()).expect_err("is held");
        assert!(matches!(refused, JournalError::Locked { holder: Some(GONE), .. }), "{refused}");
    }
}

//! What can go wrong with the journal, in sentences for the person who runs the server.
//!
//! An error may have to be told to many: a failed commit concerns every event of its batch. So the errors are plain
//! values that can be cloned, with SQLite's own words taken over as text.

use orchestrator_core::{ErrorCode, Failure, Fault, ProjectId, RunId};
use rusqlite::ffi::ErrorCode as Sqlite;
use std::path::{Path, PathBuf};

mod room;

/// Why the journal could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The data folder is missing, is no folder, or cannot be written.
    #[error(
        "the data folder {} cannot be written: {detail}; give this account write access to it, or choose another folder",
        path.display()
    )]
    Folder {
        /// The data folder, or the file in it that could not be opened.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// Another process works with the data folder.
    #[error(
        "the data folder {} is in use by {}; stop that one first, or choose another folder",
        path.display(),
        holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
    )]
    Locked {
        /// The data folder.
        path: PathBuf,
        /// The process that holds it, when it left its number.
        holder: Option<u32>,
    },
    /// The file is damaged, or is no journal at all.
    #[error(
        "the journal {} is damaged ({detail}); restore it from a backup, or move it away to start with an empty one",
        path.display()
    )]
    Corrupt {
        /// The journal's file.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// The file is empty, or gone from beside its log.
    #[error(
        "the journal {} was there and is lost: the file is empty or missing, as a crash of the file system leaves it; \
         restore it from a backup, or remove it with the files that are named after it ('-wal', '-shm') to start with an \
         empty one",
        path.display()
    )]
    Lost {
        /// The journal's file.
        path: PathBuf,
    },
    /// A newer program wrote the file.
    #[error(
        "the journal {} has format {found}, and this program knows formats up to {known}; use the newer program that \
         wrote it",
        path.display()
    )]
    Newer {
        /// The journal's file.
        path: PathBuf,
        /// Format of the file.
        found: i64,
        /// Newest format that this program knows.
        known: i64,
    },
    /// A program of another version works with the data folder.
    #[error(
        "the journal {} has format {found} and is in use by a program of another version; this one works with format \
         {known}: use the program that is running",
        path.display()
    )]
    OtherVersion {
        /// The journal's file.
        path: PathBuf,
        /// Format of the file.
        found: i64,
        /// The format that this program works with.
        known: i64,
    },
    /// There is no room for what was to be written.
    #[error("the journal {} could not be written because the disk is full; free some space", path.display())]
    DiskFull {
        /// The journal's file.
        path: PathBuf,
    },
    /// There is no such run.
    #[error("there is no run {0}")]
    UnknownRun(RunId),
    /// The run has no event of that number: it was never given, so nothing that follows it can be told from a gap.
    #[error("run {run} has no event {after}; {}", last_event(*last))]
    UnknownEvent {
        /// The run.
        run: RunId,
        /// The event that was named.
        after: u64,
        /// Number of the run's last event so far; 0 before the first.
        last: u64,
    },
    /// Nobody who followed the project was there: the place was made from another journal, or for another project.
    #[error("it is no place in the events of project '{project}'; begin again without one")]
    UnknownCursor {
        /// The project.
        project: ProjectId,
    },
    /// A run of this id exists already.
    #[error("a run {0} exists already")]
    RunExists(RunId),
    /// The run has its last event; nothing can follow it.
    #[error("run {0} is over; nothing can be added to it")]
    RunEnded(RunId),
    /// The run has no end yet, so it cannot be removed.
    #[error("run {0} is not over; cancel it, or wait for its end")]
    RunNotOver(RunId),
    /// One event is longer than [`crate::EVENT_MAX`].
    #[error(
        "an event of {bytes} bytes is too long to be recorded; at most {} are allowed: pass large data as a file",
        crate::EVENT_MAX
    )]
    EventTooLarge {
        /// The event's size.
        bytes: usize,
    },
    /// The thread that writes is gone.
    #[error("the journal is closed; its writer has stopped")]
    Closed,
    /// A stored record does not have the form it was written in.
    #[error("{what} in the journal cannot be read: {detail}")]
    Unreadable {
        /// Which record.
        what: String,
        /// What the parser said.
        detail: String,
    },
    /// Anything else that SQLite or the disk reports.
    #[error("{doing} failed: {detail}")]
    Storage {
        /// What was being done.
        doing: &'static str,
        /// What SQLite said.
        detail: String,
    },
}

impl JournalError {
    /// Sorts SQLite's error by what a person can do about it.
    pub(crate) fn sqlite(path: &Path, doing: &'static str, error: &rusqlite::Error) -> Self {
        let (path, detail) = (path.to_owned(), error.to_string());
        // What was written as text comes back as something else.
        if let rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::Utf8Error(..) = error {
            return Self::Corrupt { path, detail };
        }
        match error.sqlite_error_code() {
            Some(Sqlite::DiskFull) => Self::DiskFull { path },
            // Where it makes or maps its log's index, SQLite does not say that there was no room.
            Some(Sqlite::SystemIoFailure) if room::is_missing(&path) => Self::DiskFull { path },
            Some(Sqlite::DatabaseCorrupt | Sqlite::NotADatabase) => Self::Corrupt { path, detail },
            Some(Sqlite::ReadOnly | Sqlite::CannotOpen | Sqlite::PermissionDenied) => {
                Self::Folder { path, detail }
            }
            _ => Self::Storage { doing, detail },
        }
    }
}

fn last_event(last: u64) -> String {
    match last {
        0 => "it has none yet; follow it from 0".to_owned(),
        last => format!("its last is {last}; give the number of an event that it sent, or 0 for all of them"),
    }
}

impl From<JournalError> for Fault {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::DiskFull { .. } => Self::DiskFull(error.to_string()),
            other => Self::other(other),
        }
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        let code = match &error {
            JournalError::UnknownRun(_)
            | JournalError::UnknownEvent { .. }
            | JournalError::UnknownCursor { .. } => ErrorCode::NotFound,
            JournalError::RunExists(_) | JournalError::RunNotOver(_) => ErrorCode::InvalidInput,
            JournalError::RunEnded(_) => ErrorCode::Cancelled,
            JournalError::EventTooLarge { .. } => ErrorCode::LimitExceeded,
            JournalError::Folder { .. }
            | JournalError::Locked { .. }
            | JournalError::Corrupt { .. }
            | JournalError::Lost { .. }
            | JournalError::Newer { .. }
            | JournalError::OtherVersion { .. }
            | JournalError::DiskFull { .. }
            | JournalError::Closed
            | JournalError::Unreadable { .. }
            | JournalError::Storage { .. } => ErrorCode::Internal,
        };
        Self::new(code, error.to_string())
    }
}

//! Why an archive cannot be made or used.

use crate::{Listed, Skipped};
use std::io;

/// Why an archive cannot be made or used, as a whole. Entries are named as the archive names them.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is no archive of its format, or is cut off.
    #[error("the archive cannot be read: {0}")]
    Broken(String),
    /// Too many entries.
    #[error("the archive has more than {0} entries: leave out what tools can bring in again")]
    TooManyEntries(usize),
    /// More files than a project may hold.
    #[error("the archive has more than {0} files for the project: leave out what tools can bring in again")]
    TooManyFiles(usize),
    /// All files together are too large.
    #[error("the archive unpacks to more than {0} bytes: leave out what tools can bring in again")]
    TooLarge(u64),
    /// There is no file in it that can be brought in.
    #[error("{}", nothing(left, *folders))]
    Empty {
        /// What was left out.
        left: Listed<Skipped>,
        /// How many folders there are.
        folders: usize,
    },
    /// Others that are unpacked at this moment hold the memory that there is for it.
    #[error(
        "other imports that are under way hold the memory that there is for them: send this one again in a moment"
    )]
    Crowded,
    /// It could not be written.
    #[error("writing the archive failed: {0}")]
    Write(#[source] io::Error),
}

fn nothing(left: &Listed<Skipped>, folders: usize) -> String {
    match (left.is_empty(), folders) {
        (false, _) => format!("there is no file in it that can be used{left}"),
        (true, 0) => "there is nothing in it: pack the files of a project".to_owned(),
        (true, 1) => "there is a folder in it, but no file".to_owned(),
        (true, folders) => format!("there are {folders} folders in it, but no file"),
    }
}

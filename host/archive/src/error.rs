//! Why an archive cannot be made or used.

use crate::{Listed, Skipped};
use orchestrator_core::PathError;
use std::io;

/// Why an archive cannot be made or used, as a whole. Entries are named as the archive names them.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is no archive of its format, or is cut off.
    #[error("the archive cannot be read: {0}")]
    Broken(String),
    /// A name that leads out of the project: no tool packs one by mistake.
    #[error("the entry {name:?} cannot be used: {reason}")]
    Path {
        /// The entry.
        name: String,
        /// Which rule it breaks.
        reason: PathError,
    },
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
    #[error("the archive holds no file that can be used{0}")]
    Empty(Listed<Skipped>),
    /// It could not be written.
    #[error("writing the archive failed: {0}")]
    Write(#[source] io::Error),
}

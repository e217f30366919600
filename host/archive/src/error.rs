//! Why an archive cannot be made or used.

use orchestrator_core::PathError;
use std::io;

/// Why an archive cannot be made or used. Entries are named as the archive names them.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is no archive of its format, or is cut off.
    #[error("the archive cannot be read: {0}")]
    Broken(String),
    /// A name that can be no path of a project.
    #[error("the entry {name:?} cannot be used: {reason}")]
    Path {
        /// The entry.
        name: String,
        /// Which rule it breaks.
        reason: PathError,
    },
    /// Two entries with one name, or with names that are one on systems that ignore case, or a file in the place of a
    /// folder.
    #[error(
        "the entries {first:?} and {second:?} cannot both be there: some systems take their names for one"
    )]
    Twins {
        /// The earlier one.
        first: String,
        /// The later one.
        second: String,
    },
    /// An entry that only a password opens.
    #[error("the entry {0:?} is encrypted: pack it without a password")]
    Encrypted(String),
    /// Too many entries.
    #[error("the archive has more than {0} entries: leave out what tools can bring in again")]
    TooManyEntries(usize),
    /// A file that is too large.
    #[error("the entry {name:?} unpacks to more than {limit} bytes: leave it out")]
    FileTooLarge {
        /// The entry.
        name: String,
        /// Most bytes of one file.
        limit: u64,
    },
    /// All files together are too large.
    #[error("the archive unpacks to more than {0} bytes: leave out what tools can bring in again")]
    TooLarge(u64),
    /// There is no file in it.
    #[error("the archive holds no file that can be used")]
    Empty,
    /// It could not be written.
    #[error("writing the archive failed: {0}")]
    Write(#[source] io::Error),
}

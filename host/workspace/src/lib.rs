//! A project's files.
//!
//! The files of a project are written by language models, by plugins and by programs that plugins start. None of
//! them can be trusted with a path: `../`, an absolute name, or a link made a moment ago must not lead out of the
//! project. So this crate never joins strings and hopes. A name becomes a [`orchestrator_core::RelativePath`] at the door, and every
//! file is reached from one directory handle that the kernel keeps inside the project (`openat2` with
//! `RESOLVE_BENEATH`, through `cap-std`), whatever links are swapped underneath meanwhile.
//!
//! Every change is a transaction, a single write included: contents are staged beside their targets and renamed into
//! place, so that a reader sees the old file or the new one and never half of either, and a change of many files
//! happens as a whole or not at all (see [`Workspace::apply`]).
//!
//! The functions are plain and blocking. A write waits for the disk, so async code calls them through
//! [`Workspace::blocking`], which moves the wait to a thread made for it. The price is some 20 µs per call.

pub mod announce;
mod error;
pub mod host;
mod job;
mod leftovers;
mod limits;
mod replace;
mod reserved;
mod single;
mod survey;
#[cfg(test)]
mod tests;
mod transaction;
mod twin;
mod walk;
mod workspace;

pub use error::{WorkspaceError, beside_twin};
pub use host::{WorkspaceCall, WorkspaceRoom, WorkspaceView};
pub use job::AtWork;
pub use limits::{FILE_MAX, FILES_MAX, SURVEY_MAX};
pub use reserved::is_reserved;
pub use survey::{Survey, SurveyedFile};
pub use transaction::FileEdit;
pub use twin::{Twin, are_twins};
pub use walk::{FileEntry, LEFT_OUT};
pub use workspace::Workspace;

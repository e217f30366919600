//! What a project's files were at earlier moments.
//!
//! Before and after each step the files of a run's project are recorded, so that people can see what a step changed and
//! take back what it should not have. A snapshot is a tree of objects named by their SHA-256, as in git: a file that did
//! not change is stored once, however many snapshots and projects have it, and the digest of the root names the whole.
//! Taking one of an unchanged project costs a look at sizes and times and one row.
//!
//! The objects are in one SQLite file in the data folder, where neither plugins nor programs reach: a repository inside
//! of the project could be changed by what runs there, and would run its hooks. The file is a store and no journal. A
//! run's events carry the ids of its snapshots; what the store adds is its catalogue, which also has the snapshots that
//! belong to no run.
//!
//! Not stored are what [`orchestrator_workspace::LEFT_OUT`] leaves out, links, empty folders, and the contents of files
//! over [`orchestrator_workspace::FILE_MAX`]; restoring leaves these alone.
//!
//! Functions are plain and blocking; async code calls them on a thread made for waiting. The price of one file and one
//! connection: projects take turns in storing what is new.

mod catalogue;
mod error;
mod object;
mod restore;
mod schema;
mod store;
mod sweep;
mod take;
#[cfg(test)]
mod tests;
mod tree;

pub use catalogue::{Cause, Snapshot};
pub use error::SnapshotError;
pub use restore::RESTORE_MAX;
pub use store::Snapshots;
pub use take::Taken;
pub use tree::SnapshotFile;

/// Snapshots kept of one project; older ones are given up, and with them what only they have.
pub const KEPT: usize = 500;

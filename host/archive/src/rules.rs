//! How something is brought in.

use crate::{Budget, LeftOut};

/// What an archive may hold. Over `file` a single file is left out; over the others the archive is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Entries, those that are left out included. Default 40,000.
    pub entries: usize,
    /// Files that come in. Default 20,000.
    pub files: usize,
    /// Bytes of one file. Default 4 MiB.
    pub file: u64,
    /// Bytes of all files. Default 512 MiB.
    pub total: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self { entries: 40_000, files: 20_000, file: 4 << 20, total: 512 << 20 }
    }
}

/// A part of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named<'n> {
    /// The name of a folder.
    Folder(&'n str),
    /// The name of a file.
    File(&'n str),
}

/// How something is brought in.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// How many folders are taken off the front of each name.
    pub strip: usize,
    /// How much it may be.
    pub limits: ArchiveLimits,
    /// Whose memory it takes.
    pub budget: &'a Budget,
    /// Why a file of such a name, or all that is in a folder of it, is no part of a project.
    pub left_out: &'a dyn Fn(Named<'_>) -> Option<LeftOut>,
}

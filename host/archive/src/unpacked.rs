//! What came out of an archive.

use crate::{
    Guess, Held,
    left::{Listed, Skipped},
    withheld::Withheld,
};
use orchestrator_core::RelativePath;

/// A file that was unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpackedFile {
    /// Where it belongs.
    pub path: RelativePath,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Whether it can be started as a program.
    pub executable: bool,
}

/// What an archive holds.
#[derive(Debug)]
pub struct Unpacked {
    /// The files, in the order of the archive.
    pub files: Vec<UnpackedFile>,
    /// What was left out.
    pub skipped: Listed<Skipped>,
    /// Files whose names are not UTF-8, as their names were read.
    pub guessed: Listed<RelativePath>,
    /// The encoding that their names were read in; none where there are none.
    pub guess: Option<Guess>,
    /// Where what was left out may belong, whatever it was left out for.
    pub withheld: Withheld,
    /// The memory that the files take, given back when it is dropped.
    pub held: Held,
}

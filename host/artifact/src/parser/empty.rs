//! A tag that says that its file is empty (`<file-… path="a"/>`), until what follows shows that it is meant.
//!
//! Models also write such a tag in front of a code block that has the file. So nothing is opened before the first line
//! that is not blank has begun: blank lines are held until then, up to [`HELD_MAX`] bytes.

use super::{Answer, refuse};
use crate::piece::{Piece, Refused};
use orchestrator_answer::fence::is_mark;
use orchestrator_core::RelativePath;

/// Most blank bytes between a tag and a code block that belongs to it.
const HELD_MAX: usize = 256;
/// Marks that a fence has at least.
const MARKS: usize = 3;

/// An empty file, and the prose since its tag.
#[derive(Debug)]
pub(super) struct Empty {
    path: RelativePath,
    held: Vec<u8>,
}

impl Answer {
    /// Holds the file `path`, which is to be empty.
    pub(super) fn hold_empty(&mut self, path: RelativePath) {
        self.empty = Some(Empty { path, held: Vec::new() });
    }

    /// Takes as much of `text` as it needs to decide about the file that is held, if there is one; returns the rest, and
    /// what was held before it once that is decided.
    pub(super) fn decide_empty<'t>(
        &mut self,
        text: &'t [u8],
        each: &mut impl FnMut(Piece<'_>),
    ) -> Option<(Vec<u8>, &'t [u8])> {
        let Some(empty) = &mut self.empty else { return Some((Vec::new(), text)) };
        for (at, byte) in text.iter().enumerate() {
            empty.held.push(*byte);
            let begun = empty.held.trim_ascii_start();
            let is_block = match begun.first() {
                None if empty.held.len() < HELD_MAX => continue,
                Some(mark) if is_mark(*mark) && begun.iter().all(|other| other == mark) => {
                    if begun.len() < MARKS {
                        continue;
                    }
                    true
                }
                _ => false,
            };
            let rest = text.get(at + 1..).unwrap_or_default();
            return self.settle_empty(is_block, each).map(|held| (held, rest));
        }
        None
    }

    /// Opens and closes the file that is held, or refuses it because a code block is behind its tag; returns the prose
    /// that was held with it.
    pub(super) fn settle_empty(
        &mut self,
        is_block: bool,
        each: &mut impl FnMut(Piece<'_>),
    ) -> Option<Vec<u8>> {
        let Empty { path, held } = self.empty.take()?;
        match is_block {
            true => refuse(path.as_str(), &Refused::BehindEmpty, each),
            false => {
                let file = self.open(path, false, each);
                self.close(file, Ok(()), false, each);
            }
        }
        Some(held)
    }
}

//! Whether a comment is one that was there, in other words.
//!
//! A change that touches what a comment describes touches the comment as well, and then code went and a comment came that
//! is new. What tells that from an omission is what the comment is above: the line that the old comment was above, or that
//! line changed; and that it shares its words. A line that stands for code that went has none of its own in the old
//! version, and what is below it was not below a comment like it.

use super::{LIKE_MAX, compare::Region, compare::Side, is_like, judge::Judge, line::Kind, tokens};
use std::collections::HashSet;

/// Words that two wordings of a comment have in common, in percent of those of the longer one.
const SHARED_MIN: usize = 75;
/// Fewer words than this say too little to be known again.
const WORDS_MIN: usize = 3;

impl Judge<'_> {
    /// Whether the comment at `at`, which is new, is one of those that went.
    pub(super) fn is_reworded(&self, at: usize, region: &Region) -> bool {
        if !self.new.kind(at).is_comment() {
            return false;
        }
        let Some(new) = Block::around(self.new, at) else { return false };
        let went =
            region.went.iter().copied().filter(|went| matches!(self.old.kind(*went), Kind::Comment(_)));
        let mut known = None;
        went.take(LIKE_MAX).any(|went| {
            if known.as_ref().is_some_and(|end| went < *end) {
                return false;
            }
            let Some(old) = Block::around(self.old, went) else { return false };
            known = Some(old.end);
            new.is_above(old.below) && new.shares_words_with(&old)
        })
    }
}

/// Lines of comment one below the other, and what is below them.
struct Block<'a> {
    /// Those of the lines that the other version lacks.
    words: HashSet<&'a str>,
    end: usize,
    below: &'a str,
}

impl<'a> Block<'a> {
    /// The block that the comment at `at` is in; none where no code is below it.
    fn around(side: &Side<'a>, at: usize) -> Option<Self> {
        let start = (0..at).rev().take_while(|above| side.kind(*above).is_comment()).last().unwrap_or(at);
        let end = (at..side.lines.len()).find(|below| !side.kind(*below).is_comment())?;
        let below = (end..side.lines.len()).find(|below| side.kind(*below).is_filled())?;
        let words = (start..end)
            .filter(|line| side.is_unpaired(*line))
            .flat_map(|line| tokens(side.line(line)))
            .collect();
        Some(Self { words, end, below: side.line(below) })
    }

    fn is_above(&self, line: &str) -> bool {
        self.below == line || is_like(self.below, line)
    }

    fn shares_words_with(&self, other: &Self) -> bool {
        let shared = self.words.intersection(&other.words).count();
        shared >= WORDS_MIN && shared * 100 >= SHARED_MIN * self.words.len().max(other.words.len())
    }
}

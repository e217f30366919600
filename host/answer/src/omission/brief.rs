//! Comments that say little.
//!
//! What explains why code went, or what came in its place, takes more than a few words, or speaks of the code that it is
//! above. So a comment of few words, alone, is doubted where less code is gone than others need, and also where new code
//! that it does not speak of is right below it.

use super::{essence, judge::Judge, line::looks_like_code, tokens};

/// Words of a comment that says little.
const BRIEF_MAX: usize = 8;
/// Lines below a comment in which it may have a word.
const SPOKEN_OF: usize = 3;

impl Judge<'_> {
    /// Whether a line says little and is all that is said there. What explains a deletion, or what is new, takes more.
    pub(super) fn is_brief(&self, at: usize) -> bool {
        let line = self.new.line(at);
        // A quotation mark begins a text more often than a comment.
        let is_plain = self.new.kind(at).is_comment()
            && !line.starts_with(['\'', '"'])
            && !looks_like_code(essence(line));
        !self.is_prose
            && is_plain
            && !self.is_part_of_comment(at)
            && line.split_whitespace().count() <= BRIEF_MAX
    }

    /// Whether a comment goes on above or below the line.
    pub(super) fn is_part_of_comment(&self, at: usize) -> bool {
        // Code that was put out of use, next to its brackets, is one as well.
        let is_comment = |at: usize| self.new.kind(at).is_comment() || self.new.line(at).starts_with("//");
        at.checked_sub(1).is_some_and(is_comment) || is_comment(at + 1)
    }

    /// Whether a line has a word of the code right below it, or a part of one.
    pub(super) fn speaks_of(&self, at: usize, below: usize) -> bool {
        let words =
            |at: usize| tokens(self.new.line(at)).map(str::to_lowercase).filter(|word| word.len() > 3);
        let below: Vec<String> = (below..below + SPOKEN_OF).flat_map(words).collect();
        words(at).any(|word| {
            let root = word.strip_suffix('s').unwrap_or(&word);
            below.iter().any(|below| below.contains(root) || word.contains(below.as_str()))
        })
    }
}

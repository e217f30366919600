//! What the names in a hunk's header say about its place.
//!
//! A header names a line that stands above the hunk: git puts the last line there that looks like the beginning of a
//! function, and models the class or the function that they mean, or one below the other. So a name can do two things. It
//! chooses between several places, if it leads to one block of code and one place is in it. And it can contradict a
//! place: where the line stands only after it, or where between the two another block of the same level begins. A name
//! that the file does not have says nothing.

use crate::{
    base::Base,
    hunk::Hunk,
    keys::{indent, is_blank},
    place::HunkPlace,
};
use std::ops::Range;

/// Shortest name that says anything.
const NAME_MIN: usize = 3;
/// Words after which a block comes that has no name, so that none of the same level begins there.
const CONTROL: [&[u8]; 16] = [
    b"if", b"else", b"elif", b"for", b"while", b"do", b"with", b"try", b"except", b"finally", b"catch",
    b"switch", b"match", b"case", b"default", b"return",
];

/// Where the lines are that a header names, the last of them within the ones before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scopes {
    /// Each such line, and where after it another block of its level begins.
    openings: Vec<Range<usize>>,
    /// Whether the file has such a line as it is named, so that it can contradict.
    exact: bool,
    /// Whether the file has all names, but none of the last within the others.
    apart: bool,
}

impl Scopes {
    pub(crate) fn of(hunk: &Hunk<'_>, base: &Base<'_>) -> Self {
        let mut found: Option<Self> = None;
        for name in hunk.headings.iter().filter(|name| name.len() >= NAME_MIN) {
            let (lines, exact) = base.lines_named(name);
            if lines.is_empty() {
                continue;
            }
            let within: Vec<usize> = match &found {
                Some(outer) => lines.iter().copied().filter(|line| outer.admits(*line)).collect(),
                None => lines,
            };
            let apart = within.is_empty();
            let exact = exact && found.as_ref().is_none_or(|outer| outer.exact);
            found = Some(Self { openings: openings(&within, base), exact, apart });
            if apart {
                break;
            }
        }
        found.unwrap_or_default()
    }

    /// The last of the lines before `line`.
    fn last_before(&self, line: usize) -> Option<&Range<usize>> {
        let at = self.openings.partition_point(|opening| opening.start < line);
        self.openings.get(at.checked_sub(1)?)
    }

    fn admits(&self, line: usize) -> bool {
        self.last_before(line).is_some_and(|opening| line <= opening.end)
    }

    /// Whether a hunk with this header cannot be meant for `place`. A line number that is exactly right outweighs a
    /// block that begins between, as git knows not every language.
    pub(crate) fn contradict(&self, place: &HunkPlace, is_at_its_number: bool) -> bool {
        if !self.exact || self.openings.is_empty() && !self.apart {
            return false;
        }
        match self.last_before(place.end.max(place.start + 1)) {
            None => true,
            Some(opening) => opening.start < place.start && opening.end < place.start && !is_at_its_number,
        }
    }

    /// The one place that is in the block of code which is named: every line between is indented deeper.
    pub(crate) fn choose(&self, base: &Base<'_>, starts: &[usize]) -> Option<usize> {
        let [opening] = self.openings.as_slice() else { return None };
        let opening = opening.start;
        let depth = indent(base.line_text(opening)).len();
        let is_end = |at: &usize| {
            let line = base.line_text(*at);
            !is_blank(line) && indent(line).len() <= depth && begins_with_word(line)
        };
        let end = (opening + 1..base.len()).find(is_end).unwrap_or(base.len());
        let mut inside =
            starts.iter().enumerate().filter(|(_, start)| (opening..end).contains(*start)).map(|(at, _)| at);
        match (inside.next(), inside.next()) {
            (Some(at), None) => Some(at),
            _ => None,
        }
    }
}

/// Each of `lines`, which are in order, with where another block of its level begins. What is after the next of them is that
/// one's affair.
fn openings(lines: &[usize], base: &Base<'_>) -> Vec<Range<usize>> {
    let after = |at: usize| lines.get(at + 1).copied().unwrap_or(base.len());
    let one = |(at, line): (usize, &usize)| {
        let until = after(at);
        let end = match opens_block(base, *line) {
            true => (*line + 1..until).find(|next| is_of_same_level(base, *line, *next)).unwrap_or(until),
            // A line without a block says what the hunk comes after, and no more.
            false => base.len(),
        };
        *line..end
    };
    lines.iter().enumerate().map(one).collect()
}

/// Whether a block begins at `next` that the one at `line` does not contain.
fn is_of_same_level(base: &Base<'_>, line: usize, next: usize) -> bool {
    let (first, second) = (base.line_text(line), base.line_text(next));
    !is_blank(second)
        && indent(second).len() <= indent(first).len()
        && (begins_with_word(second) || !begins_with_word(first))
        && !CONTROL.contains(&first_word(second))
        && opens_block(base, next)
}

/// Whether what comes after `line` is indented deeper.
fn opens_block(base: &Base<'_>, line: usize) -> bool {
    let depth = indent(base.line_text(line)).len();
    let next = (line + 1..base.len()).map(|at| base.line_text(at)).find(|line| !is_blank(line));
    next.is_some_and(|next| indent(next).len() > depth)
}

fn begins_with_word(line: &[u8]) -> bool {
    first_byte(line).is_some_and(|first| first.is_ascii_alphanumeric() || first == b'_')
}

fn first_byte(line: &[u8]) -> Option<u8> {
    line.trim_ascii_start().first().copied()
}

fn first_word(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii_start();
    let end = line.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    line.get(..end.unwrap_or(line.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Strategy;

    const FILE: &str = "struct Disk:\n  def open(it):\n    a = 1\n\n\nstruct Tape:\n  def close(it):\n    b = 2\nif x:\n  c = 3\n";

    fn contradicts(names: &[&str], line: usize) -> bool {
        let base = Base::new(FILE.as_bytes());
        let hunk = Hunk { headings: names.iter().map(|name| name.as_bytes()).collect(), ..Hunk::new(1) };
        Scopes::of(&hunk, &base).contradict(&HunkPlace::block(line - 1, 1, Strategy::Exact), false)
    }

    #[test]
    fn a_name_contradicts_a_place_before_it_and_one_in_the_next_block_of_its_level() {
        assert!(contradicts(&["struct Tape:"], 3) && !contradicts(&["struct Tape:"], 8));
        assert!(contradicts(&["struct Disk:"], 8) && !contradicts(&["struct Disk:"], 3));
        // The line itself, and the one that begins the next block, as git's names are of the line above the hunk.
        assert!(!contradicts(&["struct Tape:"], 6) && !contradicts(&["struct Disk:"], 6));
        // No block of that level: git passes over it.
        assert!(!contradicts(&["struct Tape:"], 10));
        // What the file does not have, or not as it is named.
        assert!(!contradicts(&["struct Drum:"], 3) && !contradicts(&["struct Ta"], 3));
    }

    #[test]
    fn names_narrow_the_place_one_after_the_other() {
        assert!(!contradicts(&["struct Tape:", "def close(it):"], 8));
        assert!(contradicts(&["struct Disk:", "def close(it):"], 8));
        assert!(contradicts(&["struct Tape:", "def open(it):"], 3));
        assert!(!contradicts(&["struct Drum:", "def open(it):"], 3));
    }
}

//! Whether lines that a file has prove that a hunk was applied before.
//!
//! That the lines which a hunk adds stand somewhere proves nothing: a file has many a `return null;`. If the hunk is then
//! said to be applied, an edit that was never made counts as made, and nobody sends it again. So something has to show
//! that they stand where the hunk is about: its own context around them, its line number, the end of the file, or that
//! there is nothing else. And what it takes out must not stand where it would have been taken out.

use crate::{
    base::Base,
    hunk::{Hunk, HunkLine, Kind},
    keys::{is_blank, letters},
    report::Strategy,
    similar::similarity,
};

/// Letters and digits from which on the context of a hunk tells where it stands.
const TELLING: usize = 3;
/// How alike a line must be to be one that the hunk takes out, worded differently: where the context is the hunk's, and
/// where it is right beside what the hunk adds.
const LIKE: f32 = 0.6;
const LIKE_BESIDE: f32 = 0.75;
/// Lines by which there may be more between the context than the hunk takes out.
const SLACK: usize = 4;
/// Most comparisons of lines. What takes more is not proven.
const COMPARED_MAX: usize = 10_000;

/// Whether the lines from `start` on, which are what `hunk` would leave, are there because it was applied.
pub(crate) fn proves(hunk: &Hunk<'_>, base: &Base<'_>, start: usize) -> bool {
    let edges = Edges::of(hunk);
    let place = LeftLines { start, end: start + hunk.new_lines().count() };
    let context = hunk.lines.iter().filter(|line| line.kind == Kind::Context);
    let shows = context.map(|line| letters(line.text)).sum::<usize>() >= TELLING;
    let is_all = place.start == 0 && place.end == base.len();
    let is_last = (hunk.at_end || hunk.old_unended || hunk.new_unended) && place.end == base.len();
    let is_numbered = hunk.is_complete() && hunk.named_line() == Some(start);
    if is_indented_otherwise(hunk, base, start) {
        return false;
    }
    if is_all {
        return true;
    }
    if !(shows || is_last || is_numbered) || edges.goes_on_beside(&place, base) {
        return false;
    }
    is_numbered || is_last || !edges.stands_elsewhere(&place, base)
}

/// Whether the file has lines that the hunk adds at another depth, while it has the context at the hunk's own: then how deep
/// they are is what the hunk changes.
fn is_indented_otherwise(hunk: &Hunk<'_>, base: &Base<'_>, start: usize) -> bool {
    let lines = || hunk.new_lines().enumerate().filter(|(_, line)| !is_blank(line.text));
    let depths = |(at, line): (usize, &HunkLine<'_>)| {
        (depth(line.text).to_vec(), depth(base.line_text(start + at)).to_vec())
    };
    let is_exact = lines()
        .filter(|(_, line)| line.kind == Kind::Context)
        .map(depths)
        .any(|(own, there)| own == there && !own.is_empty());
    lines()
        .filter(|(_, line)| line.kind == Kind::Added)
        .map(depths)
        .any(|(own, there)| own != there && (is_exact || own.is_empty() || there.is_empty()))
}

/// The blanks that a line begins with.
fn depth(line: &[u8]) -> &[u8] {
    line.get(..line.len() - line.trim_ascii_start().len()).unwrap_or_default()
}

/// The file's lines that are what a hunk would leave.
struct LeftLines {
    start: usize,
    end: usize,
}

/// A hunk as context above its changes, what it takes out, and context below.
struct Edges<'h, 'a> {
    above: Vec<HunkLine<'a>>,
    below: Vec<HunkLine<'a>>,
    removed: Vec<&'h HunkLine<'a>>,
    added: Vec<&'h HunkLine<'a>>,
    /// How many lines of the old file are between the two.
    between: usize,
}

impl<'h, 'a> Edges<'h, 'a> {
    fn of(hunk: &'h Hunk<'a>) -> Self {
        let is_context = |line: &&HunkLine<'a>| line.kind == Kind::Context;
        let above: Vec<HunkLine<'a>> = hunk.lines.iter().take_while(is_context).copied().collect();
        let mut below: Vec<HunkLine<'a>> = hunk.lines.iter().rev().take_while(is_context).copied().collect();
        below.reverse();
        let of_kind = |kind| {
            let lines = hunk.lines.iter();
            lines.filter(move |line| line.kind == kind && !is_blank(line.text)).collect::<Vec<_>>()
        };
        let between = hunk.old().count().saturating_sub(above.len() + below.len());
        Self { above, below, removed: of_kind(Kind::Removed), added: of_kind(Kind::Added), between }
    }

    /// Whether the file's line beside the place, where the hunk shows none, is one that it takes out.
    fn goes_on_beside(&self, place: &LeftLines, base: &Base<'_>) -> bool {
        let before = place.start.checked_sub(1).filter(|_| self.above.is_empty());
        let after = Some(place.end).filter(|at| self.below.is_empty() && *at < base.len());
        before.into_iter().chain(after).map(|at| base.line_text(at).trim_ascii()).any(|line| {
            let most = |lines: &[&HunkLine<'_>]| {
                let alike =
                    lines.iter().take(COMPARED_MAX).map(|one| similarity(one.text.trim_ascii(), line));
                alike.fold(0.0, f32::max)
            };
            let removed = most(&self.removed);
            removed >= LIKE_BESIDE && removed > most(&self.added)
        })
    }

    /// Whether the hunk's context stands at another place as well, with something like what it takes out. Then that one may
    /// be meant.
    fn stands_elsewhere(&self, place: &LeftLines, base: &Base<'_>) -> bool {
        let tells = |lines: &[HunkLine<'_>]| lines.iter().any(|line| letters(line.text) > 0);
        let is_apart = |from: usize, to: usize| to <= place.start || from >= place.end;
        let mut left = COMPARED_MAX;
        let reach = self.between + SLACK;
        let mut has_like = |from: usize, to: usize| {
            is_apart(from, to.max(from + 1))
                && (from..to.min(base.len())).any(|at| {
                    let line = base.line_text(at).trim_ascii();
                    self.removed.iter().any(|one| {
                        left = left.saturating_sub(1);
                        left == 0 || similarity(one.text.trim_ascii(), line) >= LIKE
                    })
                })
        };
        let below = match tells(&self.below) {
            true => base.find(&self.below, Strategy::Punctuation),
            false => Vec::new(),
        };
        if !tells(&self.above) {
            return below.iter().any(|at| has_like(at.saturating_sub(self.between), *at));
        }
        let above = base.find(&self.above, Strategy::Punctuation);
        above.iter().map(|at| at + self.above.len()).any(|from| {
            if !tells(&self.below) {
                return has_like(from, from + self.between);
            }
            let next = below.get(below.partition_point(|at| *at < from)).filter(|at| **at <= from + reach);
            next.is_some_and(|to| has_like(from, *to))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(lines: &[&'static str]) -> Hunk<'static> {
        let line = |line: &&'static str| {
            let (sign, text) = line.split_at(1);
            let kind = match sign {
                "-" => Kind::Removed,
                "+" => Kind::Added,
                _ => Kind::Context,
            };
            HunkLine { kind, text: text.as_bytes(), carriage_return: false, signless: false }
        };
        Hunk { lines: lines.iter().map(line).collect(), ..Hunk::new(1) }
    }

    #[test]
    fn added_lines_alone_prove_nothing() {
        let base = Base::new(b"head\nreturn null;\nrest\n");
        assert!(!proves(&hunk(&["-return nothing;", "+return null;"]), &base, 1));
        assert!(proves(&hunk(&[" head", "-return nothing;", "+return null;"]), &base, 0));
        assert!(!proves(&hunk(&["-}", "+return null;"]), &base, 1));
    }

    #[test]
    fn a_line_number_proves_a_hunk_that_is_whole() {
        let base = Base::new(b"head\nreturn null;\nrest\n");
        let numbered = |start, claimed| Hunk {
            start: Some(start),
            claimed: Some(claimed),
            ..hunk(&["-return nothing;", "+return null;"])
        };
        assert!(proves(&numbered(2, (1, 1)), &base, 1));
        assert!(!proves(&numbered(3, (1, 1)), &base, 1) && !proves(&numbered(2, (2, 1)), &base, 1));
    }

    #[test]
    fn the_same_context_with_something_like_what_goes_is_the_place_that_is_meant() {
        let base = Base::new(b"if x:\n  return None\nif x:\n  raise ValueError(\"y\")\n");
        let sent = hunk(&[" if x:", "-  raise ValueError(\"y is None\")", "+  return None"]);
        assert!(!proves(&sent, &base, 0));
        let base = Base::new(b"import a\nimport b from \"b\"\nimport c from \"c2\"\nrun\n");
        assert!(!proves(&hunk(&[" import a", "-import c from \"c\"", "+import b from \"b\""]), &base, 0));
    }
}

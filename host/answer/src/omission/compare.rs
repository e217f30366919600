//! What differs between two versions of a file, in regions between lines that both surely have.
//!
//! A line counts as the same when its text is; how far it is indented does not matter. Brackets, and short lines that
//! occur often, are the same by accident: a region goes on over them, or one lost part would be cut into many and each
//! would look small.

use super::line::{Content, Kind, kinds};
use imara_diff::{Algorithm, Diff, InternedInput, Token};
use std::ops::Range;

/// Lines in a row that are the same, after which that is no accident.
const SURE_RUN: usize = 3;

/// One version.
pub(super) struct Side<'a> {
    /// Without the blanks around them.
    pub(super) lines: Vec<&'a str>,
    pub(super) kinds: Vec<Kind>,
    /// How often each line is in this version, and in the other.
    counts: Vec<(u32, u32)>,
}

/// Lines that went, and those that came in their place; by number, from 0.
#[derive(Debug, Default)]
pub(super) struct Region {
    pub(super) went: Vec<usize>,
    pub(super) came: Vec<usize>,
}

impl<'a> Side<'a> {
    fn new(text: &'a str, content: Content) -> Self {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let kinds = kinds(&lines, content);
        Self { lines, kinds, counts: Vec::new() }
    }

    pub(super) fn line(&self, at: usize) -> &'a str {
        self.lines.get(at).copied().unwrap_or_default()
    }

    pub(super) fn kind(&self, at: usize) -> Kind {
        self.kinds.get(at).copied().unwrap_or(Kind::Blank)
    }

    /// How often the line is in this version.
    pub(super) fn count(&self, at: usize) -> u32 {
        self.counts_of(at).0
    }

    /// Whether the other version has fewer of this line: it was not moved.
    pub(super) fn is_unpaired(&self, at: usize) -> bool {
        let (here, there) = self.counts_of(at);
        there < here
    }

    /// Whether the other version has it nowhere.
    pub(super) fn is_new(&self, at: usize) -> bool {
        matches!(self.counts_of(at), (1.., 0))
    }

    fn counts_of(&self, at: usize) -> (u32, u32) {
        self.counts.get(at).copied().unwrap_or_default()
    }
}

/// Both versions and the regions in which they differ.
pub(super) fn compare<'a>(old: &'a str, new: &'a str, content: Content) -> (Side<'a>, Side<'a>, Vec<Region>) {
    let (mut before, mut after) = (Side::new(old, content), Side::new(new, content));
    let mut input = InternedInput::default();
    input.update_before(before.lines.iter().copied());
    input.update_after(after.lines.iter().copied());
    let mut counts = vec![(0, 0); input.interner.num_tokens() as usize];
    for token in &input.before {
        counts.get_mut(token.0 as usize).into_iter().for_each(|(old, _)| *old += 1);
    }
    for token in &input.after {
        counts.get_mut(token.0 as usize).into_iter().for_each(|(_, new)| *new += 1);
    }
    let of = |token: &Token| counts.get(token.0 as usize).copied().unwrap_or_default();
    before.counts = input.before.iter().map(of).collect();
    after.counts = input.after.iter().map(of).map(|(old, new)| (new, old)).collect();
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    let mut regions: Vec<Region> = Vec::new();
    let mut end = 0;
    for hunk in diff.hunks() {
        let between = end as usize..hunk.before.start as usize;
        if regions.is_empty() || is_sure(&before, between) {
            regions.push(Region::default());
        }
        if let Some(region) = regions.last_mut() {
            region.went.extend(as_usize(&hunk.before));
            region.came.extend(as_usize(&hunk.after));
        }
        end = hunk.before.end;
    }
    (before, after, regions)
}

/// Whether these lines, which both versions have, are the same ones.
fn is_sure(side: &Side<'_>, lines: Range<usize>) -> bool {
    let filled = || lines.clone().filter(|at| side.kind(*at).is_filled());
    filled().any(|at| side.counts_of(at) == (1, 1)) || filled().nth(SURE_RUN - 1).is_some()
}

fn as_usize(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

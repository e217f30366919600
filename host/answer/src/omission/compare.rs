//! What differs between two versions of a file, in regions between lines that both surely have.
//!
//! Those are the lines that each has once, as far as they are in the same order in both. What is between two of them is
//! a region, less what both have alike at its ends; within a region lines are paired by their text, wherever they stand.
//! That is less than a diff says, but a diff also takes lines for the same that are so by accident, such as brackets,
//! and then one lost part would be cut into many and each would look small. The work is linear but for a sort, whatever
//! the files are. How far a line is indented does not matter.

use super::line::{Content, Kind, kinds};
use std::{collections::HashMap, ops::Range};

/// One version.
pub(super) struct Side<'a> {
    /// Without the blanks around them.
    pub(super) lines: Vec<&'a str>,
    pub(super) kinds: Vec<Kind>,
    /// How many blanks each line begins with.
    indents: Vec<usize>,
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
        let (lines, indents): (Vec<&str>, Vec<usize>) =
            text.lines().map(|line| (line.trim(), line.len() - line.trim_start().len())).unzip();
        let kinds = kinds(&lines, content);
        Self { lines, kinds, indents, counts: Vec::new() }
    }

    pub(super) fn line(&self, at: usize) -> &'a str {
        self.lines.get(at).copied().unwrap_or_default()
    }

    pub(super) fn kind(&self, at: usize) -> Kind {
        self.kinds.get(at).copied().unwrap_or(Kind::Blank)
    }

    pub(super) fn indent(&self, at: usize) -> usize {
        self.indents.get(at).copied().unwrap_or_default()
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
    let mut known: HashMap<&str, Known> = HashMap::with_capacity(before.lines.len());
    for (at, line) in before.lines.iter().enumerate() {
        let known = known.entry(line).or_default();
        known.old += 1;
        known.at = at;
    }
    for line in &after.lines {
        known.entry(line).or_default().new += 1;
    }
    let of = |line: &&str| known.get(line).copied().unwrap_or_default();
    before.counts = before.lines.iter().map(of).map(|known| (known.old, known.new)).collect();
    after.counts = after.lines.iter().map(of).map(|known| (known.new, known.old)).collect();
    let once = after.lines.iter().enumerate().filter(|(at, _)| after.kind(*at).is_filled());
    let once = once.map(|(at, line)| (of(line), at)).filter(|(known, _)| (known.old, known.new) == (1, 1));
    let mut sure = in_order(once.map(|(known, at)| (known.at, at)));
    sure.push((before.lines.len(), after.lines.len()));
    let mut regions = Vec::new();
    let mut from = (0, 0);
    for (old, new) in sure {
        regions.extend(region(&before, &after, from.0..old, from.1..new));
        from = (old + 1, new + 1);
    }
    (before, after, regions)
}

/// What is known of a line's text.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    /// How often it is in the old version, and in the new one.
    old: u32,
    new: u32,
    /// Where it is in the old version, the last time.
    at: usize,
}

/// The most of these pairs whose first numbers rise, given in the order of the second.
fn in_order(pairs: impl Iterator<Item = (usize, usize)>) -> Vec<(usize, usize)> {
    // Of each pair, the one before it in the longest row that ends in it; and for each length, the pair that ends a row
    // of it with the lowest number.
    let mut all: Vec<((usize, usize), Option<usize>)> = Vec::new();
    let mut ends: Vec<usize> = Vec::new();
    for pair in pairs {
        let first = |end: &usize| all.get(*end).map_or(0, |((first, _), _)| *first);
        let length = ends.partition_point(|end| first(end) < pair.0);
        let before = length.checked_sub(1).and_then(|length| ends.get(length)).copied();
        match ends.get_mut(length) {
            Some(end) => *end = all.len(),
            None => ends.push(all.len()),
        }
        all.push((pair, before));
    }
    let mut next = ends.last().copied();
    let mut row: Vec<(usize, usize)> = Vec::with_capacity(ends.len());
    while let Some((pair, before)) = next.and_then(|at| all.get(at)) {
        row.push(*pair);
        next = *before;
    }
    row.reverse();
    row
}

/// What differs between these lines of both versions, if anything does.
fn region(
    before: &Side<'_>,
    after: &Side<'_>,
    mut old: Range<usize>,
    mut new: Range<usize>,
) -> Option<Region> {
    while !old.is_empty() && !new.is_empty() && before.line(old.start) == after.line(new.start) {
        (old.start, new.start) = (old.start + 1, new.start + 1);
    }
    while !old.is_empty() && !new.is_empty() && before.line(old.end - 1) == after.line(new.end - 1) {
        (old.end, new.end) = (old.end - 1, new.end - 1);
    }
    let went = without_pairs(before, &old, after, &new);
    let came = without_pairs(after, &new, before, &old);
    (!went.is_empty() || !came.is_empty()).then_some(Region { went, came })
}

/// The lines of one side that have none like them among those of the other.
fn without_pairs(side: &Side<'_>, own: &Range<usize>, other: &Side<'_>, others: &Range<usize>) -> Vec<usize> {
    let mut there: HashMap<&str, usize> = HashMap::new();
    for at in others.clone() {
        *there.entry(other.line(at)).or_default() += 1;
    }
    own.clone()
        .filter(|at| match there.get_mut(side.line(*at)) {
            Some(left @ 1..) => {
                *left -= 1;
                false
            }
            _ => true,
        })
        .collect()
}

//! Finds what a hunk would leave: then it was applied before.

use crate::{
    base::{Base, number},
    hunk::{Hunk, HunkLine, Kind},
    keys::{key, letters},
    report::Strategy,
};

/// Letters and digits that added lines must have for their presence to mean that they were added.
const TELLING: usize = 4;
/// How far from the line that its header names a hunk that was applied before is looked for.
const NEAR: usize = 3;

/// Where the file has all lines that the hunk would leave, and some of them are telling.
pub(crate) fn already(hunk: &Hunk<'_>, base: &Base<'_>, strategy: Strategy) -> Option<usize> {
    let told: usize =
        hunk.lines.iter().filter(|line| line.kind == Kind::Added).map(|line| letters(line.text)).sum();
    if told < TELLING {
        return None;
    }
    let new: Vec<HunkLine<'_>> = hunk.new_lines().copied().collect();
    only(&base.find(&new, strategy), hunk)
}

/// As [`already`], for a hunk that only removes, or adds nothing telling: what it leaves on both sides of what it
/// removed stands together.
pub(crate) fn removed_already(hunk: &Hunk<'_>, base: &Base<'_>) -> Option<usize> {
    let new: Vec<HunkLine<'_>> = hunk.new_lines().copied().collect();
    let enclosed = [hunk.lines.first(), hunk.lines.last()]
        .into_iter()
        .all(|line| line.is_some_and(|line| line.kind == Kind::Context));
    let told: usize = new.iter().map(|line| letters(line.text)).sum();
    if !enclosed || told < 2 * TELLING {
        return None;
    }
    only(&base.find(&new, Strategy::LineEnds), hunk)
}

/// As [`already`], for a hunk that adds little: what it leaves, context and all, is at one place, and nothing of what it
/// takes out is anywhere.
pub(crate) fn replaced_already(hunk: &Hunk<'_>, base: &Base<'_>) -> Option<usize> {
    let new: Vec<HunkLine<'_>> = hunk.new_lines().copied().collect();
    let told: usize = new.iter().map(|line| letters(line.text)).sum();
    let shows = |kind| hunk.lines.iter().any(|line| line.kind == kind && letters(line.text) > 0);
    if told < TELLING || ![Kind::Context, Kind::Removed, Kind::Added].into_iter().all(shows) {
        return None;
    }
    let gone = |line: &HunkLine<'_>| base.find(&[*line], Strategy::Punctuation).is_empty();
    let mut removed = hunk.lines.iter().filter(|line| line.kind == Kind::Removed && letters(line.text) > 0);
    match base.find(&new, Strategy::LineEnds).as_slice() {
        [start] if removed.all(gone) => Some(*start),
        _ => None,
    }
}

/// The one place, or the one that the header's line number names.
fn only(starts: &[usize], hunk: &Hunk<'_>) -> Option<usize> {
    match starts {
        [start] => Some(*start),
        several => several.iter().copied().find(|start| Some(*start) == hunk.named_line()),
    }
}

/// Whether what the hunk would leave is at the line that its header names, or a few lines off; and where.
pub(crate) fn left_near(hunk: &Hunk<'_>, base: &Base<'_>, at: usize) -> Option<usize> {
    let keys = base.keys(Strategy::LineEnds);
    let new: Vec<u64> = hunk.new_lines().map(|line| key(line.text, Strategy::LineEnds)).collect();
    let mut around = at.saturating_sub(NEAR)..=at + NEAR;
    around.find(|at| hunk.has(Kind::Added) && keys.get(*at..*at + new.len()) == Some(&new))
}

/// Where the file ends in what the hunk would leave.
pub(crate) fn left_at_the_end(hunk: &Hunk<'_>, base: &Base<'_>) -> Option<usize> {
    let new: Vec<HunkLine<'_>> = hunk.new_lines().copied().collect();
    let start = base.len().checked_sub(new.len())?;
    base.find(&new, Strategy::LineEnds).contains(&start).then_some(start)
}

/// A hunk that adds at its very beginning or end finds its context again after it was applied. Then what it adds
/// stands beside that.
pub(crate) fn inserted_before(
    hunk: &Hunk<'_>,
    base: &Base<'_>,
    starts: &[usize],
    lines: usize,
    strategy: Strategy,
) -> Option<usize> {
    if hunk.has(Kind::Removed) {
        return None;
    }
    let added = |lines: &mut dyn Iterator<Item = &HunkLine<'_>>| -> Vec<u64> {
        lines.take_while(|line| line.kind == Kind::Added).map(|line| number(line, strategy)).collect()
    };
    let before = added(&mut hunk.lines.iter());
    let mut after = added(&mut hunk.lines.iter().rev());
    after.reverse();
    if before.len() + after.len() != hunk.lines.len() - lines {
        return None;
    }
    let keys = base.keys(strategy);
    // Comparing at every place would take as long as all places times what is added.
    let added = before.len() + after.len();
    let whole = (starts.len().saturating_mul(added) > keys.len()).then(|| {
        let old = hunk.old().map(|line| number(line, strategy));
        let all: Vec<u64> = before.iter().copied().chain(old).chain(after.iter().copied()).collect();
        base.find_numbers(&all, strategy)
    });
    let found = starts.iter().copied().filter_map(|start| {
        let first = start.checked_sub(before.len())?;
        let stands = match &whole {
            Some(whole) => whole.binary_search(&first).is_ok(),
            None => {
                keys.get(first..start) == Some(&before)
                    && keys.get(start + lines..start + lines + after.len()) == Some(&after)
            }
        };
        let meant_here = !before.is_empty() && hunk.named_line() == Some(start);
        (stands && !meant_here).then_some(first)
    });
    let found: Vec<usize> = found.collect();
    // Where the context is in several places, all of them would have to be this one's.
    (found.len() == starts.len()).then(|| found.first().copied()).flatten()
}

//! Finds what a hunk would leave: then it was applied before.

use crate::{
    base::{Base, number},
    hunk::{Hunk, HunkLine, Kind},
    keys::{key, letters},
    proof::proves,
    report::Strategy,
};

/// Letters and digits that added lines must have for their presence to mean that they were added.
const TELLING: usize = 4;
/// How far from the line that its header names a hunk that was applied before is looked for.
const NEAR: usize = 3;

/// Lines of the file that are what a hunk would leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// From this line on, counted from 0, since the hunk was applied.
    Applied(usize),
    /// From this line on, and nothing shows that the hunk has to do with them.
    Doubtful(usize),
}

impl Left {
    /// Every way to find what a hunk would leave ends here.
    fn judged(hunk: &Hunk<'_>, base: &Base<'_>, start: usize) -> Self {
        match proves(hunk, base, start) {
            true => Self::Applied(start),
            false => Self::Doubtful(start),
        }
    }

    fn applied(self) -> Option<usize> {
        match self {
            Self::Applied(start) => Some(start),
            Self::Doubtful(_) => None,
        }
    }
}

/// Where the file has all lines that the hunk would leave, and some of them are telling.
pub(crate) fn already(hunk: &Hunk<'_>, base: &Base<'_>, strategy: Strategy) -> Option<Left> {
    let told = |kind| -> usize {
        hunk.lines.iter().filter(|line| line.kind == kind).map(|line| letters(line.text)).sum()
    };
    if told(Kind::Added) == 0 {
        return None;
    }
    let new: Vec<HunkLine<'_>> = hunk.new_lines().copied().collect();
    let start = only(&base.find(&new, strategy), hunk)?;
    if told(Kind::Added) < TELLING {
        // Few letters tell enough where they are all that the file has, or just where the header says.
        let is_all = start == 0 && new.len() == base.len();
        let is_numbered = hunk.is_complete() && hunk.named_line() == Some(start) && told(Kind::Context) > 0;
        let left = Left::judged(hunk, base, start);
        return Some(left).filter(|left| (is_all || is_numbered) && *left == Left::Applied(start));
    }
    let old: Vec<HunkLine<'_>> = hunk.old().copied().collect();
    let loosely = base.find(&old, Strategy::Punctuation);
    if loosely.is_empty() {
        return Some(Left::judged(hunk, base, start));
    }
    // What it shows differs from what it would leave by blanks or punctuation alone, or stands elsewhere.
    let overlaps = |at: &usize| *at < start + new.len() && start < at + old.len();
    Some(if loosely.iter().any(overlaps) { Left::Applied(start) } else { Left::Doubtful(start) })
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
    let start = only(&base.find(&new, Strategy::LineEnds), hunk)?;
    Left::judged(hunk, base, start).applied()
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
        [start] if removed.all(gone) => Left::judged(hunk, base, *start).applied(),
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
pub(crate) fn left_at_the_end(hunk: &Hunk<'_>, base: &Base<'_>) -> Option<Left> {
    let new: Vec<HunkLine<'_>> = hunk.new_lines().copied().collect();
    let start = base.len().checked_sub(new.len())?;
    let stands = base.find(&new, Strategy::LineEnds).contains(&start);
    stands.then(|| Left::judged(hunk, base, start))
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

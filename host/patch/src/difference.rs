//! What differs between two lists of lines, in a time that does not depend on what the lines are.
//!
//! Finding the smallest difference takes time that grows with the pairs of lines, and two files of a few megabytes can be
//! made so that it takes minutes: the same lines in reverse, few texts over and over. So long lists are cut first where a
//! line stands once in both, in the same order (as *patience* diff does), and the parts between are compared as far as a
//! budget of pairs goes. A part beyond it is told as replaced: correct, and longer than it need be.

use crate::text::Line;
use imara_diff::{Algorithm, Diff, Hunk as LinesChanged, InternedInput};
use std::{collections::HashMap, ops::Range};

/// Pairs of lines that may be compared. What is spent is gone, so several comparisons can share one budget.
#[derive(Debug, Clone)]
pub struct PairBudget(usize);

/// Pairs that one comparison may come to. With them two files of 3 MB, whose lines were in reverse, shuffled, or of few texts,
/// took 0.4 s at most, reading and writing included.
const OF_ONE: usize = 16_000_000;
/// Pairs from which lists are cut first.
const LONG: usize = 1_000_000;

impl PairBudget {
    /// A budget for so many files that take as long as one may.
    #[must_use]
    pub const fn files(count: usize) -> Self {
        Self(OF_ONE.saturating_mul(count))
    }

    /// A budget for one of many blocks of a patch.
    pub(crate) const fn block() -> Self {
        Self(LONG)
    }

    fn spend(&mut self, before: usize, after: usize) -> bool {
        let pairs = before.saturating_mul(after);
        let enough = pairs <= self.0;
        self.0 -= if enough { pairs } else { 0 };
        enough
    }
}

/// What differs, line ends included.
pub(crate) fn lines_diff(
    before: &[Line<'_>],
    after: &[Line<'_>],
    budget: &mut PairBudget,
) -> Vec<LinesChanged> {
    let mut changes = Vec::new();
    let whole = Part { before: 0..before.len(), after: 0..after.len() }.trimmed(before, after);
    if whole.pairs() <= LONG {
        whole.compare(before, after, budget, &mut changes);
        return changes;
    }
    for part in whole.cut(before, after) {
        part.trimmed(before, after).compare(before, after, budget, &mut changes);
    }
    changes
}

/// A stretch of each list.
#[derive(Debug, Clone)]
struct Part {
    before: Range<usize>,
    after: Range<usize>,
}

impl Part {
    fn pairs(&self) -> usize {
        self.before.len().saturating_mul(self.after.len())
    }

    fn lines<'l, 't>(
        &self,
        before: &'l [Line<'t>],
        after: &'l [Line<'t>],
    ) -> (&'l [Line<'t>], &'l [Line<'t>]) {
        let of = |lines: &'l [Line<'t>], range: &Range<usize>| lines.get(range.clone()).unwrap_or_default();
        (of(before, &self.before), of(after, &self.after))
    }

    /// Without the lines that both begin and end with.
    fn trimmed(self, before: &[Line<'_>], after: &[Line<'_>]) -> Self {
        let (old, new) = self.lines(before, after);
        let start = old.iter().zip(new).take_while(|(one, other)| one == other).count();
        let most = old.len().min(new.len()) - start;
        let pairs = old.iter().rev().zip(new.iter().rev());
        let end = pairs.take(most).take_while(|(one, other)| one == other).count();
        let Self { before, after } = self;
        Self { before: before.start + start..before.end - end, after: after.start + start..after.end - end }
    }

    /// Adds what differs.
    fn compare(
        self,
        before: &[Line<'_>],
        after: &[Line<'_>],
        budget: &mut PairBudget,
        changes: &mut Vec<LinesChanged>,
    ) {
        let (old, new) = self.lines(before, after);
        if old.is_empty() && new.is_empty() {
            return;
        }
        if old.is_empty() || new.is_empty() || !budget.spend(old.len(), new.len()) {
            changes.push(LinesChanged { before: narrow(&self.before), after: narrow(&self.after) });
            return;
        }
        let mut input = InternedInput::default();
        input.update_before(old.iter().copied());
        input.update_after(new.iter().copied());
        let mut diff = Diff::compute(Algorithm::Histogram, &input);
        diff.postprocess_no_heuristic(&input);
        let moved =
            |range: Range<u32>, by: usize| narrow(&(range.start as usize + by..range.end as usize + by));
        changes.extend(diff.hunks().map(|hunk| LinesChanged {
            before: moved(hunk.before, self.before.start),
            after: moved(hunk.after, self.after.start),
        }));
    }

    /// The parts between the lines that stand once in both, of which as many as can be are in the same order.
    fn cut(&self, before: &[Line<'_>], after: &[Line<'_>]) -> Vec<Self> {
        let (old, new) = self.lines(before, after);
        let mut parts = Vec::new();
        let mut from = (self.before.start, self.after.start);
        let mut until = |before: usize, after: usize| {
            parts.push(Self { before: from.0..before, after: from.1..after });
            from = (before + 1, after + 1);
        };
        for (one, other) in in_order(&once_in_both(old, new)) {
            until(self.before.start + one, self.after.start + other);
        }
        until(self.before.end, self.after.end);
        parts
    }
}

/// Files have fewer lines than that: they have fewer bytes.
fn narrow(range: &Range<usize>) -> Range<u32> {
    let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    narrow(range.start)..narrow(range.end)
}

/// Where the lines are that stand once in each list, in the order of the first.
fn once_in_both(old: &[Line<'_>], new: &[Line<'_>]) -> Vec<(usize, usize)> {
    let places = once(new);
    let mut both: Vec<_> = once(old)
        .into_iter()
        .filter_map(|(line, one)| Some((one?, places.get(&line).copied().flatten()?)))
        .collect();
    both.sort_unstable();
    both
}

/// Where each line is; none where it is at several places.
fn once<'t>(lines: &[Line<'t>]) -> HashMap<Line<'t>, Option<usize>> {
    let mut places = HashMap::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        places.entry(*line).and_modify(|place| *place = None).or_insert(Some(at));
    }
    places
}

/// A longest list of these pairs in which both numbers grow; they are sorted by the first. Takes time in proportion to
/// their number and its logarithm.
fn in_order(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length, the list of that length that ends lowest: its last pair, and each pair's one before.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous = vec![None; pairs.len()];
    let second = |at: usize| pairs.get(at).map_or(usize::MAX, |(_, second)| *second);
    for (at, (_, this)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| second(*end) < *this);
        let before = length.checked_sub(1).and_then(|shorter| ends.get(shorter).copied());
        if let Some(slot) = previous.get_mut(at) {
            *slot = before;
        }
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut list = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(at) = next {
        list.extend(pairs.get(at));
        next = previous.get(at).copied().flatten();
    }
    list.reverse();
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::lines;
    use proptest::prelude::*;

    /// The second list, made from the first by what was found.
    fn replayed<'t>(old: &[Line<'t>], new: &[Line<'t>], changes: &[LinesChanged]) -> Vec<Line<'t>> {
        let mut made = Vec::new();
        let mut at = 0;
        for change in changes {
            assert!(change.before.start as usize >= at, "changes are in order");
            made.extend_from_slice(&old[at..change.before.start as usize]);
            made.extend_from_slice(&new[change.after.start as usize..change.after.end as usize]);
            at = change.before.end as usize;
        }
        made.extend_from_slice(&old[at..]);
        made
    }

    fn leads_there(old: &str, new: &str, mut budget: PairBudget) -> usize {
        let (old, new) = (lines(old.as_bytes()), lines(new.as_bytes()));
        let changes = lines_diff(&old, &new, &mut budget);
        assert_eq!(replayed(&old, &new, &changes), new);
        changes.iter().map(|change| change.before.len() + change.after.len()).sum()
    }

    fn numbered(numbers: impl Iterator<Item = usize>) -> String {
        numbers.map(|number| format!("{number}\n")).collect()
    }

    #[test]
    fn long_files_with_few_changes_differ_in_these_alone() {
        let old = numbered(0..50_000);
        let new = numbered(
            (0..50_000).map(|number| if number % 10_000 == 77 { number + 1_000_000 } else { number }),
        );
        assert_eq!(leads_there(&old, &new, PairBudget::files(1)), 10);
    }

    #[test]
    fn lines_that_are_made_to_take_long_are_told_as_replaced() {
        let size = 50_000;
        let reversed = numbered((0..size).rev());
        let shuffled = numbered((0..size).map(|number| number * 7_919 % size));
        let few = |apart: usize| -> String {
            (0..size).map(|number| if (number / apart).is_multiple_of(2) { "{\n" } else { "}\n" }).collect()
        };
        for (old, new) in [
            (numbered(0..size), reversed),
            (numbered(0..size), shuffled),
            (few(1), few(3)),
            ("x\n".repeat(size), "y\nx\n".repeat(size / 2)),
        ] {
            leads_there(&old, &new, PairBudget::files(1));
        }
    }

    #[test]
    fn a_budget_is_shared_and_a_difference_is_right_without_any() {
        let (old, new) = (numbered(0..100), numbered((0..100).rev()));
        let mut budget = PairBudget(10_000);
        let (old, new) = (lines(old.as_bytes()), lines(new.as_bytes()));
        let first = lines_diff(&old, &new, &mut budget);
        assert!(first.len() > 1, "it was compared");
        let second = lines_diff(&old, &new, &mut budget);
        assert_eq!(second.len(), 1, "nothing was left for it");
        assert_eq!(replayed(&old, &new, &second), new);
    }

    proptest! {
        #[test]
        fn what_is_found_leads_from_one_to_the_other(
            old in "([abc]\n){0,40}", new in "([abc]\n){0,40}", pairs in 0_usize..200,
        ) {
            leads_there(&old, &new, PairBudget(pairs));
        }

        #[test]
        fn cutting_leads_from_one_to_the_other(old in "([a-p]\n){0,40}", new in "([a-p]\n){0,40}") {
            let (old, new) = (lines(old.as_bytes()), lines(new.as_bytes()));
            let mut changes = Vec::new();
            let whole = Part { before: 0..old.len(), after: 0..new.len() };
            for part in whole.cut(&old, &new) {
                part.trimmed(&old, &new).compare(&old, &new, &mut PairBudget::files(1), &mut changes);
            }
            prop_assert_eq!(replayed(&old, &new, &changes), new);
        }
    }
}

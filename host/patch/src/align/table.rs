//! The cheapest ways to align a hunk with a file, in a narrow band (dynamic programming over lines).

use super::{COST_MAX, DEFECT, LEFT_OUT_COMMENT, REWORDED_MIN, Work};
use crate::{
    hunk::{HunkLine, Kind},
    keys::{is_blank, is_comment, loose},
    similar::similarity,
};

/// Costs of aligning the hunk's first lines with the file, up to each line of a band; and how each came about.
pub(super) struct Table {
    low: i64,
    width: usize,
    rows: Vec<Vec<(u8, Step)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Begin,
    /// A line of the hunk and one of the file.
    Both,
    /// A line that only the hunk has.
    OnlyHunk,
    /// A line that only the file has.
    OnlyFile,
}

const NO: (u8, Step) = (u8::MAX, Step::Begin);

impl Table {
    /// Cell `[i][b]` is about the first `i` lines of the hunk and the file up to line `low + i + b`, exclusively.
    pub(super) fn fill(work: &Work<'_, '_>, low: i64, width: usize) -> Self {
        let length = i64::try_from(work.file.len()).unwrap_or(i64::MAX);
        let is_inside = |at: i64| (0..=length).contains(&at);
        let mut rows: Vec<Vec<(u8, Step)>> = Vec::with_capacity(work.old.len() + 1);
        let first = (0..width).map(|band| match is_inside(low + signed(band)) {
            true => (0, Step::Begin),
            false => NO,
        });
        rows.push(first.collect());
        for (old, line) in work.old.iter().enumerate() {
            let Some(above) = rows.last() else { break };
            let mut row: Vec<(u8, Step)> = Vec::with_capacity(width);
            for band in 0..width {
                let at = low + signed(old) + 1 + signed(band);
                let cell = match is_inside(at) {
                    true => work.cell(old, line, at, above, &row, band),
                    false => NO,
                };
                row.push(cell);
            }
            rows.push(row);
        }
        Self { low, width, rows }
    }

    /// Where alignments of the whole hunk end, with their costs.
    pub(super) fn ends(&self) -> impl Iterator<Item = (usize, u8)> {
        let last = self.rows.last().map(Vec::as_slice).unwrap_or_default();
        // One that ends with lines of the file alone is another one with more than it needs.
        last.iter()
            .enumerate()
            .filter(|(_, cell)| cell.1 != Step::OnlyFile)
            .map(|(band, cell)| (band, cell.0))
    }

    /// For each line of the hunk, the file's.
    pub(super) fn trace(&self, end: usize) -> Vec<Option<usize>> {
        let (mut row, mut band) = (self.rows.len().saturating_sub(1), end);
        let mut map = vec![None; row];
        while let Some((_, step)) = self.rows.get(row).and_then(|cells| cells.get(band)) {
            match step {
                Step::Begin => break,
                Step::Both => {
                    let at = self.low + signed(row) + signed(band) - 1;
                    row -= 1;
                    if let (Some(slot), Ok(at)) = (map.get_mut(row), usize::try_from(at)) {
                        *slot = Some(at);
                    }
                }
                Step::OnlyHunk => {
                    row -= 1;
                    band += 1;
                }
                Step::OnlyFile => band -= 1,
            }
        }
        debug_assert!(band < self.width);
        map
    }
}

impl Work<'_, '_> {
    /// The cheapest way to have used the hunk's line `old` and the file up to `at`.
    fn cell(
        &self,
        old: usize,
        line: &HunkLine<'_>,
        at: i64,
        above: &[(u8, Step)],
        row: &[(u8, Step)],
        band: usize,
    ) -> (u8, Step) {
        let mut best = NO;
        let mut offer = |cost: Option<u8>, step| match cost {
            Some(cost) if cost <= COST_MAX && cost < best.0 => best = (cost, step),
            _ => {}
        };
        let cost = |cell: Option<&(u8, Step)>, more: u8| cell.and_then(|cell| cell.0.checked_add(more));
        let file = usize::try_from(at - 1).ok().filter(|file| *file < self.file.len());
        if let Some(file) = file {
            let before = above.get(band);
            if before.is_some_and(|cell| cell.0 <= COST_MAX) {
                if self.file.get(file) == self.keys.get(old) {
                    offer(cost(before, 0), Step::Both);
                } else if line.kind == Kind::Context && self.is_reworded(old, file) {
                    offer(cost(before, DEFECT), Step::Both);
                }
            }
        }
        if let Some(file) = file
            && let Some(beside) = band.checked_sub(1)
        {
            let text = self.base.line_text(file);
            let left_out = if is_comment(text) || is_blank(text) { LEFT_OUT_COMMENT } else { DEFECT };
            offer(cost(row.get(beside), left_out), Step::OnlyFile);
        }
        // Last, so that of equals a line that the hunk left out is preferred: that one is noticed if it matters.
        if line.kind == Kind::Context {
            offer(cost(above.get(band + 1), DEFECT), Step::OnlyHunk);
        }
        best
    }

    fn is_reworded(&self, old: usize, file: usize) -> bool {
        let Some(old) = self.loose.get(old).filter(|line| !line.is_empty()) else { return false };
        similarity(old, &loose(self.base.line_text(file))) >= REWORDED_MIN
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

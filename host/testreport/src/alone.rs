//! Summaries that are written with one count on each line.

use crate::{Counts, LAST_LINES, count};

/// Counts that stood alone on their lines.
#[derive(Debug, Default)]
pub(crate) struct Alone {
    counts: Option<Counts>,
    /// The line of the last that tells of failures.
    failed_at: usize,
    /// Counts that follow on each other, which may have their total among them.
    block: Block,
}

#[derive(Debug, Default, Clone, Copy)]
struct Block {
    last: usize,
    counts: Counts,
    total: u64,
}

impl Block {
    /// What nobody accounts for of the total.
    fn missing(self) -> Counts {
        let is_known = self.counts.passed > 0 && self.counts.failed == 0;
        Counts::failed(if is_known { self.total.saturating_sub(self.counts.all()) } else { 0 })
    }
}

impl Alone {
    pub(crate) fn count(&mut self, counts: Counts, line: usize) {
        self.go_on(line);
        self.block.counts.add(counts);
        count::add(&mut self.counts, counts);
        if counts.failed > 0 {
            self.failed_at = line;
        }
    }

    pub(crate) fn total(&mut self, total: u64, line: usize) {
        self.go_on(line);
        self.block.total = total;
    }

    fn go_on(&mut self, line: usize) {
        if line > self.block.last.saturating_add(1) {
            self.end_block();
        }
        self.block.last = line;
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        let missing = block.missing();
        if missing.failed > 0 {
            count::add(&mut self.counts, missing);
            self.failed_at = block.last;
        }
    }

    /// What was said by the output's last line. Where `is_trusted` is not, one such count is of tests only with others, or at
    /// the output's end.
    pub(crate) fn finish(mut self, lines: usize, is_trusted: bool) -> Option<Counts> {
        self.end_block();
        let is_near_end = self.failed_at.saturating_add(LAST_LINES) > lines;
        self.counts.filter(|alone| is_trusted || (alone.failed > 0 && (alone.passed > 0 || is_near_end)))
    }
}

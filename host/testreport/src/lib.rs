//! How tests went, read out of what their tools print.
//!
//! An exit code is not enough: a pipe (`node t.js | tail`) has the code of its last program, and hand-written tests often
//! end with 0 whatever they found. The host reads each command's output with this, and the tester counts with it, so both
//! say the same.
//!
//! A summary is known by its shape and not by a word in it: a line that is nothing but counts of things tests come to
//! (`summary`), or a form that one tool alone prints (`tools`). "2 failed login attempts handled" is neither. Summaries
//! of several tools add up. Output that nobody here knows gives no report rather than a wrong one. A form that is read
//! wrongly becomes a file in `tests/cases`.

mod go;
mod label;
mod names;
mod purpose;
mod summary;
mod tap;
mod tools;

pub use purpose::{Purpose, purpose};

use summary::Found;

/// Most names of failed tests that are kept.
pub const FAILURES_MAX: usize = 50;
/// Longest line that is looked at, in bytes; no summary is as long.
const LINE_MAX: usize = 2000;
/// How near to the output's end a bare `2 failed` has to stand where nothing else speaks of tests.
const LAST_LINES: usize = 3;

/// How many tests there were.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, and groups of tests that could not be run.
    pub failed: u64,
    /// Tests that were left out.
    pub skipped: u64,
}

impl Counts {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed.saturating_add(other.passed),
            failed: self.failed.saturating_add(other.failed),
            skipped: self.skipped.saturating_add(other.skipped),
        }
    }
}

/// What a command's output says of tests.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many there were.
    pub counts: Counts,
    /// Names of those that failed, at most [`FAILURES_MAX`].
    pub failures: Vec<String>,
}

/// Reads a command's output line by line.
#[derive(Debug, Default)]
pub struct Reader {
    /// Whether the command is known to run tests.
    is_test: bool,
    /// Non-empty lines so far.
    lines: usize,
    /// What whole summaries said.
    summed: Option<Counts>,
    /// What summaries of one part said, which count where nobody sums up.
    parts: Option<Counts>,
    /// Groups of tests that failed, which count where no test did.
    groups_failed: u64,
    /// Counts that stood alone on their lines, and the line of the last that tells of failures.
    alone: Option<Counts>,
    alone_failed_at: usize,
    tools: tools::Tools,
    go: go::Go,
    tap: tap::Tap,
    names: names::Names,
}

impl Reader {
    /// A reader for what this command prints.
    #[must_use]
    pub fn new(argv: &[String]) -> Self {
        Self { is_test: purpose(argv) == Purpose::Test, ..Self::default() }
    }

    /// Reads the next line, without colours and what was overwritten.
    pub fn line(&mut self, line: &str) {
        let text = line.trim();
        if text.is_empty() || text.len() > LINE_MAX {
            return;
        }
        self.lines += 1;
        self.names.line(text);
        if self.go.line(line) || self.tap.line(line) || self.tools.line(text) {
            return;
        }
        match summary::read(text, self.is_test) {
            Some(Found::Whole(counts)) => self.summed = Some(self.summed.unwrap_or_default().plus(counts)),
            Some(Found::Part(counts)) => self.parts = Some(self.parts.unwrap_or_default().plus(counts)),
            Some(Found::Groups(counts)) => self.groups_failed += counts.failed,
            Some(Found::Alone(counts)) => {
                self.alone = Some(self.alone.unwrap_or_default().plus(counts));
                if counts.failed > 0 {
                    self.alone_failed_at = self.lines;
                }
            }
            None => {}
        }
    }

    /// What was said; none when nothing was.
    #[must_use]
    pub fn finish(self) -> Option<Report> {
        let alone = self.alone.filter(|alone| {
            let is_near_end = self.alone_failed_at + LAST_LINES > self.lines;
            self.is_test
                || self.names.marks > 0
                || (alone.passed > 0 && alone.failed > 0)
                || (alone.failed > 0 && is_near_end)
        });
        let said =
            [self.summed.or(self.parts), alone, self.tools.finish(), self.go.finish(), self.tap.finish()];
        let counts = said.into_iter().flatten().reduce(Counts::plus);
        let mut counts = match counts {
            Some(counts) => counts,
            None if self.groups_failed > 0 || self.tools.lists_failures => Counts::default(),
            None => return None,
        };
        if counts.failed == 0 {
            counts.failed = self.groups_failed.max(u64::from(self.tools.lists_failures));
        }
        let failures = if counts.failed > 0 { self.names.names } else { Vec::new() };
        Some(Report { counts, failures })
    }
}

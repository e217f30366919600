//! How tests went, read out of what their tools print.
//!
//! An exit code is not enough: a pipe (`node t.js | tail`) has the code of its last program, and hand-written tests often
//! end with 0 whatever they found. The host reads each command's output with this.
//!
//! A summary is known by its shape and not by a word in it: a line that is nothing but counts of things tests come to
//! (`summary`), or a form that one tool alone prints (`tools`). "2 failed login attempts handled" is neither. Summaries
//! of several tools add up. What fails beside them is told in lines that count nothing (`told`). Output that nobody here knows gives no report rather than a wrong one. A form that is read
//! wrongly becomes a file in `tests/cases`.

#![deny(clippy::arithmetic_side_effects)]

mod alone;
mod count;
mod go;
mod label;
mod names;
mod prefix;
mod purpose;
mod running;
mod summary;
mod tap;
mod told;
mod tools;

pub use count::Counts;
pub use names::FAILURE_MARKS;
pub use purpose::{Purpose, purpose};

use summary::Found;

/// Most names of failed tests that are kept.
pub const FAILURES_MAX: usize = 50;
/// Longest line that is looked at, in bytes; no summary is as long.
const LINE_MAX: usize = 2000;
/// How near to the output's end a bare `2 failed` has to stand where nothing else speaks of tests.
const LAST_LINES: usize = 3;

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
    /// The latest of the totals that are written again and again.
    running: Option<Counts>,
    alone: alone::Alone,
    tools: tools::Tools,
    go: go::Go,
    tap: tap::Tap,
    told: told::Told,
    names: names::Names,
    /// What the last overwritten summary said, which counts where no line that stayed says anything.
    overwritten: Option<Report>,
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
        self.lines = self.lines.saturating_add(1);
        self.names.line(text);
        if self.read(line) {
            return;
        }
        // Whose line it is matters only where the rest says by itself that it is of tests.
        if let Some((rest, is_of_tests)) = prefix::behind(text)
            && (is_of_tests || summary::is_named(rest))
        {
            self.read(rest);
        }
    }

    /// Reads a line that is not there any more: something was written over it.
    pub fn overwritten_line(&mut self, line: &str) {
        let mut alone = Self { is_test: self.is_test, ..Self::default() };
        alone.line(line);
        if let Some(report) = alone.reported(false) {
            self.overwritten = Some(report);
        }
    }

    /// Reads a line; whether it says anything of tests.
    fn read(&mut self, line: &str) -> bool {
        let text = line.trim();
        let is_read = self.go.line(line)
            || self.tap.line(line)
            || self.tools.line(text)
            || self.told.line(line, self.lines, self.is_test);
        if is_read {
            return true;
        }
        if let Some(counts) = running::read(text) {
            self.running = Some(counts);
            return true;
        }
        let Some(found) = summary::read(text, self.is_test) else { return false };
        match found {
            Found::Whole(counts) => count::add(&mut self.summed, counts),
            Found::Part(counts) => count::add(&mut self.parts, counts),
            Found::Groups(counts) => self.groups_failed = self.groups_failed.saturating_add(counts.failed),
            Found::Alone(counts) => self.alone.count(counts, self.lines),
            Found::Total(total) => self.alone.total(total, self.lines),
        }
        true
    }

    /// What was said; none when nothing was.
    #[must_use]
    pub fn finish(mut self) -> Option<Report> {
        let overwritten = self.overwritten.take();
        self.reported(true).or(overwritten)
    }

    /// What was said. One count alone is believed at the output's end only where that is where it stands.
    fn reported(self, is_whole: bool) -> Option<Report> {
        let is_trusted = self.is_test || self.names.marks > 0;
        let lines = if is_whole { self.lines } else { usize::MAX };
        let said = [
            self.summed.or(self.parts),
            self.alone.finish(lines, is_trusted),
            self.tools.finish(),
            // gotestsum counts what go says.
            self.go.finish().filter(|_| self.running.is_none()),
            self.tap.finish(self.is_test).filter(|_| !self.tools.has_block()),
            self.running,
        ];
        let counted = said.into_iter().flatten().reduce(Counts::plus);
        let listed = self.told.failed(self.lines, self.is_test);
        let is_broken = self.tools.lists_failures || self.told.is_broken(self.lines, self.is_test);
        let failed = match counted.is_none_or(|counts| counts.all() == 0) {
            true => self.groups_failed.max(u64::from(is_broken)).max(listed),
            false => self.groups_failed.max(u64::from(is_broken)),
        };
        let says = counted.is_some() || failed > 0 || self.told.is_empty();
        let mut counts = says.then(|| counted.unwrap_or_default())?;
        if counts.failed == 0 {
            counts.failed = failed;
        }
        let failures = if counts.failed > 0 { self.names.names } else { Vec::new() };
        Some(Report { counts, failures })
    }
}

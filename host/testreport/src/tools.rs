//! Forms that one tool alone prints, over one line or several.

use crate::{Counts, label};

/// What such tools said so far.
#[derive(Debug, Default)]
pub(crate) struct Tools {
    counts: Option<Counts>,
    /// Lines such as `# fail 2` that follow on each other: how many, and what they count.
    block: Block,
    /// How many tests unittest says that it ran.
    unittest_ran: u64,
    /// Whether a list of failing tests begins in the output.
    pub(crate) lists_failures: bool,
}

/// The summary of node's test runner and of tape, which is one count a line.
#[derive(Debug, Default, Clone, Copy)]
struct Block {
    lines: u32,
    has_fail: bool,
    counts: Counts,
}

impl Tools {
    /// Reads a line; whether it was one of these.
    pub(crate) fn line(&mut self, line: &str) -> bool {
        if self.block(line) {
            return true;
        }
        self.end_block();
        if line == "✖ failing tests:" {
            self.lists_failures = true;
            return true;
        }
        self.unittest(line) || self.googletest(line) || self.ctest(line) || self.none(line)
    }

    /// What was said.
    pub(crate) fn finish(&self) -> Option<Counts> {
        match self.block.is_summary() {
            true => Some(self.counts.unwrap_or_default().plus(self.block.counts)),
            false => self.counts,
        }
    }

    fn add(&mut self, counts: Counts) {
        self.counts = Some(self.counts.unwrap_or_default().plus(counts));
    }

    fn block(&mut self, line: &str) -> bool {
        let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "));
        let Some((name, value)) = rest.and_then(|rest| rest.split_once(' ')) else { return false };
        let Ok(value) = value.trim().parse::<f64>() else { return false };
        if name == "tests" && self.block.is_summary() {
            self.end_block();
        }
        let counts = &mut self.block.counts;
        match (name, value as u64) {
            ("pass", value) => counts.passed += value,
            ("fail", value) => {
                counts.failed += value;
                self.block.has_fail = true;
            }
            ("cancelled", value) => counts.failed += value,
            ("skipped" | "skip" | "todo", value) => counts.skipped += value,
            ("tests" | "suites" | "duration_ms" | "ok", _) => {}
            _ => return false,
        }
        self.block.lines += 1;
        true
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        if block.is_summary() {
            self.add(block.counts);
        }
    }

    /// `Ran 5 tests in 0.1s`, then `OK (skipped=1)` or `FAILED (failures=1, errors=1)`; PHPUnit's and JUnit's
    /// `OK (3 tests, 5 assertions)`.
    fn unittest(&mut self, line: &str) -> bool {
        if let Some(rest) = line.strip_prefix("Ran ").filter(|rest| rest.contains(" test")) {
            self.unittest_ran = rest.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
            return false;
        }
        let inside = line.strip_prefix("OK (").or_else(|| line.strip_prefix("FAILED ("));
        let list = match (line, inside) {
            ("OK", _) if self.unittest_ran > 0 => "",
            (_, Some(inside)) if inside.ends_with(')') => inside.trim_end_matches(')'),
            _ => return false,
        };
        let mut counts = Counts::default();
        let mut tests = std::mem::take(&mut self.unittest_ran);
        for part in list.split(',').filter(|part| !part.is_empty()) {
            let Some((what, value)) = label::count(part, false) else { return false };
            match what {
                label::Label::Failed | label::Label::Errors => counts.failed += value,
                label::Label::Skipped => counts.skipped += value,
                label::Label::Tests => tests = value,
                _ => {}
            }
        }
        counts.passed = tests.saturating_sub(counts.failed.saturating_add(counts.skipped));
        self.add(counts);
        true
    }

    /// `[  PASSED  ] 2 tests.` and `[  FAILED  ] 1 test, listed below:`.
    fn googletest(&mut self, line: &str) -> bool {
        let number = |rest: &str| {
            let (count, word) = rest.trim().split_once(' ')?;
            word.starts_with("test").then(|| count.parse().ok()).flatten()
        };
        if let Some(passed) = line.strip_prefix("[  PASSED  ]").and_then(number) {
            self.add(Counts { passed, ..Counts::default() });
            return true;
        }
        let listed = line.strip_prefix("[  FAILED  ]").filter(|rest| rest.contains("listed below"));
        if let Some(failed) = listed.and_then(number) {
            self.add(Counts { failed, ..Counts::default() });
            return true;
        }
        false
    }

    /// `50% tests passed, 1 tests failed out of 2`.
    fn ctest(&mut self, line: &str) -> bool {
        let Some((_, rest)) = line.split_once("% tests passed, ") else { return false };
        let Some((failed, all)) = rest.split_once(" tests failed out of ") else { return false };
        let (Ok(failed), Ok(all)) = (failed.parse::<u64>(), all.parse::<u64>()) else { return false };
        self.add(Counts { passed: all.saturating_sub(failed), failed, skipped: 0 });
        true
    }

    /// What says that there is no test at all.
    fn none(&mut self, line: &str) -> bool {
        let bare = line.trim_matches(['=', ' ']);
        let none = line == "NO TESTS RAN" || bare.starts_with("no tests ran in ");
        if none {
            self.add(Counts::default());
        }
        none
    }
}

impl Block {
    /// One such line alone may be anything.
    fn is_summary(self) -> bool {
        self.has_fail && self.lines > 1
    }
}

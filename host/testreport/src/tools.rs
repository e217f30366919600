//! Forms that one tool alone prints, over one line or several.

use crate::{
    Counts, count,
    count::number,
    label::{self, Label},
};

/// What such tools said so far.
#[derive(Debug, Default)]
pub(crate) struct Tools {
    counts: Option<Counts>,
    /// Lines such as `# fail 2` that follow on each other: how many, and what they count.
    block: Block,
    had_block: bool,
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
        self.unittest(line) || self.googletest(line) || self.ctest(line) || self.doctest(line)
    }

    /// What was said.
    pub(crate) fn finish(&self) -> Option<Counts> {
        match self.block.is_summary() {
            true => Some(self.counts.unwrap_or_default().plus(self.block.counts)),
            false => self.counts,
        }
    }

    fn add(&mut self, counts: Counts) {
        count::add(&mut self.counts, counts);
    }

    /// Whether a summary of one count a line was read.
    pub(crate) fn has_block(&self) -> bool {
        self.had_block || self.block.is_summary()
    }

    fn block(&mut self, line: &str) -> bool {
        let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "));
        let Some((name, value)) = rest.and_then(|rest| rest.split_once(' ')) else { return false };
        let value = value.trim();
        // A duration has a fraction.
        let Some(value) = number(value.split('.').next().unwrap_or(value)) else { return false };
        if name == "tests" && self.block.is_summary() {
            self.end_block();
        }
        let counts = &mut self.block.counts;
        match name {
            "pass" => counts.add(Counts::passed(value)),
            "fail" | "cancelled" => {
                counts.add(Counts::failed(value));
                self.block.has_fail |= name == "fail";
            }
            "skipped" | "skip" | "todo" => counts.add(Counts::skipped(value)),
            "tests" | "suites" | "duration_ms" | "ok" => {}
            _ => return false,
        }
        self.block.lines = self.block.lines.saturating_add(1);
        true
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        if block.is_summary() {
            self.had_block = true;
            self.add(block.counts);
        }
    }

    /// `Ran 5 tests in 0.1s`, then `OK (skipped=1)` or `FAILED (failures=1, errors=1)`; PHPUnit's and JUnit's
    /// `OK (3 tests, 5 assertions)`.
    fn unittest(&mut self, line: &str) -> bool {
        if let Some(rest) = line.strip_prefix("Ran ").filter(|rest| rest.contains(" test")) {
            self.unittest_ran = rest.split(' ').next().and_then(number).unwrap_or(0);
            return false;
        }
        let inside = line.strip_prefix("OK (").or_else(|| line.strip_prefix("FAILED ("));
        let list = match (line, inside) {
            ("OK", _) if self.unittest_ran > 0 => "",
            (_, Some(inside)) if inside.ends_with(')') => inside.trim_end_matches(')'),
            _ => return false,
        };
        let (mut failed, mut skipped) = (Counts::default(), Counts::default());
        let mut tests = std::mem::take(&mut self.unittest_ran);
        for part in list.split(',').filter(|part| !part.is_empty()) {
            let Some(found) = label::count(part, false) else { return false };
            match found.label {
                Label::Failed | Label::Errors => failed.add(Counts::failed(found.value)),
                Label::Skipped => skipped.add(Counts::skipped(found.value)),
                Label::Tests => tests = found.value,
                _ => {}
            }
        }
        self.add(Counts::of(tests, failed.failed, skipped.skipped));
        true
    }

    /// `[  PASSED  ] 2 tests.` and `[  FAILED  ] 1 test, listed below:`.
    fn googletest(&mut self, line: &str) -> bool {
        let number = |rest: &str| {
            let (count, word) = rest.trim().split_once(' ')?;
            word.starts_with("test").then(|| number(count)).flatten()
        };
        if let Some(passed) = line.strip_prefix("[  PASSED  ]").and_then(number) {
            self.add(Counts::passed(passed));
            return true;
        }
        let listed = line.strip_prefix("[  FAILED  ]").filter(|rest| rest.contains("listed below"));
        if let Some(failed) = listed.and_then(number) {
            self.add(Counts::failed(failed));
            return true;
        }
        false
    }

    /// `50% tests passed, 1 tests failed out of 2`.
    fn ctest(&mut self, line: &str) -> bool {
        let Some((_, rest)) = line.split_once("% tests passed, ") else { return false };
        let parted = rest.split_once(" tests failed out of ");
        let Some((failed, all)) = parted.or_else(|| rest.split_once(" test failed out of ")) else {
            return false;
        };
        let (Some(failed), Some(all)) = (number(failed), number(all)) else { return false };
        self.add(Counts::of(all, failed, 0));
        true
    }

    /// Python's doctest: `***Test Failed*** 1 failures.`
    fn doctest(&mut self, line: &str) -> bool {
        let rest = line.strip_prefix("***Test Failed*** ").and_then(|rest| rest.split(' ').next());
        let Some(failed) = rest.and_then(number) else { return false };
        self.add(Counts::failed(failed));
        true
    }
}

impl Block {
    /// One such line alone may be anything.
    fn is_summary(self) -> bool {
        self.has_fail && self.lines > 1
    }
}

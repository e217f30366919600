//! Summaries that tools print, read line by line.

use super::{Counts, FAILURES_MAX, Report};
use serde_json::Value;

/// What has been read so far. Tools that print one summary for each part (cargo, go) add up; the others speak once.
#[derive(Debug, Default)]
pub(super) struct Lines {
    counts: Option<Counts>,
    failures: Vec<String>,
    unittest_ran: u64,
}

impl Lines {
    pub(super) fn line(&mut self, line: &str) {
        let line = plain(line);
        let line = line.trim();
        if line.starts_with('{') {
            return self.go(line);
        }
        if let Some((name, count)) = node(line) {
            return self.set(name, count);
        }
        if let Some(summary) = line.strip_prefix("test result: ") {
            let counts = labelled(summary.split(['.', ';']), ["passed", "failed", "ignored"]);
            self.counts = counts.map(|counts| self.counts.unwrap_or_default().plus(counts)).or(self.counts);
            return;
        }
        if let Some(summary) = line.strip_prefix("Tests:").or_else(|| line.strip_prefix("Tests ")) {
            self.counts =
                labelled(summary.split([',', '|', '(']), ["passed", "failed", "skipped"]).or(self.counts);
            return;
        }
        if self.unittest(line) || self.pytest(line) || self.mocha(line) {
            return;
        }
        if let Some(name) = failed_name(line).filter(|_| self.failures.len() < FAILURES_MAX) {
            if !self.failures.iter().any(|known| known == name) {
                self.failures.push(name.to_owned());
            }
        }
    }

    pub(super) fn finish(self) -> Report {
        Report { counts: self.counts, failures: self.failures }
    }

    /// One line of `go test -json`.
    fn go(&mut self, line: &str) {
        let Ok(event) = serde_json::from_str::<Value>(line) else { return };
        let (Some(action), Some(test)) = (event["Action"].as_str(), event["Test"].as_str()) else { return };
        let counts = self.counts.get_or_insert_default();
        match action {
            "pass" => counts.passed += 1,
            "skip" => counts.skipped += 1,
            "fail" => {
                counts.failed += 1;
                if self.failures.len() < FAILURES_MAX {
                    self.failures.push(test.to_owned());
                }
            }
            _ => {}
        }
    }

    fn set(&mut self, name: &str, count: u64) {
        let counts = self.counts.get_or_insert_default();
        match name {
            "pass" => counts.passed = count,
            "fail" => counts.failed += count,
            "cancelled" => counts.failed += count,
            "skipped" => counts.skipped = count,
            _ => {}
        }
    }

    /// `Ran 5 tests in 0.1s`, then `OK (skipped=1)` or `FAILED (failures=1, errors=1)`.
    fn unittest(&mut self, line: &str) -> bool {
        if let Some(rest) = line.strip_prefix("Ran ").filter(|rest| rest.contains(" test")) {
            self.unittest_ran = rest.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
            return true;
        }
        let is_end = line == "OK"
            || line.starts_with("OK (")
            || line.starts_with("FAILED (")
            || line == "NO TESTS RAN";
        if !is_end {
            return false;
        }
        let number = |name: &str| {
            let value = line
                .split(['(', ',', ')'])
                .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
            value.and_then(|value| value.parse::<u64>().ok()).unwrap_or(0)
        };
        let (failed, skipped) = (number("failures") + number("errors"), number("skipped"));
        let passed = self.unittest_ran.saturating_sub(failed + skipped);
        self.counts = Some(Counts { passed, failed, skipped });
        true
    }

    /// `=== 3 passed, 1 failed in 0.12s ===`, or without the bars when it is quiet.
    fn pytest(&mut self, line: &str) -> bool {
        let summary = line.trim_matches(['=', ' ']);
        if summary.starts_with("no tests ran in ") {
            self.counts = Some(Counts::default());
            return true;
        }
        let Some((summary, _)) = summary.split_once(" in ") else { return false };
        const LABELS: [&str; 10] = [
            "passed",
            "failed",
            "skipped",
            "error",
            "errors",
            "warning",
            "warnings",
            "xfailed",
            "xpassed",
            "deselected",
        ];
        let is_summary = summary.split(", ").all(|part| {
            let count_and_label = part.split_once(' ').map(|(count, label)| (count.parse::<u64>(), label));
            matches!(count_and_label, Some((Ok(_), label)) if LABELS.contains(&label))
        });
        if is_summary {
            let counts = labelled(summary.split(','), ["passed", "failed", "skipped"]);
            let errors = ["error", "errors"].map(|label| labelled(summary.split(','), ["", label, ""]));
            let all = errors.into_iter().flatten().fold(counts.unwrap_or_default(), Counts::plus);
            self.counts = Some(all);
        }
        is_summary
    }

    /// `5 passing (12ms)`, `1 failing`, `2 pending`.
    fn mocha(&mut self, line: &str) -> bool {
        let mut words = line.split(' ');
        let (Some(count), Some(word)) = (words.next().and_then(|count| count.parse().ok()), words.next())
        else {
            return false;
        };
        let counts = self.counts.unwrap_or_default();
        self.counts = Some(match word {
            "passing" => Counts { passed: count, ..counts },
            "failing" => Counts { failed: count, ..counts },
            "pending" => Counts { skipped: count, ..counts },
            _ => return false,
        });
        true
    }
}

/// `# pass 3` (TAP) and `ℹ pass 3` (node's own reporter).
fn node(line: &str) -> Option<(&str, u64)> {
    let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?;
    let (name, count) = rest.split_once(' ')?;
    let is_count = ["pass", "fail", "cancelled", "skipped"].contains(&name);
    is_count.then(|| count.parse().ok()).flatten().map(|count| (name, count))
}

/// Counts out of parts such as ` 3 passed` and `1 failed`, by the labels for passed, failed and skipped. None when no part
/// has a known label.
fn labelled<'a>(parts: impl Iterator<Item = &'a str>, labels: [&str; 3]) -> Option<Counts> {
    let mut found: Option<Counts> = None;
    for part in parts {
        let mut words = part.trim().trim_end_matches(')').split_whitespace();
        let (Some(Ok(count)), Some(label)) = (words.next().map(str::parse::<u64>), words.next()) else {
            continue;
        };
        let counts = found.unwrap_or_default();
        let [passed, failed, skipped] = labels;
        found = Some(match label {
            _ if label == passed => Counts { passed: count, ..counts },
            _ if label == failed => Counts { failed: count, ..counts },
            _ if label == skipped => Counts { skipped: count, ..counts },
            // jest without a single test.
            "total" => counts,
            _ => continue,
        });
    }
    found
}

/// The name of a failed test, where a line gives one.
fn failed_name(line: &str) -> Option<&str> {
    if let Some(rest) = line.strip_prefix("not ok ") {
        let is_excused = rest.contains("# TODO") || rest.contains("# SKIP");
        return rest.split_once(" - ").map(|(_, name)| name).filter(|_| !is_excused);
    }
    if let Some(rest) = line.strip_prefix("✖ ") {
        let is_heading = rest == "failing tests:";
        return (!is_heading).then(|| rest.rsplit_once(" (").map_or(rest, |(name, _)| name));
    }
    if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
        return Some(name);
    }
    if let Some(rest) = line.strip_prefix("FAILED ").filter(|rest| rest.contains("::")) {
        return rest.split(" - ").next();
    }
    line.strip_prefix("FAIL: ").or_else(|| line.strip_prefix("ERROR: ")).or_else(|| line.strip_prefix("● "))
}

/// The line without the escape sequences that colour a terminal.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter != '\u{1b}' {
            text.push(letter);
        } else if letters.next() == Some('[') {
            letters.by_ref().find(char::is_ascii_alphabetic);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(output: &str) -> Report {
        let mut lines = Lines::default();
        output.lines().for_each(|line| lines.line(line));
        lines.finish()
    }

    #[test]
    fn the_usual_summaries_are_understood() {
        for (tool, output, passed, failed, skipped) in [
            ("tap", "# tests 6\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 0", 3, 2, 1),
            ("node", "ℹ tests 4\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 0", 3, 1, 0),
            (
                "cargo",
                "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\ntest result: FAILED. 1 passed; 2 failed; 0 ignored",
                4,
                2,
                1,
            ),
            ("unittest", "Ran 5 tests in 0.001s\n\nFAILED (failures=1, errors=1, skipped=1)", 2, 2, 1),
            ("unittest ok", "Ran 2 tests in 0.001s\n\nOK", 2, 0, 0),
            ("pytest", "==== 1 failed, 3 passed, 2 skipped, 1 error in 0.12s ====", 3, 2, 2),
            ("pytest quiet", "3 passed in 0.01s", 3, 0, 0),
            ("jest", "Tests:       1 failed, 2 skipped, 5 passed, 8 total", 5, 1, 2),
            (
                "vitest",
                "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[31m1 failed\u{1b}[39m | \u{1b}[32m5 passed\u{1b}[39m (6)",
                5,
                1,
                0,
            ),
            ("mocha", "  5 passing (12ms)\n  1 failing", 5, 1, 0),
            (
                "go",
                "{\"Action\":\"pass\",\"Test\":\"TestA\"}\n{\"Action\":\"fail\",\"Test\":\"TestB\"}\n{\"Action\":\"fail\",\"Package\":\"p\"}",
                1,
                1,
                0,
            ),
        ] {
            assert_eq!(read(output).counts, Some(Counts { passed, failed, skipped }), "{tool}");
        }
    }

    #[test]
    fn failed_tests_are_named_once() {
        for (output, name) in [
            ("not ok 2 - removes an entry\nnot ok 2 - removes an entry", "removes an entry"),
            ("✖ removes (1.2ms)\n✖ failing tests:", "removes"),
            ("test store::tests::removes ... FAILED", "store::tests::removes"),
            ("FAILED tests/test_a.py::test_one - assert 1 == 2", "tests/test_a.py::test_one"),
            ("FAIL: test_one (tests.test_a.A)", "test_one (tests.test_a.A)"),
            ("not ok 3 - later # TODO\nnot ok 4 - now", "now"),
        ] {
            assert_eq!(read(output).failures, [name], "{output}");
        }
    }

    #[test]
    fn other_output_gives_no_counts_rather_than_wrong_ones() {
        for output in
            ["compiled 3 files in 2s", "# pass the salt", "{\"a\":1}", "", "Tests are great", "5 apples"]
        {
            assert_eq!(read(output).counts, None, "{output}");
        }
    }

    #[test]
    fn no_tests_at_all_are_counted_as_none() {
        assert_eq!(read("# tests 0\n# pass 0\n# fail 0").counts, Some(Counts::default()));
        assert_eq!(read("no tests ran in 0.01s").counts, Some(Counts::default()));
        assert_eq!(
            read("running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored").counts,
            Some(Counts::default())
        );
    }
}

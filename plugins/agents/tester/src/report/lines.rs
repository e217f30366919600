//! Summaries that tools print, read line by line.

use super::{Counts, FAILURES_MAX, Report};
use serde_json::Value;

/// What has been read so far. Tools that print one summary for each part (cargo, go) add up; the others speak once.
#[derive(Debug, Default)]
pub(super) struct Lines {
    counts: Option<Counts>,
    failures: Vec<String>,
    unittest_ran: u64,
    /// Only a part of the output is read.
    is_excerpt: bool,
}

impl Lines {
    /// Reads the part of an output that was kept. Summaries that add up are passed over: some would be missing.
    pub(super) fn of_excerpt(output: &str) -> Self {
        let mut lines = Self { is_excerpt: true, ..Self::default() };
        output.lines().for_each(|line| lines.line(line));
        lines
    }

    pub(super) fn line(&mut self, line: &str) {
        let line = plain(line);
        let line = line.trim();
        let adds_up = line.starts_with('{') || line.starts_with("test result: ");
        if adds_up && self.is_excerpt {
            return;
        }
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
        let name = failed_name(line).filter(|name| !self.failures.iter().any(|known| known == name));
        if let Some(name) = name.filter(|_| self.failures.len() < FAILURES_MAX) {
            self.failures.push(name.to_owned());
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
            "pass" => *counts = counts.plus(Counts { passed: 1, ..Counts::default() }),
            "skip" => *counts = counts.plus(Counts { skipped: 1, ..Counts::default() }),
            "fail" => {
                *counts = counts.plus(Counts { failed: 1, ..Counts::default() });
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
            "fail" | "cancelled" => *counts = counts.plus(Counts { failed: count, ..Counts::default() }),
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
        let (failed, skipped) = (number("failures").saturating_add(number("errors")), number("skipped"));
        let passed = self.unittest_ran.saturating_sub(failed).saturating_sub(skipped);
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
mod tests;

//! TAP, the test anything protocol, from producers that do not sum up, and prove, which reads it.

use crate::{Counts, count::number};

/// What a TAP stream said so far.
#[derive(Debug, Default)]
pub(crate) struct Tap {
    is_tap: bool,
    is_summed: bool,
    counts: Counts,
    /// How many results were announced.
    planned: u64,
    /// Whether the beginning of the stream is not there.
    is_headless: bool,
    /// Subtests that prove says failed, and what it sums up.
    prove_failed: u64,
    prove: Option<Counts>,
}

impl Tap {
    /// Reads a line as it came; whether it was TAP's. Lines that are indented belong to a part, which has a line itself.
    pub(crate) fn line(&mut self, line: &str) -> bool {
        let line = line.trim_end();
        let plan = line.strip_prefix("1..").and_then(|rest| number(rest.split(' ').next()?));
        if line.starts_with("TAP version ") || plan.is_some() {
            self.is_tap |= line.starts_with("TAP version ") || plan == Some(0);
            self.planned = self.planned.saturating_add(plan.unwrap_or(0));
            return true;
        }
        if line.starts_with("Bail out!") {
            self.is_tap = true;
            self.counts.add(Counts::failed(1));
            return true;
        }
        self.is_summed |= line.starts_with("# fail ") || line.starts_with("# pass ");
        self.result(line) || self.prove(line)
    }

    /// `ok 1 - adds`, `not ok - adds`, `ok`.
    fn result(&mut self, line: &str) -> bool {
        let (is_ok, rest) = match (line.strip_prefix("ok"), line.strip_prefix("not ok")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return false,
        };
        let rest = match rest.strip_prefix(' ') {
            Some(rest) => rest,
            None if rest.is_empty() => rest,
            None => return false,
        };
        let its_number = rest.split(' ').next().and_then(number);
        if its_number.is_none() && !(rest.is_empty() || rest.starts_with("- ")) {
            return false;
        }
        self.is_headless |= self.counts == Counts::default() && its_number.is_some_and(|number| number > 1);
        let upper = rest.to_uppercase();
        self.counts.add(match is_ok {
            _ if upper.contains("# SKIP") || upper.contains("# TODO") => Counts::skipped(1),
            true => Counts::passed(1),
            false => Counts::failed(1),
        });
        true
    }

    /// `Failed 1/3 subtests`, then `Files=1, Tests=3,  0 wallclock secs`.
    fn prove(&mut self, line: &str) -> bool {
        let failed = line.split_once("Failed ").and_then(|(_, rest)| rest.split_once('/'));
        if let Some((failed, _)) = failed.filter(|(_, rest)| rest.trim_end().ends_with("subtests")) {
            self.prove_failed = self.prove_failed.saturating_add(number(failed).unwrap_or(0));
            return true;
        }
        let rest = line.strip_prefix("Files=").and_then(|rest| rest.split_once(", Tests="));
        let tests = rest.and_then(|(_, rest)| number(rest.split([',', ' ']).next()?));
        let Some(tests) = tests else { return false };
        self.prove = Some(Counts::of(tests, self.prove_failed.min(tests), 0));
        true
    }

    /// What was said. A plan alone may be anything, and is believed of a command for tests.
    pub(crate) fn finish(&self, is_test: bool) -> Option<Counts> {
        let speaks =
            self.is_tap || self.counts.failed > 0 || (self.planned > 0 && (is_test || self.counts.all() > 0));
        let missing = self.planned.saturating_sub(self.counts.all());
        // Of a stream whose end alone is there, nobody knows what is missing.
        let missing = if self.is_headless || self.counts.failed > 0 { 0 } else { missing };
        let counted = || self.counts.plus(Counts::failed(missing));
        self.prove.or_else(|| (speaks && !self.is_summed).then(counted))
    }
}

//! TAP, the test anything protocol, from producers that do not sum up.

use crate::Counts;

/// What a TAP stream said so far.
#[derive(Debug, Default)]
pub(crate) struct Tap {
    is_tap: bool,
    is_summed: bool,
    counts: Counts,
}

impl Tap {
    /// Reads a line as it came; whether it was TAP's. Lines that are indented belong to a part, which has a line itself.
    pub(crate) fn line(&mut self, line: &str) -> bool {
        let line = line.trim_end();
        let plan = line.strip_prefix("1..").map(|rest| rest.split(' ').next().unwrap_or_default());
        if line.starts_with("TAP version ") || plan.is_some_and(|count| count.parse::<u64>().is_ok()) {
            self.is_tap = true;
            return true;
        }
        if line.starts_with("# fail ") || line.starts_with("# pass ") {
            self.is_summed = true;
        }
        let (is_ok, rest) = match (line.strip_prefix("ok "), line.strip_prefix("not ok ")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return false,
        };
        if !rest.starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let upper = rest.to_uppercase();
        match is_ok {
            _ if upper.contains("# SKIP") || upper.contains("# TODO") => self.counts.skipped += 1,
            true => self.counts.passed += 1,
            false => self.counts.failed += 1,
        }
        true
    }

    pub(crate) fn finish(&self) -> Option<Counts> {
        let speaks = self.is_tap || self.counts.failed > 0;
        (speaks && !self.is_summed).then_some(self.counts)
    }
}

//! `go test`, with and without `-json`.

use crate::{Counts, count};
use serde_json::Value;

/// What `go test` said so far.
#[derive(Debug, Default)]
pub(crate) struct Go {
    counts: Option<Counts>,
    packages_failed: u64,
}

impl Go {
    /// Reads a line as it came; whether it was one of these.
    pub(crate) fn line(&mut self, line: &str) -> bool {
        let line = line.trim_end();
        if line.starts_with('{') {
            return self.event(line);
        }
        // Parts of a test are indented and counted with it.
        for (prefix, counts) in [
            ("--- PASS: ", Counts::passed(1)),
            ("--- FAIL: ", Counts::failed(1)),
            ("--- SKIP: ", Counts::skipped(1)),
        ] {
            if line.starts_with(prefix) && line.ends_with("s)") {
                count::add(&mut self.counts, counts);
                return true;
            }
        }
        let is_package = line.starts_with("FAIL\t");
        self.packages_failed = self.packages_failed.saturating_add(u64::from(is_package));
        is_package
    }

    fn event(&mut self, line: &str) -> bool {
        let Ok(event) = serde_json::from_str::<Value>(line) else { return false };
        let (Some(action), Some(_)) = (event["Action"].as_str(), event["Package"].as_str()) else {
            return false;
        };
        let is_test = event["Test"].is_string();
        let one = |counts| Some(counts).filter(|_| is_test);
        let counts = match action {
            "pass" => one(Counts::passed(1)),
            "skip" => one(Counts::skipped(1)),
            "fail" if !is_test => {
                self.packages_failed = self.packages_failed.saturating_add(1);
                None
            }
            "fail" => one(Counts::failed(1)),
            _ => None,
        };
        if let Some(counts) = counts {
            count::add(&mut self.counts, counts);
        }
        true
    }

    /// Tests, and packages that failed where no test did: they did not compile.
    pub(crate) fn finish(&self) -> Option<Counts> {
        let counts = self.counts.filter(|counts| counts.failed > 0 || self.packages_failed == 0);
        counts.or_else(|| {
            let counts = self.counts.unwrap_or_default();
            (self.packages_failed > 0).then_some(counts.plus(Counts::failed(self.packages_failed)))
        })
    }
}

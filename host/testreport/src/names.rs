//! Names of failed tests.

use crate::FAILURES_MAX;

/// Marks before the name of what failed.
pub const FAILURE_MARKS: [&str; 6] = ["✖", "✗", "✕", "✘", "×", "❌"];

/// The names that were seen.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) names: Vec<String>,
    /// Lines that mark a test as failed.
    pub(crate) marks: u64,
}

impl Names {
    pub(crate) fn line(&mut self, line: &str) {
        let Some((name, is_mark)) = name(line) else { return };
        self.marks = self.marks.saturating_add(u64::from(is_mark));
        if self.names.len() < FAILURES_MAX && !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
    }
}

/// The name of a failed test, where a line gives one, and whether nothing but tests is written like this.
fn name(line: &str) -> Option<(&str, bool)> {
    if let Some(rest) = line.strip_prefix("not ok ") {
        let upper = rest.to_uppercase();
        let is_excused = upper.contains("# TODO") || upper.contains("# SKIP");
        return rest.split_once(" - ").map(|(_, name)| (name, true)).filter(|_| !is_excused);
    }
    if let Some(rest) = line.strip_prefix("--- FAIL: ") {
        return rest.split(' ').next().map(|name| (name, true));
    }
    let marked = FAILURE_MARKS.iter().find_map(|mark| line.strip_prefix(mark)?.strip_prefix(' '));
    if let Some(rest) = marked {
        let is_heading = rest == "failing tests:";
        return (!is_heading).then(|| (rest.rsplit_once(" (").map_or(rest, |(name, _)| name), true));
    }
    if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
        return Some((name, true));
    }
    if let Some(rest) = line.strip_prefix("FAILED ").filter(|rest| rest.contains("::")) {
        return rest.split(" - ").next().map(|name| (name, true));
    }
    let named = ["FAIL: ", "ERROR: ", "● "].iter().find_map(|mark| line.strip_prefix(mark));
    named.map(|name| (name, false))
}

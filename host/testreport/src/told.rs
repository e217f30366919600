//! Lines that say how tests went without counting them all.

mod traceback;

use crate::{LAST_LINES, count::number, summary::untagged};
use traceback::Traceback;

/// How a line is known: what it begins with, what it holds and what it ends with.
type Form = (&'static str, &'static str, &'static str);

/// Something failed, whatever was counted.
const BROKEN: [Form; 6] = [
    ("error: test failed, to rerun pass", "", ""),
    ("error: doctest failed, to rerun pass", "", ""),
    ("error: test run failed", "", ""),
    ("", " not a part of any test, see above", ""),
    ("Result: FAIL", "", "FAIL"),
    ("✘ Test run with ", " failed after ", ""),
];
/// The same, where a command for tests says it.
const BROKEN_TESTS: [Form; 10] = [
    ("Jest: ", " threshold for ", ""),
    ("ERROR: Coverage for ", " does not meet ", ""),
    ("error: could not compile `", "", ""),
    ("", "BUILD FAILURE", "BUILD FAILURE"),
    ("BUILD FAILED in ", "", ""),
    ("FAILURE: Build ", " with ", "."),
    ("npm ERR! Test failed.", "", ""),
    ("npm ", "ifecycle script `test` failed", ""),
    ("", "ELIFECYCLE", ""),
    ("error Command failed with exit code ", "", ""),
];
/// One failed test, which counts where nobody counts.
const LISTED: [Form; 7] = [
    ("INTERNALERROR> Traceback", "", ""),
    ("FAILED ", ".py::", ""),
    ("ERROR ", ".py::", ""),
    ("SUBFAILED", ".py::", ""),
    ("[  FAILED  ] ", ".", ""),
    ("# Looks like you failed ", "", ""),
    ("*** ", " FAILED", "***"),
];
/// How the output of a command ends whose tests failed, where nobody counts.
const ENDS: [Form; 7] = [
    ("FAIL", "", "FAIL"),
    ("exit status 1", "", "1"),
    ("exit status 2", "", "2"),
    ("Segmentation fault", "", ""),
    ("Node.js v", "", ""),
    ("", " FAILED TEST", "TEST"),
    ("", " FAILED TESTS", "TESTS"),
];
/// How it ends when the command for tests itself was ended by a failure, whatever was counted.
const ENDS_BROKEN: [Form; 2] = [("make", ": *** [", ""), ("gmake", ": *** [", "")];
/// There was no test.
const EMPTY: [Form; 17] = [
    ("NO TESTS RAN", "", "RAN"),
    ("no tests ran in ", "", ""),
    ("No test files found, exiting with code 0", "", ""),
    ("No tests found, exiting with code 0", "", ""),
    ("?", "", "[no test files]"),
    ("ok ", "", "[no tests to run]"),
    ("testing: warning: no tests to run", "", ""),
    ("No test is available in ", "", ""),
    ("No test matches the given testcase filter", "", ""),
    ("", "No tests to run.", "No tests to run."),
    ("No tests executed!", "", ""),
    ("", ":test NO-SOURCE", "NO-SOURCE"),
    ("There are no tests to run", "", ""),
    ("No tests were found", "", ""),
    ("Result: NOTESTS", "", ""),
    ("Tests ", "", " no tests"),
    ("No tests ran.", "", ""),
];
/// The same, where a command for tests says it.
const EMPTY_TESTS: [Form; 3] =
    [("No tests found", "", ""), ("INFO ", " No tests found.", ""), ("No specs found", "", "")];
/// Some tests ran and passed, of a group that is not counted.
const RAN: [Form; 2] = [("ok ", "\t", ""), ("> Task ", ":test", "")];

/// What was told so far.
#[derive(Debug, Default)]
pub(crate) struct Told {
    is_broken: bool,
    listed: u64,
    /// The last lines that such an output ends with.
    ended_at: Option<usize>,
    broken_at: Option<usize>,
    is_empty: bool,
    ran: bool,
    traceback: Traceback,
}

impl Told {
    /// Reads a line, of which it is the so-manieth; whether it was one of these.
    pub(crate) fn line(&mut self, line: &str, at: usize, is_test: bool) -> bool {
        let text = untagged(line.trim().trim_matches(['=', ' ']));
        let is = |forms: &[Form]| forms.iter().any(|form| fits(text, *form));
        self.traceback.line(line, at);
        if is(&BROKEN) || has_errors_outside(text) || (is_test && is(&BROKEN_TESTS)) {
            self.is_broken = true;
        } else if is(&LISTED) {
            self.listed = self.listed.saturating_add(1);
        } else if is(&EMPTY) || (is_test && is(&EMPTY_TESTS)) {
            self.is_empty = true;
        } else if is(&RAN) {
            self.ran = true;
        } else if is(&ENDS_BROKEN) {
            self.broken_at = Some(at);
        } else if is(&ENDS) {
            self.ended_at = Some(at);
        } else {
            return false;
        }
        true
    }

    /// Whether something failed, whatever was counted.
    pub(crate) fn is_broken(&self, lines: usize, is_test: bool) -> bool {
        self.is_broken || (is_test && is_near(self.broken_at, lines))
    }

    /// How many failed, where nobody counts.
    pub(crate) fn failed(&self, lines: usize, is_test: bool) -> u64 {
        let is_end = is_near(self.ended_at, lines) || self.traceback.ended_at() == Some(lines);
        self.listed.max(u64::from(is_test && is_end))
    }

    /// Whether there was no test at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_empty && !self.ran
    }
}

/// Vitest's `Errors  1 error`, for what was thrown outside of tests.
fn has_errors_outside(line: &str) -> bool {
    let parted = line.strip_prefix("Errors ").and_then(|rest| rest.trim().split_once(' '));
    parted.is_some_and(|(count, word)| {
        ["error", "errors"].contains(&word) && number(count).is_some_and(|count| count > 0)
    })
}

fn fits(line: &str, (start, inside, end): Form) -> bool {
    line.starts_with(start) && line.ends_with(end) && line.contains(inside)
}

fn is_near(at: Option<usize>, lines: usize) -> bool {
    at.is_some_and(|at| at.saturating_add(LAST_LINES) > lines)
}

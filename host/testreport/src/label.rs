//! The words that tools count with.

use crate::count::number;

/// What a word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Passed,
    Failed,
    /// Failed, in a word that compilers and linters use as well.
    Errors,
    Skipped,
    /// All tests, in a word that says that they are tests.
    Tests,
    /// Tests of another sort, which come on top of those.
    MoreTests,
    /// All of something.
    Total,
    /// Nothing that matters here.
    Other,
    /// A short noun that nobody here knows. Beside counts of tests it changes nothing.
    Unknown,
}

/// Words for tests, which may stand before or behind what became of them: `tests failed`, `pending spec`.
const NOUNS: [&str; 15] = [
    "test",
    "tests",
    "test(s)",
    "subtest",
    "subtests",
    "spec",
    "specs",
    "example",
    "examples",
    "scenario",
    "scenarios",
    "test case",
    "test cases",
    "test run",
    "phpunit",
];
/// Words for what tests are part of.
pub(crate) const GROUPS: [&str; 8] =
    ["suite", "suites", "test suites", "file", "files", "test files", "feature", "features"];
/// Words for parts of tests, which are counted with the test.
pub(crate) const PARTS: [&str; 6] = ["step", "steps", "assertion", "assertions", "expect() calls", "asserts"];

/// The label that words are, in lower case. `lenient` knows words that other programs count with as well.
pub(crate) fn label(words: &str, lenient: bool) -> Option<Label> {
    let words = words.strip_suffix(" occurred outside of examples").unwrap_or(words);
    exact(words, lenient).or_else(|| {
        let bare = NOUNS.iter().find_map(|noun| {
            let before = words.strip_prefix(noun).filter(|rest| rest.starts_with(' '));
            before.or_else(|| words.strip_suffix(noun).filter(|rest| rest.ends_with(' ')))
        });
        exact(bare?.trim(), lenient)
    })
}

fn exact(words: &str, lenient: bool) -> Option<Label> {
    Some(match words {
        "passed" | "pass" | "passing" => Label::Passed,
        "failed"
        | "fail"
        | "failing"
        | "failure"
        | "failures"
        | "timed out"
        | "exec failed"
        | "cancelled"
        | "unexpected successes" => Label::Failed,
        "error" | "errors" | "errored" | "invalid" | "undefined" | "ambiguous" => Label::Errors,
        "skipped" | "skip" | "skips" | "pending" | "pendings" | "ignored" | "todo" | "todos" | "xfailed"
        | "expected failures" | "expected fail" | "deselected" | "incomplete" | "disabled" | "omissions"
        | "not run" | "did not run" | "broken" | "canceled" => Label::Skipped,
        "tests" | "test" | "tests run" | "test run" | "tests completed" | "test completed" | "examples"
        | "example" | "specs" | "spec" | "test cases" | "test case" | "runs" | "scenarios" | "scenario"
        | "tests total" | "total tests" => Label::Tests,
        "doctest" | "doctests" | "property" | "properties" => Label::MoreTests,
        "total" | "run" => Label::Total,
        "duration" | "time" | "finished" | "warning" | "warnings" | "interrupted" | "filtered out"
        | "subtests passed" | "subtests skipped" => Label::Other,
        _ if PARTS.contains(&words) => Label::Other,
        "succeeded" | "successful" | "success" | "successes" | "ok" if lenient => Label::Passed,
        _ => return None,
    })
}

/// One count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) label: Label,
    pub(crate) value: u64,
    /// Whether it is written as `failed 3`, which alone may mean anything.
    pub(crate) is_reversed: bool,
}

/// One count: `3 passed`, `passed: 3`, `passed=3`, `passed 3`. None when it is no count.
pub(crate) fn count(part: &str, lenient: bool) -> Option<Count> {
    let part = part.trim().trim_end_matches('.').trim().to_lowercase();
    let count = |label, value| Some(Count { label, value, is_reversed: false });
    if part == "finished" {
        return count(Label::Other, 0);
    }
    if let Some((name, value)) = part.split_once([':', '=']) {
        let label = label_or_noun(name.trim(), lenient)?;
        return match number(value.trim()) {
            Some(value) => count(label, value),
            // A time is no count.
            None if label == Label::Other => count(label, 0),
            None => None,
        };
    }
    let (first, rest) = part.split_once(char::is_whitespace)?;
    if let Some(value) = number(first) {
        return count(label_or_noun(rest.trim(), lenient)?, value);
    }
    let (name, value) = part.rsplit_once(char::is_whitespace)?;
    Some(Count { label: label_or_noun(name.trim(), lenient)?, value: number(value)?, is_reversed: true })
}

fn label_or_noun(words: &str, lenient: bool) -> Option<Label> {
    label(words, lenient).or_else(|| is_short_noun(words).then_some(Label::Unknown))
}

/// Whether it is a noun with at most one word before it, and no sentence.
fn is_short_noun(words: &str) -> bool {
    words.len() <= 24
        && words.split_whitespace().count() <= 2
        && words.chars().all(|letter| letter.is_alphabetic() || letter == ' ' || letter == '-')
        && words.starts_with(char::is_alphabetic)
}

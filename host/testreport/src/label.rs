//! The words that tools count with.

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
    /// All of something.
    Total,
    /// Nothing that matters here.
    Other,
}

/// The label that a word is, in lower case. `lenient` knows words that other programs count with as well.
pub(crate) fn label(word: &str, lenient: bool) -> Option<Label> {
    Some(match word {
        "passed" | "pass" | "passing" | "tests passed" | "test passed" => Label::Passed,
        "failed"
        | "fail"
        | "failing"
        | "failure"
        | "failures"
        | "tests failed"
        | "test failed"
        | "timed out"
        | "exec failed"
        | "cancelled"
        | "unexpected successes" => Label::Failed,
        "error" | "errors" => Label::Errors,
        "skipped" | "skip" | "skips" | "pending" | "pendings" | "ignored" | "todo" | "xfailed"
        | "expected failures" | "deselected" | "incomplete" | "disabled" | "omissions" | "tests skipped" => {
            Label::Skipped
        }
        "tests" | "test" | "tests run" | "test run" | "tests completed" | "test completed" | "examples"
        | "example" | "specs" | "spec" | "test cases" | "test case" | "runs" | "scenarios" | "scenario"
        | "tests total" => Label::Tests,
        "total" | "run" => Label::Total,
        "assertions"
        | "assertion"
        | "warning"
        | "warnings"
        | "notices"
        | "notifications"
        | "deprecations"
        | "measured"
        | "filtered out"
        | "slow"
        | "leaky"
        | "flaky"
        | "xpassed"
        | "rerun"
        | "risky"
        | "duration"
        | "time"
        | "finished"
        | "did not run"
        | "interrupted"
        | "phpunit deprecations" => Label::Other,
        "succeeded" | "successful" | "success" | "successes" | "ok" | "tests successful"
        | "test successful"
            if lenient =>
        {
            Label::Passed
        }
        _ => return None,
    })
}

/// One count: `3 passed`, `passed: 3`, `passed=3`. None when it is no count.
pub(crate) fn count(part: &str, lenient: bool) -> Option<(Label, u64)> {
    let part = part.trim().trim_end_matches('.').trim();
    let named = part.split_once([':', '=']).map(|(name, value)| (name.trim(), value.trim()));
    if let Some((name, value)) = named {
        let label = label(&name.to_lowercase(), lenient)?;
        return match value.parse() {
            Ok(value) => Some((label, value)),
            // A time is no count.
            Err(_) => (label == Label::Other).then_some((label, 0)),
        };
    }
    if part == "finished" {
        return Some((Label::Other, 0));
    }
    let (value, name) = part.split_once(char::is_whitespace)?;
    Some((label(&name.trim().to_lowercase(), lenient)?, value.parse().ok()?))
}

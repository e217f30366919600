//! What a line that tells of an error looks like, in the output of common tools.

use orchestrator_testreport::FAILURE_MARKS;

/// What is in such a line, in lower case.
const SIGNS: [&str; 30] = [
    "error",
    "not ok",
    "fail",
    "panic",
    "traceback",
    "exception",
    "assert",
    "fatal",
    "cannot find",
    "no such file",
    "denied",
    "could not",
    "unable to",
    "not found",
    "segmentation fault",
    "core dumped",
    "killed",
    "refused",
    "timed out",
    "missing script",
    "unauthorized",
    "forbidden",
    "conflict",
    "undefined reference",
    "critical",
    "not defined",
    "aborted",
    "out of memory",
    "unresolved",
    "unhandled",
];
/// What is in a line that counts none. The word goes on to its end: `0 errors`, `no failures`.
const NONE: [&str; 9] = [
    "0 error",
    "no error",
    "0 fail",
    "no fail",
    "fail 0",
    "failed 0",
    "failed: 0",
    "errors: 0",
    "failures: 0",
];

/// Whether a line tells of an error.
pub(super) fn tells(line: &str) -> bool {
    let lower = without_none(&line.to_lowercase());
    SIGNS.iter().any(|sign| lower.contains(sign)) || has_mark(line) || has_code(line)
}

/// The line without what counts no errors, so that what else it tells is seen.
fn without_none(lower: &str) -> String {
    let mut text = lower.to_owned();
    for none in NONE {
        let mut from = 0;
        while let Some(found) = text.get(from..).and_then(|rest| rest.find(none)) {
            let start = from + found;
            let end = start + none.len();
            from = end;
            let (before, rest) = (text[..start].chars().next_back(), &text[end..]);
            let is_part = |next: Option<char>| next.is_some_and(|letter| letter.is_ascii_alphanumeric());
            // `10 errors` and `failed: 05` count some.
            if is_part(before) || (none.ends_with('0') && is_part(rest.chars().next())) {
                continue;
            }
            let word = rest.find(|letter: char| !letter.is_alphabetic()).unwrap_or(rest.len());
            text.replace_range(start..end + word, " ");
            from = start;
        }
    }
    text
}

/// Whether a mark of failure stands before something; between two numbers it is a sign of times.
fn has_mark(line: &str) -> bool {
    let mut words = line.split_whitespace().peekable();
    let mut before = "";
    while let Some(word) = words.next() {
        let follows_number = before.ends_with(|letter: char| letter.is_ascii_digit());
        if FAILURE_MARKS.contains(&word) && words.peek().is_some() && !follows_number {
            return true;
        }
        before = word;
    }
    false
}

/// Whether it holds the code of an error of the system or of npm: `ENOENT`, `ECONNREFUSED`, `ERESOLVE`.
fn has_code(line: &str) -> bool {
    line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').any(|word| {
        let is_upper = |rest: &str| rest.len() >= 4 && rest.bytes().all(|byte| byte.is_ascii_uppercase());
        word.strip_prefix('E').is_some_and(is_upper)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_tell_of_an_error_are_known() {
        for line in [
            "error: x",
            "Found 10 errors in 3 files",
            "running: 20 failed, 3 passed",
            "failures: 05",
            "✗ test/login.js failed: expected 401 (lint: 0 errors)",
            "0 errors, 1 failed",
            "denied: requested access to the resource is denied",
            "curl: (6) Could not resolve host: packages.example",
            "sh: vitest: not found",
            "npm ERESOLVE unable to resolve dependency tree",
            "Segmentation fault (core dumped)",
            "Killed",
            "connect ECONNREFUSED 127.0.0.1:5432",
            "ENOENT: package.json",
            "Timed out after 5000 ms waiting for #login",
            "Missing script: \"test\"",
            "401 Unauthorized",
            "CONFLICT (content): Merge in a.js",
            "undefined reference to `foo'",
            "CRITICAL: disk is full",
            "✗ login test",
            "× login test",
        ] {
            assert!(tells(line), "{line}");
        }
    }

    #[test]
    fn other_lines_are_not() {
        for line in [
            "",
            "0 errors",
            "3 passed, 0 failed",
            "no errors, 0 failures",
            "[ FAIL 0 | PASS 2 ]",
            "failed: 0, errors: 0",
            "image 3 × 4",
            "EVER and EACH",
            "working",
        ] {
            assert!(!tells(line), "{line}");
        }
    }
}

//! Lines that sum up: nothing but counts, in the order and with the decoration that each tool likes.

use crate::{
    Counts,
    label::{Label, count, label},
};

/// What a line turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// A summary of one tool.
    Whole(Counts),
    /// A summary of one part, which the tool sums up later.
    Part(Counts),
    /// A summary of groups of tests: files, suites.
    Groups(Counts),
    /// One count alone, which means something together with others.
    Alone(Counts),
}

/// What a line begins with when it sums up tests, in lower case.
const PREFIXES: [&str; 15] = [
    "test result: ok.",
    "test result: failed.",
    "test results:",
    "test summary:",
    "test cases:",
    "results:",
    "result:",
    "summary:",
    "tests:",
    "tests ",
    "failed!",
    "passed!",
    "failed |",
    "ok |",
    "executed ",
];
/// What it begins with when it sums up groups of them.
const GROUPS: [&str; 4] = ["test suites:", "test files:", "test files ", "suites:"];

/// What a line of output is.
pub(crate) fn read(line: &str, is_test: bool) -> Option<Found> {
    let (line, barred) = undecorated(line);
    let lower = line.to_lowercase();
    if !lower.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Some(rest) = GROUPS.iter().find_map(|prefix| lower.strip_prefix(prefix)) {
        return counts(rest, true, is_test, true).map(|(counts, _)| Found::Groups(counts));
    }
    let (lower, is_part) = match lower.split_once(", time elapsed") {
        Some((before, _)) => (before.to_owned(), true),
        None => (lower, false),
    };
    let (lower, timed) = without_time(&lower);
    let lower = without_parentheses(&lower);
    if let Some(counts) = share(&lower, is_test) {
        return Some(Found::Whole(counts));
    }
    let nextest = lower.strip_prefix("summary [").and_then(|rest| rest.split_once(']')).map(|(_, rest)| rest);
    let prefix = PREFIXES.iter().find_map(|prefix| lower.strip_prefix(prefix));
    let rest = nextest.or(prefix).unwrap_or(&lower).trim_start_matches([' ', '-', ':']);
    let is_named = nextest.is_some() || prefix.is_some();
    let is_sure = is_named || (timed && (barred || is_test));
    let (counts, alone) = counts(rest, is_named, is_test, is_sure)?;
    Some(match (is_part, alone && !is_sure) {
        (true, _) => Found::Part(counts),
        (_, true) if !timed => Found::Alone(counts),
        _ => Found::Whole(counts),
    })
}

/// The counts of a list, and whether there is but one. None when it is no list of counts, or not of tests.
fn counts(list: &str, is_named: bool, is_test: bool, is_sure: bool) -> Option<(Counts, bool)> {
    let lenient = is_named || is_test;
    let list = list.replace("tests run:", "tests run,").replace(" with ", " ").replace(" and ", ", ");
    let list = match is_named && list.trim_start().starts_with("run, ") {
        true => list.replacen("run, ", "", 1),
        false => list,
    };
    let by_space = !list.contains([',', ';', '|', '/']) && list.matches('=').count() > 1;
    let separators: &[char] = if by_space { &[' '] } else { &[',', ';', '|', '/', '•', '·'] };
    let (mut found, mut tests, mut parts) = (Counts::default(), None, Vec::new());
    for part in list.split(separators).map(str::trim).filter(|part| !part.is_empty()) {
        let (label, value) = match part.trim_end_matches('.').parse() {
            Ok(value) if is_named && parts.is_empty() => (Label::Tests, value),
            _ => count(part, lenient)?,
        };
        match label {
            Label::Passed => found.passed += value,
            Label::Failed | Label::Errors => found.failed += value,
            Label::Skipped => found.skipped += value,
            Label::Tests | Label::Total => tests = Some(tests.unwrap_or(0).max(value)),
            Label::Other => {}
        }
        parts.push(label);
    }
    let has = |label| parts.contains(&label);
    let speaks = has(Label::Passed) || has(Label::Failed) || (has(Label::Errors) && has(Label::Tests));
    let is_of_tests = (has(Label::Passed)
        && (has(Label::Failed) || has(Label::Tests) || has(Label::Skipped)))
        || (has(Label::Tests) && (has(Label::Failed) || has(Label::Errors)));
    let alone = parts.len() == 1;
    let only_errors = !speaks && has(Label::Errors) && is_sure;
    let is_summary = match alone {
        true => {
            has(Label::Passed)
                || has(Label::Failed)
                || has(Label::Skipped)
                || only_errors
                || (is_named && has(Label::Tests))
        }
        false => is_of_tests || ((is_sure || is_test) && (speaks || has(Label::Tests))) || only_errors,
    };
    if !is_summary {
        return None;
    }
    if !has(Label::Passed) {
        let others = found.failed.saturating_add(found.skipped);
        found.passed = tests.map_or(0, |tests| tests.saturating_sub(others));
    }
    Some((found, alone))
}

/// `3/5 tests passed`, `2 of 5 tests failed`.
fn share(line: &str, is_test: bool) -> Option<Counts> {
    let line = PREFIXES.iter().find_map(|prefix| line.strip_prefix(prefix)).unwrap_or(line).trim();
    let (some, rest) = line.split_once(" of ").or_else(|| line.split_once('/'))?;
    let (all, word) = rest.trim().split_once(' ')?;
    let (some, all): (u64, u64) = (some.trim().parse().ok()?, all.parse().ok()?);
    let word = word.trim().trim_end_matches(['.', '!']);
    if some > all || !(is_test || word.starts_with("test")) {
        return None;
    }
    let skipped = 0;
    match label(word, false)? {
        Label::Passed => Some(Counts { passed: some, failed: all - some, skipped }),
        Label::Failed => Some(Counts { passed: all - some, failed: some, skipped }),
        _ => None,
    }
}

/// The line without bars, marks and tags around it, and whether there were bars.
fn undecorated(line: &str) -> (&str, bool) {
    let barred = line.starts_with("==") || line.starts_with("= ");
    let mut line = line.trim_matches(['=', '-', '*', '─', '━', '│', ' ']);
    for tag in ["[INFO]", "[ERROR]", "[WARNING]"] {
        line = line.strip_prefix(tag).unwrap_or(line).trim_start();
    }
    let in_brackets = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
    let line = in_brackets.unwrap_or(line).trim();
    let marks = |c: char| !c.is_alphanumeric() && !"([#".contains(c);
    (line.trim_start_matches(marks), barred)
}

/// The line before its ` in 0.12s`, and whether it had one.
fn without_time(line: &str) -> (String, bool) {
    let Some((before, after)) = line.rsplit_once(" in ") else { return (line.to_owned(), false) };
    match after.starts_with(|c: char| c.is_ascii_digit()) && after.contains(['s', ':']) {
        true => (before.to_owned(), true),
        false => (line.to_owned(), false),
    }
}

/// The line without what stands in parentheses.
fn without_parentheses(line: &str) -> String {
    let (mut text, mut depth) = (String::with_capacity(line.len()), 0_u32);
    for letter in line.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => text.push(letter),
            _ => {}
        }
    }
    text.trim().to_owned()
}

//! Lines that sum up: nothing but counts, in the order and with the decoration that each tool likes.

mod list;
mod shape;

use crate::{
    Counts,
    count::{number, without_thousands},
    label::{Label, label},
};
use list::{List, Says};
pub(crate) use shape::untagged;
use shape::{undecorated, without_parentheses, without_time};

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
    /// How many there were, alone on a line.
    Total(u64),
}

/// What a line begins with when it sums up tests, in lower case.
const PREFIXES: [&str; 17] = [
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
    "done ",
    "error: some tests did not pass:",
];
/// What it begins with when it sums up groups of them.
const GROUPS: [&str; 4] = ["test suites:", "test files:", "test files ", "suites:"];

/// Whether the line says by itself that it sums up tests.
pub(crate) fn is_named(line: &str) -> bool {
    let lower = undecorated(line).0.to_lowercase();
    PREFIXES.iter().chain(&GROUPS).any(|prefix| lower.starts_with(prefix))
}

/// What a line of output is.
pub(crate) fn read(line: &str, is_test: bool) -> Option<Found> {
    let (line, barred) = undecorated(line);
    let lower = without_thousands(&line.to_lowercase());
    if !lower.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (lower, is_part) = match lower.split_once(", time elapsed") {
        Some((before, _)) => (before.to_owned(), true),
        None => (lower, false),
    };
    let (lower, timed) = without_time(&lower);
    let nextest = lower.strip_prefix("summary [").and_then(|rest| rest.split_once(']')).map(|(_, rest)| rest);
    let (lower, inside) = without_parentheses(nextest.unwrap_or(&lower));
    let inside = inside.as_deref().filter(|_| nextest.is_none());
    if let Some(rest) = GROUPS.iter().find_map(|prefix| lower.strip_prefix(prefix)) {
        let list = List { text: rest, inside, is_named: true, is_test, is_sure: true };
        return match list::read(list)? {
            Says::Counts(counts) | Says::One(counts) => Some(Found::Groups(counts)),
            Says::Total(_) => None,
        };
    }
    if let Some(counts) = share(&lower, is_test) {
        return Some(Found::Whole(counts));
    }
    let prefix = PREFIXES.iter().find_map(|prefix| lower.strip_prefix(prefix));
    let text = prefix.unwrap_or(&lower).trim_start_matches([' ', '-', ':']);
    if list::is_of_parts(text) {
        return None;
    }
    let is_named = nextest.is_some() || prefix.is_some();
    let is_sure = is_named || (timed && (barred || is_test));
    let (counts, alone) = match list::read(List { text, inside, is_named, is_test, is_sure })? {
        Says::Counts(counts) => (counts, false),
        Says::One(counts) => (counts, !is_sure && !timed),
        Says::Total(total) => return Some(Found::Total(total)),
    };
    Some(match (is_part, alone) {
        _ if list::is_of_groups(text) => Found::Groups(counts),
        (true, _) => Found::Part(counts),
        (_, true) => Found::Alone(counts),
        _ => Found::Whole(counts),
    })
}

/// `3/5 tests passed`, `2 of 5 tests failed`, `1 out of 3 tests failed`.
fn share(line: &str, is_test: bool) -> Option<Counts> {
    let named = PREFIXES.iter().find_map(|prefix| line.strip_prefix(prefix));
    let line = named.unwrap_or(line).trim();
    let parted = [" out of ", " of ", "/"].iter().find_map(|between| line.split_once(between));
    let (some, rest) = parted?;
    let (all, word) = rest.trim().split_once(' ')?;
    let (some, all) = (number(some.trim())?, number(all)?);
    let word = word.trim().trim_end_matches(['.', '!']);
    let rest = all.checked_sub(some)?;
    if !(is_test || named.is_some() || word.starts_with("test")) {
        return None;
    }
    match label(word, false)? {
        Label::Passed => Some(Counts { passed: some, failed: rest, skipped: 0 }),
        Label::Failed => Some(Counts { passed: rest, failed: some, skipped: 0 }),
        _ => None,
    }
}

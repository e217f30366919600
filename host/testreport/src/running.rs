//! Totals that are written again and again while tests run: the last is what they came to.

use crate::{
    Counts,
    count::number,
    summary::{self, Found},
};

/// Reads such a total.
pub(crate) fn read(line: &str) -> Option<Counts> {
    karma(line).or_else(|| karma_total(line)).or_else(|| dart(line)).or_else(|| summed(line))
}

/// Swift's `Executed 3 tests, with 1 failure`, for each suite and for all; gotestsum's `DONE 3 tests, 1 failure`.
fn summed(line: &str) -> Option<Counts> {
    let is_one = line.starts_with("Executed ") || line.starts_with("DONE ");
    match is_one.then(|| summary::read(line, true)).flatten()? {
        Found::Whole(counts) => Some(counts),
        Found::Total(total) => Some(Counts::passed(total)),
        _ => None,
    }
}

/// `Chrome 120.0: Executed 3 of 4 (1 FAILED) (skipped 1) (0.1 secs / 0.05 secs)`.
fn karma(line: &str) -> Option<Counts> {
    let (before, rest) = line.split_once("Executed ")?;
    let mut words = rest.split_whitespace();
    let executed = number(words.next()?)?;
    let of = words.next()? == "of";
    let all = words.next().filter(|_| of).and_then(number)?;
    if !(before.is_empty() || before.ends_with(": ")) || executed > all {
        return None;
    }
    let in_parentheses = || rest.split('(').skip(1).filter_map(|part| part.split(')').next());
    let failed = in_parentheses().find_map(|part| number(part.strip_suffix(" FAILED")?)).unwrap_or(0);
    let skipped = in_parentheses().find_map(|part| number(part.strip_prefix("skipped ")?)).unwrap_or(0);
    let is_cut = rest.contains("DISCONNECTED") || rest.contains("ERROR");
    let lost = if is_cut { all.saturating_sub(executed).max(1) } else { 0 };
    Some(Counts::of(executed, failed, 0).plus(Counts { failed: lost, skipped, passed: 0 }))
}

/// `TOTAL: 1 FAILED, 2 SUCCESS`.
fn karma_total(line: &str) -> Option<Counts> {
    let mut counts = Counts::default();
    for part in line.strip_prefix("TOTAL: ")?.split(", ") {
        match part.split_once(' ')? {
            (value, "FAILED") => counts.add(Counts::failed(number(value)?)),
            (value, "SUCCESS") => counts.add(Counts::passed(number(value)?)),
            (value, "SKIPPED") => counts.add(Counts::skipped(number(value)?)),
            _ => return None,
        }
    }
    Some(counts)
}

/// `00:01 +2 ~1 -1: Some tests failed.`
fn dart(line: &str) -> Option<Counts> {
    let (head, _) = line.split_once(": ")?;
    let mut words = head.split(' ');
    let (minutes, seconds) = words.next()?.split_once(':')?;
    number(minutes).and(number(seconds))?;
    let mut counts = Counts::passed(number(words.next()?.strip_prefix('+')?)?);
    for word in words {
        let kinds = [("-", Counts::failed as fn(u64) -> Counts), ("~", Counts::skipped)];
        let part = kinds.iter().find_map(|(sign, kind)| number(word.strip_prefix(sign)?).map(kind));
        counts.add(part?);
    }
    Some(counts)
}

//! Diffs of which something was left out, cut off, or written as a listing has it. None of them can be applied.

use super::{
    Sample,
    edit::{body_with, fenced, headers, without_headers},
};
use orchestrator_answer::kind::Kind;

/// A comment and a line of code in place of all that comes where lines go, if one that goes is a statement.
pub(super) fn with_a_comment_for_code(sample: &Sample) -> Option<String> {
    let path = sample.path.as_str();
    let has_comments = [".rs", ".js", ".ts"].iter().any(|ending| path.ends_with(ending));
    let is_statement = |line: &str| {
        let text = line.strip_prefix('-').unwrap_or_default().trim();
        text.ends_with(';') && text.len() > 20 && !text.starts_with("//") && !text.contains('"')
    };
    if !has_comments || !without_headers(&sample.diff).lines().any(is_statement) {
        return None;
    }
    let lines: Vec<&str> = sample.diff.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let is_added = line.starts_with('+') && !line.starts_with("+++ ");
        if !is_added {
            found.push((*line).to_owned());
        }
        if is_statement(line) && !lines.get(at + 1).is_some_and(|next| next.starts_with('-')) {
            found.extend(["+// existing code", "+done(x);"].map(str::to_owned));
        }
    }
    let has_both = found.iter().any(|line| line == "+done(x);");
    has_both.then(|| fenced(&headers(&(found.join("\n") + "\n"), |_| "@@".into())))
}

/// Every added line with its number before it.
pub(super) fn with_numbers(sample: &Sample) -> Option<String> {
    let is_digit = |c: char| c.is_ascii_digit();
    let is_numbered =
        |line: &str| line.trim_start().trim_start_matches(is_digit).trim_start().starts_with('|');
    let hunks = without_headers(&sample.diff);
    let mut added = hunks.lines().filter_map(|line| line.strip_prefix('+'));
    let says_something = |line: &str| !line.trim().is_empty() && !line.starts_with(is_digit);
    if Kind::of(sample.path.as_str(), true) != Kind::Code
        || sample.old.lines().any(is_numbered)
        || !added.any(says_something)
    {
        return None;
    }
    Some(body_with(&sample.diff, |at, line| {
        vec![
            line.strip_prefix('+').map_or_else(|| line.to_owned(), |text| format!("+{:>4} | {text}", at + 1)),
        ]
    }))
}

/// As it is in a code block that nothing closes.
pub(super) fn in_an_open_fence(sample: &Sample) -> Option<String> {
    fenced(&sample.diff).strip_suffix("`````\n").map(str::to_owned)
}

/// Before what is said to come of a second file.
pub(super) fn before_a_second(sample: &Sample, rest: &str) -> Option<String> {
    Some(format!("{}\n{rest}", fenced(&sample.diff)))
}

/// As the first of two files that the answer counts, in no block.
pub(super) fn as_the_first_of_two(sample: &Sample) -> Option<String> {
    Some(format!("File 1 of 2: {}\n\n{}", sample.path, sample.diff))
}

//! What came between a file's tags, and is no file.
//!
//! A model that has seen files with line numbers writes them, one that has been asked for diffs writes those, and one
//! that knows other tags puts them around the file. Written to the disk, each of them is a file that no tool can read,
//! in place of one that worked. Only what all of the content is counts: a test may have a diff in a string, and a page
//! may show a tag.
//!
//! Kinds of files in which such content is at home are left alone, as is a file that has it already.

mod form;
mod leftover;
#[cfg(test)]
mod tests;

use form::is_patch;
use orchestrator_answer::{
    around, doubled,
    fence::Fence,
    kind::Kind,
    listing::{NUMBERED, numbered},
    marked::{self, is_unquoted},
};
use std::collections::HashSet;

/// Says why `new` is no content for the file `path`, which had `old` if there is one.
pub(super) fn foreign(path: &str, old: Option<&str>, new: &str) -> Option<String> {
    let old = old.filter(|old| !old.trim().is_empty());
    let kind = Kind::of(path, old.is_some());
    let is = |what: fn(&str) -> bool| what(new) && !old.is_some_and(what);
    if kind != Kind::Text {
        if is(is_patch) {
            return Some("it is a patch and not a file: write the whole file between its tags".into());
        }
        if is(is_added) {
            return Some(
                "all of its lines begin with '+', as in a diff: write the whole file, without signs".into(),
            );
        }
    }
    if let Some(bare) = numbered(path, new)
        && old.is_none_or(|old| numbered(path, old).is_none())
        && (kind == Kind::Code || old.is_some_and(|old| is_mostly_of(&bare, old)))
    {
        return Some(NUMBERED.into());
    }
    if let Some(reason) = around::foreign(path, old.unwrap_or_default(), new) {
        return Some(reason);
    }
    if let Some(line) = leftover::leftover(path, old.unwrap_or_default(), new) {
        return Some(format!(
            "the line {line:?} at its end closes a call or an answer and is none of the file's: write the file's own lines alone"
        ));
    }
    if kind == Kind::Code && is_in_fence(new) && !old.is_some_and(is_in_fence) {
        return Some("a code fence is around all of it: write the file alone between its tags".into());
    }
    if kind == Kind::Code
        && let Some(reason) = old.and_then(|old| doubled::closer(old, new))
    {
        return Some(reason);
    }
    replaced(old.unwrap_or_default(), new, kind).or_else(|| {
        let old = old.unwrap_or_default();
        let known: HashSet<&str> = old.lines().collect();
        let came: Vec<&str> = new.lines().filter(|line| !known.contains(line)).collect();
        marked::foreign(path, old, &came).map(str::to_owned)
    })
}

/// Whether the content is in a code fence, perhaps with a sentence before it and one after it.
fn is_in_fence(text: &str) -> bool {
    let full: Vec<&str> = full_lines(text).collect();
    let Some((at, fence)) = full.iter().take(FENCED_AFTER).enumerate().find_map(|(at, line)| {
        let (fence, info) = Fence::opened_by(line.as_bytes())?;
        (fence.indent == 0 && !info.contains(&b' ')).then_some((at, fence))
    }) else {
        return false;
    };
    let close = full.iter().rposition(|line| fence.is_closed_at_margin_by(line.as_bytes()));
    close.is_some_and(|close| {
        let mut around = full.iter().take(at).chain(full.iter().skip(close + 1));
        close > at + 1
            && full.len() - close <= FENCED_AFTER
            && around.all(|line| !line.contains(['=', ';', '{', '}', '(', ')', '`']))
    })
}

/// Lines, the fence among them, by which a fence is around all of a text.
const FENCED_AFTER: usize = 3;

/// Says what is wrong with `new` in place of `old`.
fn replaced(old: &str, new: &str, kind: Kind) -> Option<String> {
    if old.is_empty() {
        return None;
    }
    if new.trim().is_empty() {
        return Some(
            "it has content, and would be empty: write the whole file. If it is not needed any more, delete it"
                .into(),
        );
    }
    let has_brackets = |text: &str| text.contains(['<', '>']);
    let entities = |text: &str| text.matches("&lt;").count() + text.matches("&gt;").count();
    if has_brackets(old) && !has_brackets(new) && entities(new) > entities(old) {
        return Some(
            "'<' and '>' are written as '&lt;' and '&gt;' throughout: write them as they are".into(),
        );
    }
    if is_in_one_line(old, new, kind) {
        return Some(
            "all of it is one line, with '\\n' in place of line breaks: write the lines of the file".into(),
        );
    }
    None
}

fn full_lines(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.lines().filter(|line| !line.trim().is_empty())
}

/// Whether every line has the sign of one that is added.
fn is_added(text: &str) -> bool {
    full_lines(text).nth(1).is_some() && full_lines(text).all(|line| line.starts_with('+'))
}

/// Whether at least half of the lines are the old file's.
fn is_mostly_of(lines: &[&str], old: &str) -> bool {
    let old: HashSet<&str> = full_lines(old).map(str::trim).collect();
    let lines = || lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    lines().filter(|line| old.contains(line)).count() * 2 >= lines().count().max(1)
}

/// Whether the lines of the file came as one, with `\n` between them. Within quotes that is what a program means by it,
/// unless a line of the old file stands between two.
fn is_in_one_line(old: &str, new: &str, kind: Kind) -> bool {
    let mut lines = full_lines(new);
    let (Some(line), None) = (lines.next(), lines.next()) else { return false };
    let parts: Vec<&str> = line.split("\\n").map(str::trim).collect();
    if parts.len() < 2 || full_lines(old).nth(1).is_none() {
        return false;
    }
    let is_of_old = |part: &&str| part.len() > 3 && full_lines(old).any(|line| line.trim() == *part);
    parts.iter().any(is_of_old) || kind == Kind::Code && parts.len() > 2 && is_unquoted(line)
}

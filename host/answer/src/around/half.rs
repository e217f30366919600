//! One half of a pair of tags, without the other.

use super::{
    full_lines,
    kinds::{has_no_tags, is_certain, is_element, is_of_call, is_wrapper},
};
use crate::kind::Kind;
use std::collections::HashSet;

/// Most tags that end on one line.
const TAGS_MAX: usize = 16;

/// The ends of what a line can be within. Where one of them comes after a line, the line may be a text that a program has.
const ENDS_OF_LITERALS: [&str; 9] = ["`", "\"", "'''", "*/", "-->", "]]", "#>", "=end", "=cut"];

/// The name of a tag that ends at the end of `text`, perhaps before words about the file, and begins nowhere.
pub(super) fn closing<'t>(path: &str, kind: Kind, text: &'t str) -> Option<&'t str> {
    let last = full_lines(text).next_back()?;
    let is_foreign = |name: &&str| is_half(path, kind, text, name, last);
    if let Some(names) = closers(last)
        && let Some(name) = names.into_iter().find(|name| is_foreign(name))
    {
        return Some(name);
    }
    match kind {
        Kind::Text => None,
        Kind::Code | Kind::Markup => {
            behind_code(last).filter(is_foreign).or_else(|| before_prose(path, kind, text))
        }
    }
}

/// The name of a tag that begins at the beginning of `text` and ends nowhere.
pub(super) fn opening<'t>(path: &str, kind: Kind, text: &'t str) -> Option<&'t str> {
    let first = full_lines(text).next()?;
    let name = opener(first)?;
    let Counts { opened, closed } = Counts::of(text, name);
    let is_foreign = match kind {
        Kind::Code => opened > closed,
        Kind::Text | Kind::Markup => closed == 0,
    };
    (is_foreign && may_be_foreign(path, kind, name, first)).then_some(name)
}

/// `text` without its last line, or its first, where that is nothing but halves of pairs that are put around files.
pub(super) fn cut<'t>(path: &str, kind: Kind, text: &'t str) -> Option<&'t str> {
    let last = full_lines(text).next_back()?;
    let all_known = |names: &Vec<&str>| names.iter().all(|name| is_known(name));
    let names = closers(last).filter(all_known).unwrap_or_default();
    if !names.is_empty() && names.iter().all(|name| is_half(path, kind, text, name, last)) {
        let end = text.trim_end();
        return Some(
            end.rsplit_once('\n').map_or("", |(before, _)| text.get(..=before.len()).unwrap_or_default()),
        );
    }
    opening(path, kind, text).filter(|name| is_known(name))?;
    text.trim_start().split_once('\n').map(|(_, rest)| rest)
}

/// The tag at either end of the lines that `came` which has no other half in `new`, and had one or was not there in `old`.
pub(super) fn among(path: &str, old: &str, new: &str, came: &[&str]) -> Option<String> {
    let kind = Kind::of(path, !old.trim().is_empty());
    let full = || came.iter().copied().filter(|line| !line.trim().is_empty());
    let is_known = |name: &&str| match kind {
        Kind::Code => is_known(name) || is_of_call(name),
        Kind::Text | Kind::Markup => is_known(name) && !is_element(name),
    };
    let grows = |name: &str, of: fn(Counts) -> usize| {
        kind != Kind::Text && of(Counts::of(new, name)) > 0 && of(Counts::of(old, name)) == 0
    };
    let closed = full().rev().map_while(closers).take(TAGS_MAX).flatten().filter(is_known);
    let ended = closed
        .filter(|name| grows(name, |Counts { opened, closed }| closed.saturating_sub(opened)))
        .map(|name| format!("</{name}>"))
        .next();
    ended.or_else(|| {
        let mut opened = full().map_while(opener).take(TAGS_MAX).filter(is_known);
        opened
            .find(|name| grows(name, |Counts { opened, closed }| opened.saturating_sub(closed)))
            .map(|name| format!("<{name}>"))
    })
}

fn is_known(name: &str) -> bool {
    is_wrapper(name) || is_certain(name)
}

/// Whether a tag of this name, which the line has, can be none of the file's where it has no other half.
fn may_be_foreign(path: &str, kind: Kind, name: &str, line: &str) -> bool {
    match kind {
        Kind::Code => {
            is_known(name) || is_of_call(name) || has_no_tags(path) && !line.starts_with([' ', '\t'])
        }
        Kind::Text => is_known(name),
        Kind::Markup => is_known(name) && !is_element(name),
    }
}

fn is_half(path: &str, kind: Kind, text: &str, name: &str, line: &str) -> bool {
    let Counts { opened, closed } = Counts::of(text, name);
    let is_half = match kind {
        Kind::Code => opened < closed,
        // A comment or a text in it may speak of an end.
        Kind::Text | Kind::Markup => opened == 0,
    };
    is_half && may_be_foreign(path, kind, name, line)
}

/// The name of the known tag that ends behind the code of a line.
fn behind_code(line: &str) -> Option<&str> {
    let (before, end) = line.trim_end().strip_suffix('>')?.rsplit_once("</")?;
    let is_in_quotes = ['`', '"', '\''].iter().any(|quote| !before.matches(*quote).count().is_multiple_of(2));
    let is_spoken_of = is_in_quotes || ["//", "/*", "#", "--"].iter().any(|mark| before.contains(mark));
    (is_name(end) && is_known(end) && !is_spoken_of).then_some(end)
}

/// The name of the known tag that ends on a line which only words come after: nothing that ends a text within a program.
fn before_prose<'t>(path: &str, kind: Kind, text: &'t str) -> Option<&'t str> {
    let lines: Vec<&'t str> = full_lines(text).collect();
    // A name is counted once: a file may have as many such lines as there is room for.
    let mut own: HashSet<&'t str> = HashSet::new();
    let (at, name) = lines.iter().enumerate().find_map(|(at, line)| {
        let names = closers(line).filter(|_| !line.starts_with([' ', '\t']))?;
        let mut is_foreign =
            |name: &'t str| is_known(name) && own.insert(name) && is_half(path, kind, text, name, line);
        names.into_iter().find(|name| is_foreign(name)).map(|name| (at, name))
    })?;
    let mut rest = lines.get(at + 1..)?.iter();
    let ends_literal = |line: &str| {
        let line = line.trim();
        ENDS_OF_LITERALS.iter().any(|end| line.contains(end))
            // The word after which a shell or PHP goes on.
            || !line.is_empty() && line.trim_end_matches(';').bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    (!rest.any(|line| ends_literal(line))).then_some(name)
}

/// The names on a line of nothing but tags that end.
fn closers(line: &str) -> Option<Vec<&str>> {
    let mut rest = line.trim();
    let mut names = Vec::new();
    while !rest.is_empty() {
        let (name, after) = rest.strip_prefix("</")?.split_once('>')?;
        let name = name.trim_end();
        if !is_name(name) || names.len() == TAGS_MAX {
            return None;
        }
        names.push(name);
        rest = after.trim_start();
    }
    Some(names)
}

/// The name on a line of nothing but one tag that begins.
fn opener(line: &str) -> Option<&str> {
    let inside = line.trim().strip_prefix('<')?.strip_suffix('>')?;
    let name = inside.split(char::is_whitespace).next()?;
    (is_name(name) && !inside.contains(['<', '>']) && !inside.ends_with('/')).then_some(name)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
}

/// How often a tag begins and ends in a text.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    opened: usize,
    closed: usize,
}

impl Counts {
    fn of(text: &str, name: &str) -> Self {
        // Where tags are none of the language, `File` is a type of it.
        let is_exact = is_known(name) || is_of_call(name);
        let is_it = |head: &str| head == name || !is_exact && head.eq_ignore_ascii_case(name);
        let mut counts = Self::default();
        for (at, _) in text.match_indices('<') {
            let rest = text.get(at + 1..).unwrap_or_default();
            let (rest, closes) = rest.strip_prefix('/').map_or((rest, false), |rest| (rest, true));
            let Some((head, after)) = rest.split_at_checked(name.len()) else { continue };
            if !is_it(head)
                || !(after.is_empty()
                    || after.starts_with(|c: char| c.is_whitespace() || c == '>' || c == '/'))
            {
                continue;
            }
            if closes {
                counts.closed += 1;
            } else if !after.split('>').next().is_some_and(|inside| inside.ends_with('/')) {
                counts.opened += 1;
            }
        }
        counts
    }
}

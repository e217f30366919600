//! A line that has something else where a body belongs, within the line: `{ ... }`, `[ /* as before */ ]`, `( … )`,
//! `<ul>...</ul>`, `"..."`, and a value that is dots alone.

use super::{
    ellipsis::{after_dots, ends_in_dots, is_ellipsis},
    marks::TO_THE_END,
};

/// What is in place of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::omission) enum Stands {
    /// Dots alone: `{ ... }`, `= ...`.
    Dots,
    /// Dots that are a text, the end of a list, or a declaration: `"..."`, `[a, ...]`, `def load(path): ...`.
    Operand,
    /// A comment.
    Comment,
}

/// A line without its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::omission) struct Hollow<'a> {
    /// What is before the body, with the bracket that opens it if it has one.
    pub(in crate::omission) head: &'a str,
    pub(in crate::omission) stands: Stands,
}

/// Bytes that a body may have that stands for another.
const BODY_MAX: usize = 200;

/// What the line is without its body, if that is left out within the line. A comment's mark before it is skipped.
pub(in crate::omission) fn hollow(line: &str) -> Option<Hollow<'_>> {
    let line = without_mark(line).trim_end_matches([';', ',', ' ']);
    [line, line.trim_end_matches([')', ';', ',', ' '])]
        .into_iter()
        .find_map(|line| bracketed(line).or_else(|| element(line)).or_else(|| value(line)))
}

/// The head of a line that ends with an opener and a remark: `load(path) { // as before`.
pub(in crate::omission) fn remarked(line: &str) -> Option<&str> {
    let at = ["//", "/*", "<!--", "{/*", "#", "--"].into_iter().filter_map(|mark| {
        let (before, after) = line.split_once(mark)?;
        let head = before.trim_end();
        let touches = head.len() == before.len();
        let opens = head.ends_with(['{', '[', '(']) && (!touches || mark.starts_with('/'))
            || !touches && head.ends_with([':', '>', ']']);
        (opens && (after.contains(char::is_alphanumeric) || ends_in_dots(after.trim()))).then_some(head)
    });
    at.min_by_key(|head| head.len())
}

fn without_mark(line: &str) -> &str {
    let text = TO_THE_END.iter().find_map(|mark| line.strip_prefix(mark)?.strip_prefix(' '));
    text.map_or(line, str::trim)
}

fn bracketed(line: &str) -> Option<Hollow<'_>> {
    let (open, close) = [('{', '}'), ('[', ']'), ('(', ')'), ('"', '"'), ('\'', '\'')]
        .into_iter()
        .find(|(_, close)| line.ends_with(*close))?;
    let inside = line.strip_suffix(close)?;
    inside.match_indices(open).filter(|(at, _)| inside.len() - at <= BODY_MAX).find_map(|(at, _)| {
        let (head, body) = inside.split_at_checked(at + 1)?;
        let is_text = open == close;
        let head = if is_text { head.strip_suffix(open)? } else { head };
        (!head.trim().is_empty()).then_some(())?;
        let stands = match stands(body.trim())? {
            Stands::Comment if is_text => return None,
            Stands::Dots if is_text => Stands::Operand,
            stands => stands,
        };
        Some(Hollow { head, stands })
    })
}

/// `<ul id="list">...</ul>`.
fn element(line: &str) -> Option<Hollow<'_>> {
    let (inside, name) = line.strip_suffix('>')?.rsplit_once("</")?;
    let start = inside.rfind(&format!("<{name}"))?;
    let tag = inside.get(start..)?;
    let end = tag
        .match_indices('>')
        .map(|(at, _)| at)
        .find(|at| !tag.get(..*at).is_some_and(|tag| tag.ends_with('=')))?;
    let (head, body) = inside.split_at_checked(start + end + 1)?;
    let body = body.trim();
    let inner = body.strip_prefix('{').and_then(|body| body.strip_suffix('}')).map_or(body, str::trim);
    let stands = stands(inner)?;
    Some(Hollow { head, stands })
}

/// `const routes = ...`.
fn value(line: &str) -> Option<Hollow<'_>> {
    let head = line.strip_suffix("...").or_else(|| line.strip_suffix('…'))?;
    let head = head.strip_suffix(' ')?.trim_end();
    let stands = if head.ends_with('=') { Stands::Dots } else { Stands::Operand };
    head.ends_with(['=', ':', '>']).then_some(Hollow { head, stands })
}

/// What a body is that is no body.
fn stands(body: &str) -> Option<Stands> {
    if is_comment(body) {
        let text = body.trim_matches(|c: char| "{}/*<!->".contains(c)).trim();
        return Some(if is_ellipsis(text) { Stands::Dots } else { Stands::Comment });
    }
    let bare = body.trim_matches(|c: char| "\"':, ".contains(c));
    if after_dots(bare) == Some("") {
        return Some(Stands::Dots);
    }
    let is_dots = |c: char| "\"':,. …".contains(c);
    if body.chars().all(is_dots) && ends_in_dots(bare) {
        return Some(Stands::Dots);
    }
    if is_ellipsis(body) {
        return Some(Stands::Dots);
    }
    let last = body.rsplit_once(',')?.1.trim();
    (last == ".." || after_dots(last) == Some("")).then_some(Stands::Operand)
}

fn is_comment(body: &str) -> bool {
    [("/*", "*/"), ("<!--", "-->"), ("{/*", "*/}"), ("{#", "#}"), ("(*", "*)"), ("{-", "-}")].into_iter().any(
        |(start, end)| {
            body.strip_prefix(start).is_some_and(|body| body.find(end) == body.len().checked_sub(end.len()))
        },
    )
}

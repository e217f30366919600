//! A line that has an ellipsis, or nothing but a comment, where a body belongs.
//!
//! All brackets are alike here: `{ ... }`, `[ /* as before */ ]`, `( … )`, `<ul>...</ul>`, `"..."`; so is an opener with
//! a remark behind it that nothing follows but the closer, and a value that is dots alone.

use super::{
    Judge, LIKE_MAX, LOST_MIN, Omission, Region, is_like,
    line::{Kind, TO_THE_END, after_dots, ends_in_dots, is_ellipsis},
};
use std::collections::HashMap;

/// Bytes of a head by which it is known within a longer one.
const NAMED_MIN: usize = 4;

/// What is in place of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// Dots alone: `{ ... }`, `= ...`.
    Dots,
    /// Dots that are a text, the end of a list, or a declaration: `"..."`, `[a, ...]`, `def load(path): ...`.
    Operand,
    /// A comment.
    Comment,
}

/// A line without its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hollow<'a> {
    /// What is before the body, with the bracket that opens it if it has one.
    pub(super) head: &'a str,
    pub(super) stands: Stands,
}

/// Bytes that a body may have that stands for another.
const BODY_MAX: usize = 200;

impl Judge<'_> {
    /// A line that came without the body that the old version has.
    pub(super) fn without_body(&self, region: &Region, gone: &[usize]) -> Option<Omission> {
        let code: Vec<usize> = gone.iter().copied().filter(|at| !self.old.kind(*at).is_comment()).collect();
        let heads: HashMap<String, usize> = code
            .iter()
            .enumerate()
            .filter(|(_, at)| opens(self.old.line(**at)))
            .map(|(index, at)| {
                (bare_head(self.old.line(*at)), self.body(*at, code.get(index + 1..).unwrap_or_default()))
            })
            .collect();
        let came = region.came.iter().filter(|at| {
            self.new.is_unpaired(**at) && self.new.kind(**at).is_filled() && !self.new.kind(**at).is_comment()
        });
        let net = (code.len() + 1).saturating_sub(came.count());
        region.came.iter().copied().filter(|at| self.new.is_new(*at)).find_map(|at| {
            let (head, stands) = self.head_without_body(at)?;
            let bare = bare_head(head);
            let exact = heads.get(&bare).copied();
            let is_known = || {
                exact.is_some()
                    || heads.keys().take(LIKE_MAX).any(|old| {
                        old.len() >= NAMED_MIN && bare.contains(old.as_str()) || is_like(old, &bare)
                    })
            };
            if exact.is_none() && self.is_prose {
                return None;
            }
            let lost = net.min(code.len());
            let lost = match stands {
                Stands::Operand if self.has_ellipsis && head.ends_with(':') => {
                    return self.stub(at, head, exact);
                }
                Stands::Dots if exact.is_some_and(|lost| lost > 0) => exact?,
                Stands::Dots if !self.has_ellipsis || is_known() => lost,
                Stands::Operand | Stands::Comment if is_known() => lost,
                _ => 0,
            };
            let least = if stands == Stands::Dots && exact.is_some() { 1 } else { LOST_MIN };
            (lost >= least).then(|| self.omission(at, lost))
        })
    }

    /// Of the lines that are gone behind a head, those of its body; behind a colon, that is what is indented deeper.
    fn body(&self, head: usize, gone: &[usize]) -> usize {
        if !self.old.line(head).ends_with(':') {
            return gone.len();
        }
        let is_deeper = |at: &&usize| self.old.indent(**at) > self.old.indent(head);
        gone.iter().take_while(is_deeper).filter(|at| self.old.kind(**at) != Kind::Ellipsis).count()
    }

    /// `def load(path): ...` is also what a declaration looks like, so the old version has to have its body.
    fn stub(&self, at: usize, head: &str, body: Option<usize>) -> Option<Omission> {
        body.filter(|body| *body > 0 && head.starts_with(char::is_alphabetic))
            .map(|body| self.omission(at, body))
    }

    /// The head of the line if its body is left out, and what stands there.
    fn head_without_body(&self, at: usize) -> Option<(&str, Stands)> {
        let line = self.new.line(at);
        if let Some(hollow) = hollow(line) {
            return Some((hollow.head, hollow.stands));
        }
        let head = remarked(line)?;
        let next = (at + 1..self.new.lines.len()).find(|next| self.new.kind(*next) != Kind::Blank);
        let is_empty = match next {
            None => true,
            Some(next) if head.ends_with(':') => self.new.indent(next) <= self.new.indent(at),
            Some(next) if head.ends_with(']') => self.new.line(next).starts_with('['),
            Some(next) if head.ends_with('>') => self.new.line(next).starts_with("</"),
            Some(next) => self.new.line(next).starts_with(['}', ']', ')']),
        };
        is_empty.then_some((head, Stands::Comment))
    }
}

/// What the line is without its body, if that is left out within the line. A comment's mark before it is skipped.
pub(super) fn hollow(line: &str) -> Option<Hollow<'_>> {
    let line = without_mark(line).trim_end_matches([';', ',', ' ']);
    [line, line.trim_end_matches([')', ';', ',', ' '])]
        .into_iter()
        .find_map(|line| bracketed(line).or_else(|| element(line)).or_else(|| value(line)))
}

/// The head of a line that ends with an opener and a remark: `load(path) { // as before`.
fn remarked(line: &str) -> Option<&str> {
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

/// A head without blanks and without the bracket that it ends with, which say nothing.
fn bare_head(head: &str) -> String {
    head.trim_end_matches([' ', '{', '[', '(']).chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether a line is one that a body follows.
fn opens(line: &str) -> bool {
    line.ends_with(['{', '[', '(', ':', '>']) || (line.starts_with('[') && line.ends_with(']'))
}

/// Endings of the names of files in whose language an ellipsis is a value.
const WITH_ELLIPSIS: [&str; 26] = [
    "py", "pyi", "pyx", "lua", "luau", "r", "rb", "php", "pl", "pm", "nix", "c", "h", "cc", "cpp", "cxx",
    "hpp", "hh", "m", "mm", "go", "d", "ipynb", "raku", "flow", "cs",
];

/// Whether `...` is a value in the language of a file of this name.
pub(super) fn has_ellipsis(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| WITH_ELLIPSIS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests;

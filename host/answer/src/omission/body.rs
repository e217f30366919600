//! A line that has an ellipsis, or nothing but a comment, where a body belongs.
//!
//! All brackets are alike here: `{ ... }`, `[ /* as before */ ]`, `( … )`, `<ul>...</ul>`, `"..."`; so is an opener with
//! a remark behind it that nothing follows but the closer, and a value that is dots alone.

use super::{
    LIKE_MAX, LOST_MIN, Omission, Region, is_like,
    judge::Judge,
    line::{Kind, Stands, hollow, remarked},
};
use std::collections::HashMap;

/// Bytes of a head by which it is known within a longer one.
const NAMED_MIN: usize = 4;

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

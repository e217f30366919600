//! What a line is: code, a comment, a sentence, or an ellipsis.
//!
//! Told by marks and punctuation alone, which hold for any programming language and any language of people; what a
//! comment says is never read. The marks of all languages are in one list: a `#` that begins a comment in one and an
//! instruction in another is told apart by the blank that follows it.

mod content;
mod ellipsis;
mod hollow;
mod marks;
#[cfg(test)]
mod tests;
mod words;

pub(super) use content::{Content, ends_statements};
pub(super) use hollow::{Stands, hollow, remarked};
pub(super) use marks::is_rule;
pub(super) use words::looks_like_code;

use ellipsis::{is_ellipsis, is_ellipsis_of_statement, is_quoted_ellipsis, is_said_ellipsis};
use marks::{enclosed, to_the_end};
use std::collections::HashMap;
use words::{has_words, is_list, is_word, is_words, remark, wide, within_brackets, within_rules};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing, or blanks.
    Blank,
    /// Brackets and other marks alone.
    Bare,
    /// A line of the file's own language, as far as can be told.
    Code,
    /// A comment.
    Comment(About),
    /// A comment's mark without words, as at its beginning and its end.
    Mark,
    /// Words that are no comment and look like no code.
    Sentence,
    /// One or two words that may be either.
    Words,
    /// A word alone, also as a tag that is closed at once: `unchanged`, `<rest/>`.
    Word,
    /// A statement that does nothing: `pass`.
    Filler,
    /// An ellipsis, by itself or before words; as a comment or not.
    Ellipsis,
}

/// What a comment is about, by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// That it does not say.
    Any,
    /// What follows: `///`, `/** … */`, `"""`.
    Next,
    /// What follows, over several lines, and perhaps with a blank one behind it.
    NextAtLength,
    /// The file that it stands in: `//!`.
    File,
}

impl Kind {
    /// Whether something is said on it.
    pub(super) fn is_filled(self) -> bool {
        !matches!(self, Self::Blank | Self::Bare | Self::Filler | Self::Mark)
    }

    pub(super) fn is_comment(self) -> bool {
        matches!(self, Self::Comment(_) | Self::Mark)
    }
}

/// What each line of a text is; the lines are without the blanks around them.
pub(super) fn kinds(lines: &[&str], content: Content) -> Vec<Kind> {
    let mut kinds = Vec::with_capacity(lines.len());
    // The end of a comment over several lines, and whether it describes what follows.
    let mut open: Option<(&str, About)> = None;
    let mut start = 0;
    let mut last = LastEnds::default();
    for (at, line) in lines.iter().enumerate() {
        let (kind, now_open) = match open {
            Some((end, about)) => {
                let text =
                    line.split_once(end).map_or(*line, |(text, _)| text).trim_start_matches('*').trim();
                let kind = match text.is_empty() {
                    true => Kind::Mark,
                    false => said(text, about),
                };
                (kind, open.filter(|_| !line.contains(end)))
            }
            None => kind(line, content, |end| last.is_after(at, end, lines)),
        };
        kinds.push(kind);
        let ends = open.is_some() && now_open.is_none();
        if open.is_none() {
            start = kinds.len() - 1;
        }
        if ends && content == Content::Prose {
            keep_template(kinds.get_mut(start..).unwrap_or_default());
        }
        open = now_open;
    }
    kinds
}

/// The last line that has each end of a comment.
#[derive(Default)]
struct LastEnds(HashMap<&'static str, Option<usize>>);

impl LastEnds {
    /// Whether `end` comes after line `at`. What nothing closes opens no comment that goes on.
    fn is_after(&mut self, at: usize, end: &'static str, lines: &[&str]) -> bool {
        let last = self.0.entry(end).or_insert_with(|| lines.iter().rposition(|line| line.contains(end)));
        last.is_some_and(|last| last > at)
    }
}

/// A comment of several sentences in prose is part of the text, as in a form that is to be filled in.
fn keep_template(kinds: &mut [Kind]) {
    if kinds.iter().filter(|kind| matches!(kind, Kind::Comment(_))).count() > 2 {
        kinds
            .iter_mut()
            .filter(|kind| matches!(kind, Kind::Comment(_)))
            .for_each(|kind| *kind = Kind::Comment(About::File));
    }
}

/// What a line outside of any comment is; with the end of the comment that it leaves open, if that is closed.
fn kind(
    line: &str,
    content: Content,
    mut is_closed: impl FnMut(&'static str) -> bool,
) -> (Kind, Option<(&'static str, About)>) {
    if line.is_empty() {
        return (Kind::Blank, None);
    }
    // Most lines begin with a letter, and no mark of a comment does but one.
    if line.starts_with(|c: char| c.is_ascii_alphanumeric() && !matches!(c, 'R' | 'r')) {
        return (unmarked(line, content), None);
    }
    // A quotation mark also begins comments.
    if content != Content::Prose && is_quoted_ellipsis(line) {
        return (Kind::Ellipsis, None);
    }
    let about = About::of(line);
    let comment = enclosed(line, content).map(|(text, end)| (text, end, end.filter(|end| is_closed(end))));
    // What nothing closes is code that begins like a comment, such as `{#if`, unless it is apart from its mark.
    let is_comment = |(text, opens, end): &(&str, Option<&str>, Option<&str>)| {
        opens.is_none() || end.is_some() || line.ends_with(&format!(" {text}"))
    };
    if let Some((text, _, end)) = comment.filter(is_comment) {
        let about = if about == About::Next && end.is_some() { About::NextAtLength } else { about };
        let open = end.map(|end| (end, about));
        let text = text.trim_start_matches('*').trim();
        return (if text.is_empty() { Kind::Mark } else { said(text, about) }, open);
    }
    if let Some(text) = to_the_end(line, content).filter(|_| content != Content::Prose) {
        let kind = match text {
            "" => Kind::Mark,
            text if is_ellipsis(text) || about == About::Any && is_said_ellipsis(text) => Kind::Ellipsis,
            // Nothing is said by what has no word.
            text if !text.contains(char::is_alphanumeric) => Kind::Mark,
            // A line of code that was put out of use.
            text if text.ends_with([';', '{', '}', ','])
                && !is_said_in_brackets(text)
                && !is_hollow(text) =>
            {
                Kind::Code
            }
            _ => Kind::Comment(about),
        };
        return (kind, None);
    }
    (unmarked(line, content), None)
}

fn said(text: &str, about: About) -> Kind {
    if is_ellipsis(text) || about == About::Any && is_said_ellipsis(text) {
        Kind::Ellipsis
    } else {
        Kind::Comment(about)
    }
}

fn unmarked(line: &str, content: Content) -> Kind {
    if is_ellipsis(line) || content == Content::Code && is_ellipsis_of_statement(line) {
        return Kind::Ellipsis;
    }
    if !line.contains(char::is_alphanumeric) {
        return Kind::Bare;
    }
    if content == Content::Prose {
        return Kind::Code;
    }
    match said_of_nothing(line) {
        Some("") => return Kind::Filler,
        Some(text) => return said(text, About::Any),
        None => {}
    }
    let inner = within_brackets(line).or_else(|| within_rules(line));
    let text = inner.unwrap_or(line);
    let least = if inner.is_some() { 2 } else { 3 };
    let is_ruled = within_rules(line).is_some_and(|text| has_words(text, 1));
    let enough = has_words(text, least) || wide(text) >= 4 || is_ruled;
    // A language that is written in words has lines like that in the old version too; then they say nothing.
    match enough && !looks_like_code(text) && !text.contains(": ") && !is_list(text) {
        _ if remark(line).is_some_and(is_ellipsis) => Kind::Ellipsis,
        true => Kind::Sentence,
        false if is_words(text, inner.is_some()) => Kind::Words,
        false if is_word(text.strip_suffix('/').filter(|_| inner.is_some()).unwrap_or(text)) => Kind::Word,
        false => Kind::Code,
    }
}

/// Words in brackets, and nothing that is code: `{the old handlers}`.
fn is_said_in_brackets(text: &str) -> bool {
    within_brackets(text).is_some_and(|inner| {
        let inner = within_brackets(inner).unwrap_or(inner);
        inner.contains(char::is_alphabetic) && !looks_like_code(inner) && !inner.contains(": ")
    })
}

/// A head without its body: `load(path) { ... }`.
fn is_hollow(text: &str) -> bool {
    hollow(text).is_some_and(|hollow| hollow.stands == Stands::Dots)
}

/// A statement that does nothing, as one that a body has which is to come.
const FILLERS: [&str; 3] = ["pass", "todo!()", "unimplemented!()"];

/// What is said behind a statement that does nothing.
fn said_of_nothing(line: &str) -> Option<&str> {
    let after =
        FILLERS.iter().find_map(|filler| line.strip_prefix(filler))?.trim_start_matches(';').trim_start();
    let text = ["//", "#"].iter().find_map(|mark| after.strip_prefix(mark));
    if after.is_empty() { Some("") } else { text.map(str::trim) }
}

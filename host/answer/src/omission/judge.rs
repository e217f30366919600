//! Both versions of a file, and what is asked of their lines again and again.

use super::{
    Omission,
    compare::{Region, Side},
    tokens,
};
use std::collections::HashMap;

/// Both versions, and what is known of them as wholes.
pub(super) struct Judge<'a> {
    pub(super) old: &'a Side<'a>,
    pub(super) new: &'a Side<'a>,
    /// For each line, the first one from it on that is no comment, and that is not blank.
    pub(super) past_comments: Vec<usize>,
    pub(super) past_blanks: Vec<usize>,
    pub(super) may_be_sentence: bool,
    pub(super) may_be_words: bool,
    /// How often each word is in both versions, if that is to be known.
    pub(super) known_words: HashMap<&'a str, usize>,
    /// Lines that have to be gone where an ellipsis stands. Prose quotes one where it shows output.
    pub(super) least_for_ellipsis: usize,
    pub(super) is_prose: bool,
    /// Whether an ellipsis is also a value in the language.
    pub(super) has_ellipsis: bool,
}

impl Judge<'_> {
    /// Lines that say something and are gone, by number.
    pub(super) fn gone(&self, region: &Region) -> Vec<usize> {
        let is_gone = |at: &usize| self.old.kind(*at).is_filled() && self.old.is_unpaired(*at);
        region.went.iter().copied().filter(is_gone).collect()
    }

    pub(super) fn omission(&self, at: usize, lost: usize) -> Omission {
        Omission { line: at + 1, text: self.new.line(at).to_owned(), lost }
    }

    /// Whether the line is part of what was written over several: `impl<T>`, `Draw for Canvas`, `where`.
    pub(super) fn is_continued(&self, at: usize) -> bool {
        let next = self.new.line(at + 1);
        let above = at.checked_sub(1).filter(|above| self.new.is_new(*above));
        above.is_some_and(|above| self.new.line(above).ends_with(['(', '[', ',']))
            || next.starts_with('{')
            || next.split_whitespace().next() == Some("where")
    }

    /// Whether a statement may begin with the line.
    pub(super) fn begins_statement(&self, at: usize) -> bool {
        let above = (0..at).rev().map(|above| self.new.line(above)).find(|line| !line.is_empty());
        above.is_none_or(|line| line.ends_with(['{', '}', ';', ')', ':', ']']))
    }

    /// Whether bare words stand where a statement begins, and the file knows nothing of what they name.
    pub(super) fn is_strange(&self, at: usize) -> bool {
        let is_header = self.new.line(at).starts_with('[')
            && self.new.is_new(at + 1)
            && self.new.kind(at + 1).is_filled();
        let word = tokens(self.new.line(at)).next().unwrap_or_default();
        self.begins_statement(at) && !is_header && self.known_words.get(word).is_none_or(|times| *times < 2)
    }
}

//! Looking into a table of the file: what is there by a name, of the form that is wanted, and on which line.

use crate::{
    document::{Located, PolicyLine},
    error::Problem,
    pattern::Pattern,
};
use std::{collections::BTreeMap, ops::Range, sync::Arc};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A value, with where in the text it is.
pub(super) type Entry<'a> = Spanned<DeValue<'a>>;

/// A file on its way through the parser, with what was found wrong so far.
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    file: Arc<str>,
    pub(super) problems: Vec<Problem>,
    /// The patterns that `[program.X]` gives names to.
    pub(super) programs: BTreeMap<String, Pattern>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, file: &str) -> Self {
        Self { text, file: Arc::from(file), problems: Vec::new(), programs: BTreeMap::new() }
    }
}

impl Reader<'_> {
    pub(super) fn texts(&mut self, value: &Entry<'_>, what: &str) -> Vec<(String, Range<usize>)> {
        match value.get_ref().as_array() {
            Some(items) => {
                let items: Vec<_> = items.iter().cloned().collect();
                self.texts_of(&items, what)
            }
            None => {
                self.problem(value.span(), format!("{what} must be a list of texts, such as [\"…\"]"));
                Vec::new()
            }
        }
    }

    pub(super) fn texts_of(&mut self, items: &[Entry<'_>], what: &str) -> Vec<(String, Range<usize>)> {
        let mut texts = Vec::new();
        for item in items {
            match item.get_ref().as_str() {
                Some(text) => texts.push((text.to_owned(), item.span())),
                None => self.problem(item.span(), format!("{what} takes texts in quotes")),
            }
        }
        texts
    }

    pub(super) fn table<'a, 'i>(&mut self, table: &'a DeTable<'i>, key: &str) -> Option<&'a DeTable<'i>> {
        self.as_table(table.get(key)?, &format!("'{key}'"))
    }

    pub(super) fn as_table<'a, 'i>(&mut self, value: &'a Entry<'i>, what: &str) -> Option<&'a DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.problem(value.span(), format!("{what} must be a table"));
        }
        table
    }

    pub(super) fn check_keys(&mut self, table: &DeTable<'_>, known: &[&str], what: &str) {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref();
            let nearest = nearest(name, known.iter().copied());
            let known = known.join(", ");
            self.problem(key.span(), format!("{what} has no key '{name}'{nearest}; it has {known}"));
        }
    }

    pub(super) fn located<T>(&self, value: T, span: Range<usize>) -> Located<T> {
        Located { value, place: PolicyLine { file: Arc::clone(&self.file), line: self.line(span) } }
    }

    pub(super) fn line(&self, span: Range<usize>) -> usize {
        self.text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
    }

    pub(super) fn problem(&mut self, span: Range<usize>, message: String) {
        let line = self.line(span);
        self.problems.push(Problem { line, message });
    }
}

/// `; did you mean 'x'?`, when something known is near enough.
pub(super) fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let near = known.into_iter().map(|name| (strsim::osa_distance(given, name), name)).min();
    match near {
        Some((distance, name)) if distance <= 1 + name.len() / 3 => format!(" (did you mean '{name}'?)"),
        _ => String::new(),
    }
}

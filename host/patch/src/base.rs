//! A file that hunks are looked for in, prepared once for all of them.

use crate::{
    hunk::HunkLine,
    keys::key,
    report::Strategy,
    text::{End, Line, Text},
};
use std::{borrow::Cow, cell::OnceCell};

/// The file's lines, and their numbers under each strategy as soon as one is asked for.
#[derive(Debug)]
pub(crate) struct Base<'a> {
    pub(crate) text: Text<'a>,
    /// Bytes of the file.
    pub(crate) size: usize,
    keys: [OnceCell<Vec<u64>>; 3],
}

/// Where a block of lines was found in a file.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    /// Where all of it is.
    pub(crate) starts: Vec<usize>,
    /// How much of its beginning was found at most, and where.
    pub(crate) longest: usize,
    pub(crate) longest_start: usize,
}

impl<'a> Base<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { text: Text::new(bytes), size: bytes.len(), keys: Default::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.text.lines.len()
    }

    pub(crate) fn line(&self, at: usize) -> Option<&Line<'a>> {
        self.text.lines.get(at)
    }

    /// The text of line `at`; empty where there is none.
    pub(crate) fn line_text(&self, at: usize) -> &'a [u8] {
        self.line(at).map_or(b"", |line| line.text)
    }

    /// Every line's number under `strategy`, which is not [`Strategy::Exact`].
    pub(crate) fn keys(&self, strategy: Strategy) -> &[u64] {
        let [ends, indents, loose] = &self.keys;
        let cell = match strategy {
            Strategy::Exact | Strategy::LineEnds => ends,
            Strategy::Indentation => indents,
            Strategy::Punctuation | Strategy::Context | Strategy::Similarity => loose,
        };
        cell.get_or_init(|| self.text.lines.iter().map(|line| key(line.text, strategy)).collect())
    }

    /// Every place of `block` under `strategy`.
    pub(crate) fn find(&self, block: &[HunkLine<'_>], strategy: Strategy) -> Matches {
        if strategy == Strategy::Exact {
            let block: Vec<Line<'_>> = block.iter().map(as_line).collect();
            let equal = |one: &Line<'_>, other: &Line<'_>| is_equal(one, other);
            return search(&self.text.lines, &block, equal);
        }
        let block: Vec<u64> = block.iter().map(|line| key(line.text, strategy)).collect();
        search(self.keys(strategy), &block, u64::eq)
    }
}

fn as_line<'t>(line: &HunkLine<'t>) -> Line<'t> {
    Line { text: line.text, end: if line.carriage_return { End::CrLf } else { End::Lf } }
}

/// Whether two lines have the same bytes, the line feed aside: the last line of a file may lack it.
fn is_equal(one: &Line<'_>, other: &Line<'_>) -> bool {
    with_carriage_return(one) == with_carriage_return(other)
}

fn with_carriage_return<'a>(line: &Line<'a>) -> (&'a [u8], bool) {
    match line.end {
        End::CrLf => (line.text, true),
        End::Lf => (line.text, false),
        End::None => line.text.strip_suffix(b"\r").map_or((line.text, false), |text| (text, true)),
    }
}

/// Finds every place of `block` in one pass (Knuth, Morris and Pratt): a file of equal lines must not take forever.
fn search<T>(lines: &[T], block: &[T], equal: impl Fn(&T, &T) -> bool) -> Matches {
    let fallback = fallbacks(block, &equal);
    let mut matches = Matches::default();
    let mut matched = 0;
    let goes_on = |matched: usize, line: &T| block.get(matched).is_some_and(|next| equal(next, line));
    for (at, line) in lines.iter().enumerate() {
        while matched > 0 && !goes_on(matched, line) {
            matched = fallback.get(matched - 1).copied().unwrap_or(0);
        }
        if goes_on(matched, line) {
            matched += 1;
        }
        if matched > matches.longest {
            matches.longest = matched;
            matches.longest_start = at + 1 - matched;
        }
        if matched == block.len() && matched > 0 {
            matches.starts.push(at + 1 - matched);
            matched = fallback.last().copied().unwrap_or(0);
        }
    }
    matches
}

/// For each beginning of `block`: the length of its longest proper end that is also its beginning.
fn fallbacks<T>(block: &[T], equal: impl Fn(&T, &T) -> bool) -> Vec<usize> {
    let mut fallback = vec![0; block.len()];
    let mut matched = 0;
    let goes_on = |matched: usize, line: &T| block.get(matched).is_some_and(|next| equal(next, line));
    for (at, line) in block.iter().enumerate().skip(1) {
        while matched > 0 && !goes_on(matched, line) {
            matched = fallback.get(matched - 1).copied().unwrap_or(0);
        }
        if goes_on(matched, line) {
            matched += 1;
        }
        if let Some(slot) = fallback.get_mut(at) {
            *slot = matched;
        }
    }
    fallback
}

/// A line as it is shown to people and models, cut to [`crate::LINE_MAX`] characters.
pub(crate) fn shown(line: &[u8]) -> String {
    // Cut the bytes first: a line can be a megabyte.
    let beginning = line.get(..crate::LINE_MAX * 4).unwrap_or(line);
    let text = String::from_utf8_lossy(beginning);
    match text.char_indices().nth(crate::LINE_MAX) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => match text {
            Cow::Borrowed(text) => text.to_owned(),
            Cow::Owned(text) => text,
        },
    }
}

//! A file that hunks are looked for in, prepared once for all of them.

use crate::{
    hunk::HunkLine,
    index::Index,
    keys::key,
    report::Strategy,
    similar::similarity,
    text::{End, Line, Text},
};
use std::{
    borrow::Cow,
    cell::{Cell, OnceCell},
    cmp::Ordering,
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Names of lines that are looked for without sorting the lines.
const NAMES_UNSORTED: u32 = 8;
/// Most lines of a file that are compared for likeness, for all reports on its hunks; and how alike a line must be to be
/// shown.
const LIKENESS_MAX: usize = 50_000;
const LIKE_MIN: f32 = 0.5;

/// The file's lines, and their numbers under each strategy as soon as one is asked for.
#[derive(Debug)]
pub(crate) struct Base<'a> {
    pub(crate) text: Text<'a>,
    /// Bytes of the file.
    pub(crate) size: usize,
    keys: [OnceCell<Vec<u64>>; 4],
    indices: [Index; 4],
    /// The numbers of the lines, however they are indented.
    known: OnceCell<HashSet<u64>>,
    /// The lines in the order of their texts, blanks around them aside; and how many names were looked for.
    sorted: OnceCell<Vec<usize>>,
    names: Cell<u32>,
    /// Lines that were compared for likeness.
    compared: Cell<usize>,
}

/// Where a block of lines was found in a file.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    /// Where all of it is.
    starts: Vec<usize>,
    /// How much of its beginning was found at most, and where.
    pub(crate) longest: usize,
    pub(crate) longest_start: usize,
}

impl<'a> Base<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            text: Text::new(bytes),
            size: bytes.len(),
            keys: Default::default(),
            indices: Default::default(),
            known: OnceCell::new(),
            sorted: OnceCell::new(),
            names: Cell::new(0),
            compared: Cell::new(0),
        }
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

    /// Every line's number under `strategy`.
    pub(crate) fn keys(&self, strategy: Strategy) -> &[u64] {
        let cell = slot(&self.keys, strategy);
        cell.get_or_init(|| match strategy {
            Strategy::Exact => self.text.lines.iter().map(exact_key).collect(),
            _ => self.text.lines.iter().map(|line| key(line.text, strategy)).collect(),
        })
    }

    /// Every place of `block` under `strategy`.
    pub(crate) fn find(&self, block: &[HunkLine<'_>], strategy: Strategy) -> Vec<usize> {
        self.find_numbers(&numbers(block, strategy), strategy)
    }

    /// Every place of the lines with these numbers under `strategy`.
    pub(crate) fn find_numbers(&self, numbers: &[u64], strategy: Strategy) -> Vec<usize> {
        let keys = self.keys(strategy);
        let found = slot(&self.indices, strategy).find(keys, numbers);
        found.unwrap_or_else(|| search(keys, numbers, u64::eq).starts)
    }

    /// The index of the lines under `strategy`, which may not be made.
    pub(crate) fn index(&self, strategy: Strategy) -> &Index {
        slot(&self.indices, strategy)
    }

    /// Whether the file has a line like this, however it is indented.
    pub(crate) fn has(&self, line: &[u8]) -> bool {
        let known = self.known.get_or_init(|| self.keys(Strategy::Indentation).iter().copied().collect());
        known.contains(&key(line, Strategy::Indentation))
    }

    /// How much of the beginning of `block` is there, blanks at the ends of lines aside, and where.
    pub(crate) fn longest(&self, block: &[HunkLine<'_>]) -> (usize, usize) {
        let numbers = numbers(block, Strategy::LineEnds);
        let found = search(self.keys(Strategy::LineEnds), &numbers, u64::eq);
        (found.longest, found.longest_start)
    }

    /// The line that is most like `line`, if one is like it at all. For reports: of a long file, and for many hunks, not every
    /// line is looked at.
    pub(crate) fn most_like(&self, line: &[u8]) -> Option<usize> {
        let line = line.trim_ascii();
        let left = LIKENESS_MAX.saturating_sub(self.compared.get());
        self.compared.set(self.compared.get() + self.len().min(left));
        let like =
            (0..self.len()).take(left).map(|at| (at, similarity(line, self.line_text(at).trim_ascii())));
        let like = like.filter(|(_, like)| *like >= LIKE_MIN);
        // The first of several that are equally alike.
        like.max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0))).map(|(at, _)| at)
    }

    /// The lines that begin with `name`, blanks before it aside, in order; and whether one of them is nothing more.
    pub(crate) fn lines_named(&self, name: &[u8]) -> (Vec<usize>, bool) {
        let text = |at: usize| self.line_text(at).trim_ascii();
        self.names.set(self.names.get().saturating_add(1));
        let lines: Vec<usize> = if self.names.get() <= NAMES_UNSORTED {
            (0..self.len()).filter(|at| text(*at).starts_with(name)).collect()
        } else {
            let sorted = self.sorted.get_or_init(|| {
                let mut all: Vec<usize> = (0..self.len()).collect();
                all.sort_by(|one, other| text(*one).cmp(text(*other)));
                all
            });
            let before = |at: &usize| text(*at).cmp(name) == Ordering::Less;
            let rest = sorted.get(sorted.partition_point(before)..).unwrap_or_default();
            let end = rest.partition_point(|at| text(*at).starts_with(name));
            let mut lines = rest.get(..end).unwrap_or_default().to_vec();
            lines.sort_unstable();
            lines
        };
        let exact = lines.iter().any(|at| text(*at) == name);
        (lines, exact)
    }
}

fn slot<T>(of: &[T; 4], strategy: Strategy) -> &T {
    let [exact, ends, indents, loose] = of;
    match strategy {
        Strategy::Exact => exact,
        Strategy::LineEnds => ends,
        Strategy::Indentation => indents,
        Strategy::Punctuation | Strategy::Context | Strategy::Similarity => loose,
    }
}

fn numbers(block: &[HunkLine<'_>], strategy: Strategy) -> Vec<u64> {
    block.iter().map(|line| number(line, strategy)).collect()
}

/// The number of a hunk's line, to be compared with those of the file's lines.
pub(crate) fn number(line: &HunkLine<'_>, strategy: Strategy) -> u64 {
    match strategy {
        Strategy::Exact => exact_key(&as_line(line)),
        _ => key(line.text, strategy),
    }
}

fn as_line<'t>(line: &HunkLine<'t>) -> Line<'t> {
    Line { text: line.text, end: if line.carriage_return { End::CrLf } else { End::Lf } }
}

/// The number of a line with its carriage return, the line feed aside: the last line of a file may lack it.
fn exact_key(line: &Line<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    with_carriage_return(line).hash(&mut hasher);
    hasher.finish()
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

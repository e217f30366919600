//! Splits an answer's bytes into text and tags.
//!
//! All tags of a run end their names alike, in the run's mark, which occurs nowhere else. So the mark is what is
//! searched for, with the vector instructions of `memchr`, and files full of `<` cost nothing. A tag that begins
//! something counts only where nothing but blanks, or another tag, precede it on its line: prose and code may mention
//! one. An end tag counts anywhere, since models put it behind the last line of code.
//!
//! What may be the beginning of a tag at the end of a chunk is held back, and no more than that. When it turns out to
//! be text, it is looked through again for a tag within, at most [`TAG_MAX`] bytes at a time.

use crate::tag::{Kind, Reading, Step, TAG_MAX, Tag};
use memchr::{memchr, memmem::Finder, memrchr};

/// A stretch of the answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    Text(&'a [u8]),
    Tag(Tag<'a>),
}

/// The names of one run's tags, with their `<`.
#[derive(Debug)]
struct Names {
    all: [(Vec<u8>, Kind); 4],
    /// What all of them end in.
    mark: Finder<'static>,
    longest: usize,
}

impl Names {
    fn new(nonce: &str) -> Self {
        let all = [
            ("<file", Kind::Open),
            ("</file", Kind::Close),
            ("<delete", Kind::Delete),
            ("<rename", Kind::Rename),
        ]
        .map(|(name, kind)| (format!("{name}-{nonce}").into_bytes(), kind));
        let longest = all.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        Self { all, mark: Finder::new(&format!("-{nonce}")).into_owned(), longest }
    }

    /// The name that `bytes` end in, and where it begins.
    #[inline]
    fn ending(&self, bytes: &[u8]) -> Option<(usize, Kind)> {
        let (name, kind) = self.all.iter().find(|(name, _)| bytes.ends_with(name))?;
        Some((bytes.len() - name.len(), *kind))
    }

    /// Whether more bytes can make a name of these.
    #[inline]
    fn begin_with(&self, bytes: &[u8]) -> bool {
        self.all.iter().any(|(name, _)| name.starts_with(bytes))
    }

    fn kind_of(&self, bytes: &[u8]) -> Option<Kind> {
        self.all.iter().find(|(name, _)| name == bytes).map(|(_, kind)| *kind)
    }
}

/// Splits the bytes of one answer.
#[derive(Debug)]
pub(crate) struct Scanner {
    names: Names,
    /// The beginning of what may be a tag, from its `<`.
    held: Vec<u8>,
    /// The same, once its name is whole.
    reading: Option<Reading>,
    /// Whether only blanks, or a tag, precede on the line.
    fresh: bool,
}

/// What bytes that begin with a tag's name are.
enum Read<'a> {
    /// More bytes will tell.
    Undecided(Reading),
    /// A tag of so many bytes.
    Tag(Tag<'a>, usize),
    Text,
}

fn read(kind: Kind, bytes: &[u8], name: usize) -> Read<'_> {
    let mut reading = Reading::new(kind);
    let reach = bytes.get(..TAG_MAX).unwrap_or(bytes);
    let mut at = name;
    while let Some(byte) = reach.get(at) {
        match reading.step(*byte) {
            Step::More => at += 1 + reading.skips(reach.get(at + 1..).unwrap_or_default()),
            Step::Done => return Read::Tag(Tag::new(kind, bytes.get(name..at).unwrap_or_default()), at + 1),
            Step::NoTag => return Read::Text,
        }
    }
    if bytes.len() > TAG_MAX { Read::Text } else { Read::Undecided(reading) }
}

/// What came of the bytes that were held back.
enum Held {
    Undecided,
    /// A tag of this kind, whose name has so many bytes; and how many of the new bytes belong to it.
    Tag(Kind, usize, usize),
    /// Text, and how many of the new bytes are held with it.
    Text(usize),
}

impl Scanner {
    pub(crate) fn new(nonce: &str) -> Self {
        Self { names: Names::new(nonce), held: Vec::new(), reading: None, fresh: true }
    }

    pub(crate) fn push(&mut self, bytes: &[u8], each: &mut impl FnMut(Found<'_>)) {
        let mut rest = bytes;
        while !self.held.is_empty() {
            let used = match self.go_on(rest) {
                Held::Undecided => return,
                Held::Tag(kind, name, used) => {
                    self.fresh = true;
                    each(Found::Tag(Tag::new(kind, self.held.get(name..).unwrap_or_default())));
                    self.held.clear();
                    used
                }
                Held::Text(used) => {
                    self.look_again(each);
                    used
                }
            };
            rest = rest.get(used..).unwrap_or_default();
        }
        self.scan(rest, each);
    }

    /// Whether what is held back is a tag whose name has come.
    pub(crate) fn is_in_tag(&self) -> bool {
        self.reading.is_some_and(|reading| reading.kind != Kind::Close)
    }

    /// What is held back at the end of the answer: text, since it is no tag.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    /// Takes new bytes to those that are held.
    fn go_on(&mut self, bytes: &[u8]) -> Held {
        for (at, byte) in bytes.iter().enumerate() {
            let Some(reading) = &mut self.reading else {
                self.held.push(*byte);
                if !self.may_count(&self.held) {
                    self.held.pop();
                    return Held::Text(at);
                }
                self.reading = self.names.kind_of(&self.held).map(Reading::new);
                continue;
            };
            let (kind, step) = (reading.kind, reading.step(*byte));
            if step == Step::NoTag || self.held.len() >= TAG_MAX {
                return Held::Text(at);
            }
            if step == Step::Done {
                self.reading = None;
                let name =
                    self.names.all.iter().find(|(_, one)| *one == kind).map_or(0, |(name, _)| name.len());
                return Held::Tag(kind, name, at + 1);
            }
            self.held.push(*byte);
        }
        Held::Undecided
    }

    /// Whether these bytes may be the beginning of a tag that counts here.
    #[inline]
    fn may_count(&self, bytes: &[u8]) -> bool {
        self.names.begin_with(bytes) && (self.fresh || bytes.get(1).is_none_or(|second| *second == b'/'))
    }

    /// What is held is no tag, but there may be one within.
    fn look_again(&mut self, each: &mut impl FnMut(Found<'_>)) {
        self.reading = None;
        let mut held = std::mem::take(&mut self.held);
        let next = held.get(1..).and_then(|rest| memchr(b'<', rest)).map_or(held.len(), |at| at + 1);
        let (text, rest) = held.split_at(next);
        self.text(text, each);
        self.scan(rest, each);
        if self.held.is_empty() {
            // The buffer is used again: a chunk that ends in `<` should not cost an allocation.
            held.clear();
            self.held = held;
        }
    }

    /// Looks through bytes before which nothing is held back.
    fn scan(&mut self, bytes: &[u8], each: &mut impl FnMut(Found<'_>)) {
        let (mut rest, mut after) = (bytes, 0);
        while let Some(hit) = self.names.mark.find(rest.get(after..).unwrap_or_default()) {
            let name_end = after + hit + self.names.mark.needle().len();
            after = name_end;
            let Some((start, kind)) = self.names.ending(rest.get(..name_end).unwrap_or_default()) else {
                continue;
            };
            if kind != Kind::Close && !self.is_fresh(rest.get(..start).unwrap_or_default()) {
                continue;
            }
            let (text, candidate) = rest.split_at(start);
            match read(kind, candidate, name_end - start) {
                Read::Undecided(reading) => {
                    self.text(text, each);
                    self.held.extend_from_slice(candidate);
                    self.reading = Some(reading);
                    return;
                }
                Read::Tag(tag, length) => {
                    self.text(text, each);
                    self.fresh = true;
                    each(Found::Tag(tag));
                    rest = candidate.get(length..).unwrap_or_default();
                    after = 0;
                }
                Read::Text => {}
            }
        }
        let hold = self.beginning(rest);
        let (text, held) = rest.split_at(hold);
        self.text(text, each);
        self.held.extend_from_slice(held);
    }

    /// Where in `text` the beginning of what may be a tag stands; its length when there is none.
    #[inline]
    fn beginning(&self, text: &[u8]) -> usize {
        let window = text.len().saturating_sub(self.names.longest);
        let last = memrchr(b'<', text.get(window..).unwrap_or_default()).map(|at| at + window);
        last.filter(|at| {
            let (before, candidate) = text.split_at(*at);
            self.names.begin_with(candidate)
                && (candidate.get(1).is_none_or(|second| *second == b'/') || self.is_fresh(before))
        })
        .unwrap_or(text.len())
    }

    /// Whether only blanks, or a tag, precede on the line after `text`.
    #[inline]
    fn is_fresh(&self, text: &[u8]) -> bool {
        let last = text.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        last.map_or(self.fresh, |byte| *byte == b'\n')
    }

    fn text(&mut self, text: &[u8], each: &mut impl FnMut(Found<'_>)) {
        if !text.is_empty() {
            self.fresh = self.is_fresh(text);
            each(Found::Text(text));
        }
    }
}

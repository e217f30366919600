//! The words of a sentence that may be paths.
//!
//! Frameworks give files names with brackets, signs of money and equals signs in them, and prose puts such signs around
//! names. So a word is first taken as it stands, without what can only be around it, and parted at those signs only
//! where it is no name as a whole.

use super::{
    decoration,
    words::{self, Shape},
};

/// Words after which comes the file that is meant, and not one that is only spoken of.
const LEADS: &str = "in to for at into update updating updated edit editing edited create creating created add adding added \
    modify modifying modified change changing changed file called named new patch patching replace rewrite write fix \
    inside within and then now open of";
/// Attributes and options whose value is a name.
const KEYS: [&str; 6] = ["path", "file", "filepath", "filename", "title", "href"];
const BRACKETS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('{', '}')];
/// Most layers of punctuation that are taken off a word.
const LAYERS_MAX: usize = 8;

/// A word of a sentence that may be a path, or all that is between backticks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'l> {
    pub(super) text: &'l str,
    /// What the path may be without the words that are written on to it, in scripts that part words by nothing.
    pub(super) within: Option<&'l str>,
    pub(super) ticked: bool,
    /// Whether the word before says that this is the one.
    pub(super) led: bool,
    /// Whether nothing follows but a colon or a remark.
    pub(super) last: bool,
}

/// The words of a sentence that may be paths, those in backticks as one.
pub(super) fn of(text: &str) -> Vec<Token<'_>> {
    let mut found = Found { tokens: Vec::new(), led: false };
    let pieces = text.split('`').count();
    for (at, piece) in text.split('`').enumerate() {
        // The last backtick may have no other half.
        if at % 2 == 1 && at + 1 < pieces {
            let text = piece.trim();
            if !text.is_empty() {
                found.push(located(text), true);
            }
            continue;
        }
        for word in piece.split_whitespace() {
            // An attribute is no word of the sentence, and neither is the name of its tag.
            found.led &= attribute(word).is_none();
            parts(word).into_iter().for_each(|part| found.word(part));
        }
    }
    found.tokens
}

struct Found<'l> {
    tokens: Vec<Token<'l>>,
    led: bool,
}

impl<'l> Found<'l> {
    fn push(&mut self, text: &'l str, ticked: bool) {
        let within = within(text);
        let led = std::mem::take(&mut self.led);
        self.tokens.push(Token { text, within, ticked, led, last: true });
    }

    fn word(&mut self, word: &'l str) {
        match words::shape(word) {
            Shape::File | Shape::Folders => self.push(word, false),
            _ if within(word).is_some() => self.push(word, false),
            _ => {
                let has_letters = word.contains(char::is_alphanumeric);
                if let Some(last) = self.tokens.last_mut().filter(|_| has_letters) {
                    last.last = false;
                }
                self.led = LEADS.split_ascii_whitespace().any(|known| word.eq_ignore_ascii_case(known));
            }
        }
    }
}

/// What of a word, without blanks, may be a path: all of it, or what is between its brackets and quotes.
fn parts(word: &str) -> Vec<&str> {
    if let Some((label, target, after)) = decoration::link(word)
        && trimmed(after).is_empty()
    {
        let (label, target) = (label.trim_matches('`'), target.strip_prefix("./").unwrap_or(target));
        return match (words::shape(label) == Shape::File, words::shape(target) == Shape::File) {
            (true, true) if target.ends_with(label) => vec![target],
            (true, false) => vec![label],
            _ => vec![label, target],
        };
    }
    let whole = located(trimmed(word));
    if let Some(value) = attribute(whole) {
        return vec![located(trimmed(value))];
    }
    if matches!(words::shape(whole), Shape::File | Shape::Folders) || within(whole).is_some() {
        return vec![whole];
    }
    let parts = |c: char| "[](){}<>|=,;\"'\u{201c}\u{201d}".contains(c);
    whole.split(parts).map(|part| located(trimmed(part))).filter(|part| !part.is_empty()).collect()
}

/// The value of an attribute or an option that names a file.
fn attribute(word: &str) -> Option<&str> {
    let (key, value) = word.split_once('=')?;
    let is_known = key.starts_with('-') || KEYS.iter().any(|known| key.eq_ignore_ascii_case(known));
    is_known.then_some(value)
}

/// A word without the punctuation and the brackets around it.
fn trimmed(word: &str) -> &str {
    let around = |c: char| "*\"',;:\u{201c}\u{201d}\u{2018}\u{2019}\u{2026}".contains(c);
    let mut text = word;
    for _ in 0..LAYERS_MAX {
        let before = text;
        text = text.trim_matches(around).trim_end_matches(['.', '!', '?']);
        for (open, close) in BRACKETS {
            text = without_brackets(text, open, close);
        }
        let emphasised = text.strip_prefix('_').and_then(|text| text.strip_suffix('_'));
        text = emphasised.filter(|inner| words::shape(inner) == Shape::File).unwrap_or(text);
        if text.len() == before.len() {
            break;
        }
    }
    text
}

/// A text without a pair of brackets around all of it, and without one that has no other half.
fn without_brackets(text: &str, open: char, close: char) -> &str {
    let count = |of: char| text.matches(of).count();
    let (begins, ends) = (text.strip_prefix(open), text.strip_suffix(close));
    if let Some(rest) = begins
        && let Some(inner) = rest.strip_suffix(close)
        && is_around_all(inner, open, close)
    {
        return inner;
    }
    match (begins, ends, count(open).cmp(&count(close))) {
        (Some(rest), _, std::cmp::Ordering::Greater) | (_, Some(rest), std::cmp::Ordering::Less) => rest,
        _ => text,
    }
}

/// Whether brackets around this text belong to each other.
fn is_around_all(inner: &str, open: char, close: char) -> bool {
    let mut depth = 0_i32;
    inner.chars().all(|c| {
        depth += i32::from(c == open) - i32::from(c == close);
        depth >= 0
    })
}

/// A path without the line or the name of code behind it: `a.js:12`, `a.js#L3`, `a.js::load`.
fn located(text: &str) -> &str {
    if words::shape(text) == Shape::File {
        return text;
    }
    let ends = |name: &str| words::ends_like_a_file(name) && !name.ends_with(char::is_whitespace);
    let mut marks = text.match_indices([':', '#']).map(|(at, _)| text.split_at(at).0);
    marks.find(|name| ends(name) && !name.contains("://")).unwrap_or(text)
}

/// The path in a word that begins or ends with letters of a script without blanks between words, where it is clear which
/// part of the word that is.
pub(super) fn within(text: &str) -> Option<&str> {
    // What ends in a file's ending is one name, if it is not clear where its folders begin.
    joined(text).filter(|inner| inner.contains('/') || !text.ends_with(inner))
}

/// The path in a word that letters of such a script are written on to, which may be the name's own.
pub(super) fn joined(text: &str) -> Option<&str> {
    let is_joined = |c: char| c >= '\u{e00}' && c.is_alphabetic();
    if text.is_ascii() {
        return None;
    }
    let inner = text.trim_matches(is_joined);
    let is_path = inner.len() < text.len() && !inner.starts_with(['/', '.', '-', '_']) && inner.is_ascii();
    (is_path && words::shape(inner) == Shape::File).then_some(inner)
}

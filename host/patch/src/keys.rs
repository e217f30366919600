//! Lines made comparable: what a strategy disregards is taken away, and the rest becomes a number.
//!
//! A number compares in one step however long the line is, and a file's numbers are computed once for all hunks. Two
//! different lines share a number once in 2^64; whoever found such a pair would harm a file of their own.

use crate::report::Strategy;
use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hasher},
};

/// The number of a line under a strategy. [`Strategy::Context`] and [`Strategy::Similarity`] compare lines as
/// [`Strategy::Punctuation`] does.
pub(crate) fn key(line: &[u8], strategy: Strategy) -> u64 {
    let mut hasher = DefaultHasher::new();
    match strategy {
        Strategy::Exact => hasher.write(line),
        Strategy::LineEnds => hasher.write(line.trim_ascii_end()),
        Strategy::Indentation => spaced(line, &mut |piece| hasher.write(piece)),
        Strategy::Punctuation | Strategy::Context | Strategy::Similarity => hasher.write(&loose(line)),
    }
    hasher.finish()
}

/// Gives out the words of a line with one blank between them.
fn spaced(line: &[u8], out: &mut dyn FnMut(&[u8])) {
    let mut first = true;
    for word in line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
        if !first {
            out(b" ");
        }
        first = false;
        out(word);
    }
}

/// A line with plain punctuation, one blank between words, and nothing at its end that a model may leave out.
pub(crate) fn loose(line: &[u8]) -> Vec<u8> {
    let plain = plain(line);
    let mut found = Vec::with_capacity(plain.len());
    spaced(&plain, &mut |piece| found.extend_from_slice(piece));
    let kept = found.iter().rposition(|byte| !matches!(byte, b';' | b',')).map_or(0, |at| at + 1);
    // A line that is nothing but punctuation is told apart by it.
    if kept > 0 {
        found.truncate(kept);
    }
    found
}

/// A line with typographic characters replaced by those of a keyboard.
pub(crate) fn plain(line: &[u8]) -> Cow<'_, [u8]> {
    if line.is_ascii() {
        return Cow::Borrowed(line);
    }
    let Ok(text) = std::str::from_utf8(line) else { return Cow::Borrowed(line) };
    let mut found = String::with_capacity(text.len());
    for character in text.chars() {
        match typographic(character) {
            Some(plain) => found.push_str(plain),
            None => found.push(character),
        }
    }
    Cow::Owned(found.into_bytes())
}

/// What a keyboard has for a typographic character.
pub(crate) fn typographic(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' => "'",
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{00a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => " ",
        '\u{2026}' => "...",
        _ => return None,
    })
}

/// How many letters and digits a line has: what it tells about where it stands.
pub(crate) fn letters(line: &[u8]) -> usize {
    line.iter().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()).count()
}

pub(crate) fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
}

/// Whether a line is nothing but a comment, in the languages that most people write.
pub(crate) fn is_comment(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let marks: [&[u8]; 7] = [b"//", b"#", b"/*", b"*", b"--", b"<!--", b"\"\"\""];
    marks.iter().any(|mark| line.starts_with(mark))
}

/// The blanks that a line begins with.
pub(crate) fn indent(line: &[u8]) -> &[u8] {
    let end = line.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(line.len());
    line.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_strategy_disregards_more_than_the_one_before() {
        let same = |one: &str, other: &str, strategy| {
            key(one.as_bytes(), strategy) == key(other.as_bytes(), strategy)
        };
        assert!(!same("a ", "a", Strategy::Exact) && same("a ", "a", Strategy::LineEnds));
        assert!(!same(" a", "a", Strategy::LineEnds) && same("\ta  b", "a b", Strategy::Indentation));
        assert!(!same("a;", "a", Strategy::Indentation) && same("a;", "a", Strategy::Punctuation));
        assert!(same("\u{201c}a\u{201d}\u{a0}b", "\"a\" b", Strategy::Punctuation));
        assert!(!same("a - b", "a + b", Strategy::Punctuation));
        assert!(!same(";", "", Strategy::Punctuation));
    }
}

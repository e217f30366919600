//! Brackets around a name, and the numbers in brackets before one.
//!
//! Frameworks give files and folders names in brackets, so what is in them may be the name, or what is with them. Which
//! of the two is there decides.

use super::{remark::is_remark, words};

const PAIRS: [(char, char); 3] = [('[', ']'), ('(', ')'), ('{', '}')];

/// What is in the brackets that are around all of a text but for a remark, if a file may be called so.
pub(super) fn around(text: &str) -> Option<&str> {
    let (open, close) = PAIRS.into_iter().find(|(open, _)| text.starts_with(*open))?;
    let mut depth = 0_usize;
    let end = text.char_indices().find(|(_, c)| {
        depth += usize::from(*c == open);
        depth -= usize::from(*c == close && depth > 0);
        depth == 0
    });
    let (inner, after) = text.split_at(end?.0);
    let (inner, after) = (inner.get(1..)?.trim(), after.get(1..)?);
    let has_words = inner.contains(char::is_whitespace);
    let is_name = words::ends_like_a_file(inner) || words::has_folders(inner) || !has_words && open == '[';
    (is_name && !after.starts_with('(') && is_remark(after.trim())).then_some(inner)
}

/// What comes after a label in brackets: `[FILENAME] src/a.js`, `<file>: src/a.js`.
pub(super) fn behind(text: &str, is_label: fn(&str) -> bool) -> Option<&str> {
    let angles = [('<', '>'), ('\u{3010}', '\u{3011}')];
    let (open, close) = PAIRS.into_iter().chain(angles).find(|(open, _)| text.starts_with(*open))?;
    let (label, after) = text.strip_prefix(open)?.split_once(close)?;
    let rest = after.trim_start_matches(':');
    let is_apart = after.len() > rest.len() || rest.starts_with(char::is_whitespace) || close == '\u{3011}';
    let rest = rest.trim();
    (is_apart && !rest.is_empty() && is_label(label.trim_end_matches(':'))).then_some(rest)
}

/// What comes after `2/3`, `2/3:`, `(2/3)` or `[2/3]`.
pub(super) fn after_fraction(text: &str) -> Option<&str> {
    let (fraction, rest) = text.split_once(char::is_whitespace)?;
    let fraction = fraction.trim_end_matches([':', '.', ')', ']']).trim_start_matches(['(', '[']);
    let (one, other) = fraction.split_once('/')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(one) && is_number(other)).then(|| rest.trim())
}

//! Why a name may be something else: what is left of it when its decoration is off has signs that names have not.

use super::{placeholder::is_placeholder, reason::STRUCK, words};
use orchestrator_core::RelativePath;

/// Characters that are around names, or part several, and that not every system allows in one.
pub(super) const NEVER: &[char] = &[
    '`', '*', '"', '<', '>', '|', '?', '\u{201c}', '\u{201d}', '\u{ab}', '\u{bb}', '\u{2190}', '\u{2192}',
    '\u{21d2}', '\u{2044}', '\u{2215}', '\u{2024}', '\u{ff0f}', '\u{ff3c}', '\u{ff0e}',
];
/// Punctuation that ends a sentence, in the scripts that have their own.
pub(super) const ENDS: &[char] = &[
    ',', ';', ':', '!', '\u{2026}', '\u{3001}', '\u{3002}', '\u{ff0c}', '\u{ff1a}', '\u{ff1b}', '\u{ff01}',
    '\u{ff1f}',
];
/// Words after which a path comes that they are no part of.
const BEFORE_A_PATH: [&str; 8] = ["in", "into", "inside", "within", "at", "called", "named", "file"];

pub(super) const WORDY: &str = "which of its words are the path cannot be told: write the path alone, as in 'src/main.rs', and one \
     with blanks in double quotes";
pub(super) const SEVERAL_NAMES: &str =
    "it has several names, and one is needed: write the path of one file alone";

pub(super) const PLACEHOLDER: &str =
    "it stands for the path of a file and is none: write the path that is meant";

/// Why what is left of a name may be something else.
pub(super) fn of(path: &RelativePath, marked: bool) -> Option<&'static str> {
    let text = path.as_str();
    if is_placeholder(text) {
        return Some(PLACEHOLDER);
    }
    if text.contains(NEVER) {
        return Some("it has characters around it or in it that a path has not: write the path alone");
    }
    if text.starts_with("~~") {
        return Some(STRUCK);
    }
    if has_invisible(text) {
        return Some("it has characters in it that do not show: write the path again");
    }
    if text.split('/').any(|part| {
        part.starts_with(char::is_whitespace) || part.chars().all(|c| matches!(c, '.' | '\u{2026}'))
    }) {
        return Some("one of its folders is left out: write the whole path");
    }
    if text.ends_with(ENDS) || is_located(text) || is_numbered(text) {
        return Some("it has something before it or behind it that may not be its own: write the path alone");
    }
    if is_alias(text.split('/').next().unwrap_or_default()) && text.contains('/') {
        return Some("its first folder stands for another: write the path from the project's root");
    }
    if has_alternatives(text) {
        return Some(SEVERAL_NAMES);
    }
    let half = text.ends_with('\'') && text.matches('\'').count() % 2 == 1;
    if text.starts_with('\'') || half || !is_balanced(text) {
        return Some("it has half of a pair of quotes or brackets: write the path alone");
    }
    let parts = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
    if text.split(parts).filter(|word| is_path_word(word)).count() > 1 {
        return Some(SEVERAL_NAMES);
    }
    if !text.contains(char::is_whitespace) {
        return None;
    }
    is_sentence(text, marked).then_some(WORDY)
}

/// Whether a text with blanks says something, instead of being a name.
fn is_sentence(text: &str, marked: bool) -> bool {
    let all: Vec<&str> = text.split_whitespace().collect();
    let last = last_word(text);
    let ends = words::ends_like_a_file(last) || words::has_ending(last);
    let is_lower = |word: &str| word.starts_with(char::is_lowercase);
    // The first word with a folder: what is before it would be a part of that folder's name.
    let slash = all.iter().position(|word| word.contains('/'));
    let lead = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| all.get(at)).copied().unwrap_or_default();
        BEFORE_A_PATH.contains(&before.to_lowercase().as_str())
    };
    let is_told = |at: usize| lead(at) && all.get(at).is_some_and(|word| is_lower(word));
    let folder = all.get(..slash.unwrap_or(0)).unwrap_or_default();
    // What follows the path of a file, or a dash, is about it.
    let is_over = |word: &&str| words::ends_like_a_file(word) && (!ends || is_path_word(word));
    let is_dash = |word: &&str| ["-", "--", "\u{2013}", "\u{2014}", "#", "//"].contains(word);
    let before = all.split_last().map_or(&[][..], |(_, before)| before);
    let goes_on = before.iter().any(|word| is_over(word) || !ends && is_dash(word)) || text.ends_with(')');
    goes_on
        || !ends && !marked
        || all.first().is_some_and(|first| is_lower(first)) && words::begins_sentence(text)
        || slash.is_some_and(is_told)
        || is_told(all.len().saturating_sub(1))
        || !marked && folder.iter().any(|word| is_lower(word))
}

/// Whether a folder is what shells and bundlers write for another: `~`, `@`, `$HOME`, `${src}`.
fn is_alias(folder: &str) -> bool {
    let variable =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    matches!(folder, "~" | "@" | "~~" | "@@")
        || folder.starts_with("${")
        || folder.strip_prefix('$').is_some_and(variable)
}

/// Whether a name has characters in it that do not show. Some scripts and pictographs are joined by two of them.
fn has_invisible(text: &str) -> bool {
    let is_joined = |at: usize, mark: char| {
        let (before, after) = (text.get(..at), text.get(at + mark.len_utf8()..));
        let is_of_script = |c: Option<char>| c.is_some_and(|c| !c.is_ascii());
        matches!(mark, '\u{200c}' | '\u{200d}')
            && is_of_script(before.and_then(|before| before.chars().next_back()))
            && is_of_script(after.and_then(|after| after.chars().next()))
    };
    !text.is_ascii() && text.char_indices().any(|(at, c)| words::is_invisible(c) && !is_joined(at, c))
}

/// Whether a name has a place in the file, or a version of it, behind its ending: `a.js#12`, `a.js@main`.
fn is_located(text: &str) -> bool {
    !words::ends_like_a_file(text)
        && text.match_indices(['#', '@']).any(|(at, _)| text.get(..at).is_some_and(words::ends_like_a_file))
}

/// Whether the number of an item in a list is before a path with folders.
fn is_numbered(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = rest.strip_prefix(['.', ')']).filter(|_| rest.len() < text.len());
    rest.is_some_and(|rest| rest.starts_with(char::is_whitespace) && rest.contains('/'))
}

/// Whether braces have several names in them, as in `src/{a,b}.js`.
fn has_alternatives(text: &str) -> bool {
    text.split('{').skip(1).any(|rest| rest.split('}').next().is_some_and(|inside| inside.contains(',')))
}

fn is_balanced(text: &str) -> bool {
    [('(', ')'), ('[', ']'), ('{', '}')]
        .into_iter()
        .all(|(open, close)| text.matches(open).count() == text.matches(close).count())
}

pub(super) fn last_word(text: &str) -> &str {
    text.rsplit(char::is_whitespace).next().unwrap_or(text)
}

/// Whether a word is the path of a file by its ending.
pub(super) fn is_path_word(word: &str) -> bool {
    word.contains('.') && words::ends_like_a_file(word) && !words::is_no_file(word)
}

//! A name that a format has a place for: behind `*** Add File:` or `+++`, in the attribute of a tag.
//!
//! That it is a name is certain, and what belongs to it is not: models put quotes, emphasis, links and remarks there as
//! they do in prose. A file that exists is known by its name, whatever that looks like; a new one would get the quotes
//! and the remark as a part of its name. So what can only be decoration comes off, a name with brackets, blanks or
//! commas of its own is kept as it is, and what may be either is refused.

use super::{Unusable, decoration, markup, remark, sentence, usable, words};
use orchestrator_core::RelativePath;

/// Characters that are around names, or part several, and that not every system allows in one.
const NEVER: &[char] = &[
    '`', '*', '"', '<', '>', '|', '?', '\u{201c}', '\u{201d}', '\u{ab}', '\u{bb}', '\u{2190}', '\u{2192}',
    '\u{21d2}', '\u{2044}', '\u{2215}', '\u{2024}', '\u{ff0f}', '\u{ff3c}', '\u{ff0e}',
];
/// Punctuation that ends a sentence, in the scripts that have their own.
const ENDS: &[char] = &[
    ',', ';', ':', '!', '\u{2026}', '\u{3001}', '\u{3002}', '\u{ff0c}', '\u{ff1a}', '\u{ff1b}', '\u{ff01}',
    '\u{ff1f}',
];
/// What the name of a copy has in parentheses: `a.js (1)` may be a file beside `a.js`.
const COPIES: [&str; 8] = ["copy", "old", "backup", "bak", "orig", "original", "conflict", "duplicate"];
/// Words after which a path comes that they are no part of.
const BEFORE_A_PATH: [&str; 8] = ["in", "into", "inside", "within", "at", "called", "named", "file"];
/// Most marks that are taken off.
const MARKS_MAX: usize = 16;

/// The path of a file that is to be created, or to be written whatever it is now, from the text at a place that is
/// for a path. `marked` says that something shows where the name ends, so that its blanks are its own.
///
/// # Errors
/// What is a sentence, has several names, is no path within the project, or can be read in several ways.
pub fn given(text: &str, marked: bool) -> Result<RelativePath, Unusable> {
    if is_plain(text) { usable(text) } else { read(text, marked) }
}

fn read(text: &str, marked: bool) -> Result<RelativePath, Unusable> {
    let plain = markup::plain(text);
    let text = plain.trim_matches(words::is_invisible);
    let refuse = |reason: &str| Unusable { text: text.trim().to_owned(), reason: reason.to_owned() };
    let (bare, quoted) = undecorated(text).map_err(refuse)?;
    let path = usable(bare).map_err(|error| Unusable { text: text.trim().to_owned(), ..error })?;
    if let Some(reason) = doubt(&path, marked || quoted) {
        return Err(refuse(reason));
    }
    Ok(path)
}

const WORDY: &str = "which of its words are the path cannot be told: write the path alone, as in 'src/main.rs', and one \
     with blanks in double quotes";
const SEVERAL: &str = "it has several names, and one is needed: write the path of one file alone";

/// Whether a name has nothing that could be decoration or part several: most have not, and are spared the looking.
fn is_plain(text: &str) -> bool {
    let is_end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    is_end(text.bytes().next())
        && is_end(text.bytes().next_back())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_'))
}

/// The name without what is around it, and whether that were quotes.
fn undecorated(text: &str) -> Result<(&str, bool), &'static str> {
    let (mut text, mut quoted) = (text.trim(), false);
    for _ in 0..MARKS_MAX {
        let Some((inner, quotes)) = one(text)? else { break };
        (text, quoted) = (inner, quotes);
    }
    Ok((text, quoted))
}

/// The text without one decoration, if it has one that can be nothing else; and whether that were quotes.
fn one(text: &str) -> Result<Option<(&str, bool)>, &'static str> {
    if let Some(found) = link(text)? {
        return Ok(Some((found, true)));
    }
    if let Some((inner, after, quotes)) = decoration::span(text)
        && !text.starts_with('[')
        && (!text.starts_with('_') || words::ends_like_a_file(inner))
        && (remark::is_remark(after) || is_drawn(after))
    {
        return Ok(Some((inner, quotes)));
    }
    // A number before a name is as often a part of it.
    let first = text.chars().next().unwrap_or_default();
    if !first.is_ascii_digit()
        && let Some((inner, _)) = decoration::mark(text)
    {
        return Ok(Some((inner, false)));
    }
    let inside = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let inside = inside.or_else(|| text.strip_prefix('[').and_then(|text| text.strip_suffix(']')));
    if let Some(inside) = inside.filter(|inside| !inside.contains(['(', '[']) && is_path(inside)) {
        return Ok(Some((inside, false)));
    }
    if let Some(rest) = decoration::label(text) {
        return Ok(Some((rest, false)));
    }
    let before = text.trim_end_matches(ENDS).trim_end();
    if before.len() < text.len() && (is_path(before) || text.ends_with(':')) {
        return Ok(Some((before, false)));
    }
    if let Some((before, after)) = text.rsplit_once(char::is_whitespace)
        && is_drawn(after)
        && (after.starts_with('*') || is_path(before.trim_end()))
    {
        return Ok(Some((before.trim_end(), false)));
    }
    for comment in [" <!--", " /*"] {
        if let Some((before, _)) = text.split_once(comment).filter(|(before, _)| is_path(before.trim_end())) {
            return Ok(Some((before.trim_end(), false)));
        }
    }
    // What ends as a file does is a name with blanks, or there are several.
    if is_path_word(last_word(text)) && text.contains(char::is_whitespace) {
        return Ok(None);
    }
    if let Some((before, inside)) = parentheses(text) {
        return if is_of_a_copy(inside) { Err(WORDY) } else { Ok(Some((before, false))) };
    }
    Ok(remark::without_remark(text, false).map(|before| (before, false)))
}

/// The name in a link that is all of the text.
fn link(text: &str) -> Result<Option<&str>, &'static str> {
    let Some((label, target, after)) = decoration::link(text) else { return Ok(None) };
    let label = label.trim_matches('`');
    if !remark::is_remark(after.trim()) {
        return Ok(None);
    }
    let target = target.strip_prefix("./").unwrap_or(target);
    let is_below =
        target.strip_suffix(label).is_some_and(|folder| folder.is_empty() || folder.ends_with('/'));
    match (super::looks_like_path(label), super::looks_like_path(target)) {
        (true, true) if is_below => Ok(Some(target)),
        (true, true) => Err(SEVERAL),
        (true, false) => Ok(Some(label)),
        (false, true) => Ok(Some(target)),
        (false, false) => Ok(None),
    }
}

/// The path before parentheses that the text ends in, and what is in them.
fn parentheses(text: &str) -> Option<(&str, &str)> {
    [('(', ')'), ('[', ']')].into_iter().find_map(|(open, close)| {
        let (before, inside) = text.strip_suffix(close)?.rsplit_once(open)?;
        let before = before.trim_end();
        is_path(before).then_some((before, inside))
    })
}

fn is_of_a_copy(inside: &str) -> bool {
    let inside = inside.to_lowercase();
    inside.trim().bytes().all(|byte| byte.is_ascii_digit())
        || inside.split(|c: char| !c.is_alphanumeric()).any(|word| COPIES.contains(&word))
}

/// Whether a text is drawn, as the other half of the line before a name.
fn is_drawn(text: &str) -> bool {
    text.chars().all(|c| "*-=#+~_".contains(c)) && !text.is_empty()
}

/// Why what is left of a name may be something else.
pub(super) fn doubt(path: &RelativePath, marked: bool) -> Option<&'static str> {
    let text = path.as_str();
    if text.contains(NEVER) {
        return Some("it has characters around it or in it that a path has not: write the path alone");
    }
    if text.starts_with("~~") {
        return Some(super::STRUCK);
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
        return Some(SEVERAL);
    }
    let half = text.ends_with('\'') && text.matches('\'').count() % 2 == 1;
    if text.starts_with('\'') || half || !is_balanced(text) {
        return Some("it has half of a pair of quotes or brackets: write the path alone");
    }
    let parts = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
    if text.split(parts).filter(|word| is_path_word(word)).count() > 1 {
        return Some(SEVERAL);
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
        || all.first().is_some_and(|first| is_lower(first)) && sentence::begins(text)
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

fn last_word(text: &str) -> &str {
    text.rsplit(char::is_whitespace).next().unwrap_or(text)
}

/// Whether a word is the path of a file by its ending.
fn is_path_word(word: &str) -> bool {
    word.contains('.') && words::ends_like_a_file(word) && !words::is_no_file(word)
}

/// Whether a text is clearly the path of a file.
fn is_path(text: &str) -> bool {
    let text = text.trim_matches(['`', '*', '"', '\'']);
    words::ends_like_a_file(text)
        || !text.contains(char::is_whitespace) && (words::has_ending(text) || super::looks_like_path(text))
}

#[cfg(test)]
mod tests;

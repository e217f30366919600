//! A name that a format has a place for: behind `*** Add File:` or `+++`, in the attribute of a tag.
//!
//! That it is a name is certain, and what belongs to it is not: models put quotes, emphasis, links and remarks there as
//! they do in prose. A file that exists is known by its name, whatever that looks like; a new one would get the quotes
//! and the remark as a part of its name. So what can only be decoration comes off, a name with brackets, blanks or
//! commas of its own is kept as it is, and what may be either is refused.

use super::{
    Unusable, decoration,
    doubt::{self, ENDS, SEVERAL_NAMES, WORDY, is_path_word, last_word},
    markup,
    path::usable,
    placeholder::is_placeholder,
    remark, words,
};
use orchestrator_core::RelativePath;

/// What the name of a copy has in parentheses: `a.js (1)` may be a file beside `a.js`.
const COPIES: [&str; 8] = ["copy", "old", "backup", "bak", "orig", "original", "conflict", "duplicate"];
/// Most marks that are taken off.
const MARKS_MAX: usize = 16;

/// The path of a file that is to be created, or to be written whatever it is now, from the text at a place that is
/// for a path. `marked` says that something shows where the name ends, so that its blanks are its own.
///
/// # Errors
/// What is a sentence, has several names, is no path within the project, or can be read in several ways.
pub fn given(text: &str, marked: bool) -> Result<RelativePath, Unusable> {
    if is_plain(text) && !is_placeholder(text) { usable(text) } else { read(text, marked) }
}

fn read(text: &str, marked: bool) -> Result<RelativePath, Unusable> {
    let plain = markup::plain(text);
    let text = plain.trim_matches(words::is_invisible);
    let refuse = |reason: &str| Unusable { text: text.trim().to_owned(), reason: reason.to_owned() };
    let (bare, quoted) = undecorated(text).map_err(refuse)?;
    let path = usable(bare).map_err(|error| Unusable { text: text.trim().to_owned(), ..error })?;
    if let Some(reason) = doubt::of(&path, marked || quoted) {
        return Err(refuse(reason));
    }
    Ok(path)
}

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
        (true, true) => Err(SEVERAL_NAMES),
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

/// Whether a text is clearly the path of a file.
fn is_path(text: &str) -> bool {
    let text = text.trim_matches(['`', '*', '"', '\'']);
    words::ends_like_a_file(text)
        || !text.contains(char::is_whitespace) && (words::has_ending(text) || super::looks_like_path(text))
}

#[cfg(test)]
mod tests;

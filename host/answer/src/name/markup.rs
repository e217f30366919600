//! What other notations make of a line: entities and tags of HTML, and punctuation of full width.
//!
//! None of it is a name's own in a line that says which file comes, but a file may be called so all the same. So the
//! line is read without it, and what is read has to be in the line as it was written wherever that can be asked.

use super::entities::without_entities;
use std::borrow::Cow;

/// Tags that show what is in them as code.
const CODE: [&str; 5] = ["code", "kbd", "samp", "tt", "pre"];
/// Tags that set off what is in them.
const EMPHASIS: [&str; 7] = ["b", "strong", "em", "i", "u", "mark", "span"];
/// Tags of headings, items and paragraphs.
const BLOCKS: [&str; 15] =
    ["h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "ul", "ol", "br", "div", "summary", "details", "td"];
/// Punctuation of full width, and what it is at the width of letters. A colon and a comma have their blank in them.
const WIDE: [(char, &str); 32] = [
    ('\u{ff0f}', "/"),
    ('\u{ff3c}', "\\"),
    ('\u{ff0e}', "."),
    ('\u{ff0d}', "-"),
    ('\u{ff1a}', ": "),
    ('\u{ff0c}', ", "),
    ('\u{3001}', ", "),
    ('\u{3002}', ". "),
    ('\u{ff1b}', "; "),
    ('\u{ff01}', "! "),
    ('\u{ff1f}', " "),
    ('\u{ff08}', " ("),
    ('\u{ff09}', ") "),
    ('\u{300c}', " `"),
    ('\u{300d}', "` "),
    ('\u{300e}', " `"),
    ('\u{300f}', "` "),
    ('\u{3010}', " `"),
    ('\u{3011}', "` "),
    ('\u{300a}', " `"),
    ('\u{300b}', "` "),
    ('\u{3008}', " `"),
    ('\u{3009}', "` "),
    ('\u{3014}', " `"),
    ('\u{3015}', "` "),
    ('\u{ff3b}', " `"),
    ('\u{ff3d}', "` "),
    ('\u{ff02}', "\""),
    ('\u{ff07}', "'"),
    ('\u{ff40}', "`"),
    ('\u{3000}', " "),
    ('\u{ff5e}', " "),
];

/// The line without entities and without the tags that only say how it looks.
pub(super) fn plain(line: &str) -> Cow<'_, str> {
    if !line.contains(['<', '&']) {
        return Cow::Borrowed(line);
    }
    let bare = without_tags(line);
    if bare.contains('&') { Cow::Owned(without_entities(&bare)) } else { bare }
}

/// The line with its punctuation of full width at the width of letters; none where it has none.
pub(super) fn narrowed(line: &str) -> Option<String> {
    let narrow = |c: char| WIDE.iter().find(|(wide, _)| *wide == c).map(|(_, narrow)| *narrow);
    if line.is_ascii() || !line.chars().any(|c| narrow(c).is_some()) {
        return None;
    }
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        match narrow(c) {
            Some(narrow) => out.push_str(narrow),
            None => out.push(c),
        }
    }
    Some(out)
}

fn without_tags(line: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = line;
    let mut is_changed = false;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        if let Some((target, length)) = linked(tag) {
            out.extend(["`", target, "`"]);
            rest = tag.get(length..).unwrap_or_default();
            is_changed = true;
            continue;
        }
        match shown(tag) {
            Some((mark, length)) => {
                out.push_str(mark);
                rest = tag.get(length..).unwrap_or_default();
                is_changed = true;
            }
            None => {
                out.push('<');
                rest = tag.get(1..).unwrap_or_default();
            }
        }
    }
    if !is_changed {
        return Cow::Borrowed(line);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The file that a link is to which `text` begins with, and how long the link is. It shows the end of its target.
fn linked(text: &str) -> Option<(&str, usize)> {
    // Not beyond the next tag's beginning, as below.
    let rest = text.strip_prefix("<a ")?;
    let (attributes, after) = rest.split_at(rest.find(['<', '>'])?);
    let after = after.strip_prefix('>')?;
    let (label, end) = after.split_at(after.find('<')?);
    end.strip_prefix("</a>")?;
    let (_, value) = attributes.split_once("href=")?;
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let target = value.get(1..)?.split(quote).next()?;
    let target = target.strip_prefix("./").unwrap_or(target);
    let is_shown = !label.trim().is_empty() && target.ends_with(label.trim());
    is_shown.then(|| (target, "<a ".len() + attributes.len() + 1 + label.len() + "</a>".len()))
}

/// What the tag that `text` begins with is in Markdown, and how long it is.
fn shown(text: &str) -> Option<(&'static str, usize)> {
    // Not beyond the next one's beginning: a line may be full of them, and each would be read to its end.
    let end = 1 + text.get(1..)?.find(['<', '>'])?;
    let inside = text.get(1..end).filter(|_| text.as_bytes().get(end) == Some(&b'>'))?;
    let inside = inside.strip_prefix('/').unwrap_or(inside).trim_end_matches('/').trim_end();
    // A tag that says more than how something looks may be about a file.
    let name = match inside.split_once(char::is_whitespace) {
        Some((name, attributes)) if attributes.trim_start().starts_with("class=") => name,
        Some(_) => return None,
        None => inside,
    };
    let is_one_of = |known: &[&str]| known.iter().any(|known| name.eq_ignore_ascii_case(known));
    let mark = if is_one_of(&CODE) {
        "`"
    } else if is_one_of(&EMPHASIS) {
        "**"
    } else if is_one_of(&BLOCKS) {
        " "
    } else {
        return None;
    };
    Some((mark, end + 1))
}

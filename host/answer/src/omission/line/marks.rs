//! Comments, by their marks.

use super::{
    About, Content,
    words::{has_words, looks_like_code},
};

/// Comments that have an end, with it.
const ENCLOSED: [(&str, &str); 17] = [
    ("{/*", "*/}"),
    ("/*", "*/"),
    ("<!--", "-->"),
    ("{{!--", "--}}"),
    ("{{!", "}}"),
    ("{#", "#}"),
    ("<%--", "--%>"),
    ("<%#", "%>"),
    ("@*", "*@"),
    ("(*", "*)"),
    ("{-", "-}"),
    ("--[[", "]]"),
    ("<#", "#>"),
    ("#=", "=#"),
    ("#|", "|#"),
    ("\"\"\"", "\"\"\""),
    ("'''", "'''"),
];

/// What begins a comment that ends with its line.
pub(super) const TO_THE_END: [&str; 11] = ["//", "#", "--", ";", "%", "::", "'", "!", "REM", "rem", "⍝"];

/// Forms of comments that describe what follows.
const DOCS: [&str; 7] = ["///", "/**", "##", "#'", "--|", "\"\"\"", "'''"];

impl About {
    pub(super) fn of(line: &str) -> Self {
        match line {
            _ if line.starts_with("//!") => Self::File,
            _ if DOCS.iter().any(|mark| line.starts_with(mark)) => Self::Next,
            _ => Self::Any,
        }
    }
}

/// What is in a comment that has an end; the end as well, where it is not on this line.
pub(super) fn enclosed(line: &str, content: Content) -> Option<(&str, Option<&'static str>)> {
    ENCLOSED.iter().filter(|(start, _)| content != Content::Prose || *start == "<!--").find_map(
        |(start, end)| {
            let text = line.strip_prefix(start)?;
            match text.split_once(end) {
                Some((text, after)) => {
                    after.trim_matches(['}', ' ', ';', ',']).is_empty().then(|| (text.trim(), None))
                }
                // `(*self.state` is what a pointer points to.
                None if *start == "(*" && text.starts_with(|c: char| c.is_alphanumeric() || c == '_') => None,
                None => Some((text.trim(), Some(*end))),
            }
        },
    )
}

/// What is in a comment that ends with its line.
pub(super) fn to_the_end(line: &str, content: Content) -> Option<&str> {
    let mark = TO_THE_END.iter().find(|mark| line.starts_with(**mark))?;
    // `-->` points to something, or ends a comment.
    let after = line.strip_prefix(mark).filter(|after| *mark != "--" || !after.starts_with('>'))?;
    let text = after.trim_start_matches(|c| mark.starts_with(c) || matches!(c, '/' | '!' | '|'));
    // Hyphens before other signs are signs themselves.
    let is_sign = mark.starts_with("--") && text.starts_with(|c: char| c.is_ascii_punctuation());
    let is_apart = text.is_empty()
        || !is_sign && !text.starts_with(|c: char| c.is_ascii_alphanumeric() || "[{(<_@$:\"'".contains(c));
    // Only here a mark that touches the text is the rule rather than another language's word.
    let may_touch = *mark == "//" || (*mark == "--" && has_words(text, 2) && !looks_like_code(text));
    let may_touch = may_touch
        || (content == Content::Hashed
            && line.starts_with('#')
            && text.starts_with(char::is_alphanumeric)
            && !looks_like_code(text));
    (is_apart || may_touch).then(|| text.trim())
}

/// Whether a line is a comment's mark and at most a line drawn behind it.
pub(in crate::omission) fn is_rule(line: &str) -> bool {
    ["//", "# ", "/*", "{/*", "<!--", "-- "].iter().any(|mark| line.starts_with(mark))
        && !line.contains(['(', ')', '[', ']', ';', ',', '"'])
        && line.chars().filter(|c| matches!(c, '{' | '}' | '<' | '>')).count() <= 2
}

//! Tags that name a file, where none is read as such: without the run's mark, with another one, under another name, in
//! the middle of a line, or in an answer that was to be a patch.
//!
//! They look like what whole files are written with, so a file or a deletion would be missing in silence. Between
//! backticks a tag is spoken of, and not meant.

use crate::name;

/// Attributes that name a file.
const ATTRIBUTES: [&str; 7] = ["path", "filepath", "file_path", "file-path", "filename", "file", "from"];

/// The path in the first tag of a line that names a file.
#[must_use]
pub fn named_in(line: &str) -> Option<String> {
    line.match_indices('<').find_map(|(at, _)| {
        let (before, tag) = line.split_at_checked(at)?;
        if before.bytes().filter(|byte| *byte == b'`').count() % 2 == 1 {
            return None;
        }
        let tag = tag.get(1..)?;
        let tag = tag.split_once('>').map_or(tag, |(tag, _)| tag);
        if !tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let (_, attributes) = tag.split_once(char::is_whitespace)?;
        named(attributes)
    })
}

fn named(attributes: &str) -> Option<String> {
    let mut rest = attributes;
    while let Some((before, after)) = rest.split_once('=') {
        let key = before.trim_end().rsplit(|c: char| c.is_whitespace() || c == '"' || c == '\'').next()?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|first| matches!(first, '"' | '\''));
        let value = match quote {
            Some(quote) => after.get(1..)?.split(quote).next()?,
            None => after.split(char::is_whitespace).next()?.trim_end_matches('/'),
        };
        if ATTRIBUTES.iter().any(|known| key.eq_ignore_ascii_case(known)) && name::looks_like_path(value) {
            return Some(value.to_owned());
        }
        rest = after.get(value.len() + quote.map_or(0, |_| 2).min(after.len())..).unwrap_or_default();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_that_names_a_file_is_found() {
        for line in [
            "<file path=\"src/a.js\">",
            "<file-zzzz path='src/a.js'>",
            "<File_k3x9 path=src/a.js>",
            "  <write_file lang=\"js\" file_path = \"src/a.js\">",
            "Here: <file-k3x9 path=\"src/a.js\">",
            "<delete path=\"src/a.js\"/>",
            "<rename from=\"src/a.js\" to=\"b.js\"/>",
            "<action type=\"file\" filePath=\"src/a.js\">",
            "`x` <file path=\"src/a.js\"",
            "1 < 2 <file path=\"src/a.js\">",
        ] {
            assert_eq!(named_in(line).as_deref(), Some("src/a.js"), "{line}");
        }
    }

    #[test]
    fn what_is_spoken_of_and_what_names_no_file_is_none() {
        for line in [
            "I use `<file path=\"src/a.js\">`.",
            "<a href=\"a.html\">",
            "<file path=\"…\">",
            "a < b, path=\"src/a.js\"",
            "</file>",
            "<file>",
            "<svg path=\"M0 0\">",
            "< file path=\"src/a.js\">",
        ] {
            assert_eq!(named_in(line), None, "{line}");
        }
    }
}

//! Tags that name a file, where none is read as such: without the run's mark, with another one, under another name, in
//! the middle of a line, or in an answer that was to be a patch.
//!
//! They look like what whole files are written with, so a file or a deletion would be missing in silence. Between
//! backticks a tag is spoken of, and not meant.

use crate::name;
use std::collections::HashSet;

/// Attributes that name a file.
const ATTRIBUTES: [&str; 7] = ["path", "filepath", "file_path", "file-path", "filename", "file", "from"];

/// The path in the first tag of a line that names a file.
#[must_use]
pub fn named_in(line: &str) -> Option<String> {
    let mut tags = Tags { line, ..Tags::default() };
    line.match_indices('<').find_map(|(at, _)| tags.named_at(at))
}

/// The tags of a line, read one after the other. Each may go on to the end of the line, so what was found behind one is
/// kept for the next: a line of nothing but tags takes no longer than another of its length.
#[derive(Default)]
struct Tags<'l> {
    line: &'l str,
    /// Up to where backticks were counted, and whether their number is odd.
    counted: usize,
    in_code: bool,
    /// The next bracket that closes a tag, blank, and equals sign, from where each was looked for last.
    end: Next,
    blank: Next,
    equals: Next,
    /// The equals signs that no name is behind: what follows one is the same for every tag that comes to it.
    read: HashSet<usize>,
}

impl Tags<'_> {
    /// The path in the tag that begins at `at`, which is behind those that were asked for before.
    fn named_at(&mut self, at: usize) -> Option<String> {
        let backticks = self.line.get(self.counted..at)?.bytes().filter(|byte| *byte == b'`').count();
        self.in_code ^= backticks % 2 == 1;
        self.counted = at;
        let tag = at + 1;
        if self.in_code || !self.line.get(tag..)?.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let end = self.end.from(tag, |from| self.line.get(from..)?.find('>')).unwrap_or(self.line.len());
        let blank = self.blank.from(tag, |from| self.line.get(from..)?.find(char::is_whitespace))?;
        let attributes = self.line.get(blank..end)?.trim_start_matches(char::is_whitespace);
        self.named(end - attributes.len(), end)
    }

    /// The path in the attributes from `at` to `end`.
    fn named(&mut self, at: usize, end: usize) -> Option<String> {
        let mut equals = self.equals.from(at, |from| self.line.get(from..)?.find('='))?;
        let mut rest = self.line.get(at..end)?;
        while equals < end && self.read.insert(equals) {
            let (before, after) = rest.split_at_checked(equals - (end - rest.len()))?;
            let key =
                before.trim_end().rsplit(|c: char| c.is_whitespace() || c == '"' || c == '\'').next()?;
            let after = after.get(1..)?.trim_start();
            let quote = after.chars().next().filter(|first| matches!(first, '"' | '\''));
            let value = match quote {
                Some(quote) => after.get(1..)?.split(quote).next()?,
                None => after.split(char::is_whitespace).next()?.trim_end_matches('/'),
            };
            if ATTRIBUTES.iter().any(|known| key.eq_ignore_ascii_case(known)) && name::looks_like_path(value)
            {
                return Some(value.to_owned());
            }
            rest = after.get(value.len() + quote.map_or(0, |_| 2)..).unwrap_or_default();
            equals = end - rest.len() + rest.find('=')?;
        }
        None
    }
}

/// Where something is that is looked for again and again, from ever later places on.
#[derive(Default)]
struct Next {
    /// From where on it was looked for, and where it is; none where it is not.
    known: Option<(usize, Option<usize>)>,
}

impl Next {
    /// The first place from `from` on; `find` says how far behind a place it is.
    fn from(&mut self, from: usize, find: impl Fn(usize) -> Option<usize>) -> Option<usize> {
        match self.known {
            Some((before, at)) if before <= from && at.is_none_or(|at| at >= from) => at,
            _ => {
                let at = find(from).map(|length| from + length);
                self.known = Some((from, at));
                at
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    /// The same, each tag read by itself.
    fn named_in_one_by_one(line: &str) -> Option<String> {
        line.match_indices('<').find_map(|(at, _)| {
            let (before, tag) = line.split_at_checked(at)?;
            let is_spoken_of = before.matches('`').count() % 2 == 1;
            let end = tag.find('>').unwrap_or(tag.len());
            let tag = tag.get(..end)?;
            (!is_spoken_of).then(|| Tags { line: tag, ..Tags::default() }.named_at(0)).flatten()
        })
    }

    proptest! {
        #[test]
        fn a_tag_is_read_alike_whatever_is_before_it(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "<a", "<b ", ">", "`", " ", "path", "from=", "=", "\"", "'", "/", "src/a.js", "x.js", "a=b", "\u{a0}",
                ]),
                0..16,
            )
        ) {
            let line = parts.concat();
            prop_assert_eq!(named_in(&line), named_in_one_by_one(&line), "{}", line);
        }
    }
}

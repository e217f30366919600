//! Whether a hunk's context speaks of another place than the one that was found for it.
//!
//! A line of context may be worded differently, since models write comments from memory. But `fn stop() {` is no other
//! wording of `fn start() {`, and a line that the file has word for word at another place is not the one that stands
//! here. Taking either for a slip puts a right change into the wrong function, and nobody notices.

use crate::{
    base::{Base, shown},
    hunk::{Hunk, Kind},
    keys::{is_comment, key, letters},
    place::HunkPlace,
    report::{Rejection, RejectionKind, Strategy},
};

/// Letters and digits from which on a line tells where it stands.
const TELLING: usize = 3;

/// Refuses a hunk at its place if a line of its context stands elsewhere, or names something else.
pub(crate) fn check(hunk: &Hunk<'_>, place: &HunkPlace, base: &Base<'_>) -> Result<(), Rejection> {
    if place.strategy < Strategy::Context {
        return Ok(());
    }
    let keys = base.keys(Strategy::Punctuation);
    for (line, file) in hunk.old().zip(place.map.lines()) {
        if line.kind != Kind::Context || letters(line.text) < TELLING {
            continue;
        }
        let own = key(line.text, Strategy::Punctuation);
        let at = match file {
            Some(at) if keys.get(at) == Some(&own) => continue,
            Some(at) => at,
            None if opens(line.text) && !keys.contains(&own) => return Err(lacks(line.text)),
            None => continue,
        };
        if let Some(elsewhere) = keys.iter().position(|key| *key == own) {
            return Err(stands(line.text, elsewhere, at));
        }
        let found = base.line_text(at);
        if opens(found) && words(line.text).ne(words(found)) {
            return Err(names(line.text, found, at));
        }
    }
    Ok(())
}

/// Whether a line opens what the lines after it are in: a function, a rule, a section, a key with all below it.
fn opens(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    !is_comment(line)
        && (matches!(line.last(), Some(b'{' | b'(' | b'[' | b':'))
            || matches!(line.first(), Some(b'[' | b'<')))
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_between = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric() && *byte != b'_';
    line.split(is_between).filter(|word| !word.is_empty())
}

fn stands(line: &[u8], elsewhere: usize, at: usize) -> Rejection {
    let reason = format!(
        "its context has '{}', which is at line {} of the file, but the rest of it fits at line {} alone: show the lines \
         around the place that is meant as the file has them",
        shown(line),
        elsewhere + 1,
        at + 1,
    );
    Rejection::new(RejectionKind::NotFound, reason)
}

fn names(line: &[u8], found: &[u8], at: usize) -> Rejection {
    let reason = format!(
        "its context has '{}', which is not in the file; where the rest of it fits, line {} has '{}', which may be \
         something else: copy the context from the file",
        shown(line),
        at + 1,
        shown(found),
    );
    Rejection::new(RejectionKind::NotFound, reason)
}

fn lacks(line: &[u8]) -> Rejection {
    let reason = format!(
        "its context has '{}', which is not in the file, so what the lines below it are in is another thing: copy the \
         context from the file",
        shown(line),
    );
    Rejection::new(RejectionKind::NotFound, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_something_is_told_from_what_stands_in_it() {
        for line in ["fn a() {", "  def a(self):", "[tool.a]", ".a {", "a:", "call(", "<ul class=\"a\">"] {
            assert!(opens(line.as_bytes()), "{line}");
        }
        for line in ["let a = 1;", "// a {", "# a:", "a = 1", "return a", ""] {
            assert!(!opens(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn words_are_what_is_left_without_punctuation() {
        assert!(words(b"fn a_b(c: &C) {").eq(words(b"fn a_b( c : & C ){")));
        assert!(words(b".btn-a {").ne(words(b".btn-b {")));
    }
}

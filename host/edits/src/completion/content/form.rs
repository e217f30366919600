//! The forms of content that is no file: patches, listings with line numbers, files within other tags.

use super::full_lines;
use orchestrator_answer::{name, tag};

/// What lines begin with that a diff has between its hunks.
const BETWEEN_HUNKS: [&str; 10] = [
    "diff ",
    "index ",
    "Index: ",
    "new file",
    "deleted file",
    "old mode",
    "new mode",
    "similarity",
    "rename ",
    "===",
];
/// Signs of which code has some in any language.
const CODE_SIGNS: [char; 15] = ['(', ')', '{', '}', '[', ']', ';', '=', '<', '>', '#', '"', '\'', ':', '/'];
/// Tags that other tools have around a file.
const WRAPPERS: [&str; 13] = [
    "action",
    "artifact",
    "code",
    "content",
    "contents",
    "create_file",
    "document",
    "file",
    "file_content",
    "file_text",
    "source",
    "write_file",
    "write_to_file",
];
/// Those that are nothing else.
const CERTAIN: [&str; 3] = ["antartifact", "boltaction", "boltartifact"];

/// Whether all of it is a diff, search/replace blocks or sections of `apply_patch`.
pub(super) fn is_patch(text: &str) -> bool {
    let mut lines = full_lines(text).map(str::trim_end);
    let (Some(first), second) = (lines.next(), lines.next().unwrap_or_default()) else { return false };
    let is_section = ["*** Begin Patch", "*** Update File:", "*** Add File:", "*** Delete File:"]
        .iter()
        .any(|head| first.starts_with(head));
    let begins_block = search(first) || name::looks_like_path(first.trim_end_matches(':')) && search(second);
    is_section
        || begins_block && full_lines(text).any(divides) && full_lines(text).next_back().is_some_and(replace)
        || is_diff(text, first, second)
}

fn search(line: &str) -> bool {
    after_marks(line, '<').is_some_and(|label| !label.is_empty())
        || after_marks(line, '-').is_some_and(|label| label.eq_ignore_ascii_case("search"))
}

fn divides(line: &str) -> bool {
    after_marks(line, '=').is_some_and(str::is_empty)
}

fn replace(line: &str) -> bool {
    after_marks(line, '>').is_some()
        || after_marks(line, '+').is_some_and(|label| label.eq_ignore_ascii_case("replace"))
}

/// What stands after at least five marks and a blank.
fn after_marks(line: &str, mark: char) -> Option<&str> {
    let rest = line.trim_start_matches(mark);
    let is_marked =
        line.len() - rest.len() >= 5 && (rest.is_empty() || rest.starts_with(char::is_whitespace));
    is_marked.then(|| rest.trim())
}

fn is_diff(text: &str, first: &str, second: &str) -> bool {
    let is_hunk = |line: &str| line == "@@" || line.starts_with("@@ ");
    let names = first.starts_with("--- ") && second.starts_with("+++ ")
        || ["diff --git ", "Index: "].iter().any(|head| first.starts_with(head))
        || first.starts_with("+++ ") && is_hunk(second)
        || first.starts_with("--- ") && is_hunk(second);
    if !names && !is_hunk(first) {
        return false;
    }
    let mut hunks = full_lines(text).skip_while(|line| !is_hunk(line.trim_end())).skip(1).peekable();
    let is_of_diff = |line: &str| {
        line.starts_with([' ', '+', '-', '\t', '@', '\\'])
            || BETWEEN_HUNKS.iter().any(|head| line.starts_with(head))
    };
    let has_change = |line: &str| line.starts_with(['+', '-']);
    hunks.peek().is_some()
        && full_lines(text).skip(1).any(has_change)
        // With names above it a hunk is one even where lines of it lost their signs.
        && (names || hunks.all(is_of_diff))
}

/// The lines without the numbers that all of them begin with, each one more than that before it.
pub(super) fn numbered<'t>(path: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let is_yaml = [".yml", ".yaml"].iter().any(|ending| path.ends_with(ending));
    let mut last: Option<(u64, char)> = None;
    let mut blanks = 0;
    let mut bare = Vec::new();
    for line in text.lines() {
        // Some tools leave blank lines without a number, and some of those count them.
        if line.trim().is_empty() {
            blanks += 1;
            continue;
        }
        let (number, mark, rest) = number_of(line)?;
        let goes_on = last.is_none_or(|(before, same)| {
            let step = number.saturating_sub(before);
            mark == same && (step == 1 || step == blanks + 1)
        });
        // In YAML a number with a colon is a key.
        if !goes_on || is_yaml && mark == ':' {
            return None;
        }
        last = Some((number, mark));
        blanks = 0;
        bare.push(rest);
    }
    // A table has numbers as well, and words; code has signs.
    let is_code = bare.iter().any(|line| line.contains(CODE_SIGNS));
    (bare.len() > 1 && is_code).then_some(bare)
}

/// A line's number, what stands between it and the line, and the line.
fn number_of(line: &str) -> Option<(u64, char, &str)> {
    let line = line.trim_start_matches([' ', '\t']);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at_checked(digits)?;
    let number = number.parse().ok()?;
    let blanks = rest.trim_start_matches(' ');
    let mark = blanks.chars().next()?;
    if !matches!(mark, '|' | '│' | '\t' | '→' | ':') || mark == ':' && blanks.len() != rest.len() {
        return None;
    }
    let rest = blanks.get(mark.len_utf8()..)?;
    // `1::2` and `1||2` are expressions.
    (!rest.starts_with(mark) || mark == '\t').then(|| (number, mark, rest.strip_prefix(' ').unwrap_or(rest)))
}

/// A tag around everything.
pub(super) struct Wrapper<'t> {
    pub(super) name: &'t str,
    /// Whether it can be nothing but what is put around a file.
    pub(super) is_certain: bool,
}

/// The tag in the first line and its end in the last one, each alone there, if it is one that is put around files.
pub(super) fn wrapper<'t>(text: &'t str, path: &str) -> Option<Wrapper<'t>> {
    let mut lines = full_lines(text).map(str::trim);
    let (first, last) = (lines.next()?, lines.next_back()?);
    let inside = first.strip_prefix('<')?.strip_suffix('>')?;
    if inside.contains(['<', '>']) || inside.ends_with('/') {
        return None;
    }
    let name = inside.split(char::is_whitespace).next()?;
    let end = last.strip_prefix("</")?.strip_suffix('>')?.trim_end();
    if !end.eq_ignore_ascii_case(name) {
        return None;
    }
    let is_one_of = |known: &[&str]| known.iter().any(|known| name.eq_ignore_ascii_case(known));
    let names_the_file = tag::named_in(first).is_some_and(|named| named.trim_start_matches("./") == path);
    let is_certain = names_the_file || is_one_of(&CERTAIN);
    (is_certain || is_one_of(&WRAPPERS)).then_some(Wrapper { name, is_certain })
}

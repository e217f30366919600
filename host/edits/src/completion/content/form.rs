//! The forms of content that is no file but a patch.

use super::full_lines;
use orchestrator_answer::name;

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

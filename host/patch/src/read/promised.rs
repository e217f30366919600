//! How far an answer counts, and whether it came so far.
//!
//! A patch that is cut exactly behind a part looks whole. But where an answer numbers its files (`File 2 of 3:`), or has the
//! `3 files changed` that git writes above a diff, it says how many there are. Counts are often wrong, so they are asked only
//! where the answer ends in a part, with nothing behind it that says that this was the end.

use super::{Reader, account::Role};
use orchestrator_core::RelativePath;
use std::collections::BTreeSet;

/// Longest line that is looked at, in bytes.
const LINE_MAX: usize = 160;
/// What files and changes are called where they are numbered.
const NUMBERED: [&str; 5] = ["file", "change", "patch", "diff", "part"];

impl Reader<'_, '_> {
    /// The line, counted from 0, that counts further than the answer came.
    pub(super) fn promised(&self) -> Option<usize> {
        let mut inside = false;
        let (mut last, mut stat) = (None, None);
        for (at, line) in self.lines.iter().enumerate() {
            let role = self.account.role(at);
            inside ^= role == Role::Fence;
            if inside || !matches!(role, Role::Prose | Role::Header) || line.text.len() > LINE_MAX {
                continue;
            }
            let Ok(text) = std::str::from_utf8(line.text) else { continue };
            if let Some((number, all)) = numbered(text) {
                last = Some((at, number, all));
            }
            // Several of them are those of several mails.
            if let Some(files) = files_changed(text) {
                stat = if stat.is_none() { Some((at, files)) } else { Some((at, 0)) };
            }
        }
        let names = self.parts.iter().flatten().filter_map(|part| part.intent.names().next());
        let files = names.collect::<BTreeSet<&RelativePath>>().len();
        let of_files = last.filter(|(_, number, all)| number < all).map(|(at, ..)| at);
        of_files.or(stat.filter(|(_, all)| files < *all).map(|(at, _)| at))
    }
}

/// The number of the file that a line begins, and of all: `### File 2 of 3: src/a.js`.
fn numbered(line: &str) -> Option<(usize, usize)> {
    let text = line.trim_start().trim_start_matches("- ");
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "#*_>([".contains(c));
    let mut words =
        text.split(|c: char| c.is_whitespace() || ":*_)],.".contains(c)).filter(|word| !word.is_empty());
    let kind = words.next()?;
    if !NUMBERED.iter().any(|known| kind.eq_ignore_ascii_case(known)) {
        return None;
    }
    let first = words.next()?;
    let (number, all) = match first.split_once('/') {
        Some(both) => both,
        None if words.next()?.eq_ignore_ascii_case("of") => (first, words.next()?),
        None => return None,
    };
    Some((number.parse().ok()?, all.parse().ok()?))
}

/// How many files a diff changes, as git says it: ` 3 files changed, 5 insertions(+), 2 deletions(-)`.
fn files_changed(line: &str) -> Option<usize> {
    let (number, rest) = line.trim().split_once(' ')?;
    let rest = rest.strip_prefix("files changed").or_else(|| rest.strip_prefix("file changed"))?;
    (rest.is_empty() || rest.starts_with(", ")).then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_counts_is_told_from_others() {
        for line in [
            "File 2 of 3:",
            "### File 2/3: `src/a.js`",
            "**File 2 of 3**",
            "(Patch 2/3)",
            "- change 2 of 3: a",
        ] {
            assert_eq!(numbered(line), Some((2, 3)), "{line:?}");
        }
        for line in
            ["File 2:", "2/3", "Files 2 of 3", "file a of b", "A file 2 of 3", "file src/a.js", "part of it"]
        {
            assert_eq!(numbered(line), None, "{line:?}");
        }
        assert_eq!(files_changed(" 3 files changed, 5 insertions(+)"), Some(3));
        assert_eq!(files_changed("1 file changed"), Some(1));
        assert_eq!(files_changed("3 files changed their names"), None);
    }
}

//! Where a hunk ends: what is a line of it, and what belongs to something else.

use super::count::Count;
use crate::read::{Reader, blocks, names, owner::names_a_file, sections, sign};
use orchestrator_answer::{fence::Fence, name};
use orchestrator_core::RelativePath;

/// Endings of files that have no sentences but in comments and strings.
const CODE: [&str; 26] = [
    "c", "cc", "cpp", "cs", "css", "dart", "go", "h", "hpp", "java", "js", "json", "jsx", "kt", "mjs", "php",
    "py", "rb", "rs", "scss", "sh", "sql", "swift", "toml", "ts", "tsx",
];

impl Reader<'_, '_> {
    /// Whether a line, by itself, could come after the hunk. It does if nothing that changes follows.
    pub(super) fn may_end(&self, is_signed: bool, text: &[u8], count: &Count, blanks: usize) -> bool {
        let aside = blanks > 0 && self.fence.is_none();
        match is_signed {
            false => {
                let named = || self.ends_below_name() && names_a_file(text);
                count.is_complete()
                    || (aside && (!count.is_short() || self.is_prose_beside_code(text)))
                    || named()
            }
            // An item of a list, or a line drawn across.
            true => {
                let rule = text.len() >= 3 && text.iter().all(|byte| *byte == b'-');
                let last = self.line(1).is_none_or(<[u8]>::is_empty);
                aside && (rule && last && !count.is_short() || text.starts_with(b"- ") && count.is_complete())
            }
        }
    }

    /// Whether a line is a sentence, and the hunk's file one that has none at its margin: then it is no line of it, whatever
    /// the header counts.
    fn is_prose_beside_code(&self, text: &[u8]) -> bool {
        let sentence = text.first().is_some_and(u8::is_ascii_uppercase)
            && text.last().is_some_and(|last| b".:!?".contains(last))
            && text.iter().filter(|byte| **byte == b' ').count() > 1;
        let is_code = |path: &RelativePath| {
            let ending = path.as_str().rsplit_once('.').map_or("", |(_, ending)| ending);
            CODE.contains(&ending)
        };
        let file =
            self.parts.last().and_then(|part| part.as_ref().ok()).and_then(|part| part.intent.names().next());
        sentence && !self.starts(1, b" ") && file.is_some_and(is_code)
    }

    /// Whether what comes after the line at the cursor is no line of the hunk, so that the line could be the name of
    /// another file: that is followed by a blank line or by what belongs to it.
    fn ends_below_name(&self) -> bool {
        let header = |line: &[u8]| line.starts_with(b"--- ") || line.starts_with(b"+++ ");
        let may_follow =
            |line: &[u8]| header(line) || line.first().is_none_or(|first| b"@=`~<*>".contains(first));
        let signed = |line: &[u8]| line.first().is_some_and(|first| b" +-".contains(first)) && !header(line);
        let next = (1..4).filter_map(|ahead| self.line(ahead)).find(|line| !line.is_empty());
        self.line(1).is_none_or(may_follow) && !next.is_some_and(signed)
    }

    /// Whether another hunk, file or block begins at the cursor, which is within a hunk.
    pub(super) fn begins_part(&self, count: &Count) -> bool {
        let Some(line) = self.line(0) else { return true };
        line.starts_with(b"@@")
            || line.starts_with(b"diff --git ")
            || line.starts_with(b"diff --cc ")
            || sections::is_marker(line)
            || blocks::opens(line)
            || self.begins_file(count)
    }

    /// Whether a file's header begins at the cursor, which is within a hunk: a removed line can look like `--- x` and
    /// an added one like `+++ x`, so what comes after it must go with it. It could be the hunk's own all the same, if the
    /// hunk says that it has more.
    fn begins_file(&self, count: &Count) -> bool {
        let (old, new) = (self.starts(0, b"--- "), self.starts(0, b"+++ "));
        if !old && !new {
            return false;
        }
        let Some((line, next)) = self.line(0).zip(self.line(1)) else { return false };
        let pair = if old { next.starts_with(b"+++ ") } else { next.starts_with(b"--- ") };
        if pair && self.line(2).is_none_or(follows_header) {
            let names = if old { (line, next) } else { (next, line) };
            return match old {
                true => !count.is_short() || names::look_like_names(names.0, names.1),
                false => names::look_like_names(names.0, names.1),
            };
        }
        // A single name, and then the lines of its file.
        let own = if old { count.lacks_one_removed() } else { count.lacks_one_added() };
        let after = if next.is_empty() { self.line(2).unwrap_or_default() } else { next };
        after.starts_with(b"@@") && !own && is_name(line.get(4..).unwrap_or_default())
    }

    /// Whether the line at the cursor ends the code block that the hunk is in. A fence that is one of the file's own lines
    /// and lost its blank does not: the hunk lacks lines, and lines that change come right after it.
    pub(super) fn is_at_end_of_fence(&mut self, count: &Count) -> bool {
        if !self.is_at_end_of_block() {
            return false;
        }
        // Nor does one with context right below it.
        if self.starts(1, b" ") {
            return false;
        }
        if !count.is_short() || self.fence.is_none() {
            return true;
        }
        let next = self.lines.iter().skip(self.at + 1).map(|line| line.text);
        let next = next.into_iter().find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
        !sign::is_change(next, self.line(2).unwrap_or_default())
    }

    /// Whether git's signature comes, which ends every mail that it makes: two hyphens, and then its version.
    pub(super) fn is_signature(&self) -> bool {
        let hyphens = matches!(self.line(0), Some(b"--" | b"-- "));
        hyphens && self.line(1).is_some_and(|line| line.first().is_some_and(u8::is_ascii_digit))
    }
}

/// What may come after the `+++` line of a header.
fn follows_header(line: &[u8]) -> bool {
    line.starts_with(b"@@") || line.trim_ascii().is_empty() || Fence::opened_by(line).is_some()
}

/// Whether what stands behind `---` or `+++` is a name rather than a line of a file.
fn is_name(text: &[u8]) -> bool {
    let text = names::name(text);
    let dashes = text.trim_end_matches(['-', '+', ' ']);
    text == "/dev/null" || text.starts_with("a/") || text.starts_with("b/") || name::looks_like_path(dashes)
}

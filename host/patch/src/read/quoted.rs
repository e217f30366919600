//! Answers that are quoted as in a mail, with `> ` before each line.

use super::{Reader, sections, sign};
use crate::text::Line;
use orchestrator_answer::fence::Fence;

impl<'t> Reader<'t, '_> {
    /// Where a part of a patch begins in a quotation, takes the marks off all lines of the quotation. Says whether it
    /// did.
    pub(super) fn unquote(&mut self) -> bool {
        let begins = |line: &[u8]| {
            line.starts_with(b"@@")
                || line.starts_with(b"diff --git ")
                || line.starts_with(b"--- ")
                || line.starts_with(b"+++ ")
                || sections::is_marker(line)
                || sign::is_block_marker(line)
                || Fence::opened_by(line).is_some()
        };
        if !self.line(0).and_then(unquoted).is_some_and(begins) {
            return false;
        }
        for line in self.lines.iter_mut().skip(self.at) {
            let Some(text) = unquoted(line.text) else { break };
            *line = Line { text, ..*line };
        }
        true
    }
}

/// A line without the mark of a quotation; none if it has none. What begins with several is the marker of a block.
fn unquoted(line: &[u8]) -> Option<&[u8]> {
    match line.strip_prefix(b">")? {
        [] => Some(b""),
        [b' ', rest @ ..] => Some(rest),
        _ => None,
    }
}

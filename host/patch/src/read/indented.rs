//! A patch that is a code block by its indentation, with four blanks or a tab before each line.

use super::{Reader, blocks, sections, sign};
use crate::text::Line;

/// Blanks that make a code block of a line; a tab does as well.
const BLANKS: usize = 4;

impl<'t> Reader<'t, '_> {
    /// Where a part of a patch begins in such a block, takes the indentation off all of its lines. Says whether it did.
    pub(super) fn outdent(&mut self) -> bool {
        if self.fence.is_some() || self.at < self.not_indented {
            return false;
        }
        let Some(margin) = self.line(0).and_then(margin) else { return false };
        let next = self.line(1).and_then(|line| line.strip_prefix(margin)).unwrap_or_default();
        if !self.line(0).and_then(|line| line.strip_prefix(margin)).is_some_and(|line| begins(line, next)) {
            return false;
        }
        let rest = self.lines.get(self.at..).unwrap_or_default();
        let inside = |line: &Line<'_>| line.text.starts_with(margin) || line.text.trim_ascii().is_empty();
        let end = self.at + rest.iter().position(|line| !inside(line)).unwrap_or(rest.len());
        // A patch that goes on at the margin is not in the block, and how far its lines are indented is not known.
        let after = |at: usize| self.lines.get(at).map_or(&b""[..], |line| line.text);
        if continues(after(end), after(end + 1)) {
            self.not_indented = end;
            return false;
        }
        for line in self.lines.get_mut(self.at..end).unwrap_or_default() {
            line.text = line.text.strip_prefix(margin).unwrap_or_default();
        }
        true
    }
}

/// The blanks before a line of a code block.
fn margin(line: &[u8]) -> Option<&[u8]> {
    let blanks = line.len() - line.trim_ascii_start().len();
    let margin = line.get(..blanks).filter(|_| blanks < line.len())?;
    (blanks >= BLANKS || margin.contains(&b'\t')).then_some(margin)
}

/// Whether a part of a patch begins with this line, and nothing else could.
fn begins(line: &[u8], next: &[u8]) -> bool {
    sections::is_marker(line)
        || blocks::opens(line)
        || line.starts_with(b"diff --git ")
        || line.starts_with(b"--- ") && next.starts_with(b"+++ ")
}

fn continues(line: &[u8], next: &[u8]) -> bool {
    line.starts_with(b"@@")
        || sections::is_marker(line)
        || sign::is_block_marker(line)
        || sign::is_change(line, next)
}

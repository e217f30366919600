//! Whether a hunk goes on after a line that could be prose.
//!
//! A line without a sign ends a hunk if nothing follows that changes anything, and is one of its lines that lost its
//! blank otherwise. So whoever meets one has to know what comes before the next hunk, file or fence. What was found
//! there is kept, and each line is looked at once.

use super::{Reader, sections, sign};
use orchestrator_answer::fence::Fence;

/// What was found ahead.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// Lines that were looked at: from one, and up to one.
    from: usize,
    to: usize,
    /// The last of them that changes something.
    change: Option<usize>,
}

impl Reader<'_, '_> {
    /// Whether a line that changes something comes at the cursor or after it, before anything else begins.
    pub(super) fn changes_follow(&mut self) -> bool {
        if !(self.ahead.from..self.ahead.to).contains(&self.at) {
            self.look_ahead();
        }
        self.ahead.change.is_some_and(|at| at >= self.at)
    }

    /// Whether no text follows the header that ends before the cursor: another part, the end of the block, or nothing.
    pub(super) fn is_before_no_text(&self) -> bool {
        let rest = self.lines.get(self.at..).unwrap_or_default();
        let full = rest.iter().position(|line| !line.text.trim_ascii().is_empty());
        full.is_none_or(|ahead| {
            let line = self.line(ahead).unwrap_or_default();
            let ends_block = self.fence.is_some_and(|open| open.is_closed_by(line));
            ends_block || Fence::opened_by(line).is_none() && self.begins_other(self.at + ahead)
        })
    }

    fn look_ahead(&mut self) {
        let (from, mut to, mut change) = (self.at, self.at, None);
        while let Some(line) = self.lines.get(to) {
            if to > from && self.begins_other(to) {
                break;
            }
            let next = self.lines.get(to + 1).map_or(&b""[..], |next| next.text);
            if sign::is_change(line.text, next) {
                change = Some(to);
            }
            to += 1;
        }
        self.ahead = Ahead { from, to: to.max(from + 1), change };
    }

    /// Whether something else than a hunk's line begins at line `at`, by that line alone or the one after it.
    fn begins_other(&self, at: usize) -> bool {
        let text = |at: usize| self.lines.get(at).map(|line| line.text);
        let Some(line) = text(at) else { return true };
        let fence = match self.fence {
            Some(open) => open.is_closed_by(line) && !line.starts_with(b" "),
            None => Fence::opened_by(line).is_some(),
        };
        let name = line.starts_with(b"--- ") || line.starts_with(b"+++ ");
        let next = text(at + 1).unwrap_or_default();
        let named = name && [&b"@@"[..], b"--- ", b"+++ "].iter().any(|start| next.starts_with(start));
        fence
            || named
            || line.starts_with(b"@@")
            || line.starts_with(b"diff --git ")
            || sections::is_marker(line)
            || sign::is_block_marker(line)
    }
}

//! The code blocks of an answer: where they begin and end, and how far they are indented.

use super::Reader;
use crate::text::Line;
use orchestrator_answer::fence::Fence;

/// Times that each line may be passed over, all in all, in search of the end of a fence. Fences that are indented beyond
/// that keep their indentation.
const PASSES_MAX: usize = 16;

impl Reader<'_, '_> {
    /// Keeps track of code fences; says whether the line at the cursor is one. What is in a fence that is indented, as
    /// in a list, is read without that indentation.
    pub(super) fn pass_fence(&mut self) -> bool {
        let Some(line) = self.line(0) else { return false };
        match self.fence {
            Some(open) if open.is_closed_by(line) => {
                self.fence = None;
                true
            }
            Some(_) => false,
            None => match Fence::opened_by(line) {
                Some((fence, _)) => {
                    self.fence = Some(self.unindent(fence));
                    true
                }
                None => false,
            },
        }
    }

    /// Takes the indentation of a fence off the lines in it, if all have it; gives back the fence as it is then.
    fn unindent(&mut self, fence: Fence) -> Fence {
        let plain = Fence { indent: 0, ..fence };
        let inside = self.lines.get_mut(self.at + 1..).unwrap_or_default();
        if fence.indent == 0 {
            return fence;
        }
        let left = (PASSES_MAX * self.account.lines()).saturating_sub(self.passed);
        let reach = inside.len().min(left);
        let end = inside.iter().take(reach).position(|line| fence.is_closed_at_margin_by(line.text));
        self.passed += end.unwrap_or(reach);
        let Some(inside) = end.and_then(|end| inside.get_mut(..=end)) else { return plain };
        let (last, inside) = match inside.split_last_mut() {
            Some(split) => split,
            None => return plain,
        };
        let indented = |line: &Line<'_>| {
            let blanks = line.text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            blanks >= fence.indent || blanks == line.text.len()
        };
        if inside.iter().all(indented) {
            for line in inside {
                line.text = fence.unindented(line.text);
            }
        }
        last.text = last.text.trim_ascii_start();
        plain
    }

    /// Whether the line at the cursor, at the margin, ends the code block that a hunk is in. Outside of one, any
    /// fence ends a hunk.
    pub(super) fn is_at_end_of_block(&self) -> bool {
        let Some(line) = self.line(0).filter(|line| !line.starts_with(b" ")) else { return false };
        match self.fence {
            Some(open) => open.is_closed_by(line),
            None => Fence::opened_by(line).is_some_and(|(fence, _)| fence.indent == 0),
        }
    }

    /// Whether the lines of a hunk come in a fence for diffs, without any header.
    pub(super) fn is_headless_in_diff_fence(&mut self) -> bool {
        let info = self
            .at
            .checked_sub(1)
            .and_then(|at| self.lines.get(at))
            .and_then(|line| Fence::opened_by(line.text));
        let for_diffs = info.is_some_and(|(_, info)| {
            [&b"diff"[..], b"patch", b"udiff"].iter().any(|name| info.eq_ignore_ascii_case(name))
        });
        for_diffs && self.fence.is_some() && self.is_headless_hunk() && self.changes_follow()
    }
}

//! Finds the diffs in an answer and reads them.
//!
//! What is read here is what the lines say: which file, which lines stay, go and come. The counts in a hunk's header
//! are hints: they tell a line of SQL that begins `-- ` from a header, and prose that follows a hunk from a line that
//! lost its blank; but where the lines say otherwise the lines are right. A hunk ends where the next hunk or file
//! begins, where its code fence ends, or where after a blank line something stands that is no line of a diff.
//!
//! A line without a sign cannot be judged here. It is kept as what it is, and whoever has the file decides: the file
//! has such a line, then it is context, or it has not, and then what follows must not change anything.

mod header;
mod lines;
mod names;

use crate::{
    hunk::{Fault, FilePatch, Hunk, Intent, Kind, Parts, Unusable},
    text::{BYTE_ORDER_MARK, End, Line, lines},
};
use orchestrator_core::RelativePath;

/// Reads all diffs in `text`. Hunks before any file's name are about `target`.
pub(crate) fn parse<'t>(text: &'t [u8], target: Option<&RelativePath>) -> Parts<'t> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut reader = Reader { lines: lines(text), at: 0, fence: None };
    let mut parts = Vec::new();
    // Whether hunks that come now belong to the last file.
    let mut open = false;
    while let Some(line) = reader.line(0) {
        if let Some(header) = reader.file_header(true) {
            let whole = header.is_transported_with_carriage_returns();
            let found = match header.intent() {
                Ok(intent) => Ok(FilePatch { intent, hunks: Vec::new(), carriage_returns: whole }),
                Err(unusable) => Err(unusable),
            };
            parts.push(found);
            open = true;
            reader.hunks(&mut parts);
        } else if line.starts_with(b"@@") {
            if !open && !continues(&parts) {
                parts.push(match target {
                    Some(target) => Ok(FilePatch::modify(target.clone())),
                    None => Err(Unusable {
                        path: String::new(),
                        reason: "a hunk ('@@') without the names of its file: begin with '--- a/path' and '+++ b/path'"
                            .into(),
                    }),
                });
                open = true;
            }
            reader.hunks(&mut parts);
        } else {
            open &= !reader.pass_fence();
            reader.at += 1;
        }
    }
    parts
}

/// Whether a hunk in a new code block can only be about the one file that was named so far.
fn continues(parts: &Parts<'_>) -> bool {
    matches!(parts.as_slice(), [_])
}

impl FilePatch<'_> {
    fn modify(path: RelativePath) -> Self {
        Self { intent: Intent::Modify(vec![path]), hunks: Vec::new(), carriage_returns: false }
    }
}

/// A code fence that is open: its character, and how many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fence {
    character: u8,
    length: usize,
}

/// A cursor over the lines of an answer.
struct Reader<'t> {
    lines: Vec<Line<'t>>,
    at: usize,
    fence: Option<Fence>,
}

impl<'t> Reader<'t> {
    fn line(&self, ahead: usize) -> Option<&'t [u8]> {
        self.lines.get(self.at + ahead).map(|line| line.text)
    }

    fn starts(&self, ahead: usize, with: &[u8]) -> bool {
        self.line(ahead).is_some_and(|line| line.starts_with(with))
    }

    /// Keeps track of code fences; says whether the line at the cursor is one.
    fn pass_fence(&mut self) -> bool {
        let Some((fence, alone)) = self.line(0).and_then(fence) else { return false };
        match self.fence {
            None => self.fence = Some(fence),
            Some(open) if closes(open, fence, alone) => self.fence = None,
            Some(_) => return false,
        }
        true
    }

    /// Whether the line at the cursor, at the margin, ends the code block that a hunk is in. Outside of one, any
    /// fence ends a hunk.
    fn is_at_end_of_block(&self) -> bool {
        let Some(line) = self.line(0).filter(|line| !line.starts_with(b" ")) else { return false };
        match (fence(line), self.fence) {
            (Some((fence, alone)), Some(open)) => closes(open, fence, alone),
            (found, None) => found.is_some(),
            (None, Some(_)) => false,
        }
    }

    /// Whether a file's header begins `ahead` of the cursor, which is within a hunk: a removed line can look like
    /// `--- x`, so the line after it must go with it, and what comes then as well.
    /// Both lines could be the hunk's own; it is `short` if it says that it has more.
    fn begins_file(&self, short: bool) -> bool {
        if self.starts(0, b"diff --git ") {
            return true;
        }
        let pair = self.starts(0, b"--- ") && self.starts(1, b"+++ ");
        if !pair || !self.line(2).is_none_or(follows_header) {
            return false;
        }
        !short || self.line(0).zip(self.line(1)).is_some_and(|(old, new)| names::look_like_names(old, new))
    }

    /// Reads hunks as long as there are any, into the last file.
    fn hunks(&mut self, parts: &mut Parts<'t>) {
        let headless = self.is_headless_hunk();
        let mut first = true;
        while self.starts(0, b"@@") || (first && headless) {
            let number = match parts.last() {
                Some(Ok(patch)) => u32::try_from(patch.hunks.len()).unwrap_or(u32::MAX).saturating_add(1),
                _ => 1,
            };
            let mut hunk = Hunk::new(number);
            if self.starts(0, b"@@") {
                hunk.read_header(self.line(0).unwrap_or_default());
                self.at += 1;
            }
            self.hunk_lines(&mut hunk);
            self.judge_end(&mut hunk);
            if let Some(Ok(patch)) = parts.last_mut() {
                patch.hunks.push(hunk);
            }
            first = false;
        }
    }

    /// Whether the lines of a hunk follow at once, without a `@@` line.
    fn is_headless_hunk(&self) -> bool {
        self.line(0).is_some_and(|line| matches!(line.first(), Some(b' ' | b'+' | b'-')))
            && !self.starts(0, b"--- ")
            && !self.starts(0, b"-- ")
    }

    /// At the end of the text: whether the hunk is all there.
    fn judge_end(&self, hunk: &mut Hunk<'t>) {
        if self.at < self.lines.len() || hunk.fault.is_some() {
            return;
        }
        let ended = self.lines.last().is_none_or(|line| line.end != End::None);
        let short =
            hunk.claimed.is_some_and(|(old, new)| hunk.old().count() < old || hunk.new_lines().count() < new);
        let cut = match self.fence {
            Some(_) => !(hunk.is_complete() && ended),
            None if hunk.claimed.is_some() => short,
            None => !ended && hunk.lines.last().is_some_and(|line| line.kind == Kind::Added),
        };
        if cut {
            hunk.fault = Some(Fault::Cut);
        }
    }
}

/// What may come after the `+++` line of a header.
fn follows_header(line: &[u8]) -> bool {
    line.starts_with(b"@@") || line.trim_ascii().is_empty() || fence(line).is_some()
}

/// The fence that a line is, and whether there is nothing else in the line.
fn fence(line: &[u8]) -> Option<(Fence, bool)> {
    let line = line.trim_ascii();
    let character = *line.first().filter(|first| matches!(first, b'`' | b'~'))?;
    let length = line.iter().take_while(|byte| **byte == character).count();
    (length >= 3).then_some((Fence { character, length }, length == line.len()))
}

fn closes(open: Fence, fence: Fence, alone: bool) -> bool {
    alone && fence.character == open.character && fence.length >= open.length
}

//! Watches prose for fenced blocks that are files, as long as the answer has no tag.
//!
//! Prose is looked at line by line. A line that may open a block is held back until it is whole, and the first line of
//! a block that may be a file until it shows whether it is a diff; all else is handed on at once. Blocks that are no
//! files are followed to their end, so that what stands inside of them opens nothing. A fence that is indented is a
//! part of a list, and its code is indented with it: that is prose too, as is a Markdown file in a fence that any
//! block of its own would close.

use crate::{fence::Fence, fence::is_mark, guess};
use orchestrator_core::RelativePath;

/// Longest line that is looked at.
const LINE_MAX: usize = 512;
/// Bytes of a block's first line that show whether it is a diff.
const FIRST_MAX: usize = 32;

/// A block that is taken for a file.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) path: RelativePath,
    pub(crate) fence: Fence,
    /// The line that opens it.
    line: Vec<u8>,
    /// The beginning of what is in it.
    pub(crate) first: Vec<u8>,
}

#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// The line at hand, as far as it has come; no further than [`LINE_MAX`].
    line: Vec<u8>,
    /// Bytes of the line that were handed on.
    handed_on: usize,
    too_long: bool,
    /// The last line that was not blank, and the blank ones since.
    before: Vec<u8>,
    blank_lines: usize,
    /// A block that is no file.
    inside: Option<Fence>,
    opening: Option<Opening>,
}

impl Watch {
    /// Reads prose until a file begins; returns that with what comes after.
    pub(crate) fn push<'a>(
        &mut self,
        text: &'a [u8],
        out: &mut impl FnMut(&[u8]),
    ) -> Option<(Opening, &'a [u8])> {
        let mut rest = text;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            if let Some(opening) = &mut self.opening {
                let room = FIRST_MAX.saturating_sub(opening.first.len());
                let (first, later) = rest.split_at(end.min(room));
                opening.first.extend_from_slice(first);
                rest = later;
                let shows = opening.first.len() >= FIRST_MAX || opening.first.ends_with(b"\n");
                if let Some(opening) = self.decide(shows, out) {
                    return Some((opening, rest));
                }
                continue;
            }
            let (piece, later) = rest.split_at(end);
            rest = later;
            self.read(piece, out);
        }
        None
    }

    /// Hands on what is held: no file comes any more.
    pub(crate) fn finish(&mut self, out: &mut impl FnMut(&[u8])) {
        if let Some(opening) = self.opening.take() {
            out(&opening.line);
            out(&opening.first);
        }
        out(self.line.get(self.handed_on..).unwrap_or_default());
        *self = Self::default();
    }

    /// Reads a piece of one line.
    fn read(&mut self, piece: &[u8], out: &mut impl FnMut(&[u8])) {
        if self.too_long || self.line.len() + piece.len() > LINE_MAX {
            out(self.line.get(self.handed_on..).unwrap_or_default());
            out(piece);
            self.line.clear();
            self.handed_on = 0;
            self.too_long = !piece.ends_with(b"\n");
            self.before.clear();
            return;
        }
        self.line.extend_from_slice(piece);
        if self.inside.is_some() || !may_be_fence(&self.line) {
            out(self.line.get(self.handed_on..).unwrap_or_default());
            self.handed_on = self.line.len();
        }
        if piece.ends_with(b"\n") {
            self.end_line(out);
        }
    }

    fn end_line(&mut self, out: &mut impl FnMut(&[u8])) {
        let line = std::mem::take(&mut self.line);
        let handed_on = std::mem::take(&mut self.handed_on);
        if let Some(fence) = self.inside {
            self.inside = Some(fence).filter(|fence| !fence.is_closed_by(&line));
        } else if let Some((fence, info)) = Fence::opened_by(&line) {
            let path = if may_be_fence(&line) { self.path(fence, info) } else { None };
            self.before.clear();
            if let Some(path) = path {
                self.opening = Some(Opening { path, fence, line, first: Vec::new() });
                return;
            }
            self.inside = Some(fence);
        } else if line.trim_ascii().is_empty() {
            self.blank_lines += 1;
        } else {
            self.before.clone_from(&line);
            self.blank_lines = 0;
        }
        out(line.get(handed_on..).unwrap_or_default());
    }

    fn path(&self, fence: Fence, info: &[u8]) -> Option<RelativePath> {
        let info = std::str::from_utf8(info).ok()?;
        let before = std::str::from_utf8(&self.before).ok().filter(|_| self.blank_lines < 2);
        let path = guess::path(info, before)?;
        (fence.length > 3 || !guess::is_markdown(&path)).then_some(path)
    }

    /// The block, if it is a file, once its first line `shows`.
    fn decide(&mut self, shows: bool, out: &mut impl FnMut(&[u8])) -> Option<Opening> {
        let opening = self.opening.take_if(|_| shows)?;
        let empty = opening.fence.is_closed_by(&opening.first);
        if !empty && !guess::begins_diff(&opening.first) {
            return Some(opening);
        }
        out(&opening.line);
        out(&opening.first);
        let line_is_whole = opening.first.ends_with(b"\n");
        self.inside = Some(opening.fence).filter(|_| !(empty && line_is_whole));
        // A first line that is longer than what was looked at goes on as the line at hand.
        if !line_is_whole {
            self.handed_on = opening.first.len();
            self.line = opening.first;
        }
        None
    }
}

/// Whether a line that begins so may open a block.
fn may_be_fence(line: &[u8]) -> bool {
    let Some(mark) = line.first().filter(|mark| is_mark(**mark)) else { return false };
    line.iter().take(3).all(|byte| byte == mark)
}

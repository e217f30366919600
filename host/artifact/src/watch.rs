//! Watches prose for what may be a file or a change without being written as one.
//!
//! Models forget the tags, or one letter of them, or send a diff where files were asked for. What they meant cannot
//! always be used, but it must not pass for prose either: whoever asked would believe that it is done. So each line of
//! prose is looked at once. A fenced block with a name is a file, if it can be told where it ends; a diff, a tag that is
//! none, and a name that cannot be used are reported.
//!
//! A line that may open a block is held back until it is whole, and the first line of a block that may be a file until
//! it shows whether it is a diff; all else is handed on at once. Blocks that are no files are followed to their end, so
//! that what stands inside of them opens nothing.

use crate::{
    command,
    guess::{self, Guess},
    piece::Refused,
};
use orchestrator_answer::{
    fence::{Fence, is_mark},
    tag,
};
use orchestrator_core::RelativePath;

/// Longest line that is looked at.
const LINE_MAX: usize = 512;
/// Bytes of a block's first line that show whether it is a diff.
const FIRST_MAX: usize = 32;

/// What a line of prose came to.
#[derive(Debug)]
pub(crate) enum Happening {
    /// A block that is taken for a file.
    File(Opening),
    /// Something about a file that is not read as one.
    NoFile(RelativePath, Refused),
    /// The same, where no path can be made of the name.
    NoPath(String, Refused),
}

/// A block with a name.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) path: RelativePath,
    pub(crate) fence: Fence,
    /// Why its end cannot be told.
    pub(crate) fault: Option<Refused>,
    /// The line that opens it.
    line: Vec<u8>,
    /// The beginning of what is in it.
    pub(crate) first: Vec<u8>,
}

/// A block that is no file, and how many blocks are open in it, itself included.
#[derive(Debug, Clone, Copy)]
struct Inside {
    fence: Fence,
    depth: usize,
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
    inside: Option<Inside>,
    opening: Option<Opening>,
    closed: Closed,
    /// The file that the last block changes in part, which was said of it.
    in_part: Option<RelativePath>,
    /// Where blocks begin and end cannot be told any more.
    lost: bool,
}

/// What follows a file that was in a block.
#[derive(Debug, Default)]
enum Closed {
    /// There was none, or what follows is apart from it.
    #[default]
    Surely,
    /// It was just closed.
    Just(RelativePath),
    /// The next line came at once. In Markdown that is rare, but within a file that has a block of its own it is the
    /// rule: then the block's beginning was taken for the end of the file, and its end is still to come.
    Perhaps(RelativePath),
}

impl Watch {
    /// Reads prose until something happens; returns that with what comes after.
    pub(crate) fn push<'a>(
        &mut self,
        text: &'a [u8],
        out: &mut impl FnMut(&[u8]),
    ) -> Option<(Happening, &'a [u8])> {
        let mut rest = text;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            if let Some(opening) = &mut self.opening {
                let room = FIRST_MAX.saturating_sub(opening.first.len());
                let (first, later) = rest.split_at(end.min(room));
                opening.first.extend_from_slice(first);
                rest = later;
                let shows = opening.first.len() >= FIRST_MAX || opening.first.ends_with(b"\n");
                if let Some(happening) = self.decide(shows, out) {
                    return Some((happening, rest));
                }
                continue;
            }
            let (piece, later) = rest.split_at(end);
            rest = later;
            if let Some(happening) = self.read(piece, out) {
                return Some((happening, rest));
            }
        }
        None
    }

    /// A tag begins, or the answer is over: hands on what is held. A block that is open stays so.
    pub(crate) fn pause(&mut self, out: &mut impl FnMut(&[u8])) -> Option<Happening> {
        if let Some(opening) = self.opening.take() {
            self.stay_in(opening.fence);
            if !opening.fence.is_closed_by(&opening.first) {
                return Some(Happening::File(opening));
            }
            out(&opening.line);
            out(&opening.first);
        }
        out(self.line.get(self.handed_on..).unwrap_or_default());
        self.handed_on = 0;
        let line = std::mem::take(&mut self.line);
        let happening = if self.too_long { None } else { self.happening(&line) };
        self.too_long = false;
        self.before.clear();
        happening
    }

    /// A file that was in a block is over.
    pub(crate) fn file_closed(&mut self, path: RelativePath) {
        self.closed = Closed::Just(path);
    }

    /// A block came whose end cannot be told. What names a file from here on is refused, whatever it seems to be in.
    pub(crate) fn lose_track(&mut self) {
        *self = Self { lost: true, ..Self::default() };
    }

    /// What comes is within a block that began before.
    pub(crate) fn stay_in(&mut self, fence: Fence) {
        self.inside = Some(Inside { fence, depth: 1 });
    }

    /// Reads a piece of one line.
    fn read(&mut self, piece: &[u8], out: &mut impl FnMut(&[u8])) -> Option<Happening> {
        if self.too_long || self.line.len() + piece.len() > LINE_MAX {
            out(self.line.get(self.handed_on..).unwrap_or_default());
            out(piece);
            self.line.clear();
            self.handed_on = 0;
            self.too_long = !piece.ends_with(b"\n");
            self.before.clear();
            return None;
        }
        self.line.extend_from_slice(piece);
        if self.inside.is_some() || !may_be_fence(&self.line) {
            out(self.line.get(self.handed_on..).unwrap_or_default());
            self.handed_on = self.line.len();
        }
        if piece.ends_with(b"\n") { self.end_line(out) } else { None }
    }

    fn end_line(&mut self, out: &mut impl FnMut(&[u8])) -> Option<Happening> {
        let line = std::mem::take(&mut self.line);
        let handed_on = std::mem::take(&mut self.handed_on);
        let mut happening = None;
        let opens = Fence::opened_by(&line);
        self.closed = match std::mem::take(&mut self.closed) {
            Closed::Just(path) if opens.is_none() && !line.trim_ascii().is_empty() => Closed::Perhaps(path),
            Closed::Perhaps(path) if opens.is_none() => Closed::Perhaps(path),
            Closed::Perhaps(path) if opens.is_some_and(|(_, info)| info.is_empty()) => {
                happening = Some(Happening::NoPath(path.into(), Refused::NestedFence));
                Closed::Surely
            }
            _ => Closed::Surely,
        };
        if let Some(inside) = &mut self.inside {
            let deeper =
                opens.is_some_and(|(fence, info)| !info.is_empty() && fence.mark == inside.fence.mark);
            if inside.fence.is_closed_by(&line) {
                inside.depth -= 1;
            } else if deeper {
                inside.depth += 1;
            }
            self.inside = self.inside.filter(|inside| inside.depth > 0);
            happening = self.change(&line).or_else(|| written_by_command(&line));
        } else if let Some((fence, info)) = opens {
            let guess = self.guess(info);
            let in_part = self.changed_in_part(info);
            self.in_part.clone_from(&in_part);
            self.before.clear();
            match guess {
                Guess::File(path) if self.lost => {
                    happening = Some(Happening::NoFile(path, Refused::AfterNestedFence));
                }
                Guess::File(path) if fence.indent == 0 => {
                    // Any block of its own would close a Markdown file in a fence of three.
                    let may_nest = fence.length == 3 && guess::is_markdown(&path);
                    let fault = may_nest.then_some(Refused::NestedFence);
                    self.opening = Some(Opening { path, fence, fault, line, first: Vec::new() });
                    return None;
                }
                Guess::File(path) => happening = Some(Happening::NoFile(path, Refused::InList)),
                Guess::Unusable(text, reason) => {
                    happening = Some(Happening::NoPath(text, Refused::Name(reason)));
                }
                Guess::Nothing => {
                    happening =
                        happening.or_else(|| in_part.map(|path| Happening::NoFile(path, Refused::Part)));
                }
            }
            if !self.lost {
                self.inside = Some(Inside { fence, depth: 1 });
            }
        } else if line.trim_ascii().is_empty() {
            self.blank_lines += 1;
        } else {
            happening = self.happening(&line);
            self.before.clone_from(&line);
            self.blank_lines = 0;
        }
        out(line.get(handed_on..).unwrap_or_default());
        happening
    }

    /// What a line outside of blocks says of a file without opening one.
    fn happening(&mut self, line: &[u8]) -> Option<Happening> {
        if self.inside.is_some() {
            return None;
        }
        let text = std::str::from_utf8(line).ok()?;
        match tag::named_in(text) {
            Some(path) => Some(Happening::NoPath(path, Refused::Stray)),
            None => self.change(line),
        }
    }

    /// The file that a diff is about, which begins at this line.
    fn change(&mut self, line: &[u8]) -> Option<Happening> {
        let (before, line_text) = (std::str::from_utf8(&self.before), std::str::from_utf8(line));
        let path = before.ok().zip(line_text.ok()).and_then(|(before, line)| guess::changed(before, line));
        if self.inside.is_some() {
            self.before.clear();
            self.before.extend_from_slice(line);
        }
        // It was said of the block already, by the line before it.
        path.filter(|path| self.in_part.as_ref() != Some(path))
            .map(|path| Happening::NoFile(path, Refused::Diff))
    }

    fn changed_in_part(&self, info: &[u8]) -> Option<RelativePath> {
        let before = std::str::from_utf8(&self.before).ok().filter(|_| self.blank_lines < 2)?;
        guess::changed_in_part(std::str::from_utf8(info).ok()?, before)
    }

    fn guess(&self, info: &[u8]) -> Guess {
        let Ok(info) = std::str::from_utf8(info) else { return Guess::Nothing };
        let before = std::str::from_utf8(&self.before).ok().filter(|_| self.blank_lines < 2);
        guess::file(info, before)
    }

    /// The block, if it is a file, once its first line `shows`.
    fn decide(&mut self, shows: bool, out: &mut impl FnMut(&[u8])) -> Option<Happening> {
        let opening = self.opening.take_if(|_| shows)?;
        let empty = opening.fence.is_closed_by(&opening.first);
        let is_diff = guess::begins_diff(&opening.first);
        if !empty && !is_diff {
            return Some(Happening::File(opening));
        }
        out(&opening.line);
        out(&opening.first);
        let line_is_whole = opening.first.ends_with(b"\n");
        self.inside = Some(Inside { fence: opening.fence, depth: 1 }).filter(|_| !(empty && line_is_whole));
        // A first line that is longer than what was looked at goes on as the line at hand.
        if !line_is_whole {
            self.handed_on = opening.first.len();
            self.line = opening.first;
        }
        is_diff.then_some(Happening::NoFile(opening.path, Refused::Diff))
    }
}

/// The file that a command in a block would write.
fn written_by_command(line: &[u8]) -> Option<Happening> {
    let path = command::written_by(std::str::from_utf8(line).ok()?)?;
    Some(Happening::NoFile(path, Refused::Command))
}

/// Whether a line that begins so may open a block.
fn may_be_fence(line: &[u8]) -> bool {
    let Some(mark) = line.first().filter(|mark| is_mark(**mark)) else { return false };
    line.iter().take(3).all(|byte| byte == mark)
}

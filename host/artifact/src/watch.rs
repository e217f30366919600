//! Watches prose for what may be a file or a change without being written as one.
//!
//! Models forget the tags, or one letter of them, or send a diff where files were asked for. What they meant cannot
//! always be used, but it must not pass for prose either: whoever asked would believe that it is done. So each line of
//! prose is looked at once. A fenced block with a name is a file, if it can be told where it ends; a diff, a tag that is
//! none, and a name that cannot be used are reported.
//!
//! A line that may open a block is held back until it is whole, and the first line of a block until it shows whether it is
//! a diff and whether it names the file (`block.rs`); all else is handed on at once. Blocks that are no files are followed to
//! their end, so that what stands inside of them opens nothing.

use crate::{
    block::{Block, Happening},
    command, diff,
    guess::{self, Guess},
    mark::Mark,
    piece::Refused,
};
use orchestrator_answer::{
    fence::{Fence, is_mark},
    tag,
};
use orchestrator_core::RelativePath;

/// Longest line that is looked at.
const LINE_MAX: usize = 512;

/// A block that is no file, and how many blocks are open in it, itself included.
#[derive(Debug, Clone, Copy)]
struct Inside {
    fence: Fence,
    depth: usize,
}

#[derive(Debug)]
pub(crate) struct Watch {
    mark: Mark,
    /// The line at hand, as far as it has come; no further than [`LINE_MAX`].
    line: Vec<u8>,
    /// Bytes of the line that were handed on.
    handed_on: usize,
    too_long: bool,
    /// The last line that was not blank, and the blank ones since.
    before: Vec<u8>,
    blank_lines: usize,
    inside: Option<Inside>,
    opening: Option<Block>,
    /// The file that the last heading names, if it names one and no block came since.
    heading: Option<RelativePath>,
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
    pub(crate) fn new(mark: Mark) -> Self {
        Self {
            mark,
            line: Vec::new(),
            handed_on: 0,
            too_long: false,
            before: Vec::new(),
            blank_lines: 0,
            inside: None,
            opening: None,
            heading: None,
            closed: Closed::Surely,
            in_part: None,
            lost: false,
        }
    }

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
                let (first, later) = rest.split_at(end.min(opening.room()));
                opening.first.extend_from_slice(first);
                rest = later;
                if opening.room() == 0
                    && let Some(happening) = self.decide(out)
                {
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
        let decided = self.opening.is_some().then(|| self.decide(out)).flatten();
        if let Some(Happening::File(opening)) = decided {
            self.stay_in(opening.fence);
            return Some(Happening::File(opening));
        }
        out(self.line.get(self.handed_on..).unwrap_or_default());
        self.handed_on = 0;
        let line = std::mem::take(&mut self.line);
        let happening = if self.too_long { None } else { self.happening(&line) };
        self.too_long = false;
        self.before.clear();
        self.heading = None;
        decided.or(happening)
    }

    /// A file that was in a block is over.
    pub(crate) fn file_closed(&mut self, path: RelativePath) {
        self.closed = Closed::Just(path);
    }

    /// A block came whose end cannot be told. What names a file from here on is refused, whatever it seems to be in.
    pub(crate) fn lose_track(&mut self) {
        *self = Self { lost: true, ..Self::new(self.mark.clone()) };
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
            happening =
                self.broken_tag(&line).or_else(|| self.change(&line)).or_else(|| written_by_command(&line));
        } else if let Some((fence, info)) = opens {
            let info = std::str::from_utf8(info).map(str::to_owned).unwrap_or_default();
            // Lines that are indented were handed on already.
            let line = line.get(handed_on..).unwrap_or_default().to_vec();
            return self.opened(fence, &info, line, happening, out);
        } else if line.trim_ascii().is_empty() {
            self.blank_lines += 1;
        } else {
            happening = self.happening(&line);
            if let Some(heading) = std::str::from_utf8(&line).ok().and_then(guess::heading) {
                self.heading = heading;
            }
            self.before.clone_from(&line);
            self.blank_lines = 0;
        }
        out(line.get(handed_on..).unwrap_or_default());
        happening
    }

    /// What a line outside of blocks says of a file without opening one.
    fn happening(&mut self, line: &[u8]) -> Option<Happening> {
        if let Some(happening) = self.broken_tag(line) {
            return Some(happening);
        }
        if self.inside.is_some() {
            return None;
        }
        let text = std::str::from_utf8(line).ok()?;
        match tag::named_in(text) {
            Some(path) => Some(Happening::NoPath(path, Refused::Stray)),
            None => self.change(line),
        }
    }

    /// A tag of this run that is none: wherever it stands, in a block as well, it was meant.
    fn broken_tag(&self, line: &[u8]) -> Option<Happening> {
        let path = self.mark.in_broken_tag(std::str::from_utf8(line).ok()?)?;
        Some(Happening::NoPath(path, Refused::Stray))
    }

    /// The file that a diff is about, which begins at this line.
    fn change(&mut self, line: &[u8]) -> Option<Happening> {
        let (before, line_text) = (std::str::from_utf8(&self.before), std::str::from_utf8(line));
        let path = before.ok().zip(line_text.ok()).and_then(|(before, line)| diff::changed(before, line));
        if self.inside.is_some() {
            self.before.clear();
            self.before.extend_from_slice(line);
        }
        // It was said of the block already, by the line before it.
        path.filter(|path| self.in_part.as_ref() != Some(path))
            .map(|path| Happening::NoFile(path, Refused::Diff))
    }

    /// A block begins, with `line`, or a file before it had one of its own that is `nested`.
    fn opened(
        &mut self,
        fence: Fence,
        info: &str,
        line: Vec<u8>,
        nested: Option<Happening>,
        out: &mut impl FnMut(&[u8]),
    ) -> Option<Happening> {
        let before = std::mem::take(&mut self.before);
        let before = std::str::from_utf8(&before).ok().filter(|_| self.blank_lines < 2);
        let heading = self.heading.take();
        let guess = guess::file(info, before);
        self.in_part = before.and_then(|before| diff::changed_in_part(info, before));
        let happening = match (&guess, &self.in_part) {
            (Guess::File(path), _) if self.lost => {
                Some(Happening::NoFile(path.clone(), Refused::AfterNestedFence))
            }
            (Guess::File(_) | Guess::Unusable(..), _) => None,
            (Guess::Nothing | Guess::Perhaps(_), _) if nested.is_some() => nested,
            (Guess::Nothing | Guess::Perhaps(_), Some(path)) => {
                Some(Happening::NoFile(path.clone(), Refused::Part))
            }
            (Guess::Nothing | Guess::Perhaps(_), None) => None,
        };
        let block = Block::new((fence, info), guess, before.unwrap_or_default(), heading, line);
        if happening.is_none() && !self.lost {
            self.opening = Some(block);
            return None;
        }
        out(&block.line);
        self.inside = Some(Inside { fence, depth: 1 }).filter(|_| !self.lost);
        happening.or_else(|| Some(block.what()).filter(|what| !matches!(what, Happening::Shown(_))))
    }

    /// What the block comes to that is at hand, by what there is of its first line. Where it is no file, that is read as
    /// one within a block.
    fn decide(&mut self, out: &mut impl FnMut(&[u8])) -> Option<Happening> {
        let block = self.opening.take()?;
        let happening = Some(block.what()).filter(|_| !block.is_empty());
        if let Some(Happening::File(_)) = happening {
            return happening;
        }
        out(&block.line);
        self.inside = Some(Inside { fence: block.fence, depth: 1 });
        let within = self.read(&block.first, out);
        match happening {
            Some(Happening::Shown(_)) | None => within.or(happening),
            // It is said of all of the diff.
            Some(Happening::NoFile(path, Refused::Diff)) => {
                self.in_part = Some(path.clone());
                Some(Happening::NoFile(path, Refused::Diff))
            }
            refused => refused,
        }
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

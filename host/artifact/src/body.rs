//! The text between a file's tags, and what of it is the file.
//!
//! All of it, except for what models add around a file rather than to it: the line break after the opening tag, the
//! line break (and indentation) before the closing one, and a code fence or a section of character data that encloses
//! everything ([`crate::wrapper`]). A Markdown file may begin with a fence of its own, so there only a fence that says
//! `markdown` counts. A file that has content ends in a line break: where the model wrote none, one is added.
//!
//! The beginning is decided once and within a few hundred bytes, the end is what [`Tail`] holds back, and everything
//! between them passes through untouched.

use crate::{
    piece::Refused,
    tail::Tail,
    wrapper::{Enclosed, Fences, Opened, Wrapper},
};
use orchestrator_core::RelativePath;

/// Most blank bytes that are looked at before the first line. Longer ones are content.
const BLANK_MAX: usize = 256;
/// Bytes within which it is decided how a file begins: blanks and a first line, twice.
const NEAR: usize = 1024;

/// What the bytes after an opening tag begin with.
#[derive(Debug, PartialEq, Eq)]
enum Beginning {
    /// More bytes will tell. So far, as below.
    Undecided(usize, Vec<Wrapper>),
    /// The file, after so many bytes that are not its own, enclosed in these, outermost first.
    File(usize, Vec<Wrapper>),
}

/// How the end of the file is found.
#[derive(Debug)]
enum End {
    Plain(Tail),
    Enclosed(Enclosed),
}

#[derive(Debug)]
pub(crate) struct Body {
    /// What came before the beginning was decided; none once it is.
    undecided: Option<Vec<u8>>,
    end: End,
    fences: Fences,
    /// The last byte that was let through.
    last: Option<u8>,
}

impl Body {
    pub(crate) fn new(path: &RelativePath) -> Self {
        Self {
            undecided: Some(Vec::new()),
            end: End::Plain(Tail::new()),
            fences: Fences::of(path),
            last: None,
        }
    }

    /// Reads more text; what is certain to be the file's goes `out`.
    pub(crate) fn push(&mut self, text: &[u8], out: &mut impl FnMut(&[u8])) {
        let Some(mut before) = self.undecided.take() else { return self.inside(text, out) };
        if before.is_empty() {
            return match self.begin(text) {
                Some(rest) => self.inside(rest, out),
                None => self.undecided = Some(text.to_vec()),
            };
        }
        // What decides stands within this many bytes; the rest of the chunk is not copied.
        let (near, far) = text.split_at(text.len().min(NEAR));
        before.extend_from_slice(near);
        match self.begin(&before) {
            Some(rest) => {
                self.inside(rest, out);
                self.inside(far, out);
            }
            None => {
                before.extend_from_slice(far);
                self.undecided = Some(before);
            }
        }
    }

    /// Decides about what is held back: the closing tag is here.
    ///
    /// # Errors
    /// What encloses the file has no end, or ends before the file does.
    pub(crate) fn close(&mut self, out: &mut impl FnMut(&[u8])) -> Result<(), Refused> {
        if let Some(mut before) = self.undecided.take() {
            // The tag ends the line as a line break would.
            before.push(b'\n');
            let file = match beginning(&before, self.fences == Fences::Own) {
                Beginning::File(from, wrappers) | Beginning::Undecided(from, wrappers)
                    if !wrappers.is_empty() =>
                {
                    self.end = End::Enclosed(Enclosed::new(wrappers, self.fences));
                    before.get(from..before.len() - 1)
                }
                Beginning::File(from, _) => before.get(from..before.len() - 1),
                Beginning::Undecided(..) => before.get(end_of_tag_line(&before)..before.len() - 1),
            };
            self.inside(file.unwrap_or_default(), out);
        }
        let Self { end, last, .. } = self;
        let mut through = |text: &[u8]| let_through(last, text, out);
        let (line_break, ended): (&[u8], _) = match end {
            End::Plain(tail) => (tail.close(&mut through), Ok(())),
            End::Enclosed(enclosed) => {
                let (rest, ended) = enclosed.close();
                if rest.is_closed {
                    through(rest.bytes);
                    (b"\n", ended)
                } else {
                    let mut tail = Tail::new();
                    tail.push(rest.bytes, &mut through);
                    (tail.close(&mut through), ended)
                }
            }
        };
        if last.is_some_and(|last| last != b'\n') {
            out(line_break);
        }
        ended
    }

    /// Decides how the file begins; returns what of `bytes` comes after that.
    fn begin<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let from = match beginning(bytes, self.fences == Fences::Own) {
            Beginning::Undecided(..) => return None,
            Beginning::File(from, wrappers) => {
                if !wrappers.is_empty() {
                    self.end = End::Enclosed(Enclosed::new(wrappers, self.fences));
                }
                from
            }
        };
        bytes.get(from..)
    }

    fn inside(&mut self, text: &[u8], out: &mut impl FnMut(&[u8])) {
        let Self { end, last, .. } = self;
        let mut out = |text: &[u8]| let_through(last, text, out);
        match end {
            End::Plain(tail) => tail.push(text, &mut out),
            End::Enclosed(enclosed) => enclosed.push(text, &mut out),
        }
    }
}

fn let_through(last: &mut Option<u8>, text: &[u8], out: &mut impl FnMut(&[u8])) {
    if !text.is_empty() {
        *last = text.last().copied().or(*last);
        out(text);
    }
}

fn beginning(bytes: &[u8], markdown: bool) -> Beginning {
    let mut from = match first_that_is_not(bytes, b" \t\r") {
        Ok(at) if bytes.get(at) == Some(&b'\n') => at + 1,
        // What encloses a file may begin right behind the tag.
        Ok(at) if bytes.get(at) == Some(&b'<') => at,
        Ok(_) | Err(Blank::TooLong) => return Beginning::File(0, Vec::new()),
        Err(Blank::Ended) => return Beginning::Undecided(0, Vec::new()),
    };
    let mut wrappers: Vec<Wrapper> = Vec::new();
    while wrappers.len() < 2 {
        let after = bytes.get(from..).unwrap_or_default();
        let blank = match first_that_is_not(after, b" \t\r\n") {
            Ok(blank) => blank,
            Err(Blank::TooLong) => break,
            Err(Blank::Ended) => return Beginning::Undecided(from, wrappers),
        };
        match Wrapper::opened_by(after.get(blank..).unwrap_or_default(), markdown) {
            Opened::Undecided => return Beginning::Undecided(from, wrappers),
            // A fence in a fence is the file's own.
            Opened::Wrapper(wrapper, _)
                if wrappers.iter().any(|outer| outer.is_fence() == wrapper.is_fence()) =>
            {
                break;
            }
            Opened::Wrapper(wrapper, length) => {
                wrappers.push(wrapper);
                from += blank + length;
            }
            Opened::Nothing => break,
        }
    }
    Beginning::File(from, wrappers)
}

/// Why there is no byte that is not blank.
enum Blank {
    Ended,
    TooLong,
}

fn first_that_is_not(bytes: &[u8], blank: &[u8]) -> Result<usize, Blank> {
    let reach = bytes.get(..BLANK_MAX).unwrap_or(bytes);
    match reach.iter().position(|byte| !blank.contains(byte)) {
        Some(at) => Ok(at),
        None if bytes.len() < BLANK_MAX => Err(Blank::Ended),
        None => Err(Blank::TooLong),
    }
}

fn end_of_tag_line(bytes: &[u8]) -> usize {
    memchr::memchr(b'\n', bytes).map_or(0, |at| (at + 1).min(bytes.len() - 1))
}

#[cfg(test)]
mod tests;

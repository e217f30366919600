//! Holds back what may not be the file's: what stands between its last line and the closing tag.
//!
//! That is a line break with the tag's indentation behind it. Which line break is the last shows only when the tag
//! comes, so at any time the longest end that may be it is held, [`HELD_MAX`] bytes at most: nobody indents a tag
//! further.
//!
//! A chunk is looked at from its end, where at most that many bytes matter; the bytes before pass untouched. Only when
//! something is held already does the next chunk begin byte by byte, until that is decided.

use memchr::memrchr;

/// Most bytes that are held back.
const HELD_MAX: usize = 512;

/// Where in what is held the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Nothing is held.
    Text,
    /// After a carriage return.
    Return,
    /// After a line break, and blanks.
    Indent,
}

#[derive(Debug)]
pub(crate) struct Tail {
    at: At,
    held: Vec<u8>,
}

impl Tail {
    /// The tail of a file at whose first line the text stands.
    pub(crate) fn new() -> Self {
        Self { at: At::Indent, held: Vec::new() }
    }

    /// Reads more text; what is certain to be the file's goes `out`.
    pub(crate) fn push(&mut self, text: &[u8], out: &mut impl FnMut(&[u8])) {
        let mut rest = text;
        while self.at != At::Text {
            let Some((byte, later)) = rest.split_first() else { return };
            if self.held.is_empty() && next(self.at, *byte).is_none() {
                self.at = At::Text;
                break;
            }
            self.step(*byte, out);
            rest = later;
        }
        let (sure, unsure) = rest.split_at(unsure_from(rest));
        if !sure.is_empty() {
            out(sure);
        }
        self.hold(unsure);
    }

    /// The closing tag is here. Returns the line break that ends the file's last line, should it have none.
    pub(crate) fn close(&mut self, out: &mut impl FnMut(&[u8])) -> &'static [u8] {
        let line_break: &[u8] = if self.held.starts_with(b"\r\n") { b"\r\n" } else { b"\n" };
        if matches!(self.at, At::Text | At::Return) && !self.held.is_empty() {
            out(&self.held);
        }
        self.held.clear();
        line_break
    }

    fn step(&mut self, byte: u8, out: &mut impl FnMut(&[u8])) {
        match next(self.at, byte) {
            Some(at) if self.held.len() < HELD_MAX => {
                self.held.push(byte);
                self.at = at;
            }
            _ => self.release(byte, out),
        }
    }

    /// What is held is the file's, except that its last line break may begin again what is not.
    fn release(&mut self, byte: u8, out: &mut impl FnMut(&[u8])) {
        self.held.push(byte);
        let held = std::mem::take(&mut self.held);
        // From its first byte on it was tried: something has to be let go.
        let from = 1 + unsure_from(held.get(1..).unwrap_or_default());
        let (sure, unsure) = held.split_at(from.min(held.len()));
        out(sure);
        self.at = At::Text;
        self.hold(unsure);
    }

    fn hold(&mut self, unsure: &[u8]) {
        self.held.extend_from_slice(unsure);
        self.at = follow(unsure).unwrap_or(At::Text);
    }
}

/// What `byte` makes of what is held; none when that is the file's after all.
#[inline]
fn next(at: At, byte: u8) -> Option<At> {
    match (at, byte) {
        (At::Text, b'\r') => Some(At::Return),
        (At::Text | At::Return, b'\n') => Some(At::Indent),
        (At::Indent, b' ' | b'\t') => Some(At::Indent),
        _ => None,
    }
}

#[inline]
fn follow(bytes: &[u8]) -> Option<At> {
    bytes.iter().try_fold(At::Text, |at, byte| next(at, *byte))
}

/// Where the end of `text` begins that may not be the file's; its length when all of it is.
#[inline]
fn unsure_from(text: &[u8]) -> usize {
    let window = text.len().saturating_sub(HELD_MAX);
    let in_reach = text.get(window..).unwrap_or_default();
    let plain = in_reach.iter().rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).unwrap_or(0);
    let of_line = memrchr(b'\n', in_reach.get(plain..).unwrap_or_default()).map(|at| at + plain);
    let of_return = in_reach.len().checked_sub(1).filter(|last| in_reach.get(*last) == Some(&b'\r'));
    let with_return = |at: usize| at - usize::from(at > 0 && in_reach.get(at - 1) == Some(&b'\r'));
    [of_line.map(with_return), of_return]
        .into_iter()
        .flatten()
        .find(|at| follow(in_reach.get(*at..).unwrap_or_default()).is_some())
        .map_or(text.len(), |at| at + window)
}

//! Lines of a stream of events, with any of the three line ends, and never longer than a limit.
//!
//! What is no UTF-8 becomes U+FFFD, as the standard has it: one broken letter is no reason to lose an answer.
//!
//! Kept between two pieces of the stream are the bytes of an unfinished line and no more. A piece is a view of a buffer
//! of the connection; as long as it is held, the connection has to take another buffer for what comes next.

use bytes::{Buf, Bytes};

const BOM: &str = "\u{feff}";

/// Cuts the pieces of a stream into lines.
pub(super) struct Lines {
    max: usize,
    /// The beginning of a line whose end has not come.
    unfinished: Vec<u8>,
    /// Whether the last line ended with a CR, so that a LF right after it belongs to that line end.
    after_cr: bool,
    /// Whether there was a line; a mark of the byte order is one only before that.
    begun: bool,
}

/// A line is longer than the limit.
#[derive(Debug)]
pub(super) struct TooLong;

impl Lines {
    pub(super) fn new(max: usize) -> Self {
        Self { max, unfinished: Vec::new(), after_cr: false, begun: false }
    }

    /// Takes the next line off the front of `piece`; takes all of it when the line does not end there.
    pub(super) fn next(&mut self, piece: &mut Bytes) -> Result<Option<String>, TooLong> {
        if self.after_cr && !piece.is_empty() {
            self.after_cr = false;
            if piece[0] == b'\n' {
                piece.advance(1);
            }
        }
        let end = memchr::memchr2(b'\n', b'\r', piece);
        let length = end.unwrap_or(piece.len());
        if self.unfinished.len() + length > self.max {
            return Err(TooLong);
        }
        let Some(end) = end else {
            self.unfinished.extend_from_slice(piece);
            piece.clear();
            return Ok(None);
        };
        let line = match self.unfinished.is_empty() {
            true => self.text(&piece[..end]),
            false => {
                let mut whole = std::mem::take(&mut self.unfinished);
                whole.extend_from_slice(&piece[..end]);
                self.text(&whole)
            }
        };
        self.after_cr = piece[end] == b'\r';
        piece.advance(end + 1);
        Ok(Some(line))
    }

    /// What the stream's end left without a line end.
    pub(super) fn rest(&mut self) -> Option<String> {
        let rest = std::mem::take(&mut self.unfinished);
        (!rest.is_empty()).then(|| self.text(&rest))
    }

    fn text(&mut self, line: &[u8]) -> String {
        let text = String::from_utf8_lossy(line);
        let is_first = !std::mem::replace(&mut self.begun, true);
        match text.strip_prefix(BOM) {
            Some(marked) if is_first => marked.to_owned(),
            _ => text.into_owned(),
        }
    }
}

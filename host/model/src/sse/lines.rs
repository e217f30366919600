//! Lines of a stream of events, with any of the three line ends, and never longer than a limit.
//!
//! What is no UTF-8 becomes U+FFFD, as the standard has it: one broken letter is no reason to lose an answer.

use bytes::{Buf, BytesMut};
use std::io;
use tokio_util::codec::Decoder;

const BOM: &[u8] = "\u{feff}".as_bytes();

/// Cuts bytes into lines.
pub(super) struct Lines {
    max: usize,
    /// How many bytes are known to hold no line end.
    searched: usize,
    /// Whether the last line ended with a CR, so that a LF right after it belongs to that line end.
    after_cr: bool,
    /// Whether anything was read; a mark of the byte order is one only before that.
    begun: bool,
}

/// Why there are no more lines.
#[derive(Debug)]
pub(super) enum LinesError {
    TooLong,
    Io(io::Error),
}

impl From<io::Error> for LinesError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Lines {
    pub(super) fn new(max: usize) -> Self {
        Self { max, searched: 0, after_cr: false, begun: false }
    }

    /// Drops what belongs to no line; whether enough has come to tell.
    fn trim(&mut self, bytes: &mut BytesMut) -> bool {
        if !self.begun {
            if bytes.len() < BOM.len() && BOM.starts_with(bytes) {
                return false;
            }
            self.begun = true;
            if bytes.starts_with(BOM) {
                bytes.advance(BOM.len());
            }
        }
        if self.after_cr && !bytes.is_empty() {
            self.after_cr = false;
            if bytes[0] == b'\n' {
                bytes.advance(1);
            }
        }
        true
    }
}

impl Decoder for Lines {
    type Item = String;
    type Error = LinesError;

    fn decode(&mut self, bytes: &mut BytesMut) -> Result<Option<String>, LinesError> {
        if !self.trim(bytes) {
            return Ok(None);
        }
        let end = bytes[self.searched..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let length = end.map_or(bytes.len(), |end| self.searched + end);
        if length > self.max {
            return Err(LinesError::TooLong);
        }
        if end.is_none() {
            self.searched = length;
            return Ok(None);
        }
        self.searched = 0;
        let line = String::from_utf8_lossy(&bytes[..length]).into_owned();
        self.after_cr = bytes[length] == b'\r';
        bytes.advance(length + 1);
        Ok(Some(line))
    }

    fn decode_eof(&mut self, bytes: &mut BytesMut) -> Result<Option<String>, LinesError> {
        match self.decode(bytes)? {
            Some(line) => Ok(Some(line)),
            None if bytes.is_empty() => Ok(None),
            None => {
                self.searched = 0;
                Ok(Some(String::from_utf8_lossy(&bytes.split()).into_owned()))
            }
        }
    }
}

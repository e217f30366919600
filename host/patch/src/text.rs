//! A file as lines, each with the line end that it has.
//!
//! Line ends and a byte order mark are the file's affair and not the patch's, so a line is its text and, apart from
//! it, how it ended. A file that mixes line ends keeps each line's.

use memchr::memchr_iter;

/// UTF-8's byte order mark.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum End {
    /// With a line feed.
    Lf,
    /// With a carriage return and a line feed.
    CrLf,
    /// Not at all: the last line of a file.
    #[default]
    None,
}

impl End {
    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
            Self::None => b"",
        }
    }
}

/// A line without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Line<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) end: End,
}

/// Splits `bytes` into lines. What comes after the last line feed is a line if it is not empty.
pub(crate) fn lines(bytes: &[u8]) -> Vec<Line<'_>> {
    let mut lines = Vec::with_capacity(bytes.len() / 32);
    let mut start = 0;
    for at in memchr_iter(b'\n', bytes) {
        let line = bytes.get(start..at).unwrap_or_default();
        lines.push(match line.strip_suffix(b"\r") {
            Some(text) => Line { text, end: End::CrLf },
            None => Line { text: line, end: End::Lf },
        });
        start = at + 1;
    }
    match bytes.get(start..) {
        Some(rest) if !rest.is_empty() => lines.push(Line { text: rest, end: End::None }),
        _ => {}
    }
    lines
}

/// A file's text.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    pub(crate) lines: Vec<Line<'a>>,
    /// Whether it began with a byte order mark, which the first line does not have any more.
    pub(crate) byte_order_mark: bool,
    /// How most of its lines end.
    pub(crate) usual_end: End,
}

impl<'a> Text<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let bare = bytes.strip_prefix(BYTE_ORDER_MARK);
        let lines = lines(bare.unwrap_or(bytes));
        let carriage_returns = lines.iter().filter(|line| line.end == End::CrLf).count();
        let usual_end = if carriage_returns * 2 > lines.len() { End::CrLf } else { End::Lf };
        Self { lines, byte_order_mark: bare.is_some(), usual_end }
    }

    /// Whether its last line has no line end.
    pub(crate) fn is_unended(&self) -> bool {
        self.lines.last().is_some_and(|line| line.end == End::None)
    }
}

/// Whether these are bytes that no diff of lines should touch.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    // Where git looks as well: the beginning tells.
    let beginning = bytes.get(..8000).unwrap_or(bytes);
    memchr::memchr(0, beginning).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_with_their_ends_are_the_bytes(bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(b'a')], 0..40)) {
            let again: Vec<u8> = lines(&bytes).iter().flat_map(|line| [line.text, line.end.bytes()].concat()).collect();
            prop_assert_eq!(again, bytes);
        }
    }
}

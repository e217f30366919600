//! The inside of a fenced block that is taken for a file: every line up to the fence that closes it, verbatim.
//!
//! Markdown cannot nest fences of one length, but models do, and then the first closing fence closes the inner block
//! and would cut the file. A line that opens another block shows that this happens, and ends the reading.

use orchestrator_answer::fence::Fence;

/// Most bytes of a line that are held back. Nobody writes more blanks, or marks, into a closing fence.
const HELD_MAX: usize = 256;
/// Most blanks before a closing fence, as in Markdown.
const INDENT_MAX: usize = 3;

/// Where the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// In a line that is content.
    Text,
    /// At the start of a line, after this many blanks.
    Indent(usize),
    /// In a line of fence marks, this many so far.
    Marks(usize),
    /// In the blanks after them.
    After,
}

/// What the text came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The block is closed.
    Closed,
    /// Another block was opened inside.
    Nested,
}

#[derive(Debug)]
pub(crate) struct Fenced {
    pub(crate) fence: Fence,
    at: At,
    held: Vec<u8>,
}

impl Fenced {
    pub(crate) fn new(fence: Fence) -> Self {
        Self { fence, at: At::Indent(0), held: Vec::new() }
    }

    /// Reads up to the next event; returns what comes after it.
    pub(crate) fn push<'a>(
        &mut self,
        text: &'a [u8],
        out: &mut impl FnMut(&[u8]),
    ) -> (&'a [u8], Option<Event>) {
        let mut rest = text;
        while let Some((byte, later)) = rest.split_first() {
            if self.at == At::Text {
                let end = memchr::memchr(b'\n', rest).map(|at| at + 1);
                let (line, next) = rest.split_at(end.unwrap_or(rest.len()));
                out(line);
                self.at = if end.is_some() { At::Indent(0) } else { At::Text };
                rest = next;
                continue;
            }
            let (next, event) = if self.held.len() < HELD_MAX { self.next(*byte) } else { (At::Text, None) };
            if next == At::Text {
                // The byte is looked at again, as one of the line.
                if !self.held.is_empty() {
                    out(&self.held);
                }
                self.held.clear();
                self.at = At::Text;
            } else {
                self.held.push(*byte);
                self.at = next;
                rest = later;
            }
            if event.is_some() {
                self.held.clear();
                return (rest, event);
            }
        }
        (rest, None)
    }

    /// Whether the answer may end here: its last line closes the block.
    pub(crate) fn may_end(&self) -> bool {
        match self.at {
            At::Marks(count) => count >= self.fence.length,
            At::After => true,
            At::Text | At::Indent(_) => false,
        }
    }

    fn next(&self, byte: u8) -> (At, Option<Event>) {
        let length = self.fence.length;
        match (self.at, byte) {
            (At::Indent(count), b' ') if count < INDENT_MAX => (At::Indent(count + 1), None),
            (At::Indent(_), _) if byte == self.fence.mark => (At::Marks(1), None),
            (At::Marks(count), _) if byte == self.fence.mark => (At::Marks(count + 1), None),
            (At::Marks(count), b'\n') if count >= length => (At::Indent(0), Some(Event::Closed)),
            (At::After, b'\n') => (At::Indent(0), Some(Event::Closed)),
            (At::Marks(count), b' ' | b'\t' | b'\r') if count >= length => (At::After, None),
            (At::After, b' ' | b'\t' | b'\r') => (At::After, None),
            (At::Marks(count), _) if count >= length => (At::Text, Some(Event::Nested)),
            (At::After, _) => (At::Text, Some(Event::Nested)),
            _ => (At::Text, None),
        }
    }
}

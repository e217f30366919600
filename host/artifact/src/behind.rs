//! What stands behind the end of a code fence that is around a file.
//!
//! A fence is around a file only if nothing comes behind its end. Words there are about the file, and a second fence is
//! another part of it; without the lines between them either would be half of something.

use orchestrator_answer::fence::Fence;

/// Longest line that is looked at as the end of a fence.
const LINE_MAX: usize = 256;
/// Bytes behind the end that are kept, enough to tell what encloses the fence.
const KEPT_MAX: usize = 8;

/// Follows the lines of what a fence encloses.
#[derive(Debug)]
pub(crate) struct Behind {
    fence: Fence,
    /// The line at hand, as far as it has come.
    line: Vec<u8>,
    too_long: bool,
    /// What is not blank behind the first end of the fence, or the beginning of that; none before that end.
    found: Option<Vec<u8>>,
}

impl Behind {
    pub(crate) fn new(fence: Fence) -> Self {
        Self { fence, line: Vec::new(), too_long: false, found: None }
    }

    /// Reads more text.
    pub(crate) fn push(&mut self, text: &[u8]) {
        for piece in text.split_inclusive(|byte| *byte == b'\n') {
            if let Some(found) = &mut self.found {
                let room = KEPT_MAX - found.len();
                found.extend(piece.iter().filter(|byte| !byte.is_ascii_whitespace()).take(room));
                continue;
            }
            self.too_long |= self.line.len() + piece.len() > LINE_MAX;
            if !self.too_long {
                self.line.extend_from_slice(piece);
            }
            if piece.ends_with(b"\n") {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        if !self.too_long && self.fence.is_closed_by(&self.line) {
            self.found = Some(Vec::new());
        }
        self.line.clear();
        self.too_long = false;
    }

    /// What is behind the end of the fence, without blanks, or the beginning of that; none if it has no end but the last
    /// line.
    pub(crate) fn found(&self) -> Option<&[u8]> {
        self.found.as_deref()
    }
}

//! From the lines that a program prints to pieces of text worth an event.
//!
//! A program may print line by line, or a megabyte at once. Pieces are collected for [`PAUSE`] or until there are
//! [`CHUNK_MAX`] bytes, so that a compiler's thousand lines are some events and not a thousand. The two streams stay
//! in the order they came in: a piece of one is let go before the other speaks.

use orchestrator_core::event::OutputStream;
use std::time::Duration;
use tokio::time::Instant;

/// Most bytes of one piece.
pub(crate) const CHUNK_MAX: usize = 4096;
/// How long a piece may wait for more.
pub(crate) const PAUSE: Duration = Duration::from_millis(100);

/// Collects what one or the other stream brings.
#[derive(Debug)]
pub(crate) struct Batch {
    stream: OutputStream,
    text: String,
    /// When the text has waited long enough.
    due: Option<Instant>,
}

impl Batch {
    pub(crate) fn new() -> Self {
        Self { stream: OutputStream::Stdout, text: String::new(), due: None }
    }

    /// When what is collected has to be let go.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Adds text; returns the pieces that are complete by it, in order.
    pub(crate) fn push(&mut self, stream: OutputStream, text: &str) -> Vec<(OutputStream, String)> {
        let mut pieces = Vec::new();
        if text.is_empty() {
            return pieces;
        }
        if self.stream != stream {
            pieces.extend(self.take());
            self.stream = stream;
        }
        self.text.push_str(text);
        while self.text.len() >= CHUNK_MAX {
            let rest = self.text.split_off(self.text.floor_char_boundary(CHUNK_MAX));
            pieces.push((stream, std::mem::replace(&mut self.text, rest)));
        }
        self.due = (!self.text.is_empty()).then(|| self.due.unwrap_or_else(|| Instant::now() + PAUSE));
        pieces
    }

    /// Lets go of what is collected.
    pub(crate) fn take(&mut self) -> Option<(OutputStream, String)> {
        self.due = None;
        (!self.text.is_empty()).then(|| (self.stream, std::mem::take(&mut self.text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OutputStream::{Stderr, Stdout};

    #[test]
    fn the_streams_keep_their_order() {
        let mut batch = Batch::new();
        assert_eq!(batch.push(Stdout, "one "), []);
        assert_eq!(batch.push(Stdout, "two"), []);
        assert!(batch.due().is_some_and(|due| due <= Instant::now() + PAUSE));
        assert_eq!(batch.push(Stderr, "oops"), [(Stdout, "one two".into())]);
        assert_eq!(batch.take(), Some((Stderr, "oops".into())));
        assert_eq!((batch.take(), batch.due()), (None, None));
    }

    #[test]
    fn a_piece_is_bounded_and_cut_between_characters() {
        let mut batch = Batch::new();
        let text = "€".repeat(CHUNK_MAX);
        let mut pieces: Vec<_> = batch.push(Stderr, &text);
        pieces.extend(batch.take());
        assert!(pieces.iter().all(|(_, piece)| piece.len() <= CHUNK_MAX));
        assert_eq!(pieces.into_iter().map(|(_, piece)| piece).collect::<String>(), text);
    }
}

//! From the bytes that a program prints to the lines that a person would have seen.
//!
//! Programs redraw: a progress bar writes one line a thousand times, each time after a carriage return; others go back
//! with backspaces, erase lines, or move up over several. Stored as they come, such frames fill the room that output
//! has, and the one line that says what failed is cut away with them, or stands in the middle of a "line" that is a
//! megabyte long. So output is folded first: what was overwritten is gone, colours, titles and links are gone, and
//! what is left are lines. All that comes after (events, the outcome's excerpt, what a model is shown, the reading of test
//! reports) sees lines alone.
//!
//! Two things are not as on a terminal. A line that is about to be overwritten and tells of an error is kept as a line of
//! its own, once, with what is indented under it: a terminal would have lost it. And clearing the screen erases nothing.
//!
//! `vte` finds the escape sequences; [`screen`] is what they do. A sequence ends with its line at the latest, so that one
//! that was cut off cannot swallow what comes after. The price: what may still be overwritten waits
//! ([`Fold::patience`]) before it is handed out.

mod decode;
mod row;
mod screen;
mod telling;

use decode::Decoder;
use screen::Screen;
use std::time::Duration;

/// How long the beginning of a line waits for its end.
const LINE_WAITS: Duration = Duration::from_millis(100);
/// How long lines that are being redrawn wait for the next frame.
const FRAME_WAITS: Duration = Duration::from_secs(2);

/// A whole line, as those see it who read lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen<'a> {
    /// It stays.
    Line(&'a str),
    /// It told of an error, and something is written over it.
    Overwritten(&'a str),
}

/// Folds one stream of bytes. However the stream is cut into pieces, what comes out is the same.
#[derive(Default)]
pub(crate) struct Fold {
    parser: vte::Parser,
    screen: Screen,
    decoder: Decoder,
}

/// Ends whatever sequence is open, and shows nothing.
const CANCEL: char = '\u{18}';

impl Fold {
    /// Takes the next bytes. Lines that are finished by them are added to `text`; each whole line, as it was last seen, is
    /// shown to `whole` as well, and so is each that tells of an error before it is overwritten.
    pub(crate) fn push(&mut self, bytes: &[u8], text: &mut String, whole: &mut dyn FnMut(Seen<'_>)) {
        let text_of_bytes = self.decoder.decode(bytes);
        self.take(&text_of_bytes, text, whole);
    }

    fn take(&mut self, decoded: &str, text: &mut String, whole: &mut dyn FnMut(Seen<'_>)) {
        let mut plain = String::with_capacity(decoded.len());
        for letter in decoded.chars() {
            match letter {
                '\n' => plain.extend([CANCEL, '\n']),
                // The eight-bit controls, as the seven-bit ones that `vte` knows.
                '\u{80}'..='\u{9f}' => plain.extend(['\x1b', char::from(letter as u8 - 0x40)]),
                _ => plain.push(letter),
            }
        }
        self.parser.advance(&mut self.screen.taking(text, whole), plain.as_bytes());
    }

    /// Lets go of what may still be overwritten. What overwrites it afterwards comes as a line of its own.
    pub(crate) fn release(&mut self, text: &mut String, whole: &mut dyn FnMut(Seen<'_>)) {
        self.screen.taking(text, whole).release();
    }

    /// Lets go of everything, at the stream's end.
    pub(crate) fn finish(&mut self, text: &mut String, whole: &mut dyn FnMut(Seen<'_>)) {
        let rest = self.decoder.finish();
        self.take(rest, text, whole);
        let mut taking = self.screen.taking(text, whole);
        self.parser.advance(&mut taking, &[CANCEL as u8]);
        taking.finish();
    }

    /// How long what waits may wait; none when nothing does.
    pub(crate) fn patience(&self) -> Option<Duration> {
        match (self.screen.is_waiting(), self.screen.is_redrawn()) {
            (false, _) => None,
            (true, false) => Some(LINE_WAITS),
            (true, true) => Some(FRAME_WAITS),
        }
    }
}

#[cfg(test)]
mod tests;

//! What becomes of cells that something else is about to be written to.

use super::{HEIGHT_MAX, Taking};
use crate::fold::{Seen, telling::Kind};

impl Taking<'_> {
    /// To be called before cells from `column` on are changed: keeps what must not be lost, and starts a new line where
    /// the old one was handed out.
    pub(super) fn overwrite(&mut self, column: usize) {
        self.screen.rewritten = true;
        let row = self.screen.here();
        if !row.shows_from(column) {
            return;
        }
        let cells = std::mem::take(&mut row.cells);
        let written = row.written;
        let lost = self.screen.telling.look(&cells, written);
        if let Some(lost) = lost.as_ref().filter(|lost| lost.kind != Kind::Other) {
            (self.whole)(Seen::Overwritten(&lost.text));
        }
        let is_kept = lost.as_ref().is_some_and(|lost| lost.kind == Kind::Telling);
        let row = self.screen.here();
        row.cells = cells;
        if column < row.released || row.is_rest {
            // What is out is out: the frame that follows stands on a line of its own.
            row.release(self.text);
            self.text.push('\n');
            row.released = 0;
            row.is_rest = false;
        } else if row.released > 0 {
            // Behind a part that is out, the rest of the line completes it.
            if is_kept {
                row.end(self.text);
                row.released = 0;
            }
        } else {
            self.screen.lost.extend(lost);
        }
        if is_kept {
            self.screen.here().cells.clear();
        }
        if self.screen.lost.len() > HEIGHT_MAX {
            self.keep();
        }
    }

    /// Hands out what is kept of the lines that were overwritten since something was last written.
    pub(super) fn keep(&mut self) {
        if self.screen.lost.is_empty() {
            return;
        }
        let lost = std::mem::take(&mut self.screen.lost);
        for line in self.screen.telling.keep(lost) {
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }
}

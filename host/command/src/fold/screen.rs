//! The lines that may still change, and what controls do to them.
//!
//! As a rule that is one line, the last. Once a program has moved up, lines are held back until they are out of its
//! reach: it redraws several. Lines that were handed out before are not changed any more; what is drawn over them
//! comes as lines of their own.

use super::{
    row::{Row, WIDTH_MAX},
    telling::Telling,
};
use std::collections::VecDeque;
use vte::{Params, Perform};

/// Most lines that are held back.
const HEIGHT_MAX: usize = 64;

/// The lines that may still change.
#[derive(Debug)]
pub(super) struct Screen {
    rows: VecDeque<Row>,
    /// The row and the column of what comes next.
    row: usize,
    column: usize,
    saved: Option<(usize, usize)>,
    /// Whether the column was moved back, and nothing was written since.
    moved: bool,
    /// Whether the last line has been written over.
    rewritten: bool,
    /// Lines that came since the program last moved up; none while it has not.
    since_up: Option<usize>,
    telling: Telling,
}

impl Default for Screen {
    fn default() -> Self {
        Self {
            rows: VecDeque::from([Row::default()]),
            row: 0,
            column: 0,
            saved: None,
            moved: false,
            rewritten: false,
            since_up: None,
            telling: Telling::default(),
        }
    }
}

impl Screen {
    pub(super) fn taking<'a>(
        &'a mut self,
        text: &'a mut String,
        whole: &'a mut dyn FnMut(&str),
    ) -> Taking<'a> {
        Taking { screen: self, text, whole }
    }

    /// The row at hand.
    fn here(&mut self) -> &mut Row {
        while self.rows.len() <= self.row {
            self.rows.push_back(Row::default());
        }
        &mut self.rows[self.row]
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.rows.len() > 1 || self.rows.iter().any(Row::is_waiting)
    }

    pub(super) fn is_redrawn(&self) -> bool {
        self.rewritten || self.since_up.is_some()
    }
}

/// The screen, and where finished lines go.
pub(super) struct Taking<'a> {
    screen: &'a mut Screen,
    text: &'a mut String,
    whole: &'a mut dyn FnMut(&str),
}

impl Taking<'_> {
    /// Hands out all rows, the last without its end.
    pub(super) fn release(&mut self) {
        while self.screen.rows.len() > 1 {
            self.pop();
        }
        self.screen.since_up = None;
        self.screen.rewritten = false;
        self.screen.here().release(self.text);
    }

    /// Hands out everything at the stream's end. The last line gets no end that it did not have.
    pub(super) fn finish(&mut self) {
        self.release();
        self.screen.rows.iter().for_each(|row| tell(row, self.whole));
    }

    /// Hands out the first row.
    fn pop(&mut self) {
        let Some(mut row) = self.screen.rows.pop_front() else { return };
        tell(&row, self.whole);
        row.end(self.text);
        self.screen.row = self.screen.row.saturating_sub(1);
    }

    /// To be called before cells from `column` on are changed: keeps what must not be lost, and starts a new line where
    /// the old one was handed out.
    fn overwrite(&mut self, column: usize) {
        self.screen.rewritten = true;
        let row = self.screen.here();
        if !row.shows_from(column) {
            return;
        }
        let cells = std::mem::take(&mut row.cells);
        let kept = self.screen.telling.keep(&cells);
        let row = self.screen.here();
        row.cells = cells;
        if column < row.released || row.is_rest {
            // What is out is out: the frame that follows stands on a line of its own.
            row.release(self.text);
            self.text.push('\n');
            row.released = 0;
            row.is_rest = false;
            if kept.is_some() {
                row.cells.clear();
            }
        } else if let Some(kept) = kept {
            row.cells.clear();
            // Behind a part that is out, the rest of the line completes it.
            self.text.extend(kept.chars().skip(std::mem::take(&mut row.released)));
            self.text.push('\n');
        }
    }

    /// Writes one character at the cursor.
    fn write(&mut self, letter: char) {
        self.screen.telling.heard();
        if self.screen.column >= WIDTH_MAX {
            // A line without end: what there is goes out, and cannot be overwritten.
            let mut part = std::mem::take(self.screen.here());
            part.release(self.text);
            self.screen.here().is_rest = true;
            self.screen.column = 0;
            self.screen.moved = false;
        }
        let column = self.screen.column;
        if std::mem::take(&mut self.screen.moved) {
            self.overwrite(column);
        }
        self.screen.column = self.screen.here().write(column, letter) + 1;
    }

    fn new_line(&mut self) {
        let screen = &mut *self.screen;
        screen.moved = false;
        screen.column = 0;
        screen.row += 1;
        screen.rewritten = false;
        if screen.row == screen.rows.len() {
            screen.rows.push_back(Row::default());
        }
        match screen.since_up {
            Some(since) if since + 1 < HEIGHT_MAX => screen.since_up = Some(since + 1),
            _ => screen.since_up = None,
        }
        let most = if screen.since_up.is_some() { HEIGHT_MAX } else { 1 };
        while self.screen.rows.len() > most {
            self.pop();
        }
    }

    fn up(&mut self, count: usize) {
        let screen = &mut *self.screen;
        if screen.since_up.is_none() {
            // What is above was handed out: rows for what is drawn over it.
            let mut last = screen.rows.pop_front().unwrap_or_default();
            if last.released > 0 {
                last.release(self.text);
                self.text.push('\n');
                last = Row::default();
            }
            let above = count.min(HEIGHT_MAX - 1);
            screen.rows = std::iter::repeat_with(Row::hollow).take(above).collect();
            screen.rows.push_back(last);
            screen.row = above;
        }
        screen.since_up = Some(0);
        screen.row = screen.row.saturating_sub(count);
        screen.moved = true;
    }

    fn down(&mut self, count: usize) {
        let last = self.screen.rows.len() - 1;
        for _ in 0..count.min(HEIGHT_MAX) {
            match self.screen.row < last {
                true => self.screen.row += 1,
                false => {
                    let column = self.screen.column;
                    self.new_line();
                    self.screen.column = column;
                }
            }
        }
    }

    fn move_to_column(&mut self, column: usize) {
        self.screen.moved |= column < self.screen.column;
        self.screen.column = column.min(WIDTH_MAX);
    }

    fn erase_line(&mut self, mode: u16) {
        let column = self.screen.column;
        match mode {
            0 => {
                self.overwrite(column);
                self.screen.here().erase_from(column);
            }
            1 => {
                self.overwrite(0);
                self.screen.here().erase_to(column);
            }
            _ => {
                self.overwrite(0);
                self.screen.here().erase_from(0);
            }
        }
    }

    fn erase_screen(&mut self, mode: u16) {
        if mode != 0 {
            return self.start_over();
        }
        self.erase_line(0);
        let here = self.screen.row;
        for row in here + 1..self.screen.rows.len() {
            self.screen.row = row;
            self.overwrite(0);
            self.screen.here().erase_from(0);
        }
        self.screen.row = here;
        // Rows that show nothing were never there.
        self.screen.rows.truncate(here + 1);
    }

    /// A new screen: what was there stays, and what comes stands below it.
    fn start_over(&mut self) {
        if self.screen.is_waiting() || self.screen.rows.iter().any(|row| row.released > 0) {
            self.screen.since_up = None;
            self.screen.row = self.screen.rows.len() - 1;
            self.new_line();
        }
        self.screen.column = 0;
    }
}

/// Shows a whole line to whoever reads lines.
fn tell(row: &Row, whole: &mut dyn FnMut(&str)) {
    if !row.is_rest && !row.cells.is_empty() {
        whole(&row.cells.iter().collect::<String>());
    }
}

impl Perform for Taking<'_> {
    fn print(&mut self, letter: char) {
        if !letter.is_control() {
            self.write(letter);
        }
    }

    fn execute(&mut self, byte: u8) {
        self.screen.telling.heard();
        match byte {
            b'\n' => self.new_line(),
            b'\r' => self.move_to_column(0),
            0x08 => self.move_to_column(self.screen.column.saturating_sub(1)),
            b'\t' => self.write('\t'),
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: char) {
        self.screen.telling.heard();
        if ignore || !intermediates.is_empty() {
            return;
        }
        let first = params.iter().next().and_then(|values| values.first().copied()).unwrap_or(0);
        let count = usize::from(first.max(1));
        let column = self.screen.column;
        match action {
            'A' => self.up(count),
            'B' => self.down(count),
            'C' | 'a' => self.move_to_column(column + count),
            'D' => self.move_to_column(column.saturating_sub(count)),
            'E' => {
                self.down(count);
                self.move_to_column(0);
            }
            'F' => {
                self.up(count);
                self.move_to_column(0);
            }
            'G' | '`' => self.move_to_column(count - 1),
            'H' | 'f' | 'd' => self.start_over(),
            'J' => self.erase_screen(first),
            'K' => self.erase_line(first),
            's' => self.save(),
            'u' => self.restore(),
            _ => {}
        }
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], _ignore: bool, byte: u8) {
        match (intermediates, byte) {
            ([], b'7') => self.save(),
            ([], b'8') => self.restore(),
            ([], b'M') => self.up(1),
            ([], b'E') => self.new_line(),
            ([], b'c') => self.start_over(),
            _ => {}
        }
    }
}

impl Taking<'_> {
    fn save(&mut self) {
        self.screen.saved = Some((self.screen.row, self.screen.column));
    }

    fn restore(&mut self) {
        let Some((row, column)) = self.screen.saved else { return };
        self.screen.row = row.min(self.screen.rows.len() - 1);
        self.screen.moved = true;
        self.screen.column = column;
    }
}

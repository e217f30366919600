//! The lines that may still change, and what controls do to them.
//!
//! As a rule that is one line, the last. Once a program has moved up, lines are held back until they are out of its
//! reach: it redraws several. Lines that were handed out before are not changed any more; what is drawn over them
//! comes as lines of their own.

mod controls;
mod keeping;

use super::{
    Seen,
    row::{Row, WIDTH_MAX},
    telling::{Lost, Telling},
};
use std::collections::VecDeque;

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
    /// What is being overwritten, until something else is written.
    lost: Vec<Lost>,
    /// How many rows were begun.
    begun: u64,
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
            lost: Vec::new(),
            begun: 0,
        }
    }
}

impl Screen {
    pub(super) fn taking<'a>(
        &'a mut self,
        text: &'a mut String,
        whole: &'a mut dyn FnMut(Seen<'_>),
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
        self.rows.len() > 1 || !self.lost.is_empty() || self.rows.iter().any(Row::is_waiting)
    }

    pub(super) fn is_redrawn(&self) -> bool {
        self.rewritten || self.since_up.is_some()
    }
}

/// The screen, and where finished lines go.
pub(super) struct Taking<'a> {
    screen: &'a mut Screen,
    text: &'a mut String,
    whole: &'a mut dyn FnMut(Seen<'_>),
}

impl Taking<'_> {
    /// Hands out all rows, the last without its end.
    pub(super) fn release(&mut self) {
        self.keep();
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
        self.keep();
        let Some(mut row) = self.screen.rows.pop_front() else { return };
        tell(&row, self.whole);
        row.end(self.text);
        self.screen.row = self.screen.row.saturating_sub(1);
    }

    /// Writes one character at the cursor.
    fn write(&mut self, letter: char) {
        self.screen.telling.heard();
        if self.screen.column >= WIDTH_MAX {
            // A line without end: what there is goes out, and cannot be overwritten.
            self.keep();
            let mut part = std::mem::take(self.screen.here());
            part.release(self.text);
            self.screen.here().is_rest = true;
            self.screen.column = 0;
            self.screen.moved = false;
        }
        let column = self.screen.column;
        let is_anew = std::mem::take(&mut self.screen.moved);
        if is_anew {
            self.overwrite(column);
        }
        self.keep();
        if is_anew || self.screen.here().cells.is_empty() {
            self.screen.begun += 1;
            self.screen.here().written = self.screen.begun;
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
        if self.screen.since_up.is_none() {
            // What is above was handed out: rows for what is drawn over it.
            self.keep();
            let screen = &mut *self.screen;
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
        let screen = &mut *self.screen;
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
fn tell(row: &Row, whole: &mut dyn FnMut(Seen<'_>)) {
    if !row.is_rest && !row.cells.is_empty() {
        whole(Seen::Line(&row.cells.iter().collect::<String>()));
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

//! One line while it may still change.

/// Most characters of a line that may still change. A longer one is handed out in parts.
pub(super) const WIDTH_MAX: usize = 4096;

/// A line that may still change.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) cells: Vec<char>,
    /// How many of them have been handed out.
    pub(super) released: usize,
    /// Whether earlier parts of the line are gone.
    pub(super) is_rest: bool,
    /// Whether nothing was ever written to it, or all of it was erased.
    pub(super) is_hollow: bool,
    /// The place of its text in the order in which rows were begun to be written.
    pub(super) written: u64,
}

/// Most blanks that a jump to the right leaves.
const GAP_MAX: usize = 200;

impl Row {
    /// Whether something is there that was not handed out.
    pub(super) fn is_waiting(&self) -> bool {
        self.released < self.cells.len()
    }

    /// A line that is there to be written to.
    pub(super) fn hollow() -> Self {
        Self { is_hollow: true, ..Self::default() }
    }

    /// Hands out what was not, and the line's end.
    pub(super) fn end(&mut self, text: &mut String) {
        if !self.is_hollow || self.released > 0 || self.is_rest {
            self.release(text);
            text.push('\n');
        }
    }

    /// Hands out what was not.
    pub(super) fn release(&mut self, text: &mut String) {
        text.extend(self.cells.get(self.released..).unwrap_or_default());
        self.released = self.cells.len();
    }

    /// Writes one character; blanks fill what is between. Returns where it went.
    pub(super) fn write(&mut self, column: usize, letter: char) -> usize {
        self.is_hollow = false;
        let column = column.min(self.cells.len() + GAP_MAX);
        match self.cells.get_mut(column) {
            Some(cell) => *cell = letter,
            None => {
                self.cells.resize(column, ' ');
                self.cells.push(letter);
            }
        }
        column
    }

    /// Erases from a column on.
    pub(super) fn erase_from(&mut self, column: usize) {
        self.cells.truncate(column);
        self.is_hollow = self.cells.is_empty();
    }

    /// Erases up to and with a column.
    pub(super) fn erase_to(&mut self, column: usize) {
        match column + 1 >= self.cells.len() {
            true => self.cells.clear(),
            false => self.cells.iter_mut().take(column + 1).for_each(|cell| *cell = ' '),
        }
    }

    /// Whether there is anything but blanks from a column on.
    pub(super) fn shows_from(&self, column: usize) -> bool {
        self.cells.get(column..).is_some_and(|cells| cells.iter().any(|cell| *cell != ' '))
    }
}

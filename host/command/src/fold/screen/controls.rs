//! Which control does what.

use super::Taking;
use vte::{Params, Perform};

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

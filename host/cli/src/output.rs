//! Standard output and standard error, without a panic when nobody reads them.

use crate::error::CliError;
use std::io::{self, Write};

/// Prints a line.
pub(crate) fn line(text: &str) -> Result<(), CliError> {
    bytes(format!("{text}\n").as_bytes())
}

/// Prints bytes.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(CliError::Output)
}

/// Prints a value as JSON.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<(), CliError> {
    line(&serde_json::to_string_pretty(value).map_err(|error| CliError::Output(error.into()))?)
}

/// Says on standard error what went wrong.
pub(crate) fn complain(text: &str) {
    // Where nobody listens on standard error, nobody can be told that either.
    let _ = writeln!(io::stderr(), "orchestrator: {text}");
}

/// Prints rows as columns, each as wide as its widest cell.
pub(crate) fn table<const COLUMNS: usize>(rows: Vec<[String; COLUMNS]>) -> Result<(), CliError> {
    bytes(columns(&rows).as_bytes())
}

fn columns<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = console::measure_text_width(cell).max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| console::pad_str(cell, width, console::Alignment::Left, None).into_owned());
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "bb", "c"], ["dddd", "", "日本"]].map(|row| row.map(str::to_owned));
        assert_eq!(columns(&rows), "a     bb  c\ndddd      日本\n");
    }
}

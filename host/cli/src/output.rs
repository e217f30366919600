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

/// The width of a table or a list where standard output is no terminal, or one that does not tell.
const WIDTH: usize = 80;
/// What a column keeps, however narrow the terminal.
const COLUMN_MIN: usize = 6;

/// How wide what is printed may be.
pub(crate) fn width() -> usize {
    let size = console::Term::stdout().size_checked();
    size.map_or(WIDTH, |(_, columns)| usize::from(columns)).max(40)
}

/// Prints rows as columns that fit the terminal, or 80 columns: cells of the columns in `wide`, by their index, are cut
/// with `…` as far as that takes. The others, such as ids, are always whole.
pub(crate) fn fitted<const COLUMNS: usize>(
    mut rows: Vec<[String; COLUMNS]>,
    wide: &[usize],
) -> Result<(), CliError> {
    fit(&mut rows, wide, width());
    table(rows)
}

fn fit<const COLUMNS: usize>(rows: &mut [[String; COLUMNS]], wide: &[usize], width: usize) {
    let mut widths = widths(rows);
    let total = |widths: &[usize; COLUMNS]| widths.iter().sum::<usize>() + 2 * (COLUMNS - 1);
    while total(&widths) > width {
        let room = wide.iter().copied().filter(|column| widths[*column] > COLUMN_MIN);
        let Some(widest) = room.max_by_key(|column| widths[*column]) else { break };
        widths[widest] -= 1;
    }
    for row in rows {
        for &column in wide {
            row[column] = console::truncate_str(&row[column], widths[column], "…").into_owned();
        }
    }
}

/// Prints names and values, a line or more for each; values are broken between words, and never cut.
pub(crate) fn pairs(pairs: &[(&str, String)]) -> Result<(), CliError> {
    let column = pairs.iter().map(|(name, _)| name.len()).max().unwrap_or_default() + 2;
    let mut text = String::new();
    for (name, value) in pairs {
        let rows = wrap(value, width().saturating_sub(column));
        for (index, row) in rows.iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            text.push_str(format!("{name:column$}{row}").trim_end());
            text.push('\n');
        }
    }
    bytes(text.as_bytes())
}

/// Breaks a text between words; a word that is too long stays whole.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    for word in text.split(' ') {
        match rows.last_mut() {
            Some(row) if row.is_empty() => row.push_str(word),
            Some(row)
                if console::measure_text_width(row) + 1 + console::measure_text_width(word) <= width =>
            {
                row.push(' ');
                row.push_str(word);
            }
            _ => rows.push(word.to_owned()),
        }
    }
    rows
}

/// Prints rows as columns, each as wide as its widest cell.
pub(crate) fn table<const COLUMNS: usize>(rows: Vec<[String; COLUMNS]>) -> Result<(), CliError> {
    bytes(columns(&rows).as_bytes())
}

fn columns<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let widths = widths(rows);
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

fn widths<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> [usize; COLUMNS] {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = console::measure_text_width(cell).max(*width);
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_columns_are_cut_and_the_others_are_whole() {
        let mut rows = [["id-that-is-long", "日本語の長い名前", "a request of many words"]]
            .map(|row| row.map(str::to_owned));
        fit(&mut rows, &[1, 2], 40);
        let line = columns(&rows);
        assert!(console::measure_text_width(line.trim_end()) <= 40, "{line}");
        assert!(line.starts_with("id-that-is-long  日本") && line.matches('…').count() == 2, "{line}");
        let mut narrow = rows.clone();
        fit(&mut narrow, &[1, 2], 20);
        assert_eq!(narrow[0][0], "id-that-is-long");
        let before = rows.clone();
        fit(&mut rows, &[1, 2], 200);
        assert_eq!(rows, before, "what fits stays as it is");
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "bb", "c"], ["dddd", "", "日本"]].map(|row| row.map(str::to_owned));
        assert_eq!(columns(&rows), "a     bb  c\ndddd      日本\n");
    }
}

//! Standard output and standard error, without a panic when nobody reads them.

use crate::{clean::shown, error::CliError};
use std::io::{self, IsTerminal, Write};

/// Prints a line.
pub(crate) fn line(text: &str) -> Result<(), CliError> {
    bytes(format!("{text}\n").as_bytes())
}

/// Prints bytes: as they are for a file or a program, and with what it would obey written out for a terminal. Models and
/// projects write what they like, and nothing that this program prints by itself is to be obeyed.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    let text = stdout.is_terminal().then(|| shown(bytes));
    let bytes = text.as_deref().map_or(bytes, str::as_bytes);
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(CliError::Output)
}

/// What becomes of a failure to print where the work matters more than who reads of it: a reader that went away is none.
///
/// # Errors
/// Any other failure.
pub(crate) fn unread(printed: Result<(), CliError>) -> Result<(), CliError> {
    printed.or_else(|error| if error.is_closed_pipe() { Ok(()) } else { Err(error) })
}

/// Prints a value as JSON.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<(), CliError> {
    line(&serde_json::to_string_pretty(value).map_err(|error| CliError::Output(error.into()))?)
}

/// Says on standard error what went wrong.
pub(crate) fn complain(text: &str) {
    // Where nobody listens on standard error, nobody can be told that either.
    let mut stderr = io::stderr();
    let _ = match stderr.is_terminal() {
        true => writeln!(stderr, "orchestrator: {}", shown(text.as_bytes())),
        false => writeln!(stderr, "orchestrator: {text}"),
    };
}

/// Asks something on standard error, and stays on the line for the answer.
pub(crate) fn ask(text: &str) {
    let mut stderr = io::stderr();
    // As of a complaint: there is nobody else to tell.
    let _ = write!(stderr, "orchestrator: {text}").and_then(|()| stderr.flush());
}

/// The width of a table or a list where standard output is no terminal, or one that does not tell.
const WIDTH: usize = 80;
/// What a column keeps, however narrow the terminal; less says nothing.
const COLUMN_MIN: usize = 12;

/// How wide what is printed may be.
pub(crate) fn width() -> usize {
    let size = console::Term::stdout().size_checked();
    size.map_or(WIDTH, |(_, columns)| usize::from(columns)).max(40)
}

/// Prints rows as columns that fit the terminal, or 80 columns where there is none. The first column is the name of what
/// the list is of, and never cut.
///
/// Cells of the columns in `wide`, by their index, are cut with `…` as far as that leaves enough to read. Where that does
/// not do, each row takes several lines: the name, and below it the other cells with what they are, by the first row.
pub(crate) fn table<const COLUMNS: usize>(
    rows: Vec<[String; COLUMNS]>,
    wide: &[usize],
) -> Result<(), CliError> {
    bytes(laid_out(rows, true, wide, width()).as_bytes())
}

/// Prints a table, or `none` where it has no row below its head: a head alone looks like an answer that got lost.
pub(crate) fn table_or<const COLUMNS: usize>(
    none: &str,
    rows: Vec<[String; COLUMNS]>,
    wide: &[usize],
) -> Result<(), CliError> {
    if rows.len() > 1 { table(rows, wide) } else { line(none) }
}

/// Prints rows like those of a table, of which none says what the columns are: a part of a list that goes on.
pub(crate) fn entries<const COLUMNS: usize>(
    rows: Vec<[String; COLUMNS]>,
    wide: &[usize],
) -> Result<(), CliError> {
    bytes(laid_out(rows, false, wide, width()).as_bytes())
}

fn laid_out<const COLUMNS: usize>(
    mut rows: Vec<[String; COLUMNS]>,
    has_head: bool,
    wide: &[usize],
    width: usize,
) -> String {
    if fit(&mut rows, wide, width) {
        return columns(&rows);
    }
    match rows.split_first() {
        Some((head, rows)) if has_head => stacked(rows, Some(head), width),
        _ => stacked(&rows, None, width),
    }
}

/// Cuts cells so that the rows fit, and leaves them alone where they cannot.
fn fit<const COLUMNS: usize>(rows: &mut [[String; COLUMNS]], wide: &[usize], width: usize) -> bool {
    let mut widths = widths(rows);
    let total = |widths: &[usize; COLUMNS]| widths.iter().sum::<usize>() + 2 * (COLUMNS - 1);
    while total(&widths) > width {
        let room = wide.iter().copied().filter(|column| widths[*column] > COLUMN_MIN);
        let Some(widest) = room.max_by_key(|column| widths[*column]) else { return false };
        widths[widest] -= 1;
    }
    for row in rows {
        for &column in wide {
            row[column] = cut(&row[column], widths[column]);
        }
    }
    true
}

fn cut(text: &str, width: usize) -> String {
    console::truncate_str(text, width, "…").into_owned()
}

/// The name of each row on a line of its own, and the other cells on as many lines below it as they need.
fn stacked<const COLUMNS: usize>(
    rows: &[[String; COLUMNS]],
    head: Option<&[String; COLUMNS]>,
    width: usize,
) -> String {
    const INDENT: &str = "  ";
    let room = width - INDENT.len();
    let mut text = String::new();
    for row in rows {
        let mut used = width;
        for (column, cell) in row.iter().enumerate() {
            let label = head.map_or("", |head| head[column].as_str());
            match (column, cell.as_str()) {
                (0, name) => text.push_str(name),
                (_, "") => {}
                (_, cell) => {
                    let cell = labelled(label, cell, room);
                    let needs = INDENT.len() + console::measure_text_width(&cell);
                    let on_this_line = used + needs <= width;
                    text.push_str(if on_this_line { "  " } else { "\n  " });
                    used = if on_this_line { used + needs } else { needs };
                    text.push_str(&cell);
                }
            }
        }
        text.push('\n');
    }
    text
}

/// A cell behind what it is, where there is room for both: what a long text is can be read in it.
fn labelled(label: &str, cell: &str, room: usize) -> String {
    let both = format!("{label} {cell}");
    match label.is_empty() || console::measure_text_width(&both) > room {
        true => cut(cell, room),
        false => both,
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

    fn rows<const COLUMNS: usize>(rows: &[[&str; COLUMNS]]) -> Vec<[String; COLUMNS]> {
        rows.iter().map(|row| row.map(str::to_owned)).collect()
    }

    #[test]
    fn wide_columns_are_cut_and_what_then_does_not_fit_is_stacked() {
        let runs = rows(&[
            ["NAME", "TITLE", "REQUEST"],
            ["id-that-is-long", "日本語の長い名前です", "a request of many words"],
        ]);
        insta::assert_snapshot!(laid_out(runs.clone(), true, &[1, 2], 48), @"
        NAME             TITLE            REQUEST
        id-that-is-long  日本語の長い名…  a request of …
        ");
        insta::assert_snapshot!(laid_out(runs.clone(), true, &[1, 2], 40), @"
        id-that-is-long
          TITLE 日本語の長い名前です
          REQUEST a request of many words
        ");
        assert_eq!(laid_out(runs.clone(), true, &[1, 2], 200), columns(&runs), "what fits stays as it is");
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal_but_a_name(
            width in 40_usize..140,
            rows in proptest::collection::vec(proptest::array::uniform5("[a-z日 ]{0,70}"), 1..6),
            has_head in proptest::bool::ANY,
            wide in proptest::sample::subsequence(vec![1_usize, 2, 3, 4], 0..=4),
        ) {
            let text = laid_out(rows.clone(), has_head, &wide, width);
            for line in text.lines() {
                let is_name = rows.iter().any(|row| row[0] == line);
                proptest::prop_assert!(is_name || console::measure_text_width(line) <= width, "{line:?}");
            }
            for row in rows.iter().skip(usize::from(has_head)) {
                let name = row[0].trim_end();
                proptest::prop_assert!(text.lines().any(|line| line.starts_with(name)), "{name:?} in {text}");
            }
        }
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = rows(&[["a", "bb", "c"], ["dddd", "", "日本"]]);
        assert_eq!(columns(&rows), "a     bb  c\ndddd      日本\n");
    }
}

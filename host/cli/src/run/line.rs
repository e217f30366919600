//! One line of the story, before it is known whether it will be in colour.

use crate::{clean::clean, output::wrap};
use console::{Style, measure_text_width};

/// The narrowest column that a text is broken into; below that, the terminal may break it as it likes.
const WIDTH_MIN: usize = 24;

/// What kind of line it is; decides sign and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A step began.
    Step,
    /// Something ended well.
    Done,
    /// The run ended well.
    Finished,
    /// Something ended badly, and with it the run.
    Failed,
    /// Something went wrong that the run can live with.
    Trouble,
    /// A step was left out.
    Skipped,
    /// The workflow tries again.
    Again,
    /// A file is new.
    Created,
    /// A file has new content.
    Changed,
    /// A file is gone.
    Deleted,
    /// A command.
    Command,
    /// Something to know.
    Note,
    /// More about the line before.
    Detail,
}

/// One line of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) mark: Mark,
    pub(crate) text: String,
    /// Said less loudly, behind the text.
    pub(crate) aside: String,
}

impl Line {
    pub(crate) fn new(mark: Mark, text: impl AsRef<str>) -> Self {
        Self { mark, text: clean(text.as_ref()), aside: String::new() }
    }

    #[must_use]
    pub(crate) fn aside(mut self, aside: impl AsRef<str>) -> Self {
        self.aside = clean(aside.as_ref());
        self
    }

    /// The line as text, with colours if `coloured`, broken so that no part is wider than `width` where words allow.
    pub(crate) fn render(&self, coloured: bool, width: usize) -> String {
        let (indent, sign, look) = self.look();
        let paint = |text: &str, look: &Style| {
            if text.is_empty() {
                return String::new();
            }
            look.clone().force_styling(coloured).apply_to(text).to_string()
        };
        let text_look = match self.mark {
            Mark::Step => Style::new().bold(),
            Mark::Failed | Mark::Finished => look.clone(),
            Mark::Detail | Mark::Skipped => Style::new().dim(),
            _ => Style::new(),
        };
        let gap = if sign.is_empty() { "" } else { " " };
        let below = " ".repeat(measure_text_width(indent) + measure_text_width(sign) + gap.len());
        let room = width.saturating_sub(below.len()).max(WIDTH_MIN);
        let mut rows = wrap(&self.text, room);
        let last = rows.pop().unwrap_or_default();
        let mut text: String =
            rows.iter().map(|row| format!("{}\n{below}", paint(row, &text_look))).collect();
        text.push_str(&paint(&last, &text_look));
        if !self.aside.is_empty() {
            let fits = measure_text_width(&last) + 2 + measure_text_width(&self.aside) <= room;
            text.push_str(&if fits { "  ".to_owned() } else { format!("\n{below}") });
            let aside = wrap(&self.aside, room);
            let rows: Vec<_> = aside.iter().map(|row| paint(row, &Style::new().dim())).collect();
            text.push_str(&rows.join(&format!("\n{below}")));
        }
        format!("{indent}{}{gap}{text}", paint(sign, &look))
    }

    fn look(&self) -> (&'static str, &'static str, Style) {
        let plain = Style::new();
        match self.mark {
            Mark::Step => ("", "▸", plain.cyan().bold()),
            Mark::Done => ("  ", "✓", plain.green()),
            Mark::Finished => ("", "✓", plain.green().bold()),
            Mark::Failed => ("", "✗", plain.red().bold()),
            Mark::Trouble => ("  ", "!", plain.yellow().bold()),
            Mark::Skipped => ("", "–", plain.dim()),
            Mark::Again => ("  ", "↻", plain.yellow()),
            Mark::Created => ("  ", "+", plain.green()),
            Mark::Changed => ("  ", "~", plain.yellow()),
            Mark::Deleted => ("  ", "-", plain.red()),
            Mark::Command => ("  ", "$", plain.magenta()),
            Mark::Note => ("", "·", plain.blue().bold()),
            Mark::Detail => ("    ", "", plain.dim()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_same_words_with_and_without_colour() {
        let line = Line::new(Mark::Created, "src/app.js").aside("1.2 KB");
        assert_eq!(line.render(false, 80), "  + src/app.js  1.2 KB");
        assert_eq!(console::strip_ansi_codes(&line.render(true, 80)), line.render(false, 80));
    }

    #[test]
    fn a_long_line_is_broken_between_words_and_stays_in_its_column() {
        let line =
            Line::new(Mark::Done, "Planned ten files for a list of things to do").aside("1.0 s, twice");
        insta::assert_snapshot!(line.render(false, 30), @"
        ✓ Planned ten files for a
          list of things to do
          1.0 s, twice
        ");
        assert_eq!(line.render(false, usize::MAX).lines().count(), 1);
        let word = Line::new(Mark::Detail, "x".repeat(100)).render(false, 30);
        assert_eq!(word.lines().count(), 1, "a path or an address can be copied whole");
    }
}

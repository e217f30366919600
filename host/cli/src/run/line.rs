//! One line of the story, before it is known whether it will be in colour.

use console::{Style, style};

/// What kind of line it is; decides sign and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A step began.
    Step,
    /// Something ended well.
    Done,
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

    /// The line as text, with colours if `coloured`.
    pub(crate) fn render(&self, coloured: bool) -> String {
        let (indent, sign, look) = self.look();
        let paint =
            |text: &str, look: &Style| look.clone().force_styling(coloured).apply_to(text).to_string();
        let sign = if sign.is_empty() { String::new() } else { format!("{} ", paint(sign, &look)) };
        let text = match self.mark {
            Mark::Step => style(&self.text).bold().force_styling(coloured).to_string(),
            Mark::Failed => paint(&self.text, &look),
            Mark::Detail | Mark::Skipped => paint(&self.text, &Style::new().dim()),
            _ => self.text.clone(),
        };
        let aside = match self.aside.is_empty() {
            true => String::new(),
            false => format!("  {}", paint(&self.aside, &Style::new().dim())),
        };
        format!("{indent}{sign}{text}{aside}")
    }

    fn look(&self) -> (&'static str, &'static str, Style) {
        let plain = Style::new();
        match self.mark {
            Mark::Step => ("", "▸", plain.cyan().bold()),
            Mark::Done => ("  ", "✓", plain.green()),
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

/// One line without anything that a terminal would obey: models and commands write what they like.
pub(crate) fn clean(text: &str) -> String {
    let text = console::strip_ansi_codes(text);
    let visible = text.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c });
    visible.filter(|c| !is_bidirectional_control(*c)).collect()
}

/// Characters that reorder what is shown, so that a text can look like another.
fn is_bidirectional_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_would_command_the_terminal_is_made_harmless() {
        let hostile = "\u{1b}[2J\u{1b}]0;owned\u{7}ok\u{1b}[31m red\r\nnext\u{202e}gpj.exe\u{9b}31m";
        let cleaned = clean(hostile);
        assert!(!cleaned.chars().any(char::is_control), "{cleaned:?}");
        assert!(!cleaned.contains('\u{202e}'));
        assert!(cleaned.contains("ok red"), "{cleaned:?}");
    }

    #[test]
    fn a_line_has_the_same_words_with_and_without_colour() {
        let line = Line::new(Mark::Created, "src/app.js").aside("1.2 KB");
        assert_eq!(line.render(false), "  + src/app.js  1.2 KB");
        assert_eq!(console::strip_ansi_codes(&line.render(true)), line.render(false));
    }
}

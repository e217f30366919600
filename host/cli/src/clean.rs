//! What others wrote, made fit for a terminal.

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
}

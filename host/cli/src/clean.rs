//! What others wrote, made fit for a terminal.

/// One line without anything that a terminal would obey: models and commands write what they like.
pub(crate) fn clean(text: &str) -> String {
    let text = console::strip_ansi_codes(text);
    let visible = text.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c });
    visible.filter(|c| !is_deceptive(*c)).collect()
}

/// Text of several lines with what a terminal would obey written out, as `\u{1b}`. What is no text is written out as well.
/// Nothing is left away, so that a diff shows what it would do. A line may end as on Windows.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let mut characters = chunk.valid().chars().peekable();
        while let Some(c) = characters.next() {
            let harmless = matches!(c, '\n' | '\t') || (c == '\r' && characters.peek() == Some(&'\n'));
            match !harmless && (c.is_control() || is_deceptive(c)) {
                true => text.extend(c.escape_unicode()),
                false => text.push(c),
            }
        }
        text.extend(chunk.invalid().iter().flat_map(|byte| byte.escape_ascii()).map(char::from));
    }
    text
}

/// Characters that reorder or break what is shown, or show nothing, so that a text can look like another. Those that join
/// letters and emoji stay.
fn is_deceptive(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
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
    fn what_a_terminal_would_obey_is_written_out_and_the_rest_is_as_it_was() {
        let hostile = b"+\x1b]0;owned\x07\ta\r\n-b\rc\xc2\x9b31m \xe2\x80\xae \xff \xc3\xa9\n";
        let expected = "+\\u{1b}]0;owned\\u{7}\ta\r\n-b\\u{d}c\\u{9b}31m \\u{202e} \\xff \u{e9}\n";
        assert_eq!(shown(hostile), expected);
    }
}

//! What models and their mail put around a line: indentation, marks of quotations and lists, emphasis, characters that
//! nobody sees.
//!
//! A part of a patch that is dressed in any of this is not read, since what is decoration and what is the line's own
//! cannot be told for sure. It must not be passed over either, so the line below the decoration is looked at for signs.

use std::borrow::Cow;

/// Most pieces of decoration that are taken off one line.
const LAYERS_MAX: usize = 12;
/// Bytes of a line that are looked at. A marker or a header is shorter.
const LINE_MAX: usize = 1024;

/// The ways in which a line can be read with less and less around it, the line itself first.
pub(super) fn layers(line: &[u8]) -> Vec<Vec<u8>> {
    let line = plain(line.get(..LINE_MAX).unwrap_or(line));
    let mut found = Vec::new();
    let mut rest = line.as_ref();
    loop {
        found.push(rest.trim_ascii_end().to_vec());
        let Some(length) = decoration(rest).filter(|_| found.len() < LAYERS_MAX) else { break };
        let mark = rest.first().copied().unwrap_or_default();
        let is_item = rest.get(1) == Some(&b' ') && length == 2;
        rest = rest.get(length..).unwrap_or_default();
        if matches!(mark, b'*' | b'_' | b'`' | b'~') && !is_item {
            // What is spoken of between such marks, in a sentence that goes on, is not meant.
            let Some(inner) = emphasised(rest, mark) else { break };
            rest = inner;
        } else if mark == b'|' {
            let text = rest.trim_ascii_end();
            rest = text.strip_suffix(b"|").map_or(text, <[u8]>::trim_ascii_end);
        }
    }
    found
}

/// The line with plain characters in place of those that only look like them, and without those that do not show.
pub(super) fn plain(line: &[u8]) -> Cow<'_, [u8]> {
    if line.iter().all(|byte| byte.is_ascii() && !matches!(byte, b'&' | b'\\' | 0x0b | 0x0c)) {
        return Cow::Borrowed(line);
    }
    let text = String::from_utf8_lossy(line);
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(first) = rest.chars().next() {
        if let Some((entity, character)) =
            ENTITIES.iter().find(|(entity, _)| rest.as_bytes().starts_with(entity.as_bytes()))
        {
            plain.push(*character);
            rest = rest.get(entity.len()..).unwrap_or_default();
            continue;
        }
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
        match first {
            // An escape of Markdown.
            '\\' if rest.starts_with(['<', '>', '=', '*', '-', '+', '@', '#', '[', '_', '`', '|']) => {}
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => {}
            '\u{0b}' | '\u{0c}' => plain.push(' '),
            '«' | '‹' | '〈' | '《' | '≪' => plain.push('<'),
            '»' | '›' | '〉' | '》' | '≫' => plain.push('>'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
            // The full width form of an ASCII character.
            '\u{ff01}'..='\u{ff5e}' => {
                let plain_one = u32::from(first).checked_sub(0xfee0).and_then(char::from_u32);
                plain.push(plain_one.unwrap_or(first));
            }
            blank if blank.is_whitespace() && blank != '\t' => plain.push(' '),
            other => plain.push(other),
        }
    }
    Cow::Owned(plain.into_bytes())
}

const ENTITIES: [(&str, char); 8] = [
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&#60;", '<'),
    ("&#62;", '>'),
    ("&#x3c;", '<'),
    ("&#x3e;", '>'),
    ("&nbsp;", ' '),
    ("&#8203;", ' '),
];

/// How many bytes of decoration a line begins with.
fn decoration(line: &[u8]) -> Option<usize> {
    let run = |mark: u8| line.iter().take_while(|byte| **byte == mark).count();
    let blank_after = |length: usize| matches!(line.get(length), Some(b' ' | b'\t'));
    match line.first()? {
        b' ' | b'\t' => Some(line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()),
        b'>' => Some(run(b'>')),
        b'|' => Some(1),
        b'-' | b'+' if blank_after(1) => Some(2),
        b'*' if blank_after(1) => Some(2),
        mark @ (b'*' | b'_' | b'`' | b'~') => Some(run(*mark)),
        b'#' if blank_after(run(b'#')) => Some(run(b'#')),
        b'0'..=b'9' => {
            let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
            (digits < 4 && matches!(line.get(digits), Some(b'.' | b')')) && blank_after(digits + 1))
                .then_some(digits + 1)
        }
        _ => None,
    }
}

/// What is between marks of emphasis, of which those before were taken off; none if more comes after them.
fn emphasised(text: &[u8], mark: u8) -> Option<&[u8]> {
    let text = text.trim_ascii_end();
    let end = text.iter().position(|byte| *byte == mark);
    let Some(end) = end else { return Some(text) };
    let after = text.get(end..).unwrap_or_default();
    after.iter().all(|byte| *byte == mark || b"*_`~:. ".contains(byte)).then(|| text.get(..end)).flatten()
}

//! Words and code in a line, told apart by their marks.

/// `existing code`, `[snip]`, `(as before)`.
pub(super) fn is_words(text: &str, is_enclosed: bool) -> bool {
    let rest = text.strip_prefix(char::is_alphabetic).unwrap_or_default();
    let is_plain = rest.chars().all(|c| c == ' ' || c == '\'' || (c.is_alphabetic() && !c.is_uppercase()));
    !rest.is_empty() && is_plain && has_words(text, if is_enclosed { 1 } else { 2 })
}

/// `unchanged`, `etc.`
pub(super) fn is_word(text: &str) -> bool {
    let word = text.strip_suffix('.').unwrap_or(text);
    word.chars().nth(1).is_some() && word.chars().all(char::is_alphabetic)
}

/// `a, b, self.c`.
pub(super) fn is_list(text: &str) -> bool {
    text.contains(", ") && text.split(',').all(|item| item.split_whitespace().nth(1).is_none())
}

/// The comment behind the code of a line.
pub(super) fn remark(line: &str) -> Option<&str> {
    // Most lines have none, and are spared the looking for each mark.
    if !line.bytes().any(|byte| matches!(byte, b'/' | b'#' | b'-')) {
        return None;
    }
    [" // ", " # ", " -- "].into_iter().find_map(|mark| line.rsplit_once(mark)).map(|(_, text)| text)
}

/// What is between the two halves of a rule, as in `*** the same ***`.
pub(super) fn within_rules(line: &str) -> Option<&str> {
    ["***", "---", "===", "~~~", "###"]
        .into_iter()
        .find_map(|rule| line.strip_prefix(rule)?.strip_suffix(rule))
        .map(|text| text.trim_matches(|c: char| c.is_whitespace() || "*-=~#".contains(c)))
}

/// What is in the brackets that enclose the text.
pub(super) fn within_brackets(text: &str) -> Option<&str> {
    [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
}

/// Whether a text has what only code has: operators, a bracket behind a word, an end of a statement.
pub(in crate::omission) fn looks_like_code(text: &str) -> bool {
    let called = text.as_bytes().windows(2).any(|pair| {
        pair.get(1) == Some(&b'(')
            && pair.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_!?".contains(byte))
    });
    let joined = ["&&", "::"].iter().any(|operator| text.contains(operator));
    // `docker run --name shop`
    let has_option =
        text.split(" --").skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
    called
        || joined
        || has_option
        || text.contains(|c| ";{}=<>|\\$@^*[]+\"`".contains(c))
        || text.ends_with([',', ':', '&'])
}

pub(super) fn has_words(text: &str, least: usize) -> bool {
    let mut words = text.split_whitespace().filter(|word| word.contains(char::is_alphabetic));
    words.nth(least - 1).is_some()
}

/// Letters of scripts that put no blanks between words.
pub(super) fn wide(text: &str) -> usize {
    text.chars().filter(|c| *c > '\u{2e80}' && c.is_alphabetic()).count()
}

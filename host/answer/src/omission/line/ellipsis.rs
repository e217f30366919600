//! An ellipsis, in the forms in which it stands for what is left out.

use super::words::{looks_like_code, within_brackets};

/// Whether the text is dots, or dots and words: `...`, `… restlicher Code …`, `(the rest ...)`. An operator that
/// touches what it is applied to (`...args`) is none.
pub(in crate::omission) fn is_ellipsis(text: &str) -> bool {
    // `<...>`, whose brackets are marks as well.
    if within_brackets(text).is_some_and(|inner| after_dots(inner.trim()) == Some("")) {
        return true;
    }
    let text = text.trim_matches(|c: char| c.is_whitespace() || "-=~_*#>".contains(c));
    let text = text.strip_suffix(';').unwrap_or(text);
    let inner = within_brackets(text).map(str::trim);
    let bare = inner.unwrap_or(text);
    let after = after_dots(bare);
    if inner.is_some() && (after.is_some() || ends_in_dots(bare)) {
        return true;
    }
    match after {
        Some("") => true,
        Some(after) => {
            let apart = after.starts_with(|c: char| c.is_whitespace() || c == '(' || c == '[');
            (apart || ends_in_dots(after)) && !looks_like_code(after.trim())
        }
        None => false,
    }
}

/// Whether what a comment says is an ellipsis only there: two dots, or marks and then dots.
pub(super) fn is_said_ellipsis(text: &str) -> bool {
    let dots = text.trim_end_matches([';', ' ']);
    !dots.contains(char::is_alphanumeric) && (dots.ends_with("..") || ends_in_dots(dots))
}

/// `return ...;`
pub(super) fn is_ellipsis_of_statement(line: &str) -> bool {
    let value = ["return ", "throw ", "yield ", "await "].iter().find_map(|word| line.strip_prefix(word));
    value.is_some_and(|value| after_dots(value.trim_end_matches([';', ' '])) == Some(""))
}

/// `"...": "..."`, as data has it that knows no comments.
pub(super) fn is_quoted_ellipsis(line: &str) -> bool {
    let key = line.trim_start_matches(['"', '\'', '`']);
    let is_key = ["...\":", "…\":"].iter().any(|start| key.starts_with(start));
    let is_item = after_dots(line.trim_matches(['"', '\'', '`', ',', ';'])) == Some("");
    key.len() < line.len() && (is_key || is_item)
}

/// What comes after the ellipsis that the text begins with.
pub(in crate::omission) fn after_dots(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix(DOTS) {
        return Some(after.trim_start_matches(DOTS).trim_start_matches('.'));
    }
    // Dots as other scripts have them, of which any three are an ellipsis.
    let after = text.trim_start_matches(OTHER_DOTS);
    if text.strip_suffix(after).is_some_and(|dots| dots.chars().count() > 2) {
        return Some(after);
    }
    let after = text.strip_prefix("...").or_else(|| text.strip_prefix(". . ."))?;
    Some(after.trim_start_matches(['.', '…']))
}

pub(in crate::omission) fn ends_in_dots(text: &str) -> bool {
    text.ends_with("...") || text.ends_with(DOTS)
}

/// Characters that are an ellipsis.
const DOTS: [char; 9] = ['…', '⋯', '⋮', '‥', '⋰', '⋱', '︙', '︰', '᠁'];
/// Characters that are a dot.
const OTHER_DOTS: [char; 6] = ['·', '・', '。', '․', '•', '∙'];

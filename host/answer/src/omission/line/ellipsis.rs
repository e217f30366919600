//! An ellipsis, in the forms in which it stands for what is left out.

use super::words::{looks_like_code, within_brackets};

/// Whether the text is dots, or dots and words: `...`, `… restlicher Code …`, `(the rest ...)`. An operator that
/// touches what it is applied to (`...args`) is none.
pub(in crate::omission) fn is_ellipsis(text: &str) -> bool {
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

/// `"...": "..."`, as data has it that knows no comments.
pub(super) fn is_quoted_ellipsis(line: &str) -> bool {
    let key = line.trim_start_matches(['"', '\'']);
    let is_key = ["...\":", "…\":"].iter().any(|start| key.starts_with(start));
    let is_item = after_dots(line.trim_matches(['"', '\'', ','])) == Some("");
    key.len() < line.len() && (is_key || is_item)
}

/// What comes after the ellipsis that the text begins with.
pub(in crate::omission) fn after_dots(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix(['…', '⋯', '⋮', '‥']) {
        return Some(after.trim_start_matches(['…', '.']));
    }
    let after = text.strip_prefix("...").or_else(|| text.strip_prefix(". . ."))?;
    Some(after.trim_start_matches(['.', '…']))
}

pub(in crate::omission) fn ends_in_dots(text: &str) -> bool {
    text.ends_with("...") || text.ends_with(['…', '⋯', '⋮'])
}

//! Paths within the project that words of a line may be.

use super::{Name, Named, Unusable};
use orchestrator_core::RelativePath;
use std::borrow::Cow;

/// The path below `a/` or `b/`, which diffs put before names.
pub(super) fn without_prefix(text: &str) -> Option<RelativePath> {
    text.strip_prefix("a/").or_else(|| text.strip_prefix("b/")).and_then(|bare| usable(bare).ok())
}

/// A word that is a name if a file has it.
pub(super) fn possible(text: &str) -> Named {
    match usable(text) {
        Ok(path) => Named::Name(Name { candidates: vec![path], alone: true, ..Name::default() }),
        Err(_) => Named::Nothing,
    }
}

/// A path within the project. Backslashes part folders, as on Windows.
pub(super) fn usable(text: &str) -> Result<RelativePath, Unusable> {
    // Most paths have none of those, and are spared the copy.
    let slashes = if text.contains('\\') { Cow::Owned(text.replace('\\', "/")) } else { Cow::Borrowed(text) };
    RelativePath::parse(&slashes).map_err(|error| Unusable {
        text: text.to_owned(),
        reason: format!("the path cannot be used: {error}"),
    })
}

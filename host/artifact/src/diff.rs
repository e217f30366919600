//! Changes in an answer of whole files: diffs, blocks of search and replace, and parts of files.

use crate::guess::{language, may_be_file};
use orchestrator_answer::name::{self, Named};
use orchestrator_core::RelativePath;

/// The file that a diff is about, or a block of search and replace, which begins with `line` after the line `before`.
pub(crate) fn changed(before: &str, line: &str) -> Option<RelativePath> {
    let named = if line.starts_with("+++ ") && before.starts_with("--- ") {
        if line.contains("/dev/null") { before } else { line }
    } else if line.starts_with("*** Update File:")
        || line.starts_with("*** Add File:")
        || line.starts_with("*** Delete File:")
    {
        line
    } else if line.trim_start().starts_with("<<<<<<< ") {
        before
    } else {
        return None;
    };
    match name::read(named) {
        Named::Name(name) => name.new_file().cloned(),
        Named::Nothing | Named::Unusable(_) => None,
    }
}

/// The file that a block without a header changes in part, by the line `before` it: a diff below any line that names a
/// file, other code below a sentence that says what to change there.
pub(crate) fn changed_in_part(info: &str, before: &str) -> Option<RelativePath> {
    let language = language(info);
    if !["diff", "patch", "udiff"].contains(&language.as_str()) {
        return may_be_file(&language).then(|| name::told_to_change(before)).flatten();
    }
    match name::read(before) {
        Named::Name(name) if name.claims() => name.candidates().first().cloned(),
        _ => None,
    }
}

/// Whether code of this kind is a diff, by its first line.
pub(crate) fn begins_diff(line: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 7] =
        [b"diff --git ", b"--- ", b"+++ ", b"@@ ", b"*** Begin Patch", b"*** Update File", b"Index: "];
    BEGINNINGS.iter().any(|beginning| line.starts_with(beginning)) || line.trim_ascii() == b"@@"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_may_change_a_file_in_part() {
        let changed =
            |info: &str, before: &str| changed_in_part(info, before).map(|path| path.as_str().to_owned());
        let some = Some("lib/a.rb".to_owned());
        for (info, before) in [
            ("diff", "And change `lib/a.rb`:"),
            ("diff", "lib/a.rb"),
            ("patch", "**lib/a.rb**"),
            ("ruby", "And in lib/a.rb change:"),
            ("", "Then update this in `lib/a.rb`:"),
        ] {
            assert_eq!(changed(info, before), some, "{info} {before}");
        }
        for (info, before) in [
            ("diff", "What changed:"),
            ("ruby", "It is used like this in lib/a.rb:"),
            ("ruby", "I changed lib/a.rb."),
            ("sh", "To change lib/a.rb:"),
        ] {
            assert_eq!(changed(info, before), None, "{info} {before}");
        }
    }

    #[test]
    fn a_diff_names_its_file() {
        let changed = |before, line| super::changed(before, line).map(|path| path.to_string());
        assert_eq!(changed("--- a/src/a.js", "+++ b/src/a.js").as_deref(), Some("src/a.js"));
        assert_eq!(changed("--- a/src/a.js", "+++ /dev/null").as_deref(), Some("src/a.js"));
        assert_eq!(changed("", "*** Update File: src/a.js").as_deref(), Some("src/a.js"));
        assert_eq!(changed("src/a.js", "<<<<<<< SEARCH").as_deref(), Some("src/a.js"));
        assert_eq!(changed("text", "+++ b/src/a.js"), None);
    }
}

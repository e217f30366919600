//! Names of files in a diff: quotes, times, prefixes.

use crate::hunk::Unusable;
use orchestrator_answer::name as answer;
use orchestrator_core::RelativePath;

/// Longest two names of a `diff --git` line, in bytes: two of the longest paths, with room for quotes and escapes.
const GIT_NAMES_MAX: usize = 8 * 1024;
/// Most blanks in them.
const GIT_BLANKS_MAX: usize = 200;

/// Stands for the file that is not there.
pub(super) const DEV_NULL: &str = "/dev/null";

/// Endings of copies that people keep before they change a file.
const COPIES: [&str; 4] = [".orig", ".old", ".bak", "~"];

/// A name without the time or revision that follows it, and without quotes. Where it is not in quotes, backslashes part
/// folders.
pub(super) fn name(text: &[u8]) -> String {
    let text = text.split(|byte| *byte == b'\t').next().unwrap_or(text).trim_ascii();
    match quoted(text) {
        Some((name, _)) => name,
        None => answer::without_version(&String::from_utf8_lossy(text)).replace('\\', "/"),
    }
}

/// Whether something shows where a name ends: quotes, or the tab that tools write after a name with blanks.
pub(super) fn is_marked(text: &[u8]) -> bool {
    text.contains(&b'\t') || quoted(text.trim_ascii()).is_some()
}

/// A name in quotes as git writes them, and what follows it.
fn quoted(text: &[u8]) -> Option<(String, &[u8])> {
    let mut rest = text.strip_prefix(b"\"")?;
    let mut name = Vec::new();
    loop {
        let (byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'"' => return Some((String::from_utf8_lossy(&name).into_owned(), rest)),
            b'\\' => {
                let (byte, after) = unescaped(rest)?;
                name.push(byte);
                rest = after;
            }
            byte => name.push(*byte),
        }
    }
}

fn unescaped(text: &[u8]) -> Option<(u8, &[u8])> {
    let (first, rest) = text.split_first()?;
    let byte = match first {
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        b'0'..=b'3' => {
            let digits = std::str::from_utf8(text.get(..3)?).ok()?;
            return Some((u8::from_str_radix(digits, 8).ok()?, text.get(3..)?));
        }
        other => *other,
    };
    Some((byte, rest))
}

/// The two names of a `diff --git` line. They may hold blanks, and are told apart by being the same but for the first
/// folder; none where that leaves a choice.
pub(super) fn git_names(text: &[u8]) -> Option<(String, String)> {
    // Every blank may be where the names part, so a line that no two paths can fill is not looked at.
    let blanks = text.iter().take(GIT_NAMES_MAX).filter(|byte| **byte == b' ').count();
    if text.len() > GIT_NAMES_MAX || blanks > GIT_BLANKS_MAX {
        return None;
    }
    if let Some((old, rest)) = quoted(text) {
        return Some((old, name(rest)));
    }
    let mut splits = text
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b' ')
        .filter_map(|(at, _)| Some((name(text.get(..at)?), name(text.get(at + 1..)?))))
        .filter(|(old, new)| old == new || below(old).is_some_and(|old| Some(old) == below(new)));
    match (splits.next(), splits.next()) {
        (Some(split), None) => return Some(split),
        (Some(_), Some(_)) => return None,
        _ => {}
    }
    let at = memchr::memmem::find(text, b" b/").or_else(|| memchr::memchr(b' ', text))?;
    Some((name(text.get(..at)?), name(text.get(at + 1..)?)))
}

/// A name without its first folder.
fn below(name: &str) -> Option<&str> {
    name.split_once('/').map(|(_, below)| below)
}

/// Whether two lines, `--- x` and `+++ y`, name a file rather than being lines of one.
pub(super) fn look_like_names(old: &[u8], new: &[u8]) -> bool {
    let (old, new) = (name(old.get(4..).unwrap_or_default()), name(new.get(4..).unwrap_or_default()));
    let dev_null = |name: &str| name == DEV_NULL;
    old == new
        || dev_null(&old)
        || dev_null(&new)
        || below(&old).is_some_and(|old| Some(old) == below(&new))
        || (old.starts_with("a/") && new.starts_with("b/"))
}

/// What a file with these two names may be called, likeliest first. `a/` and `b/` are prefixes where both names have
/// theirs, and may be where one has; another folder may be where it is all that the names differ by.
pub(super) fn candidates<'a>(old: &'a str, new: &'a str) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut add = |name: &'a str| {
        if !found.contains(&name) {
            found.push(name);
        }
    };
    let (bare_old, bare_new) = (old.strip_prefix("a/"), new.strip_prefix("b/"));
    if let (Some(one), Some(other)) = (bare_old, bare_new)
        && one == other
    {
        add(one);
        return found;
    }
    if old == new {
        add(old);
        if let Some(bare) = old.strip_prefix("a/").or_else(|| old.strip_prefix("b/")) {
            add(bare);
        }
        return found;
    }
    // A copy that was kept of the file as it was.
    if COPIES.iter().any(|copy| old.strip_suffix(copy).is_some_and(|kept| kept == new)) {
        add(new);
        add(new.strip_prefix("b/").unwrap_or(new));
        return found;
    }
    if bare_old == Some(new) {
        add(new);
    }
    if bare_new == Some(old) {
        add(old);
    }
    if let (Some(one), Some(other)) = (below(old), below(new))
        && one == other
    {
        add(one);
    }
    found
}

/// What a file with this one name may be called, likeliest first.
pub(super) fn alone<'a>(name: &'a str, prefix: &str) -> Vec<&'a str> {
    match name.strip_prefix(prefix) {
        Some(bare) => vec![bare, name],
        None => vec![name],
    }
}

/// Checks a name, for a path that is inside the project.
pub(super) fn checked(name: &str) -> Result<RelativePath, Unusable> {
    RelativePath::parse(name).map_err(|error| Unusable {
        path: name.to_owned(),
        reason: format!("the path cannot be used: {error}"),
    })
}

/// A name without what decorates it, with its prefix, where no file is there by the name as it is written; see
/// [`answer::given`].
pub(super) fn plain(name: &str, marked: bool) -> Result<String, Unusable> {
    if name == DEV_NULL {
        return Ok(name.to_owned());
    }
    let prefix = name.get(..2).filter(|prefix| matches!(*prefix, "a/" | "b/")).unwrap_or_default();
    let path = given(name.get(prefix.len()..).unwrap_or(name), marked)
        .map_err(|error| Unusable { path: name.to_owned(), ..error })?;
    Ok(format!("{prefix}{path}"))
}

/// The path of a file that is to be there afterwards and is not yet.
pub(super) fn given(name: &str, marked: bool) -> Result<RelativePath, Unusable> {
    answer::given(name, marked).map_err(|answer::Unusable { text, reason }| Unusable { path: text, reason })
}

/// Whether the first folder of a new file's path may be the prefix of a diff: it is called like one, and nothing that
/// `exists` is.
pub(super) fn may_be_prefixed(path: &str, exists: &mut dyn FnMut(&RelativePath) -> bool) -> bool {
    let folder =
        path.get(..2).filter(|prefix| matches!(*prefix, "a/" | "b/")).and_then(|prefix| prefix.get(..1));
    folder.and_then(|folder| RelativePath::parse(folder).ok()).is_some_and(|folder| !exists(&folder))
}

/// That it cannot be told whether the first folder of a path is one.
pub(super) fn prefix_or_folder(path: &RelativePath) -> Unusable {
    let (prefix, below) = path.as_str().split_at(2);
    Unusable {
        path: path.to_string(),
        reason: format!(
            "whether '{prefix}' is a folder or the prefix of a diff cannot be told: write '{below}', or './{path}' for a folder"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_a_git_line_may_hold_blanks() {
        let names = |text: &str| git_names(text.as_bytes());
        let pair = |old: &str, new: &str| Some((old.to_owned(), new.to_owned()));
        assert_eq!(names("a/x b/x"), pair("a/x", "b/x"));
        assert_eq!(names("a/my file b/my file"), pair("a/my file", "b/my file"));
        assert_eq!(names("a/foo b/baz b/foo b/baz"), pair("a/foo b/baz", "b/foo b/baz"));
        assert_eq!(names(r#""a/t\303\274r" "b/t\303\274r""#), pair("a/tür", "b/tür"));
    }

    #[test]
    fn a_prefix_is_told_from_a_folder() {
        assert_eq!(candidates("a/x", "b/x"), ["x"]);
        assert_eq!(candidates("b/x", "b/x"), ["b/x", "x"]);
        assert_eq!(candidates("x", "b/x"), ["x"]);
        assert_eq!(candidates("src/x", "dst/x"), ["x"]);
        assert!(candidates("x", "y").is_empty());
    }
}

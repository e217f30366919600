//! Names that lead into a folder of version control, here or on another system.
//!
//! What is in such a folder is run by its tools: hooks, filters, whatever its settings name. So nothing that comes from a
//! model, an archive or a request is written there, by whatever name: a project is checked out on other systems, too, and on
//! some of them `.GIT`, `git~1` and a `.git` with a character in it that does not show are `.git` (CVE-2014-9390).

use super::{RelativePath, folded};

const REPOSITORIES: [&str; 5] = [".bzr", ".git", ".hg", ".jj", ".svn"];
/// What NTFS calls them where a program asks for short names.
const SHORT: [&str; 5] = ["bzr~1", "git~1", "hg~1", "jj~1", "svn~1"];

/// A name as macOS and Windows compare it: without case and form, and without the characters that HFS+ passes over.
#[must_use]
pub fn spelled_elsewhere(name: &str) -> String {
    let is_passed_over = |c: char| matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}');
    match name.is_ascii() {
        true => name.to_ascii_lowercase(),
        false => folded(&name.chars().filter(|c| !is_passed_over(*c)).collect::<String>()),
    }
}

/// Whether a component of a path is called as folders of version control are, on some system.
#[must_use]
pub fn is_repository(name: &str) -> bool {
    // Most names are told from these by their first character.
    if name.is_ascii() && !name.starts_with('.') && !name.contains('~') {
        return false;
    }
    let name = spelled_elsewhere(name);
    REPOSITORIES.contains(&name.as_str()) || SHORT.contains(&name.as_str())
}

impl RelativePath {
    /// The part of the path that is called as a folder of version control is, on some system: nothing is written there.
    #[must_use]
    pub fn repository(&self) -> Option<&str> {
        self.as_str().split('/').find(|part| is_repository(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_known_by_every_name_that_leads_into_it() {
        for path in [
            ".git/config",
            "x/.GIT/hooks/pre-commit",
            "git~1/config",
            "GIT~1/config",
            ".g\u{200c}it/config",
            ".gi\u{feff}t",
            ".Hg/hgrc",
            "a/.svn/entries",
            "svn~1/x",
            ".jj/repo",
            ".bzr/x",
            ".g\u{131}t/config",
        ] {
            assert!(RelativePath::parse(path).expect("a path").repository().is_some(), "{path:?}");
        }
        for path in [
            ".gitignore",
            ".github/workflows/ci.yml",
            "git/config",
            "src/git~2.js",
            "a.git/x",
            "\u{e9}/.gitkeep",
        ] {
            assert_eq!(RelativePath::parse(path).expect("a path").repository(), None, "{path:?}");
        }
    }
}

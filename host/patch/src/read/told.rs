//! What an answer says of its parts in words: that a file goes, that one of two parts is meant, that a part is not to be made.
//!
//! Words are no patch, and what they tell cannot be carried out. But a patch of which they say something else than it does
//! is not what was meant, so it is refused: a file that is said to go and stays, two alternatives that would both be made,
//! and the example of how not to do it.

use super::{Reader, There, account::Role};
use crate::{
    base::shown,
    hunk::{Intent, Unusable},
};
use orchestrator_core::RelativePath;
use std::collections::BTreeSet;

const GOES: &str = "delete deleted remove removed drop dropped rm lösche entferne supprimez supprime supprimer elimina eliminar \
    borra удалите удали удалить 删除 削除";
const MOVES: &str = "rename renamed move moved mv";
/// Words beside such a verb and a path that leave the sentence what it is.
const BESIDE: &str = "the file files old whole entire now unused obsolete also and then finally lastly next please git as well too \
    completely entirely altogether you should must need to it's a this that";
const ONTO: &str = "to into as \u{2192} -> =>";
const MARKS: &str = "`*_\"',;:.!()[]#>\u{201c}\u{201d}";
/// Words that a line begins with of which the code below is not to be written.
const NEVER: &[&str] = &[
    "do not ",
    "do not:",
    "don't ",
    "don't:",
    "don\u{2019}t ",
    "don\u{2019}t:",
    "never ",
    "avoid ",
    "avoid:",
    "wrong:",
    "wrong way:",
    "incorrect:",
    "bad:",
    "not this:",
    "not like this:",
    "instead of this:",
    "\u{274c}",
    "\u{1f6ab}",
];
/// Longest line that is looked at, in bytes.
const LINE_MAX: usize = 160;

const STAYS: &str = "says that a file goes or moves, and no part of the patch does that: write it as '*** Delete File: path' or \
    '*** Move to: path', or as a diff with '+++ /dev/null'";
const UNWANTED: &str = "says that what follows is not to be done, and it is a patch: leave it out";
const ALTERNATIVES: &str = "begins one of several alternatives, and which is meant cannot be told: send one";

impl Reader<'_, '_> {
    /// What is said of the parts that they do not do.
    pub(super) fn told(&mut self) -> Option<Unusable> {
        let mut inside = false;
        let mut options: BTreeSet<String> = BTreeSet::new();
        for at in 0..self.lines.len() {
            let role = self.account.role(at);
            inside ^= role == Role::Fence;
            let line = self.lines.get(at).map_or(&b""[..], |line| line.text);
            if inside || role != Role::Prose || line.len() > LINE_MAX || line.trim_ascii().is_empty() {
                continue;
            }
            let text = String::from_utf8_lossy(line).into_owned();
            let what = if self.is_left(&text) {
                STAYS
            } else if is_warning(&text) && self.is_before_part(at) {
                UNWANTED
            } else if is_other(&text) && self.has_part(0, at) && self.is_before_part(at) {
                ALTERNATIVES
            } else {
                let option = option(&text).filter(|_| self.has_part(at, self.lines.len()));
                options.extend(option);
                if options.len() < 2 { continue } else { ALTERNATIVES }
            };
            let reason = format!("line {} of the answer, {:?}, {what}", at + 1, shown(line));
            return Some(Unusable { path: String::new(), reason });
        }
        None
    }

    /// Whether a line says that a file goes or moves which is there and which no part is about.
    fn is_left(&mut self, line: &str) -> bool {
        let Some(path) = leaving(line).and_then(|path| RelativePath::parse(&path).ok()) else { return false };
        let is_of = |intent: &Intent| intent.names().any(|name| *name == path);
        let is_told = self.parts.iter().flatten().any(|part| is_of(&part.intent));
        !is_told && (self.there)(&path) == There::File
    }

    /// Whether the first thing after line `at` that is no fence and no name is a part.
    fn is_before_part(&self, at: usize) -> bool {
        let is_nothing =
            |at: &usize| self.lines.get(*at).is_some_and(|line| line.text.trim_ascii().is_empty());
        let roles = (at + 1..self.lines.len()).filter(|at| !is_nothing(at)).map(|at| self.account.role(at));
        let mut roles = roles.skip_while(|role| matches!(role, Role::Fence | Role::Header));
        matches!(roles.next(), Some(Role::Hunk | Role::Block))
    }

    fn has_part(&self, from: usize, until: usize) -> bool {
        (from..until).any(|at| matches!(self.account.role(at), Role::Hunk | Role::Block))
    }
}

/// The path of which a line says nothing but that it goes, or moves.
fn leaving(line: &str) -> Option<String> {
    let is_of = |word: &str, list: &str| list.split_ascii_whitespace().any(|known| known == word);
    let (mut verb, mut moves, mut onto) = (false, false, false);
    let mut paths: Vec<&str> = Vec::new();
    for word in line.split_whitespace() {
        let bare = word.trim_matches(|c| MARKS.contains(c) && c != '.').trim_end_matches('.');
        let bare = bare.trim_matches(|c| MARKS.contains(c) && c != '.');
        let small = bare.to_lowercase();
        match () {
            () if verb && moves && is_of(word, ONTO) => onto = true,
            () if bare.is_empty() || bare == "-" || bare.bytes().all(|byte| byte.is_ascii_digit()) => {}
            () if is_of(&small, GOES) => verb = true,
            () if is_of(&small, MOVES) => (verb, moves) = (true, true),
            () if is_of(&small, BESIDE) => {}
            () => paths.push(bare),
        }
    }
    let first = paths.first().filter(|_| verb)?;
    let is_whole = if moves { paths.len() == 2 && onto } else { paths.len() == 1 };
    is_whole.then(|| (*first).to_owned())
}

/// Whether a line says that what follows is not to be done.
fn is_warning(line: &str) -> bool {
    let text = line.trim_matches(|c: char| c.is_whitespace() || "#*_>-".contains(c)).to_lowercase();
    let begins = NEVER.iter().any(|known| text.starts_with(known));
    begins
        && (text.ends_with(':') || text.starts_with(['\u{274c}', '\u{1f6ab}']))
        && !text.contains("forget")
        && !text.contains("mind")
}

/// Whether a line begins something that may be done in place of what is above it.
fn is_other(line: &str) -> bool {
    let text = line.trim_matches(|c: char| c.is_whitespace() || "#*_>:.,-".contains(c)).to_lowercase();
    text == "or"
        || text == "or this"
        || text.starts_with("alternatively")
        || text.starts_with("or alternatively")
}

/// The letter or number of the alternative that a line begins.
fn option(line: &str) -> Option<String> {
    let text = line.trim_matches(|c: char| c.is_whitespace() || "#*_>-".contains(c)).to_lowercase();
    let mut words = text.strip_prefix("or ").unwrap_or(&text).split_whitespace();
    let is_kind = words.next().is_some_and(|word| matches!(word, "option" | "alternative" | "variant"));
    let label = words.next()?.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let is_label = label.chars().count() == 1 && label.chars().all(char::is_alphanumeric);
    (is_kind && is_label).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_goes_by_words_alone_is_found() {
        for line in [
            "Delete `src/old.js`.",
            "- Remove the file src/old.js",
            "Then delete `src/old.js` as well.",
            "**Deleted:** `src/old.js`",
            "git rm src/old.js",
            "Rename `src/old.js` to `src/new.js`.",
            "Move src/old.js -> lib/old.js",
        ] {
            assert_eq!(leaving(line).as_deref(), Some("src/old.js"), "{line:?}");
        }
        for line in [
            "You can delete `src/old.js` if it is unused.",
            "Delete the loop in `src/old.js`.",
            "Remove `two` from src/old.js",
            "src/old.js",
            "Rename `a` in `src/old.js` to `b`.",
            "It removes src/old.js at its end.",
        ] {
            assert_eq!(leaving(line), None, "{line:?}");
        }
    }

    #[test]
    fn warnings_and_alternatives_are_told_from_other_titles() {
        for line in ["Do not do this:", "**Wrong:**", "\u{274c} Bad", "Avoid this:", "Don't write:"] {
            assert!(is_warning(line), "{line:?}");
        }
        for line in [
            "Do not forget to update the tests:",
            "Do this:",
            "Never mind the order:",
            "The wrong value:",
            "Never do that.",
        ] {
            assert!(!is_warning(line), "{line:?}");
        }
        assert!(is_other("Alternatively, keep it:") && is_other("Or:") && !is_other("Or so it seems"));
        assert_eq!(option("### Option A: a map").as_deref(), Some("a"));
        assert_eq!(option("Or option 2:").as_deref(), Some("2"));
        assert_eq!(option("Option parsing:"), None);
    }
}

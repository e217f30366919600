//! Signs of a change in lines that nobody took for one.
//!
//! Prose has lists, tables, options of commands and numbers below zero, and none of those may refuse a patch that is
//! sound. A hunk that lost its header, the rest of a block that ended early, or a dialect that is not read, must.

use super::{Reader, account::Role, sections};
use crate::{base::shown, hunk::Unusable};
use orchestrator_answer::{
    fence::Fence,
    name::{self, Named},
    tag,
};

/// Languages of blocks whose lines begin with hyphens for other reasons.
const COMMANDS: [&str; 10] =
    ["sh", "bash", "shell", "zsh", "console", "terminal", "text", "txt", "yaml", "yml"];

impl Reader<'_, '_> {
    /// The first sign of a change in what was left as prose.
    pub(super) fn signs(&self) -> Option<Unusable> {
        let mut fence: Option<(Fence, usize, &[u8])> = None;
        for (at, line) in self.lines.iter().enumerate() {
            let text = line.text;
            match (self.account.role(at), &fence) {
                (Role::Fence, None) => {
                    fence = Fence::opened_by(text).map(|(fence, info)| (fence, at, info));
                }
                (Role::Fence, Some((_, begin, _))) => {
                    if let Some(found) = self.whole_file(*begin, at) {
                        return Some(found);
                    }
                    fence = None;
                }
                (Role::Prose, open) => {
                    let next = self.prose_after(at);
                    let plain = open.is_some_and(|(_, _, info)| is_command(info));
                    if let Some(what) = sign(text, next, plain) {
                        return Some(refusal(at, text, what));
                    }
                }
                _ => {}
            }
        }
        fence.and_then(|(_, begin, _)| self.whole_file(begin, self.lines.len()))
    }

    /// The next line, if it is prose as well.
    fn prose_after(&self, at: usize) -> &[u8] {
        let is_prose = self.account.role(at + 1) == Role::Prose;
        self.lines.get(at + 1).filter(|_| is_prose).map_or(b"", |line| line.text)
    }

    /// A block of code in the fence from line `begin` to line `end` that is said to be a file, and of which nothing was
    /// read: a whole file, where a patch was expected.
    fn whole_file(&self, begin: usize, end: usize) -> Option<Unusable> {
        let blank = |at: usize| self.lines.get(at).is_none_or(|line| line.text.trim_ascii().is_empty());
        let mut inside = begin + 1..end;
        if !inside.all(|at| self.account.role(at) == Role::Prose) || (begin + 1..end).all(blank) {
            return None;
        }
        let before =
            (0..begin).rev().take_while(|at| self.account.role(*at) == Role::Prose).find(|at| !blank(*at));
        let line = before.and_then(|at| self.lines.get(at))?;
        let Ok(text) = std::str::from_utf8(line.text) else { return None };
        let Named::Name(name) = name::read(text) else { return None };
        (name.is_alone() && name.claims()).then(|| Unusable {
            path: name.candidates().first().map(ToString::to_string).unwrap_or_default(),
            reason: "a block of code is given for it that is no patch: send a diff or a search/replace block, also for \
                     a new file"
                .into(),
        })
    }
}

fn refusal(at: usize, line: &[u8], what: &str) -> Unusable {
    Unusable {
        path: String::new(),
        reason: format!("line {} of the answer, {:?}, {what}", at + 1, shown(line)),
    }
}

fn is_command(info: &[u8]) -> bool {
    let word = info.split(|byte| byte.is_ascii_whitespace()).next().unwrap_or_default();
    COMMANDS.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

/// What a line of prose is a sign of, as the end of a sentence about it. `plain` says that lines which begin with `-`
/// and `+` mean nothing here.
fn sign(line: &[u8], next: &[u8], plain: bool) -> Option<&'static str> {
    if is_block_marker(line) {
        return Some(
            "is a marker of a search/replace block and belongs to none: write '<<<<<<< SEARCH', '=======' and '>>>>>>> \
             REPLACE', each once for a block; send lines that look like markers in a diff",
        );
    }
    if is_conflict_marker(line) {
        return Some(
            "is a marker of a merge conflict, which is no patch: send a diff, or search/replace blocks with '<<<<<<< SEARCH' \
             and '>>>>>>> REPLACE'",
        );
    }
    if line.starts_with(b"@@") {
        return Some(
            "is the header of a hunk that could not be read: begin with '--- a/path' and '+++ b/path'",
        );
    }
    if sections::is_marker(line) {
        return Some(
            "is of the '*** Begin Patch' format and could not be read: send a unified diff with '--- a/path' and '+++ b/path'",
        );
    }
    let inner = line.trim_ascii_start();
    if inner.len() < line.len() && (is_block_marker(inner) || sections::is_marker(inner)) {
        return Some(
            "is a marker of a patch behind blanks, so how far the lines below it are indented cannot be told: begin every \
             marker at the margin",
        );
    }
    if is_context_diff(line, next) {
        return Some("is of a context diff: send a unified diff with '--- a/path', '+++ b/path' and '@@'");
    }
    if is_normal_diff(line, next) {
        return Some(
            "is of a diff without context: send a unified diff with '--- a/path', '+++ b/path' and '@@'",
        );
    }
    if is_name_pair(line, next) {
        return Some(
            "is the header of a file that has no hunk below it: write '@@' and the lines that change",
        );
    }
    if std::str::from_utf8(line).ok().and_then(tag::named_in).is_some() {
        return Some(
            "is a tag as whole files are written with, where a patch is read: send all of it as a diff",
        );
    }
    (!plain && is_change(line, next))
        .then_some("looks like a part of a change, and belongs to no hunk: write it below a '@@' line of its file, every line \
                    with ' ', '+' or '-'")
}

/// Whether a line is a marker that begins or ends a search/replace block, in any dialect.
pub(super) fn is_block_marker(line: &[u8]) -> bool {
    super::blocks::opens(line) || super::blocks::closes(line)
}

fn is_conflict_marker(line: &[u8]) -> bool {
    let run = |mark: u8| line.iter().take_while(|byte| **byte == mark).count() == 7;
    (run(b'<') || run(b'>')) && matches!(line.get(7), None | Some(b' ' | b'\r'))
}

fn is_context_diff(line: &[u8], next: &[u8]) -> bool {
    line.starts_with(b"***************")
        || (line.starts_with(b"*** ") && (line.ends_with(b" ****") || next.starts_with(b"--- ")))
}

/// `3,4c5` and then `< ` or `> `.
fn is_normal_diff(line: &[u8], next: &[u8]) -> bool {
    let numbers =
        |text: &[u8]| text.iter().all(|byte| byte.is_ascii_digit() || *byte == b',') && !text.is_empty();
    let Some(at) = line.iter().position(|byte| matches!(byte, b'a' | b'c' | b'd')) else { return false };
    let (before, after) = (line.get(..at).unwrap_or_default(), line.get(at + 1..).unwrap_or_default());
    numbers(before) && numbers(after.trim_ascii_end()) && (next.starts_with(b"< ") || next.starts_with(b"> "))
}

fn is_name_pair(line: &[u8], next: &[u8]) -> bool {
    let named = |line: &[u8]| line.len() > 4 && !line.ends_with(b" ---");
    (line.starts_with(b"--- ") && next.starts_with(b"+++ ")
        || line.starts_with(b"+++ ") && next.starts_with(b"--- "))
        && named(line)
        && named(next)
}

/// Whether a line that begins with `+` or `-` is one of a change rather than of a list, a table, a number or a rule.
pub(super) fn is_change(line: &[u8], next: &[u8]) -> bool {
    let Some((sign @ (b'+' | b'-'), text)) = line.split_first() else { return false };
    let rest = text.trim_ascii();
    let drawn = |byte: &u8| matches!(byte, b'-' | b'+' | b'=' | b'|' | b' ' | b'>' | b'<' | b'*');
    if rest.is_empty() || rest.iter().all(drawn) {
        return false;
    }
    if text.first() == Some(&b' ') {
        // An item of a list; but one that is replaced at once is none, and neither is code that is indented.
        let item = |line: &[u8]| line.get(1..).is_some_and(is_sentence);
        let ends_in = |marks: &[u8]| rest.last().is_some_and(|last| marks.contains(last));
        let said = rest.first().is_some_and(|first| b"`*".contains(first));
        let statement = ends_in(b";{}") && !said && rest.iter().any(|byte| b"=(){}[]".contains(byte));
        let code = statement || text.starts_with(b"  ") && ends_in(b";{}(),:>");
        return match sign {
            b'+' => code || !item(line),
            _ if code || text.starts_with(b" * ") => true,
            _ => next.starts_with(b"+") && !next.starts_with(b"+-") && !(item(line) && item(next)),
        };
    }
    let digit = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'%' | b':' | b'/');
    let number = rest.iter().take_while(|byte| !byte.is_ascii_whitespace()).all(digit);
    // Two hyphens and a letter are an option of a command.
    let option = text.first() == Some(&b'-') && text.get(1).is_some_and(u8::is_ascii_alphabetic);
    let replaced = *sign == b'-' && next.starts_with(b"+");
    replaced || !(number || option && *sign == b'-')
}

/// Whether an item of a list is a sentence, as in `+ It is faster.`
fn is_sentence(text: &[u8]) -> bool {
    let words = text.trim_ascii();
    text.starts_with(b" ")
        && words.first().is_some_and(|first| first.is_ascii_uppercase() || matches!(first, b'*' | b'`'))
        && words.contains(&b' ')
        && words.last().is_some_and(|last| b".!?:*)`".contains(last))
}

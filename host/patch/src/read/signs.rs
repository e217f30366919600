//! Signs of a change in lines that nobody took for one.
//!
//! Prose has lists, tables, options of commands and numbers below zero, and none of those may refuse a patch that is
//! sound. A hunk that lost its header, the rest of a block that ended early, or a dialect that is not read, must.

use super::{
    Reader,
    account::Role,
    marks, owner,
    sign::{dressed_sign, sign},
};
use crate::{base::shown, hunk::Unusable};
use orchestrator_answer::{
    fence::Fence,
    name::{self, Named},
};

/// Languages of blocks whose lines begin with hyphens for other reasons.
const COMMANDS: [&str; 10] =
    ["sh", "bash", "shell", "zsh", "console", "terminal", "text", "txt", "yaml", "yml"];

/// The last word of a sentence before code that goes, and the word before code that comes in its place.
const REPLACED: &[&str] = &["replace", "change", "swap", "substitute", "this"];
const WITH: &[&str] = &["with", "by", "to", "into", "for"];
/// Words of the two halves of a block, as headings or tags.
const HALVES: [&[&str]; 2] = [&["search", "find"], &["replace", "replacement", "replace with"]];

const HALF: &str = "is the half of a block in a form that is not read: write '<<<<<<< SEARCH', '=======' and '>>>>>>> REPLACE', \
                    or a unified diff";

impl<'t> Reader<'t, '_> {
    /// The first sign of a change in what was left as prose.
    pub(super) fn signs(&self) -> Option<Unusable> {
        let mut fence: Option<(Fence, usize, &'t [u8])> = None;
        let mut half = None;
        let mut replaced = None;
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
                    let plain = open.is_some_and(|(_, _, info)| {
                        is_command(info) || text.starts_with(b"--") && has_dashed_comments(info)
                    });
                    let begins = |ahead: usize| self.account.role(at + ahead) == Role::Header;
                    let heads = begins(1) || begins(2) && !next.is_empty();
                    if let Some(what) =
                        sign(text, next, plain).or_else(|| dressed_sign(text, next, plain, heads))
                    {
                        return Some(refusal(at, text, what));
                    }
                    // Whether a block follows is asked of few lines alone: a text may be full of blank ones.
                    let (begins, goes_on) = (ends_in(text, REPLACED), is_said_alone(text, WITH));
                    if fence.is_none() && (begins || goes_on) && self.is_before_block(at) {
                        if let Some((at, text)) = replaced.filter(|_| goes_on) {
                            return Some(refusal(at, text, HALF));
                        }
                        replaced = begins.then_some((at, text)).or(replaced);
                    }
                    let says = |words| marks::is_label(text, words) || in_tag(text, words);
                    half = half.or_else(|| says(HALVES[0]).then_some((at, text)));
                    if let Some((at, text)) = half.filter(|_| says(HALVES[1])) {
                        return Some(refusal(at, text, HALF));
                    }
                }
                _ => {}
            }
        }
        fence.and_then(|(_, begin, _)| self.whole_file(begin, self.lines.len()))
    }

    /// The next line, if it is prose as well.
    fn prose_after(&self, at: usize) -> &'t [u8] {
        let is_prose = self.account.role(at + 1) == Role::Prose;
        self.lines.get(at + 1).filter(|_| is_prose).map_or(b"", |line| line.text)
    }

    /// Whether a block of code begins after line `at`, with nothing but blank lines between.
    fn is_before_block(&self, at: usize) -> bool {
        let blank = |at: &usize| self.lines.get(*at).is_some_and(|line| line.text.trim_ascii().is_empty());
        (at + 1..self.lines.len())
            .find(|at| !blank(at))
            .is_some_and(|at| self.account.role(at) == Role::Fence)
    }

    /// A block of code in the fence from line `begin` to line `end` that is said to be a file, and of which nothing was
    /// read: a whole file, where a patch was expected. Its name is on the line before, behind the language, or in a
    /// comment on its first line.
    fn whole_file(&self, begin: usize, end: usize) -> Option<Unusable> {
        let blank = |at: usize| self.lines.get(at).is_none_or(|line| line.text.trim_ascii().is_empty());
        let mut inside = begin + 1..end;
        if !inside.all(|at| self.account.role(at) == Role::Prose) || (begin + 1..end).all(blank) {
            return None;
        }
        let text = |at: usize| self.lines.get(at).map_or(&b""[..], |line| line.text);
        let is_prose = |at: &usize| self.account.role(*at) == Role::Prose;
        let before = (0..begin).rev().take_while(is_prose).find(|at| !blank(*at));
        let info = text(begin);
        let mut named = vec![owner::in_info(info)];
        named.extend(before.map(|at| owner::read(text(at))));
        let first = (begin + 1..end).find(|at| !blank(*at)).map_or(&b""[..], text);
        let comment =
            [&b"//"[..], b"#", b"/*", b"<!--", b"--", b";"].iter().any(|mark| first.starts_with(mark));
        // Scripts say in comments what they are about.
        let script = Fence::opened_by(info).is_some_and(|(_, info)| is_command(info));
        if comment && !script && !first.starts_with(b"#!") && (begin + 2..end).any(|at| !blank(at)) {
            named.push(owner::read(first));
        }
        let name = named.into_iter().find_map(|named| match named {
            Named::Name(name) if name.is_alone() && name.claims() => Some(name),
            _ => None,
        });
        let told = || {
            let line = std::str::from_utf8(text(before.filter(|_| !script)?)).ok()?;
            name::told_to_change(line).map(String::from)
        };
        let path = match name {
            Some(name) => name.candidates().first().map(ToString::to_string).unwrap_or_default(),
            None => told()?,
        };
        Some(Unusable {
            path,
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

/// Whether the last word of a line is one of `words`.
fn ends_in(line: &[u8], words: &[&str]) -> bool {
    let text = String::from_utf8_lossy(line);
    let last = text
        .trim_end_matches([':', ' ', '*', '_', '\r'])
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default();
    let last = last.trim_start_matches(['*', '_']);
    words.iter().any(|word| last.eq_ignore_ascii_case(word))
}

/// Whether a line is one of `words` and nothing else.
fn is_said_alone(line: &[u8], words: &[&str]) -> bool {
    ends_in(line, words) && !line.trim_ascii().contains(&b' ')
}

/// Whether a line begins with a tag that is called as one of `words`.
fn in_tag(line: &[u8], words: &[&str]) -> bool {
    let tag = marks::tag(line.trim_ascii_start());
    tag.is_some_and(|tag| words.iter().any(|word| tag.eq_ignore_ascii_case(word)))
}

/// Whether comments begin with two hyphens in the language of a block.
fn has_dashed_comments(info: &[u8]) -> bool {
    let word = info.split(|byte| byte.is_ascii_whitespace()).next().unwrap_or_default();
    [&b"sql"[..], b"lua", b"haskell", b"hs", b"elm", b"ada", b"vhdl"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

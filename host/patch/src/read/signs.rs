//! Signs of a change in lines that nobody took for one.
//!
//! Prose has lists, tables, options of commands and numbers below zero, and none of those may refuse a patch that is
//! sound. A hunk that lost its header, the rest of a block that ended early, or a dialect that is not read, must.

use super::{Reader, account::Role, dress, marks, owner, sections};
use crate::{base::shown, hunk::Unusable};
use orchestrator_answer::{
    fence::Fence,
    name::{self, Named},
    tag,
};

/// Languages of blocks whose lines begin with hyphens for other reasons.
const COMMANDS: [&str; 10] =
    ["sh", "bash", "shell", "zsh", "console", "terminal", "text", "txt", "yaml", "yml"];

/// The last word of a sentence before code that goes, and the word before code that comes in its place.
const REPLACED: &[&str] = &["replace", "change", "swap", "substitute", "this"];
const WITH: &[&str] = &["with", "by", "to", "into", "for"];
/// Words of the two halves of a block, as headings or tags.
const HALVES: [&[&str]; 2] = [&["search", "find"], &["replace", "replacement", "replace with"]];

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

const CHANGE: &str = "looks like a part of a change, and belongs to no hunk: write it below a '@@' line of its file, every line \
                      with ' ', '+' or '-'";
const HALF: &str = "is the half of a block in a form that is not read: write '<<<<<<< SEARCH', '=======' and '>>>>>>> REPLACE', \
                    or a unified diff";
const DRESSED: &str = "is of a patch, but not as it has to be written: begin each line of it at the margin, without marks of a \
                       quotation or a list, and write its markers by the letter";

/// What a line is a sign of below what is put around it, or in a form that is not read. `plain` as for [`sign`]; `heads`
/// says that the header of a file follows.
fn dressed_sign(line: &[u8], next: &[u8], plain: bool, heads: bool) -> Option<&'static str> {
    if line.trim_ascii().is_empty() {
        return None;
    }
    let after = dress::layers(next);
    let follows = |start: &[u8]| after.iter().any(|next| next.starts_with(start));
    for (layer, text) in dress::layers(line).iter().enumerate() {
        let (text, is_dressed) = (text.as_slice(), layer > 0 || *text != *line);
        let is_part = marks::is_block(text)
            || is_conflict_marker(text)
            || marks::is_section(text)
            || marks::is_header(text)
            || marks::is_tool(text)
            || text.starts_with(b"\"old_str") && !next.is_empty()
            || text.starts_with(b"rename from ") && follows(b"rename to ")
            || text.starts_with(b"copy from ") && follows(b"copy to ")
            || marks::is_command(text) && !plain && !heads
            || is_dressed && marks::is_hunk(text)
            || is_dressed && text.starts_with(b"--- ") && follows(b"+++ ") && !text.ends_with(b" ---");
        if is_part {
            return Some(DRESSED);
        }
        let replaced = after.iter().any(|next| is_replaced(text, next, plain));
        let numbered =
            !plain && marks::behind_number(text) == Some(b'-') && marks::behind_number(next) == Some(b'+');
        if replaced || numbered {
            return Some(CHANGE);
        }
    }
    None
}

/// Whether a line with `-` is replaced by the one with `+` that follows, whatever they stand in.
fn is_replaced(line: &[u8], next: &[u8], plain: bool) -> bool {
    let (Some(old), Some(new)) = (line.strip_prefix(b"-"), next.strip_prefix(b"+")) else { return false };
    let both = |is: &dyn Fn(&[u8]) -> bool| is(old.trim_ascii()) && is(new.trim_ascii());
    let worded = |text: &[u8]| text.iter().any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    if !both(&worded) {
        return false;
    }
    let tight = |text: &[u8]| !text.starts_with(b" ") && !text.starts_with(b"-") && !text.starts_with(b"+");
    if tight(old) && tight(new) {
        let code = |text: &[u8]| text.iter().any(|byte| b";{}()=:\"'".contains(byte));
        return !plain || code(old) || code(new);
    }
    let ends = if plain { &b";"[..] } else { b";{}" };
    let statement = |text: &[u8]| text.last().is_some_and(|last| ends.contains(last));
    let ticked = |text: &[u8]| {
        text.len() > 2
            && text.iter().filter(|byte| **byte == b'`').count() == 2
            && text.first() == Some(&b'`')
            && text.last() == Some(&b'`')
    };
    both(&statement) || both(&ticked)
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
    (!plain && is_change(line, next)).then_some(CHANGE)
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
    // A heading between lines that are drawn.
    let titled = line.starts_with(b"--- ") && rest.ends_with(b" ---");
    if rest.is_empty() || rest.iter().all(drawn) || titled {
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
    // What has a digit; two slashes begin a comment.
    let mut figure = rest.iter().take_while(|byte| !byte.is_ascii_whitespace());
    let number = figure.clone().any(u8::is_ascii_digit) && figure.all(digit);
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

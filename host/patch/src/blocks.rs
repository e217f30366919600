//! Search/replace blocks: the format for models that cannot keep a diff straight.
//!
//! A block names its file on the line before, shows the lines to find, and the lines to put there. It becomes a hunk
//! like a diff's: what both halves share is context, so the file's own lines stay there, and one engine places both.

use crate::{
    hunk::{Fault, FilePatch, Hunk, HunkLine, Intent, Kind, Parts, Unusable},
    lines_diff,
    text::{End, Line, lines},
};
use orchestrator_core::RelativePath;

const FORMAT: &str = "\
Answer with search/replace blocks, and nothing else in code fences. Each block has the file's path alone on the line before it:

path/to/file.js
<<<<<<< SEARCH
the lines to replace, copied from the file with their indentation
=======
the lines to put there
>>>>>>> REPLACE

Rules:
- SEARCH holds whole lines exactly as the file has them now, and enough of them that they occur only once in the file.
- Keep blocks small: the lines that change and two or three around them. One block for each place.
- An empty SEARCH creates the file. An empty REPLACE deletes the lines.
- Never shorten: no \"...\" and no \"rest unchanged\" in either half.";

/// The passage of a prompt that asks a model for search/replace blocks.
#[must_use]
pub fn replacement_format() -> &'static str {
    FORMAT
}

/// Whether `text` has search/replace blocks.
pub(crate) fn has_blocks(text: &[u8]) -> bool {
    lines(text).iter().any(|line| is_marker(line.text, b'<', b"SEARCH"))
}

/// Reads all blocks in `text`. One that names no file is about the file of the one before, or about `target`.
pub(crate) fn parse<'t>(text: &'t [u8], target: Option<&RelativePath>) -> Parts<'t> {
    let lines = lines(text);
    let mut parts: Parts<'t> = Vec::new();
    let mut last = target.cloned();
    // Where the text before the next block begins.
    let (mut at, mut begin) = (0, 0);
    while let Some(line) = lines.get(at) {
        at += 1;
        if !is_marker(line.text, b'<', b"SEARCH") {
            continue;
        }
        let named = path_before(lines.get(begin..at - 1).unwrap_or_default());
        let (hunk, end) = block(&lines, at);
        (at, begin) = (end, end);
        match named {
            Some(Ok(path)) => last = Some(path),
            Some(Err(unusable)) => {
                parts.push(Err(unusable));
                continue;
            }
            None => {}
        }
        let Some(path) = last.clone() else {
            parts.push(Err(Unusable {
                path: String::new(),
                reason: "a block without the name of its file: write its path alone on the line before"
                    .into(),
            }));
            continue;
        };
        let intent = Intent::Modify(vec![path]);
        match parts.last_mut() {
            Some(Ok(patch)) if patch.intent == intent => {
                let number = u32::try_from(patch.hunks.len()).unwrap_or(u32::MAX).saturating_add(1);
                patch.hunks.push(Hunk { number, ..hunk });
            }
            _ => parts.push(Ok(FilePatch {
                intent,
                hunks: vec![hunk],
                carriage_returns: line.end == End::CrLf,
            })),
        }
    }
    parts
}

/// Reads the block that begins at line `at`; says where it ends.
fn block<'t>(lines: &[Line<'t>], at: usize) -> (Hunk<'t>, usize) {
    let mut hunk = Hunk::new(1);
    // The next marker of either kind: a block that is opened again before it is closed breaks off.
    let rest = lines.get(at..).unwrap_or_default();
    let opens = |line: &Line<'_>| is_marker(line.text, b'<', b"SEARCH");
    let closes = |line: &Line<'_>| is_marker(line.text, b'>', b"REPLACE");
    let next = rest.iter().position(|line| opens(line) || closes(line)).map(|next| at + next);
    let Some(end) = next.filter(|next| lines.get(*next).is_some_and(closes)) else {
        hunk.fault = Some(Fault::Cut);
        return (hunk, next.unwrap_or(lines.len()));
    };
    let inside = lines.get(at..end).unwrap_or_default();
    let mut dividers = inside.iter().enumerate().filter(|(_, line)| is_marker(line.text, b'=', b""));
    let (divider, second) = (dividers.next(), dividers.next());
    match (divider, second) {
        (Some((divider, _)), None) => {
            let (search, replace) = inside.split_at(divider);
            hunk.lines = merged(search, replace.get(1..).unwrap_or_default());
        }
        (None, _) => hunk.spoil(b">>>>>>> REPLACE"),
        (Some(_), Some((_, line))) => hunk.spoil(line.text),
    }
    (hunk, end + 1)
}

/// Both halves as the lines of a hunk.
fn merged<'t>(search: &[Line<'t>], replace: &[Line<'t>]) -> Vec<HunkLine<'t>> {
    let line =
        |kind, line: &Line<'t>| HunkLine { kind, text: line.text, carriage_return: line.end == End::CrLf };
    let mut found = Vec::with_capacity(search.len() + replace.len());
    let mut at = 0;
    let slice = |lines: &[Line<'t>], from: u32, to: u32| -> Vec<Line<'t>> {
        lines.get(from as usize..to as usize).unwrap_or_default().to_vec()
    };
    for change in lines_diff(search, replace) {
        found.extend(slice(search, at, change.before.start).iter().map(|one| line(Kind::Context, one)));
        found.extend(
            slice(search, change.before.start, change.before.end).iter().map(|one| line(Kind::Removed, one)),
        );
        found.extend(
            slice(replace, change.after.start, change.after.end).iter().map(|one| line(Kind::Added, one)),
        );
        at = change.before.end;
    }
    found.extend(search.get(at as usize..).unwrap_or_default().iter().map(|one| line(Kind::Context, one)));
    found
}

/// Whether a line is five to nine of `character`, and `word` after them.
fn is_marker(line: &[u8], character: u8, word: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let length = line.iter().take_while(|byte| **byte == character).count();
    let rest = line.get(length..).unwrap_or_default();
    (5..=9).contains(&length)
        && rest.trim_ascii_start() == word
        && (word.is_empty() || rest.len() > word.len())
}

/// The path on the last line with anything on it, a code fence aside; none if that is no path.
fn path_before(lines: &[Line<'_>]) -> Option<Result<RelativePath, Unusable>> {
    let mut before = lines.iter().rev().map(|line| line.text.trim_ascii()).filter(|line| !line.is_empty());
    let mut line = before.next()?;
    if is_fence(line) {
        line = before.next()?;
        if is_fence(line) {
            return None;
        }
    }
    let text = std::str::from_utf8(line).ok()?;
    let quoted = text.contains('`') || text.contains("**");
    let mut name = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '#' | '*' | '`' | ':'));
    name = name.strip_prefix("// ").unwrap_or(name).trim();
    for label in ["File:", "file:", "Path:", "path:"] {
        name = name
            .strip_prefix(label)
            .unwrap_or(name)
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '`'));
    }
    // A sentence is no path, unless it says that it is one.
    if name.is_empty() || (!quoted && name.contains(char::is_whitespace) && !name.contains('/')) {
        return None;
    }
    match RelativePath::parse(name) {
        Ok(path) => Some(Ok(path)),
        Err(error) if !name.contains(char::is_whitespace) => {
            Some(Err(Unusable { path: name.to_owned(), reason: format!("the path cannot be used: {error}") }))
        }
        Err(_) => None,
    }
}

fn is_fence(line: &[u8]) -> bool {
    line.starts_with(b"```") || line.starts_with(b"~~~")
}

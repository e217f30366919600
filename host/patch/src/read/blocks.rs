//! Search/replace blocks: the format for models that cannot keep a diff straight.
//!
//! A block names its file on the line before, shows the lines to find, and the lines to put there. It becomes a hunk
//! like a diff's: what both halves share is context, so the file's own lines stay there, and one engine places both.
//!
//! Several tools ask for such blocks, each with markers of its own, and models mix them. A marker is known in each
//! dialect, wherever it stands.

use super::{Reader, account::Role, dress, marks};
use crate::{
    base::shown,
    difference::{PairBudget, lines_diff},
    hunk::{Fault, Hunk, HunkLine, Kind, Unusable},
    text::{End, Line},
};
use orchestrator_answer::fence::Fence;

/// Whether a line begins a block.
pub(super) fn opens(line: &[u8]) -> bool {
    is_marker(line, b'<', b"SEARCH") || is_marker(line, b'-', b"SEARCH") || is_marker(line, b'<', b"ORIGINAL")
}

/// Whether a line ends a block.
pub(super) fn closes(line: &[u8]) -> bool {
    is_marker(line, b'>', b"REPLACE")
        || is_marker(line, b'+', b"REPLACE")
        || is_marker(line, b'>', b"UPDATED")
}

impl<'t> Reader<'t, '_> {
    /// Reads a block, if one begins here; says whether it did. One that names no file is about the file of the part
    /// before, or about the target.
    pub(super) fn block(&mut self) -> bool {
        let Some(line) = self.lines.get(self.at).copied().filter(|line| opens(line.text)) else {
            return false;
        };
        let (owner, words) = (self.owner(), self.words());
        self.take(Role::Block);
        let hunk = self.block_lines();
        let transported = line.end == End::CrLf;
        match (owner, self.target.cloned()) {
            (Err(unusable), _) => {
                self.parts.push(Err(unusable));
                return true;
            }
            (Ok(Some(path)), _) => self.begin(path),
            (Ok(None), _) if self.parts.last().is_some_and(Result::is_ok) => self.note(words),
            (Ok(None), Some(target)) => {
                self.begin(target);
                self.note(words);
            }
            (Ok(None), None) => {
                self.parts.push(Err(Unusable {
                    path: String::new(),
                    reason: "a block without the name of its file: write its path alone on the line before"
                        .into(),
                }));
                return true;
            }
        }
        if let Some(Ok(patch)) = self.parts.last_mut()
            && patch.hunks.is_empty()
        {
            patch.carriage_returns = transported;
        }
        self.push(hunk);
        self.open = true;
        true
    }

    /// Reads the lines of a block up to its end, which is taken as well.
    fn block_lines(&mut self) -> Hunk<'t> {
        let mut hunk = Hunk { is_block: true, ..Hunk::new(1) };
        // The next marker of either kind: a block that is opened again before it is closed breaks off.
        let at = self.at;
        let rest = self.lines.get(at..).unwrap_or_default();
        let next = rest.iter().position(|line| opens(line.text) || closes(line.text)).map(|next| at + next);
        let whole = next.filter(|next| self.lines.get(*next).is_some_and(|line| closes(line.text)));
        let end = next.unwrap_or(self.lines.len());
        let inside: Vec<Line<'t>> = self.lines.get(at..end).unwrap_or_default().to_vec();
        while self.at < end {
            self.take(Role::Block);
        }
        if whole.is_none() {
            hunk.fault = Some(Fault::Cut);
            return hunk;
        }
        self.take(Role::Block);
        let (start, inside) = place(&inside);
        hunk.start = start;
        let mut dividers = inside.iter().enumerate().filter(|(_, line)| is_marker(line.text, b'=', b""));
        match (dividers.next(), dividers.next()) {
            (Some((divider, _)), None) => {
                let (search, replace) = inside.split_at(divider);
                let replace = replace.get(1..).unwrap_or_default();
                hunk.fault = doubtful(search, replace).map(|line| Fault::Marker(shown(line)));
                hunk.lines = merged(search, replace);
            }
            (None, _) => hunk.fault = Some(Fault::Marker("=======".into())),
            (Some(_), Some((_, line))) => hunk.fault = Some(Fault::Marker(shown(line.text))),
        }
        hunk
    }
}

/// A line that may not be the file's: a marker that is not written by the letter, after which the rest of the answer would
/// be taken for the file's lines, or the fence that the block is in, closed before its end.
fn doubtful<'t>(search: &[Line<'t>], replace: &[Line<'t>]) -> Option<&'t [u8]> {
    let is_marker = |line: &&[u8]| dress::layers(line).iter().any(|layer| marks::is_block(layer));
    let mut lines = search.iter().chain(replace).map(|line| line.text);
    lines.find(is_marker).or_else(|| open_fence(replace).filter(|_| open_fence(search).is_none()))
}

/// The fence among `lines` that is not closed.
fn open_fence<'t>(lines: &[Line<'t>]) -> Option<&'t [u8]> {
    let mut open: Option<(Fence, &'t [u8])> = None;
    for line in lines {
        open = match open {
            Some((fence, _)) if fence.is_closed_by(line.text) => None,
            None => Fence::opened_by(line.text).map(|(fence, _)| (fence, line.text)),
            open => open,
        };
    }
    open.map(|(_, line)| line)
}

/// The line that a block says it is at (`:start_line:12`, then a line of hyphens), and its lines without that.
fn place<'l, 't>(lines: &'l [Line<'t>]) -> (Option<u32>, &'l [Line<'t>]) {
    let mut start = None;
    let mut rest = lines;
    while let Some((first, after)) = rest.split_first() {
        let Some(number) = [&b":start_line:"[..], b":end_line:"].into_iter().find_map(|key| {
            Some((key, std::str::from_utf8(first.text.strip_prefix(key)?).ok()?.trim().parse::<u32>().ok()?))
        }) else {
            break;
        };
        if number.0 == b":start_line:" {
            start = Some(number.1);
        }
        rest = after;
    }
    match rest.split_first() {
        Some((first, after)) if rest.len() < lines.len() && is_marker(first.text, b'-', b"") => {
            (start, after)
        }
        _ => (start, rest),
    }
}

/// Both halves as the lines of a hunk.
fn merged<'t>(search: &[Line<'t>], replace: &[Line<'t>]) -> Vec<HunkLine<'t>> {
    let line = |kind, line: &Line<'t>| HunkLine {
        kind,
        text: line.text,
        carriage_return: line.end == End::CrLf,
        signless: false,
    };
    let mut found = Vec::with_capacity(search.len() + replace.len());
    let mut at = 0;
    let slice = |lines: &[Line<'t>], from: u32, to: u32| -> Vec<Line<'t>> {
        lines.get(from as usize..to as usize).unwrap_or_default().to_vec()
    };
    for change in lines_diff(search, replace, &mut PairBudget::block()) {
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
    if line.first() != Some(&character) {
        return false;
    }
    let line = line.trim_ascii_end();
    let length = line.iter().take_while(|byte| **byte == character).count();
    let rest = line.get(length..).unwrap_or_default();
    // Models close the angle bracket that they see.
    let said = rest.trim_ascii_start();
    let said = if word.is_empty() { said } else { said.strip_suffix(b">").unwrap_or(said) };
    (5..=9).contains(&length)
        && said.eq_ignore_ascii_case(word)
        && (word.is_empty() || rest.len() > word.len())
}

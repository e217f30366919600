//! Reads an answer: which of its lines are headers, hunks and blocks, and which are prose.
//!
//! What is read here is what the lines say: which file, which lines stay, go and come. Whatever dialect a part is in, it
//! becomes the same hunks, and one answer may have several dialects.
//!
//! Every line is accounted for, once, as what it was read as ([`Role`]). What remains as prose is then searched for signs
//! of a change (`signs`): a hunk that nobody took, the rest of a block, a whole file in a patch. An answer that has
//! any is refused as a whole, since applying the part that was understood would say "applied" of the part that was not.
//! Prose is read once more for names (`owner`): a hunk that names no file itself belongs to the file that was named
//! last, and is refused where that cannot be told.
//!
//! The counts in a hunk's header are hints: they tell a line of SQL that begins `-- ` from a header, and prose that
//! follows a hunk from a line that lost its blank; but where the lines say otherwise the lines are right.

mod account;
mod ahead;
mod blocks;
mod broken_off;
mod dress;
mod fences;
mod header;
mod hunk;
mod indented;
mod marks;
mod names;
mod owner;
mod promised;
mod quoted;
mod sections;
mod sign;
mod signs;
#[cfg(test)]
mod tests;
mod told;
mod tool;

use crate::{
    hunk::{FilePatch, Hunk, Intent, Parts, Unusable},
    text::{BYTE_ORDER_MARK, Line, lines},
};
use account::{Account, Role};
use ahead::Ahead;
use orchestrator_answer::fence::Fence;
use orchestrator_core::RelativePath;
use owner::Made;

/// Reads all parts of a patch in `text`. Hunks before any file's name are about `target`; `there` says what
/// is at a path.
pub(crate) fn read<'t>(
    text: &'t [u8],
    target: Option<&RelativePath>,
    there: &mut dyn FnMut(&RelativePath) -> There,
) -> Parts<'t> {
    let mut reader = Reader::new(text, target, there);
    reader.read();
    reader.parts
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum There {
    Nothing,
    /// A folder: a word that is called so names no file.
    Folder,
    /// A file, or something else that a hunk can be about, be it to be refused.
    File,
}

/// A cursor over the lines of an answer.
struct Reader<'t, 'o> {
    lines: Vec<Line<'t>>,
    at: usize,
    fence: Option<Fence>,
    account: Account,
    ahead: Ahead,
    parts: Parts<'t>,
    /// Where the prose begins that comes before the line at the cursor: after the last line of a part.
    since: usize,
    /// Up to which line no patch is in a code block by its indentation.
    not_indented: usize,
    /// Lines that were passed over in search of the end of an indented fence.
    passed: usize,
    /// The files that parts create or move, up to one of the parts.
    made: Made,
    /// Whether hunks that come now belong to the last file.
    open: bool,
    /// Whether a patch began by '*** Begin Patch' and has not ended.
    begun: bool,
    /// Whether the call of a tool began and has not ended.
    in_call: bool,
    target: Option<&'o RelativePath>,
    there: &'o mut dyn FnMut(&RelativePath) -> There,
}

impl<'t, 'o> Reader<'t, 'o> {
    fn new(
        text: &'t [u8],
        target: Option<&'o RelativePath>,
        there: &'o mut dyn FnMut(&RelativePath) -> There,
    ) -> Self {
        let lines = lines(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text));
        Self {
            account: Account::new(lines.len()),
            lines,
            at: 0,
            fence: None,
            ahead: Ahead::default(),
            parts: Vec::new(),
            since: 0,
            not_indented: 0,
            passed: 0,
            made: Made::default(),
            open: false,
            begun: false,
            in_call: false,
            target,
            there,
        }
    }

    fn read(&mut self) {
        while let Some(line) = self.line(0) {
            if self.unquote() || self.outdent() {
                continue;
            }
            let taken = self.section()
                || self.tool()
                || self.file()
                || self.block()
                || (line.starts_with(b"@@") && self.lone_hunks());
            if taken {
                self.since = self.at;
                continue;
            }
            if self.pass_fence() {
                self.open = false;
                self.take(Role::Fence);
                if self.is_headless_in_diff_fence() {
                    self.lone_hunks();
                    self.since = self.at;
                }
                continue;
            }
            self.take(Role::Prose);
        }
        let last = (0..self.lines.len())
            .rev()
            .find(|at| self.lines.get(*at).is_some_and(|line| !line.text.trim_ascii().is_empty()));
        self.judge_section(last.is_some_and(|at| self.account.role(at) == Role::Hunk));
        if let Some(sign) = self.signs().or_else(|| self.broken_off()).or_else(|| self.told()) {
            self.parts.push(Err(sign));
        }
    }

    fn line(&self, ahead: usize) -> Option<&'t [u8]> {
        self.lines.get(self.at + ahead).map(|line| line.text)
    }

    fn starts(&self, ahead: usize, with: &[u8]) -> bool {
        self.line(ahead).is_some_and(|line| line.starts_with(with))
    }

    /// Whether anything is at a path.
    fn exists(&mut self, path: &RelativePath) -> bool {
        (self.there)(path) != There::Nothing
    }

    /// Accounts for the line at the cursor and goes on to the next.
    fn take(&mut self, role: Role) {
        self.account.set(self.at, role);
        self.at += 1;
    }

    /// Whether names stand for the target's: nothing is called so.
    fn are_placeholders(&mut self, names: [&str; 2]) -> bool {
        let has_target = self.target.is_some();
        let is_nothing = |name| RelativePath::parse(name).is_ok_and(|path| !self.exists(&path));
        has_target && names.into_iter().all(is_nothing)
    }

    /// A file's header and the hunks below it.
    fn file(&mut self) -> bool {
        let Some(header) = self.file_header() else { return false };
        // `difflib` writes no names unless it is given some.
        let is_nameless = header.is_nameless() || header.is_of_a_and_b() && self.are_placeholders(["a", "b"]);
        if is_nameless && self.parts.is_empty() && self.starts(0, b"@@") {
            return self.lone_hunks();
        }
        let carriage_returns = header.is_transported_with_carriage_returns();
        let (executable, may_delete, empty) =
            (header.executable(), header.may_delete(), header.creates_empty());
        let intent = header.intent(&mut |path| self.exists(path));
        self.parts.push(intent.map(|intent| FilePatch {
            carriage_returns,
            executable,
            may_delete,
            may_be_empty: empty.unwrap_or_else(|| self.is_before_no_text()),
            ..FilePatch::new(intent)
        }));
        self.open = true;
        self.hunks();
        true
    }

    /// Hunks that no header is above: of the file that is named before them, or of the one that was open.
    fn lone_hunks(&mut self) -> bool {
        // A header whose hunks come in a fence below it is not done yet.
        let waits = |part: &FilePatch<'_>| matches!(part.intent, Intent::Modify(_)) && part.hunks.is_empty();
        let waiting = self.parts.last().is_some_and(|part| part.as_ref().is_ok_and(waits));
        let last = self.open || waiting || matches!(self.parts.as_slice(), [_]);
        let fallback = if last { None } else { self.target.cloned() };
        let words = self.words();
        match self.owner() {
            Err(unusable) => self.parts.push(Err(unusable)),
            Ok(Some(path)) => self.begin(path),
            Ok(None) if last && !self.parts.is_empty() => self.note(words),
            Ok(None) => match fallback {
                Some(target) => {
                    self.begin(target);
                    self.note(words);
                }
                None => self.parts.push(Err(Unusable {
                    path: String::new(),
                    reason: "a hunk ('@@') without the names of its file: begin with '--- a/path' and '+++ b/path'"
                        .into(),
                })),
            },
        }
        self.open = true;
        self.hunks();
        true
    }

    /// Makes `path` the file that hunks belong to which come now.
    fn begin(&mut self, path: RelativePath) {
        let same =
            |patch: &FilePatch<'_>| matches!(&patch.intent, Intent::Modify(names) if names.contains(&path));
        if !self.parts.last().is_some_and(|part| part.as_ref().is_ok_and(same)) {
            self.parts.push(Ok(FilePatch::modify(path)));
        }
    }

    /// Adds a hunk to the last file.
    fn push(&mut self, mut hunk: Hunk<'t>) {
        if let Some(Ok(patch)) = self.parts.last_mut() {
            hunk.number = u32::try_from(patch.hunks.len()).unwrap_or(u32::MAX).saturating_add(1);
            patch.hunks.push(hunk);
        }
    }
}

//! Finds the diffs in an answer and reads them.
//!
//! What is read here is what the lines say: which file, which lines stay, go and come. The counts in a hunk's header
//! are not used to find its end; they are nearly always wrong. A hunk ends where the next hunk or file begins, where
//! its code fence ends, or where after a blank line something stands that is no line of a diff. Anything else between
//! its lines is an error and not an end: stopping there would apply the first half of a change.

mod header;
mod hunk;

use crate::Refusal;
use header::FileHeader;
use orchestrator_core::RelativePath;

/// What a diff does to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FilePatch {
    pub(super) intent: Intent,
    pub(super) hunks: Vec<Hunk>,
}

/// What becomes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Intent {
    Create(RelativePath),
    Modify(RelativePath),
    Delete(RelativePath),
    Rename { from: RelativePath, to: RelativePath },
}

/// A place in a file and what changes there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hunk {
    /// Its place in the file's diff, from 1.
    pub(super) number: u32,
    /// The line of the old file at which it says it begins, from 1; none in a bare `@@`.
    pub(super) start: Option<usize>,
    /// How many lines of the old and the new file it says it has.
    claimed: Option<(usize, usize)>,
    pub(super) lines: Vec<Line>,
    /// Whether it says that the old file, or the new one, has no line break at its end.
    pub(super) old_unended: bool,
    pub(super) new_unended: bool,
}

impl Hunk {
    /// The lines that the old file has here.
    pub(super) fn old_lines(&self) -> Vec<&str> {
        self.lines.iter().filter(|line| line.kind != Kind::Added).map(|line| line.text.as_str()).collect()
    }

    /// The lines that the new file has here.
    pub(super) fn new_lines(&self) -> Vec<&str> {
        self.lines.iter().filter(|line| line.kind != Kind::Removed).map(|line| line.text.as_str()).collect()
    }
}

/// A line of a hunk, without its sign and its line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) kind: Kind,
    pub(super) text: String,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Context,
    Removed,
    Added,
}

/// Reads all diffs in `text`. Several diffs of one file become one.
pub(super) fn parse(text: &str) -> Result<Vec<FilePatch>, Vec<Refusal>> {
    let mut reader = Reader { lines: text.lines().collect(), at: 0, fenced: false };
    let mut patches: Vec<FilePatch> = Vec::new();
    let mut refused = Vec::new();
    while let Some(line) = reader.line(0) {
        if let Some(header) = reader.file_header() {
            match reader.file(header) {
                Ok(patch) => add(&mut patches, patch),
                Err(refusal) => {
                    refused.push(refusal);
                    reader.skip_file();
                }
            }
            continue;
        }
        if line.starts_with("@@") {
            let reason =
                "a hunk ('@@') without the names of its file: begin with '--- a/path' and '+++ b/path'";
            refused.push(Refusal::file("", reason));
            reader.at += 1;
            reader.skip_file();
            continue;
        }
        reader.fenced ^= is_fence(line);
        reader.at += 1;
    }
    if patches.is_empty() && refused.is_empty() {
        let reason =
            "there is no unified diff: begin with '--- a/path' and '+++ b/path', then hunks with '@@'";
        refused.push(Refusal::file("", reason));
    }
    match refused.is_empty() {
        true => Ok(patches),
        false => Err(refused),
    }
}

fn add(patches: &mut Vec<FilePatch>, patch: FilePatch) {
    let earlier = patches.iter_mut().find(|earlier| {
        matches!((&earlier.intent, &patch.intent), (Intent::Modify(one), Intent::Modify(other)) if one == other)
    });
    let Some(earlier) = earlier else { return patches.push(patch) };
    for mut hunk in patch.hunks {
        hunk.number = number_after(&earlier.hunks);
        earlier.hunks.push(hunk);
    }
}

fn number_after(hunks: &[Hunk]) -> u32 {
    u32::try_from(hunks.len()).unwrap_or(u32::MAX).saturating_add(1)
}

/// A cursor over the lines of an answer.
struct Reader<'a> {
    lines: Vec<&'a str>,
    at: usize,
    /// Whether the cursor is inside of a code fence.
    fenced: bool,
}

impl<'a> Reader<'a> {
    fn line(&self, ahead: usize) -> Option<&'a str> {
        self.lines.get(self.at + ahead).copied()
    }

    /// Whether a file's header begins `ahead` of the cursor. A removed line can look like `--- x`, so within a hunk
    /// the next line must go with it.
    fn begins_file(&self, ahead: usize) -> bool {
        let starts = |ahead, with: &str| self.line(ahead).is_some_and(|line| line.starts_with(with));
        starts(ahead, "diff --git ")
            || (starts(ahead, "--- ")
                && starts(ahead + 1, "+++ ")
                && self.line(ahead + 2).is_none_or(follows_header))
    }

    fn file(&mut self, header: FileHeader) -> Result<FilePatch, Refusal> {
        let intent = header.intent()?;
        let path = match &intent {
            Intent::Create(path) | Intent::Modify(path) | Intent::Delete(path) => path.as_str(),
            Intent::Rename { to, .. } => to.as_str(),
        };
        let mut hunks = Vec::new();
        while self.line(0).is_some_and(|line| line.starts_with("@@")) {
            let number = number_after(&hunks);
            let hunk = self.hunk(number);
            hunks.push(hunk.map_err(|reason| Refusal {
                path: path.to_owned(),
                hunk: Some(number),
                reason,
            })?);
        }
        Ok(FilePatch { intent, hunks })
    }

    /// Passes over the rest of a file that was refused.
    fn skip_file(&mut self) {
        while let Some(line) = self.line(0) {
            if self.begins_file(0) || is_fence_at_margin(line) {
                return;
            }
            self.at += 1;
        }
    }
}

/// What may come after the `+++` line of a header.
fn follows_header(line: &str) -> bool {
    line.starts_with("@@") || line.trim().is_empty() || is_fence(line)
}

/// A fence that encloses a diff stands at the margin; one that is part of a file has a sign before it.
fn is_fence_at_margin(line: &str) -> bool {
    is_fence(line) && !line.starts_with(' ')
}

fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

//! What became of a patch, hunk by hunk.
//!
//! The report has two readers. A program looks at the types and decides what happens next; a model reads
//! [`Report::text`] and is expected to do better with it, so a refusal carries what a better attempt needs: the first
//! line that differs with what stands there instead, and the places that come nearest, with the file's own lines. Both
//! are bounded, since a report about a large file must still fit into a prompt.

mod text;

use serde::Serialize;

/// Most places that a refusal shows.
pub const CANDIDATES_MAX: usize = 3;
/// Most lines of the file that are shown of one such place.
pub const CANDIDATE_LINES_MAX: usize = 20;
/// Most characters of a line that are shown.
pub const LINE_MAX: usize = 160;

/// How far the lines of a hunk and those of the file may differ and still be the same; the first that finds a place
/// is the one reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Not at all.
    Exact,
    /// In line ends, a byte order mark, or blanks at the end of a line.
    LineEnds,
    /// In indentation, by the same amount throughout, or in the number of blanks within a line.
    Indentation,
    /// In typographic quotes, dashes and blanks, or in a `;` or `,` at the end of a line.
    Punctuation,
    /// One or two lines of context are missing, in the hunk or in the file.
    Context,
    /// One or two lines of context are worded differently.
    Similarity,
}

/// What made the choice between several places where the lines of a hunk are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decider {
    /// The line number in the hunk's header names one of them, or comes so near to one that no other is meant.
    LineNumber,
    /// The line number does, once it is moved by as much as the neighbouring hunks were.
    NeighbouringHunk,
    /// Only one of them is in the block of code that the hunk's header names.
    Heading,
    /// The hunk says that the file ends after it.
    EndOfFile,
}

/// Where a hunk was applied.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Placement {
    /// The first of the file's lines that the hunk is about, from 1, counted before the patch.
    pub line: u32,
    /// How far that is from the line in the hunk's header; none where the header names no line.
    pub offset: Option<i64>,
    /// How the lines were compared.
    pub strategy: Strategy,
    /// How much of the hunk's old lines the file has there, from 0 to 1.
    pub similarity: f32,
    /// What chose this place; none where there was no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Decider>,
}

/// A place that a refused hunk may have meant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// Its first line in the file, from 1.
    pub line: u32,
    /// How much of the hunk's old lines the file has there, from 0 to 1.
    pub similarity: f32,
    /// The file's lines there: at most [`CANDIDATE_LINES_MAX`], each cut to [`LINE_MAX`] characters.
    pub text: String,
}

/// The first line at which a hunk and the file part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Divergence {
    /// The line in the file, from 1; none where nothing of the hunk was found, nor anything like its first line.
    pub line: Option<u32>,
    /// What the hunk has.
    pub expected: String,
    /// What the file has; none where it ends before.
    pub found: Option<String>,
}

/// Why a hunk was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectionKind {
    /// Its lines are in several places, and nothing says which is meant.
    Ambiguous,
    /// Its lines are nowhere in the file.
    NotFound,
    /// Its lines are there, but what it adds could go to more than one place among them, or be written in more than
    /// one way.
    Unclear,
    /// It breaks off.
    Cut,
    /// It has a line that is no line of a hunk.
    Malformed,
    /// A line that it adds stands in place of lines that it removes, as `// ... the rest ...` does.
    Omission,
    /// It adds and removes nothing.
    NoChange,
    /// It shows no line of the file, so its place is unknown.
    NoContext,
    /// It changes lines that another hunk changes as well.
    Overlap,
    /// Finding its place would take more work than is done for one hunk.
    TooMuchWork,
}

/// A hunk that was not applied, and what there is to say about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rejection {
    /// Why, for programs.
    pub kind: RejectionKind,
    /// Why and what to do, in words that a model can act on.
    pub reason: String,
    /// The first line that differs, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub divergence: Option<Divergence>,
    /// The nearest places, best first; at most [`CANDIDATES_MAX`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
}

impl Rejection {
    pub(crate) fn new(kind: RejectionKind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into(), divergence: None, candidates: Vec::new() }
    }
}

/// What became of a hunk.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum HunkOutcome {
    /// It has a place. Its change is made if nothing else in the patch was refused.
    Applied(Placement),
    /// The file has the lines that the hunk would leave.
    AlreadyApplied {
        /// The first of them, from 1.
        line: u32,
    },
    /// It has no place, or is none that can be applied.
    Refused(Rejection),
}

/// What became of one hunk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HunkReport {
    /// Its place among the hunks of its file, from 1, as the patch has them.
    pub number: u32,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: HunkOutcome,
}

/// What a patch does to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// The file is new.
    Create,
    /// Its lines change.
    Modify,
    /// It goes.
    Delete,
    /// It moves, and its lines may change.
    Rename {
        /// Where it was.
        from: String,
    },
}

/// What became of the part of a patch that is about one file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileReport {
    /// The path, as it was given where it could not be used; empty when there was none.
    pub path: String,
    /// What the patch does to it; none where that could not be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// Its hunks, in the order of the patch.
    pub hunks: Vec<HunkReport>,
    /// Why the whole file was refused, where that is not for a single hunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl FileReport {
    /// Whether nothing about the file was refused.
    #[must_use]
    pub fn is_applied(&self) -> bool {
        self.refused.is_none() && !self.hunks.iter().any(HunkReport::is_refused)
    }

    pub(crate) fn refusal(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), change: None, hunks: Vec::new(), refused: Some(reason.into()) }
    }
}

impl HunkReport {
    /// Whether the hunk was refused.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.outcome, HunkOutcome::Refused(_))
    }
}

/// What became of a patch. Its text form is made to be given to a model.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Report {
    /// The files, in the order of the patch.
    pub files: Vec<FileReport>,
}

impl Report {
    /// Whether the patch was applied: every hunk of every file, or none.
    #[must_use]
    pub fn is_applied(&self) -> bool {
        self.files.iter().all(FileReport::is_applied)
    }

    /// Whether all of it was applied before.
    #[must_use]
    pub fn is_applied_before(&self) -> bool {
        let before = |hunk: &HunkReport| matches!(hunk.outcome, HunkOutcome::AlreadyApplied { .. });
        self.files
            .iter()
            .all(|file| file.refused.is_none() && !file.hunks.is_empty() && file.hunks.iter().all(before))
    }
}

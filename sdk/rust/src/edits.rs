//! Turns a model's text into changes of files. The work per token happens in the host.
//!
//! Needs [`crate::Permissions::WRITE_FILES`].

use crate::{Error, model::Completion, sys};

pub use crate::contract::edits::{
    Candidate, Decider, Divergence, HunkOutcome, HunkReport, PatchOutcome, PatchReport, Placement, Refusal,
    Rejection, RejectionKind, Strategy, WriteReport,
};

/// How a model must write files so that [`write_completion`] finds them: a passage for the system prompt. The tags in
/// it carry a mark of this run.
#[must_use]
pub fn artifact_format() -> String {
    sys::artifact_format()
}

/// Reads a completion to its end and writes the files in it, with events on the way.
///
/// # Errors
/// [`crate::ErrorCode::Unavailable`] when the answer broke off, and what the workspace may answer. Files that cannot
/// be written are no error: the report names them.
pub fn write_completion(completion: Completion) -> Result<WriteReport, Error> {
    sys::write_completion(completion.inner)
}

/// Applies a unified diff over any number of files: all of it or nothing. Each hunk is told where it went, or why it has
/// no place. `target` is the file that hunks are about which name none.
///
/// # Errors
/// When the files cannot be read or written. A diff that does not fit is no error: the report says why.
pub fn apply_diff(diff: &str, target: Option<&str>) -> Result<PatchReport, Error> {
    sys::apply_diff(diff, target)
}

/// How a model must write replacements so that [`apply_replacements`] finds them: a passage for the system prompt.
#[must_use]
pub fn replacement_format() -> String {
    sys::replacement_format()
}

/// Applies blocks of search and replace, by the rules of [`apply_diff`].
///
/// # Errors
/// As [`apply_diff`].
pub fn apply_replacements(text: &str) -> Result<PatchReport, Error> {
    sys::apply_replacements(text)
}

impl Refusal {
    /// The refusal in one line, as a model should read it.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{}: {}", self.path, self.reason)
    }
}

impl PatchReport {
    /// The first thing that was refused, in one line, as a person should read it.
    #[must_use]
    pub fn first_refusal(&self) -> Option<String> {
        let hunks = self.hunks.iter().filter_map(|hunk| match &hunk.outcome {
            HunkOutcome::Refused(rejection) => {
                Some(format!("{}, hunk {}: {}", hunk.path, hunk.number, rejection.reason))
            }
            HunkOutcome::Applied(_) | HunkOutcome::AlreadyApplied(_) => None,
        });
        self.refused.iter().map(Refusal::line).chain(hunks).next()
    }
}

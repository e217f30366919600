//! Turns a model's text into changes of files. The work per token happens in the host.
//!
//! Needs [`crate::Permissions::WRITE_FILES`].

use crate::{Error, model::Completion, sys};

pub use crate::contract::edits::{DiffOutcome, Refusal, WriteReport};

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

/// Applies a unified diff over any number of files: all of it or nothing.
///
/// # Errors
/// When the files cannot be read or written. A diff that does not fit is no error: the outcome says why.
pub fn apply_diff(diff: &str) -> Result<DiffOutcome, Error> {
    sys::apply_diff(diff)
}

impl Refusal {
    /// The refusal in one line, as a model should read it.
    #[must_use]
    pub fn line(&self) -> String {
        match self.hunk {
            Some(hunk) => format!("{}, hunk {hunk}: {}", self.path, self.reason),
            None => format!("{}: {}", self.path, self.reason),
        }
    }
}

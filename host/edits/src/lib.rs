//! From a model's text to changed files.
//!
//! A model can be asked for two things: whole files, or a diff. Both arrive as text that is almost right: tags inside
//! of code, code fences around it, counts that do not count, an end that never comes. This crate is strict about what
//! it writes and generous about how it is asked to: what is ambiguous or cut off is refused with a reason that a
//! model can act on, and what is refused leaves the files as they were.
//!
//! [`orchestrator_artifact`] finds files in a stream, while it streams; [`write_completion`] runs a completion through
//! it into the workspace, with events on the way. [`apply_diff`] applies unified diffs and [`apply_replacements`]
//! search/replace blocks, both by [`orchestrator_patch`]. The work for each token is done here and not in the guest,
//! because a small chunk that crosses into an interpreted guest costs more than everything else that happens to it.

mod completion;
pub mod host;
mod patched;
mod place;
#[cfg(test)]
mod testing;

pub use completion::{Target, WriteReport, write_completion};
pub use host::{EditsCall, EditsRoom, EditsView};
pub use patched::{Patched, apply_diff, apply_replacements};

/// Something that was not done, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The path that it was about, as it was given; empty when there was none.
    pub path: String,
    /// Why, in words that a model can act on.
    pub reason: String,
}

impl Refusal {
    pub(crate) fn file(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into() }
    }
}

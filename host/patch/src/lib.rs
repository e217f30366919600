//! Patches as models write them: put where they belong, or refused with the reason.
//!
//! A diff from a tool is exact. A diff from a model has the right lines and the wrong numbers, a comment left out,
//! typographic quotes, blanks for tabs; refusing all that costs a round of the model each time. But what is accepted
//! loosely lands in the wrong place some time, and nobody notices. So this engine is generous with everything that
//! cannot make a difference to the result, and strict where it could: a hunk has one place or none, every line that it
//! removes is there, what it adds can be written in one way only. `docs/patching.md` has the rules,
//! `docs/patching-figures.md` what they come to on real histories.
//!
//! [`apply()`] takes unified diffs, search/replace blocks and the sections of `apply_patch`; all become the same hunks, placed by the same code. It
//! reads [`Files`] and returns edits, all or none, with a [`Report`] on every hunk. [`make()`] writes diffs.
//!
//! Nothing here reads a disk, and the work for any input is bounded: finding lines is linear in file and hunk, and what
//! is compared loosely is counted.

mod align;
mod already;
mod apply;
mod bare;
mod base;
mod decide;
mod difference;
mod elsewhere;
mod ended;
mod file;
mod files;
mod find;
mod format;
mod hunk;
mod indent;
mod index;
mod keys;
mod lost;
mod make;
mod omitted;
mod place;
mod proof;
mod quotes;
mod read;
mod recipe;
mod report;
mod scope;
mod settle;
mod similar;
mod state;
mod syntax;
mod text;
mod typographic;
mod weave;
mod written;

pub use apply::{AppliedPatch, FILES_MAX, Format, HUNKS_MAX, Options, PATCH_MAX, apply};
pub use difference::PairBudget;
pub use files::{Edit, Files, MemoryFiles, ReadError, perform};
pub use format::replacement_format;
pub use make::{make, make_opaque, make_within};
pub use report::{
    CANDIDATE_LINES_MAX, CANDIDATES_MAX, Candidate, Change, Decider, Divergence, FileReport, HunkOutcome,
    HunkReport, LINE_MAX, Placement, Rejection, RejectionKind, Report, Strategy,
};
pub use syntax::{Broken, CHECKED_MAX, breaks, unsound};

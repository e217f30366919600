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
pub use files::{Edit, Files, MemoryFiles, ReadError, perform};
pub use format::replacement_format;
pub use make::make;
pub use report::{
    CANDIDATE_LINES_MAX, CANDIDATES_MAX, Candidate, Change, Decider, Divergence, FileReport, HunkOutcome,
    HunkReport, LINE_MAX, Placement, Rejection, RejectionKind, Report, Strategy,
};
pub use syntax::{Broken, CHECKED_MAX, breaks, unsound};

use imara_diff::{Algorithm, Diff, Hunk as LinesChanged, InternedInput};
use std::collections::HashMap;
use text::Line;

/// Pairs of equal lines up to which two lists are compared. The work grows with them, not with the lines.
const PAIRS_MAX: usize = 16_000_000;

/// The part in which two lists differ, as one change, where it has so many lines of few texts that comparing them would
/// take too long.
fn alike(input: &InternedInput<Line<'_>>) -> Option<LinesChanged> {
    let (before, after) = (input.before.as_slice(), input.after.as_slice());
    if before.len().saturating_mul(after.len()) <= PAIRS_MAX {
        return None;
    }
    let start = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let (old, new) = (before.get(start..)?, after.get(start..)?);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(one, other)| one == other).count();
    let (old, new) = (old.get(..old.len() - end)?, new.get(..new.len() - end)?);
    let mut counts: HashMap<_, (usize, usize)> = HashMap::new();
    old.iter().for_each(|line| counts.entry(*line).or_default().0 += 1);
    new.iter().for_each(|line| counts.entry(*line).or_default().1 += 1);
    let pairs: usize = counts.values().map(|(old, new)| old.saturating_mul(*new)).sum();
    let range = |lines: usize| {
        let start = u32::try_from(start).ok()?;
        Some(start..start.checked_add(u32::try_from(lines).ok()?)?)
    };
    let whole = LinesChanged { before: range(old.len())?, after: range(new.len())? };
    (pairs > PAIRS_MAX).then_some(whole)
}

/// What differs between two lists of lines, line ends included.
fn lines_diff(before: &[Line<'_>], after: &[Line<'_>]) -> Vec<LinesChanged> {
    let mut input = InternedInput::default();
    input.update_before(before.iter().copied());
    input.update_after(after.iter().copied());
    if let Some(whole) = alike(&input) {
        return vec![whole];
    }
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    diff.hunks().collect()
}

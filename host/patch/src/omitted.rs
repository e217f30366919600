//! Refuses a patch that would delete code in favour of a line that says that it stays.
//!
//! What is looked at is what all hunks of a file do to it together, since code that one removes and another adds was
//! moved and is not gone; and nothing but the places of the hunks, so that a large file costs no more than a small one.

use crate::{
    base::Base,
    hunk::{Hunk, Kind},
    report::{Rejection, RejectionKind},
    state::HunkState,
    weave::{Splice, around},
};
use orchestrator_answer::omission;
use std::ops::Range;

/// The hunk that adds a line in place of lines that go, and its refusal. `splices` are in order.
pub(crate) fn omitted(
    name: &str,
    base: &Base<'_>,
    hunks: &[Hunk<'_>],
    states: &[HunkState],
    splices: &[Splice<'_>],
) -> Option<(usize, Rejection)> {
    let (removes, adds) =
        (splices.iter().any(|one| one.removes > 0), splices.iter().any(|one| !one.adds.is_empty()));
    if !removes || !adds {
        return None;
    }
    let (old, new) = around(base, splices, &ranges(states));
    let found = omission::find(name, &String::from_utf8_lossy(&old), &String::from_utf8_lossy(&new))?;
    let is_it = |hunk: &Hunk<'_>| {
        let mut added = hunk.lines.iter().filter(|line| line.kind == Kind::Added);
        added.any(|line| String::from_utf8_lossy(line.text).trim() == found.text.trim())
    };
    let hunk = hunks.iter().position(is_it).unwrap_or(0);
    let lines = if found.lost == 1 { "a line".to_owned() } else { format!("{} lines", found.lost) };
    let reason = format!(
        "the added line {:?} stands in place of {lines} that would be lost: write them out; if they are to go, leave that \
         line out too",
        crate::base::shown(found.text.as_bytes())
    );
    Some((hunk, Rejection::new(RejectionKind::Omission, reason)))
}

/// The places of the hunks, in order and apart.
fn ranges(states: &[HunkState]) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = states
        .iter()
        .filter_map(|state| match state {
            HunkState::Placed(place, _) => Some(place.start..place.end),
            HunkState::Already(_) | HunkState::Refused(_) => None,
        })
        .collect();
    all.sort_by_key(|range| range.start);
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(all.len());
    for range in all {
        match apart.last_mut().filter(|last| range.start <= last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => apart.push(range),
        }
    }
    apart
}

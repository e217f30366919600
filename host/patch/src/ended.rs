//! Whether a hunk that ends an answer is all there, although it has fewer lines than its header counts.
//!
//! Models count badly, and answers break off; both look the same at first. The file can tell that a header is wrong: no
//! place at which a patch could break off explains what it counts. Where it breaks off in the context below a hunk's last
//! change, as many lines are missing of both sides, and with those that are there they are no more than a hunk has below
//! a change. Where it breaks off before that, a change is missing, and all of the context below it. Neither can be more
//! than the file has. A header that counts anything else is miscounted, and says as little as one without counts.
//!
//! What cannot be told apart is refused, also where context alone is missing: other hunks may have come after it.

use crate::{
    find::cut,
    hunk::{Hunk, Kind},
    report::Strategy,
    state::HunkState,
};
use std::cmp::Ordering;

/// Lines of context around a change, in a diff as tools make it.
const USUAL: usize = 3;

/// Refuses hunks that are short of lines, but for those whose headers are wrong. The file has as many `lines`.
pub(crate) fn settle(hunks: &[Hunk<'_>], states: &mut [HunkState], lines: usize) {
    if hunks.iter().all(|hunk| !hunk.is_short) {
        return;
    }
    let others = Context::of(hunks, states, lines);
    for (hunk, state) in hunks.iter().zip(states).filter(|(hunk, _)| hunk.is_short) {
        let missing = missing(hunk);
        let left = |end: usize| lines.saturating_sub(end);
        let is_miscounted = match state {
            HunkState::Refused(_) => continue,
            HunkState::Placed(place, decider) => {
                let as_it_stands = matches!(place.strategy, Strategy::Exact | Strategy::LineEnds);
                let is_miscounted = missing.is_none_or(|(old, new)| {
                    !others.around(hunk).explain(hunk, (old, new), old, left(place.end))
                });
                as_it_stands && decider.is_none() && is_miscounted
            }
            // Where more is missing of one side than of the other, a change is missing: what came of it may stand in the
            // file without having been made by it.
            HunkState::Already(start) => missing.is_none_or(|(old, new)| {
                let end = *start + hunk.new_lines().count();
                old == new && !others.around(hunk).explain(hunk, (old, new), new, left(end))
            }),
        };
        if !is_miscounted {
            *state = HunkState::Refused(cut());
        }
    }
}

/// How many lines of both sides are missing by the header; none where one side has too many, of which none can be missing.
fn missing(hunk: &Hunk<'_>) -> Option<(usize, usize)> {
    let (old, new) = hunk.claimed?;
    old.checked_sub(hunk.old().count()).zip(new.checked_sub(hunk.new_lines().count()))
}

/// How many lines of context a patch has below its changes, at least and at most.
#[derive(Debug, Clone, Copy)]
struct Context {
    least: usize,
    most: usize,
}

impl Context {
    /// What the whole hunks show that have a place; at the end of the file there may be less. A patch without any shows at
    /// least one line where there is one.
    fn of(hunks: &[Hunk<'_>], states: &[HunkState], lines: usize) -> Self {
        let whole = hunks.iter().zip(states).filter(|(hunk, _)| !hunk.is_short);
        let below = whole.filter_map(|(hunk, state)| match state {
            HunkState::Placed(place, _) if place.end < lines => Some(below(hunk)),
            _ => None,
        });
        let (least, most) = below.fold((None, USUAL), |(least, most), below| {
            (Some(least.map_or(below, |least: usize| least.min(below))), most.max(below))
        });
        Self { least: least.unwrap_or(1).min(USUAL), most }
    }

    /// A hunk that is not at the beginning of its file has as much above.
    fn around(self, hunk: &Hunk<'_>) -> Self {
        let above = above(hunk);
        Self { least: self.least.min(above), most: self.most.max(above) }
    }

    /// Whether the hunk can have been cut off so that just these lines of both sides are missing, where the file has
    /// `left` more lines and `here` of them would be the hunk's.
    fn explain(self, hunk: &Hunk<'_>, (old, new): (usize, usize), here: usize, left: usize) -> bool {
        let below = below(hunk);
        // Whoever counts more than is there has lines to show.
        let stops_at_change = below == 0 && left > 0;
        let is_context = old == new && below + old <= self.most;
        let is_change = match here.cmp(&left) {
            Ordering::Greater => false,
            // At the end of the file a change has less context below it, or none.
            Ordering::Equal => true,
            Ordering::Less => old.min(new) >= self.least && old.max(new) > self.least,
        };
        stops_at_change || is_change || here <= left && is_context
    }
}

fn above(hunk: &Hunk<'_>) -> usize {
    hunk.lines.iter().take_while(|line| line.kind == Kind::Context).count()
}

fn below(hunk: &Hunk<'_>) -> usize {
    hunk.lines.iter().rev().take_while(|line| line.kind == Kind::Context).count()
}

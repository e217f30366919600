//! Chooses between several places of a hunk, or refuses to.
//!
//! The classical tools take the place nearest to the line number. A model's line numbers are wrong, so that writes good
//! code into the wrong function, and nobody notices. Here something has to single one place out: a line number that
//! is exactly right, as it stands or moved by as much as the hunks around it; a place between its neighbours when all
//! hunks are in order; or the name in the hunk's header. When two of these disagree, nothing is chosen. A hunk that says
//! that the file ends after it is about the end.

use crate::{base::Base, hunk::Hunk, place::HunkPlace, report::Decider, scope::Scopes};

/// How far a line number may be off if every other place is much farther.
const NEAR: usize = 3;
/// How many times farther, at least.
const MUCH_FARTHER: usize = 8;

/// A hunk that has its place without anybody having to choose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anchor {
    pub(crate) number: u32,
    /// The line that its header names, from 0.
    pub(crate) named: Option<usize>,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Which of `places` is meant, and what says so.
pub(crate) fn decide(
    hunk: &Hunk<'_>,
    base: &Base<'_>,
    places: &[HunkPlace],
    anchors: &[Anchor],
    scopes: &Scopes,
) -> Option<(usize, Decider)> {
    let at_end = || places.iter().position(|place| place.end == base.len());
    if let Some(at) = hunk.at_end.then(at_end).flatten() {
        return Some((at, Decider::EndOfFile));
    }
    let starts: Vec<usize> = places.iter().map(|place| place.start).collect();
    let by_number = by_number(hunk, &starts, anchors).or_else(|| by_order(hunk, &starts, anchors));
    let by_heading = scopes.choose(base, &starts);
    match (by_number, by_heading) {
        (Some(one), Some(other)) if one.0 != other => None,
        (Some(one), _) => Some(one),
        (None, Some(other)) => Some((other, Decider::Heading)),
        (None, None) => None,
    }
}

fn by_number(hunk: &Hunk<'_>, starts: &[usize], anchors: &[Anchor]) -> Option<(usize, Decider)> {
    let named = hunk.named_line()?;
    let drift = |anchor: &Anchor| Some(signed(anchor.start) - signed(anchor.named?));
    let before =
        anchors.iter().filter(|one| one.named.is_some_and(|line| line < named)).max_by_key(|one| one.named);
    let after =
        anchors.iter().filter(|one| one.named.is_some_and(|line| line > named)).min_by_key(|one| one.named);
    let exact = |drift: i64| {
        let meant = signed(named) + drift;
        let at = starts.iter().position(|start| signed(*start) == meant)?;
        Some((at, if drift == 0 { Decider::LineNumber } else { Decider::NeighbouringHunk }))
    };
    match (before, after) {
        (None, None) => exact(0).or_else(|| Some((nearly(named, starts)?, Decider::LineNumber))),
        (Some(one), None) | (None, Some(one)) => exact(drift(one)?),
        (Some(before), Some(after)) if drift(before) == drift(after) => exact(drift(before)?),
        (Some(before), Some(after)) => Some((
            only(starts, |start| before.end <= start && start < after.start)?,
            Decider::NeighbouringHunk,
        )),
    }
}

fn nearly(named: usize, starts: &[usize]) -> Option<usize> {
    let mut distances: Vec<(usize, usize)> =
        starts.iter().enumerate().map(|(at, start)| (start.abs_diff(named), at)).collect();
    distances.sort_unstable();
    let (nearest, second) = (distances.first()?, distances.get(1)?);
    let much_farther = second.0 >= MUCH_FARTHER * (nearest.0 + 1);
    (nearest.0 <= NEAR && much_farther).then_some(nearest.1)
}

/// Without line numbers: between the hunk before and the hunk after, if all hunks are in the file's order.
fn by_order(hunk: &Hunk<'_>, starts: &[usize], anchors: &[Anchor]) -> Option<(usize, Decider)> {
    if hunk.start.is_some() {
        return None;
    }
    let of = |number: u32| anchors.iter().find(|anchor| anchor.number == number);
    let (before, after) = (of(hunk.number.checked_sub(1)?)?, of(hunk.number.checked_add(1)?)?);
    let ordered = anchors.windows(2).all(|pair| match pair {
        [one, other] => one.number < other.number && one.end <= other.start,
        _ => true,
    });
    let at = only(starts, |start| before.end <= start && start < after.start)?;
    ordered.then_some((at, Decider::NeighbouringHunk))
}

fn only(starts: &[usize], fits: impl Fn(usize) -> bool) -> Option<usize> {
    let mut found = starts.iter().enumerate().filter(|(_, start)| fits(**start)).map(|(at, _)| at);
    match (found.next(), found.next()) {
        (Some(at), None) => Some(at),
        _ => None,
    }
}

fn signed(line: usize) -> i64 {
    i64::try_from(line).unwrap_or(i64::MAX)
}

//! Applies all hunks of a patch to one file.
//!
//! Every hunk is looked for in the file as it was, so it does not matter in which order they come. Those that have one
//! place are placed first; they are what the others, which have several, are decided by.

use crate::{
    bare::{settle_bare_lines, settle_last_blank},
    base::Base,
    decide::Anchor,
    elsewhere, ended,
    find::{Found, find},
    hunk::{Hunk, HunkLine, Kind},
    lost,
    omitted::omitted,
    place::{HunkPlace, candidate},
    recipe,
    report::{HunkOutcome, HunkReport, Placement, Rejection, RejectionKind, Strategy},
    scope::Scopes,
    settle::{anchor, settle},
    state::HunkState,
    text::BYTE_ORDER_MARK,
    weave::{LastEnd, Splice, first_overlap, weave},
    written::{Habits, splices},
};

/// What came of a file's hunks.
#[derive(Debug)]
pub(crate) struct Revised {
    /// One for each hunk, in the order of the patch.
    pub(crate) hunks: Vec<HunkReport>,
    /// The file afterwards; none if a hunk was refused.
    pub(crate) content: Option<Vec<u8>>,
}

/// Places of one hunk beyond which they are looked for again rather than kept. Each hunk may have as many as the file has
/// lines, and a patch a thousand hunks.
const KEPT: usize = 1024;

/// Applies `hunks` to `bytes`, which is what the file `name` has. Nothing comes of it once `go_on` says no.
pub(crate) fn revise(
    name: &str,
    bytes: &[u8],
    hunks: &[Hunk<'_>],
    transported: bool,
    go_on: &dyn Fn() -> bool,
) -> Revised {
    let base = Base::new(bytes);
    let mut hunks = hunks.to_vec();
    let keeps_mark = settle_byte_order_mark(&mut hunks, base.text.byte_order_mark);
    for hunk in &mut hunks {
        settle_bare_lines(hunk, &base);
        settle_last_blank(hunk, &base);
    }
    let changes = hunks.iter().any(|hunk| hunk.has(Kind::Added) || hunk.has(Kind::Removed));
    let passed_over = |hunk: &Hunk<'_>| shown_place(hunk, &base).filter(|_| changes).map(Found::One);
    let look = |hunk: &Hunk<'_>| passed_over(hunk).unwrap_or_else(|| find(hunk, &base));
    let mut found: Vec<Option<Found>> = Vec::with_capacity(hunks.len());
    let mut anchors: Vec<Anchor> = Vec::new();
    for hunk in &hunks {
        if !go_on() {
            return Revised { hunks: Vec::new(), content: None };
        }
        let looked = look(hunk);
        anchors.extend(anchor(hunk, &looked));
        found.push(Some(looked).filter(|found| found.places() <= KEPT));
    }
    let mut states: Vec<HunkState> = Vec::with_capacity(hunks.len());
    let mut scopes = Scopes::default();
    let mut names: &[&[u8]] = &[];
    for (hunk, found) in hunks.iter().zip(found) {
        if hunk.headings != names {
            (scopes, names) = (Scopes::of(hunk, &base), &hunk.headings);
        }
        if !go_on() {
            return Revised { hunks: Vec::new(), content: None };
        }
        let found = found.unwrap_or_else(|| look(hunk));
        states.push(settle(hunk, found, &base, &anchors, &scopes));
    }
    ended::settle(&hunks, &mut states, base.len());
    lost::check_headers(&hunks, &mut states, &base);
    let placed = hunks.iter().zip(&states).filter_map(|(hunk, state)| match state {
        HunkState::Placed(place, _) => Some((hunk, place)),
        HunkState::Already(_) | HunkState::Refused(_) => None,
    });
    let habits = Habits::learn(placed, &base);
    let mut all: Vec<Splice<'_>> = Vec::new();
    for (number, (hunk, state)) in hunks.iter().zip(&mut states).enumerate() {
        let HunkState::Placed(place, _) = state else { continue };
        let made = lost::check(hunk, place, &base)
            .and_then(|()| elsewhere::check(hunk, place, &base))
            .and_then(|()| splices(hunk, number, place, &base, &habits, transported));
        match made {
            Ok(found) => all.extend(found),
            Err(mut rejection) => {
                rejection.candidates =
                    vec![candidate(&base, place.start, place.end - place.start, place.similarity)];
                *state = HunkState::Refused(rejection);
            }
        }
    }
    if let Some((earlier, later)) = first_overlap(&mut all)
        && let Some(state) = states.get_mut(later)
    {
        *state = HunkState::Refused(overlap(earlier));
    }
    if states.iter().all(|state| !matches!(state, HunkState::Refused(_)))
        && let Some((hunk, rejection)) = omitted(name, &base, &hunks, &states, &all)
        && let Some(state) = states.get_mut(hunk)
    {
        *state = HunkState::Refused(rejection);
    }
    if let Some((hunk, rejection)) = recipe::check(name, &base, &all)
        && let Some(state) = states.get_mut(hunk)
    {
        *state = HunkState::Refused(rejection);
    }
    let refused = states.iter().any(|state| matches!(state, HunkState::Refused(_)));
    let last = last_end(&hunks, &states, &base);
    let content = (!refused).then(|| weave(&base, &all, last, keeps_mark));
    let reports = hunks.iter().zip(states).map(|(hunk, state)| report(hunk, state)).collect();
    Revised { hunks: reports, content }
}

/// The one place of a hunk that only shows lines, as they stand.
fn shown_place(hunk: &Hunk<'_>, base: &Base<'_>) -> Option<HunkPlace> {
    let lines: Vec<HunkLine<'_>> = hunk.lines.iter().filter(|_| hunk.only_shows()).copied().collect();
    match base.find(&lines, Strategy::LineEnds).as_slice() {
        [start] => Some(HunkPlace::block(*start, lines.len(), Strategy::LineEnds)),
        _ => None,
    }
}

fn overlap(earlier: usize) -> Rejection {
    let reason = format!(
        "it changes lines that hunk {} changes as well, or adds at the same place: make one hunk of both",
        earlier + 1
    );
    Rejection::new(RejectionKind::Overlap, reason)
}

fn report(hunk: &Hunk<'_>, state: HunkState) -> HunkReport {
    let line = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
    let outcome = match state {
        HunkState::Refused(rejection) => HunkOutcome::Refused(rejection),
        HunkState::Already(at) => HunkOutcome::AlreadyApplied { line: line(at) },
        HunkState::Placed(place, decided_by) => HunkOutcome::Applied(Placement {
            line: line(place.start),
            offset: hunk.start.map(|start| i64::from(line(place.start)) - i64::from(start.max(1))),
            strategy: place.strategy,
            similarity: place.similarity,
            decided_by,
        }),
    };
    HunkReport { number: hunk.number, outcome }
}

/// What the hunks say about the end of the file. Only one that reaches it is believed.
fn last_end(hunks: &[Hunk<'_>], states: &[HunkState], base: &Base<'_>) -> LastEnd {
    let mut found = LastEnd::AsBefore;
    for (hunk, state) in hunks.iter().zip(states) {
        let HunkState::Placed(place, _) = state else { continue };
        if place.end < base.len() {
            continue;
        }
        if hunk.new_unended {
            found = LastEnd::Unended;
        } else if hunk.old_unended {
            found = LastEnd::Ended;
        }
    }
    found
}

/// Takes the byte order mark off the hunks' first lines if the file has one, as the file's lines do not have it either.
/// Says whether the file keeps it: a hunk that shows it on what goes and not on what comes takes it away.
fn settle_byte_order_mark(hunks: &mut [Hunk<'_>], marked: bool) -> bool {
    let mut keeps = true;
    for hunk in hunks.iter_mut().filter(|_| marked) {
        let strip = |without: Kind, hunk: &mut Hunk<'_>| {
            let first = hunk.lines.iter_mut().find(|line| line.kind != without);
            let bare = first.and_then(|line| Some((line.text.strip_prefix(BYTE_ORDER_MARK)?, line)));
            bare.map(|(text, line)| line.text = text).is_some()
        };
        // A line of context is the first of both, and loses the mark once.
        let same = hunk.lines.first().is_some_and(|line| line.kind == Kind::Context);
        if strip(Kind::Added, hunk) && !same {
            keeps = strip(Kind::Removed, hunk);
        }
    }
    keeps
}

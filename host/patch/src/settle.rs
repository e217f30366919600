//! Where a hunk goes, of the places at which it fits.

use crate::{
    align,
    already::left_near,
    base::{Base, shown},
    decide::{Anchor, decide},
    find::{Found, is_bland},
    hunk::Hunk,
    place::{HunkPlace, Map, candidate},
    report::{Rejection, RejectionKind, Strategy},
    scope::Scopes,
    state::HunkState,
};

/// Most places that a refusal names.
const PLACES_NAMED: usize = 5;

/// What others can be placed by: a hunk that has one place.
pub(crate) fn anchor(hunk: &Hunk<'_>, found: &Found) -> Option<Anchor> {
    let Found::One(place) = found else { return None };
    // Nothing is decided by what has to be decided itself.
    let certain = !is_bland(hunk);
    certain.then(|| Anchor {
        number: hunk.number,
        named: hunk.named_line(),
        start: place.start,
        end: place.end,
    })
}

/// Chooses among the places that were found for a hunk, where something does.
pub(crate) fn settle(
    hunk: &Hunk<'_>,
    found: Found,
    base: &Base<'_>,
    anchors: &[Anchor],
    scopes: &Scopes,
) -> HunkState {
    let state = settle_place(hunk, found, base, anchors, scopes);
    let place = match &state {
        HunkState::Refused(_) => return state,
        HunkState::Placed(place, _) => place.clone(),
        HunkState::Already(start) => HunkPlace::block(*start, hunk.new_lines().count(), Strategy::Exact),
    };
    match scopes.contradict(&place, hunk.named_line() == Some(place.start)) {
        true => HunkState::Refused(elsewhere(hunk, &place, base)),
        false => state,
    }
}

fn settle_place(
    hunk: &Hunk<'_>,
    found: Found,
    base: &Base<'_>,
    anchors: &[Anchor],
    scopes: &Scopes,
) -> HunkState {
    match found {
        Found::Refused(rejection) => HunkState::Refused(rejection),
        Found::Already(line) => HunkState::Already(line),
        Found::One(place) if is_bland(hunk) => settle_bland(hunk, vec![place], base, anchors, scopes),
        Found::Several(places) if is_bland(hunk) => settle_bland(hunk, places, base, anchors, scopes),
        Found::One(place) => match contradiction(hunk, &place, base, anchors) {
            Some(other) => HunkState::Refused(ambiguous(base, &[place, other])),
            None => HunkState::Placed(place, None),
        },
        Found::Several(mut places) => match decide(hunk, base, &places, anchors, scopes) {
            Some((at, decider)) => HunkState::Placed(places.swap_remove(at), Some(decider)),
            None => HunkState::Refused(ambiguous(base, &places)),
        },
    }
}

/// A hunk that shows nothing telling goes where something else says, as it stands; or it is about the whole file.
fn settle_bland(
    hunk: &Hunk<'_>,
    mut places: Vec<HunkPlace>,
    base: &Base<'_>,
    anchors: &[Anchor],
    scopes: &Scopes,
) -> HunkState {
    if hunk.at_end
        && let [place] = places.as_slice()
        && place.end == base.len()
    {
        return HunkState::Placed(places.remove(0), None);
    }
    if let [HunkPlace { start: 0, end, .. }] = places.as_slice()
        && *end == base.len()
    {
        return HunkState::Placed(places.remove(0), None);
    }
    let as_it_stands =
        places.iter().all(|place| matches!(place.strategy, Strategy::Exact | Strategy::LineEnds));
    match decide(hunk, base, &places, anchors, scopes) {
        Some((at, decider)) if as_it_stands => HunkState::Placed(places.swap_remove(at), Some(decider)),
        _ if places.len() > 1 => HunkState::Refused(ambiguous(base, &places)),
        _ => HunkState::Refused(bland(base, &places)),
    }
}

fn bland(base: &Base<'_>, places: &[HunkPlace]) -> Rejection {
    let reason = "it shows nothing but brackets and blank lines, and its line number is not that of the place that has \
                  them: add lines around it that say something";
    let candidates =
        places.iter().map(|place| candidate(base, place.start, place.end - place.start, place.similarity));
    Rejection { candidates: candidates.collect(), ..Rejection::new(RejectionKind::NoContext, reason) }
}

/// A place elsewhere at which the hunk fits but for a line of context, and which is just where its header says that it
/// belongs; or it was applied just there before. The one that was found may then be a copy of the one that is meant.
fn contradiction(
    hunk: &Hunk<'_>,
    place: &HunkPlace,
    base: &Base<'_>,
    anchors: &[Anchor],
) -> Option<HunkPlace> {
    // Likewise one that is not at the end, if the hunk says that it is.
    if hunk.at_end && place.end < base.len() && place.cost == 0 {
        let at = base.len().saturating_sub(hunk.old().count());
        return align::near(hunk, base, at).into_iter().find(|other| !other.overlaps(place));
    }
    let named = hunk.named_line()?;
    let drift = |line: usize, start: usize| {
        i64::try_from(start).ok().zip(i64::try_from(line).ok()).map(|(a, b)| a - b)
    };
    let own = drift(named, place.start)?;
    let shared = |one: &Anchor| {
        one.number != hunk.number && one.named.is_some_and(|line| drift(line, one.start) == Some(own))
    };
    if own == 0 || place.cost > 0 || anchors.iter().any(shared) {
        return None;
    }
    if let Some(start) = left_near(hunk, base, named) {
        let end = start + hunk.new_lines().count();
        return Some(HunkPlace { map: Map::Each(Vec::new()), start, end, ..place.clone() })
            .filter(|other| !other.overlaps(place));
    }
    align::near(hunk, base, named).into_iter().find(|other| !other.overlaps(place))
}

fn elsewhere(hunk: &Hunk<'_>, place: &HunkPlace, base: &Base<'_>) -> Rejection {
    let names: Vec<String> = hunk.headings.iter().map(|name| format!("'{}'", shown(name))).collect();
    let reason = format!(
        "its lines fit at line {} alone, which is not where its header says ({}): correct the header, or copy the lines of \
         the place that is meant from the file as it is now",
        place.start + 1,
        names.join(", then "),
    );
    let candidates = vec![candidate(base, place.start, place.end - place.start, place.similarity)];
    Rejection { candidates, ..Rejection::new(RejectionKind::Ambiguous, reason) }
}

fn ambiguous(base: &Base<'_>, places: &[HunkPlace]) -> Rejection {
    let lines: Vec<String> =
        places.iter().take(PLACES_NAMED).map(|place| (place.start + 1).to_string()).collect();
    let more = if places.len() > PLACES_NAMED { " and more" } else { "" };
    let reason = format!(
        "its lines fit at {} places, at lines {}{more}: add lines around it until they occur once",
        places.len(),
        lines.join(", "),
    );
    let candidates = places.iter().take(crate::CANDIDATES_MAX);
    let candidates =
        candidates.map(|place| candidate(base, place.start, place.end - place.start, place.similarity));
    Rejection { candidates: candidates.collect(), ..Rejection::new(RejectionKind::Ambiguous, reason) }
}

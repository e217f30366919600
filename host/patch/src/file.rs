//! Applies all hunks of a patch to one file.
//!
//! Every hunk is looked for in the file as it was, so it does not matter in which order they come. Those that have one
//! place are placed first; they are what the others, which have several, are decided by.

use crate::{
    align,
    already::left_near,
    base::{Base, shown},
    decide::{Anchor, decide},
    elsewhere, ended,
    find::{Found, find, is_bland, settle_bare_lines, settle_last_blank},
    hunk::{Hunk, HunkLine, Kind},
    lost,
    omitted::omitted,
    place::{Map, Place, candidate},
    recipe,
    report::{Decider, HunkOutcome, HunkReport, Placement, Rejection, RejectionKind, Strategy},
    scope::Scopes,
    text::BYTE_ORDER_MARK,
    weave::{Habits, LastEnd, Splice, first_overlap, splices, weave},
};

/// Most places that a refusal names.
const PLACES_NAMED: usize = 5;

/// What came of a file's hunks.
#[derive(Debug)]
pub(crate) struct Revised {
    /// One for each hunk, in the order of the patch.
    pub(crate) hunks: Vec<HunkReport>,
    /// The file afterwards; none if a hunk was refused.
    pub(crate) content: Option<Vec<u8>>,
}

/// A hunk on its way.
pub(crate) enum State {
    Placed(Place, Option<Decider>),
    Already(usize),
    Refused(Rejection),
}

/// Applies `hunks` to `bytes`, which is what the file `name` has.
pub(crate) fn revise(name: &str, bytes: &[u8], hunks: &[Hunk<'_>], transported: bool) -> Revised {
    let base = Base::new(bytes);
    let mut hunks = hunks.to_vec();
    let keeps_mark = settle_byte_order_mark(&mut hunks, base.text.byte_order_mark);
    for hunk in &mut hunks {
        settle_bare_lines(hunk, &base);
        settle_last_blank(hunk, &base);
    }
    let changes = hunks.iter().any(|hunk| hunk.has(Kind::Added) || hunk.has(Kind::Removed));
    let passed_over = |hunk: &Hunk<'_>| shown_place(hunk, &base).filter(|_| changes).map(Found::One);
    let found: Vec<Found> =
        hunks.iter().map(|hunk| passed_over(hunk).unwrap_or_else(|| find(hunk, &base))).collect();
    let anchors: Vec<Anchor> =
        hunks.iter().zip(&found).filter_map(|(hunk, found)| anchor(hunk, found)).collect();
    let mut states: Vec<State> = Vec::with_capacity(hunks.len());
    let mut scopes = Scopes::default();
    let mut names: &[&[u8]] = &[];
    for (hunk, found) in hunks.iter().zip(found) {
        if hunk.headings != names {
            (scopes, names) = (Scopes::of(hunk, &base), &hunk.headings);
        }
        states.push(settle(hunk, found, &base, &anchors, &scopes));
    }
    ended::settle(&hunks, &mut states, base.len());
    let placed = hunks.iter().zip(&states).filter_map(|(hunk, state)| match state {
        State::Placed(place, _) => Some((hunk, place)),
        State::Already(_) | State::Refused(_) => None,
    });
    let habits = Habits::learn(placed, &base);
    let mut all: Vec<Splice<'_>> = Vec::new();
    for (number, (hunk, state)) in hunks.iter().zip(&mut states).enumerate() {
        let State::Placed(place, _) = state else { continue };
        let made = lost::check(hunk, place, &base)
            .and_then(|()| elsewhere::check(hunk, place, &base))
            .and_then(|()| splices(hunk, number, place, &base, &habits, transported));
        match made {
            Ok(found) => all.extend(found),
            Err(mut rejection) => {
                rejection.candidates =
                    vec![candidate(&base, place.start, place.end - place.start, place.similarity)];
                *state = State::Refused(rejection);
            }
        }
    }
    if let Some((earlier, later)) = first_overlap(&mut all)
        && let Some(state) = states.get_mut(later)
    {
        *state = State::Refused(overlap(earlier));
    }
    if states.iter().all(|state| !matches!(state, State::Refused(_)))
        && let Some((hunk, rejection)) = omitted(name, &base, &hunks, &states, &all)
        && let Some(state) = states.get_mut(hunk)
    {
        *state = State::Refused(rejection);
    }
    if let Some((hunk, rejection)) = recipe::check(name, &base, &all)
        && let Some(state) = states.get_mut(hunk)
    {
        *state = State::Refused(rejection);
    }
    let refused = states.iter().any(|state| matches!(state, State::Refused(_)));
    let last = last_end(&hunks, &states, &base);
    let content = (!refused).then(|| weave(&base, &all, last, keeps_mark));
    let reports = hunks.iter().zip(states).map(|(hunk, state)| report(hunk, state)).collect();
    Revised { hunks: reports, content }
}

/// The one place of a hunk that only shows lines, as they stand.
fn shown_place(hunk: &Hunk<'_>, base: &Base<'_>) -> Option<Place> {
    let lines: Vec<HunkLine<'_>> = hunk.lines.iter().filter(|_| hunk.only_shows()).copied().collect();
    match base.find(&lines, Strategy::LineEnds).as_slice() {
        [start] => Some(Place::block(*start, lines.len(), Strategy::LineEnds)),
        _ => None,
    }
}

fn anchor(hunk: &Hunk<'_>, found: &Found) -> Option<Anchor> {
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

fn settle(hunk: &Hunk<'_>, found: Found, base: &Base<'_>, anchors: &[Anchor], scopes: &Scopes) -> State {
    let state = settle_place(hunk, found, base, anchors, scopes);
    let place = match &state {
        State::Refused(_) => return state,
        State::Placed(place, _) => place.clone(),
        State::Already(start) => Place::block(*start, hunk.new_lines().count(), Strategy::Exact),
    };
    match scopes.contradict(&place, hunk.named_line() == Some(place.start)) {
        true => State::Refused(elsewhere(hunk, &place, base)),
        false => state,
    }
}

fn settle_place(
    hunk: &Hunk<'_>,
    found: Found,
    base: &Base<'_>,
    anchors: &[Anchor],
    scopes: &Scopes,
) -> State {
    match found {
        Found::Refused(rejection) => State::Refused(rejection),
        Found::Already(line) => State::Already(line),
        Found::One(place) if is_bland(hunk) => settle_bland(hunk, vec![place], base, anchors, scopes),
        Found::Several(places) if is_bland(hunk) => settle_bland(hunk, places, base, anchors, scopes),
        Found::One(place) => match contradiction(hunk, &place, base, anchors) {
            Some(other) => State::Refused(ambiguous(base, &[place, other])),
            None => State::Placed(place, None),
        },
        Found::Several(mut places) => match decide(hunk, base, &places, anchors, scopes) {
            Some((at, decider)) => State::Placed(places.swap_remove(at), Some(decider)),
            None => State::Refused(ambiguous(base, &places)),
        },
    }
}

/// A hunk that shows nothing telling goes where something else says, as it stands; or it is about the whole file.
fn settle_bland(
    hunk: &Hunk<'_>,
    mut places: Vec<Place>,
    base: &Base<'_>,
    anchors: &[Anchor],
    scopes: &Scopes,
) -> State {
    if hunk.at_end
        && let [place] = places.as_slice()
        && place.end == base.len()
    {
        return State::Placed(places.remove(0), None);
    }
    if let [Place { start: 0, end, .. }] = places.as_slice()
        && *end == base.len()
    {
        return State::Placed(places.remove(0), None);
    }
    let as_it_stands =
        places.iter().all(|place| matches!(place.strategy, Strategy::Exact | Strategy::LineEnds));
    match decide(hunk, base, &places, anchors, scopes) {
        Some((at, decider)) if as_it_stands => State::Placed(places.swap_remove(at), Some(decider)),
        _ if places.len() > 1 => State::Refused(ambiguous(base, &places)),
        _ => State::Refused(bland(base, &places)),
    }
}

fn bland(base: &Base<'_>, places: &[Place]) -> Rejection {
    let reason = "it shows nothing but brackets and blank lines, and its line number is not that of the place that has \
                  them: add lines around it that say something";
    let candidates =
        places.iter().map(|place| candidate(base, place.start, place.end - place.start, place.similarity));
    Rejection { candidates: candidates.collect(), ..Rejection::new(RejectionKind::NoContext, reason) }
}

/// A place elsewhere at which the hunk fits but for a line of context, and which is just where its header says that it
/// belongs; or it was applied just there before. The one that was found may then be a copy of the one that is meant.
fn contradiction(hunk: &Hunk<'_>, place: &Place, base: &Base<'_>, anchors: &[Anchor]) -> Option<Place> {
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
        return Some(Place { map: Map::Each(Vec::new()), start, end, ..place.clone() })
            .filter(|other| !other.overlaps(place));
    }
    align::near(hunk, base, named).into_iter().find(|other| !other.overlaps(place))
}

fn elsewhere(hunk: &Hunk<'_>, place: &Place, base: &Base<'_>) -> Rejection {
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

fn ambiguous(base: &Base<'_>, places: &[Place]) -> Rejection {
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

fn overlap(earlier: usize) -> Rejection {
    let reason = format!(
        "it changes lines that hunk {} changes as well, or adds at the same place: make one hunk of both",
        earlier + 1
    );
    Rejection::new(RejectionKind::Overlap, reason)
}

fn report(hunk: &Hunk<'_>, state: State) -> HunkReport {
    let line = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
    let outcome = match state {
        State::Refused(rejection) => HunkOutcome::Refused(rejection),
        State::Already(at) => HunkOutcome::AlreadyApplied { line: line(at) },
        State::Placed(place, decided_by) => HunkOutcome::Applied(Placement {
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
fn last_end(hunks: &[Hunk<'_>], states: &[State], base: &Base<'_>) -> LastEnd {
    let mut found = LastEnd::AsBefore;
    for (hunk, state) in hunks.iter().zip(states) {
        let State::Placed(place, _) = state else { continue };
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

//! Finds the place of one hunk in a file.
//!
//! The lines that the hunk shows are looked for as they are, then with ever more disregarded (see
//! [`Strategy`]); the first strategy that finds them ends the search. One place is the place. Of several, `decide`
//! chooses, or nobody does: guessing the nearest, as the classical tools do, writes good code into the wrong function.
//! Only when no strategy finds all lines are some of them allowed to differ (`align`).
//!
//! That the file has what the hunk would leave is looked for before anything that compares loosely: a patch that
//! is sent twice must not be squeezed in a second time.

mod refusals;

use crate::{
    align,
    already::{Left, already, inserted_before, left_at_the_end, removed_already, replaced_already},
    base::Base,
    hunk::{Hunk, HunkLine},
    keys::letters,
    place::HunkPlace,
    report::{Rejection, RejectionKind, Strategy},
};
pub(crate) use refusals::cut;
use refusals::{hopeless, not_found, once_more, unclear};

/// What the search for a hunk comes to.
#[derive(Debug)]
pub(crate) enum Found {
    One(HunkPlace),
    /// More than one, all by the same strategy.
    Several(Vec<HunkPlace>),
    /// The file has what the hunk would leave, from this line on, counted from 0.
    Already(usize),
    Refused(Rejection),
}

impl Found {
    /// How many places were found.
    pub(crate) fn places(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Several(places) => places.len(),
            Self::Already(_) | Self::Refused(_) => 0,
        }
    }
}

/// Looks for `hunk` in `base`.
pub(crate) fn find(hunk: &Hunk<'_>, base: &Base<'_>) -> Found {
    if let Some(rejection) = hopeless(hunk) {
        return Found::Refused(rejection);
    }
    let old: Vec<HunkLine<'_>> = hunk.old().copied().collect();
    if old.is_empty() {
        return without_context(hunk, base);
    }
    let mut doubtful = None;
    for strategy in [Strategy::Exact, Strategy::LineEnds, Strategy::Indentation, Strategy::Punctuation] {
        if strategy == Strategy::Indentation {
            match already(hunk, base, Strategy::LineEnds) {
                Some(Left::Applied(line)) => return Found::Already(line),
                Some(Left::Doubtful(line)) => doubtful = Some(line),
                None => {}
            }
        }
        let starts = base.find(&old, strategy);
        // By its marker the hunk is about the file's end; one that is elsewhere may be what it left behind.
        let off_the_end =
            (hunk.old_unended || hunk.at_end) && starts.iter().all(|start| start + old.len() != base.len());
        match off_the_end.then(|| left_at_the_end(hunk, base)).flatten() {
            Some(Left::Applied(line)) => return Found::Already(line),
            Some(Left::Doubtful(line)) => doubtful = Some(line),
            None => {}
        }
        if let Some(line) =
            starts.first().and_then(|_| inserted_before(hunk, base, &starts, old.len(), strategy))
        {
            return Found::Already(line);
        }
        match (starts.as_slice(), doubtful) {
            ([], _) => {}
            ([start, ..], Some(left)) => return Found::Refused(once_more(*start, left, old.len(), base)),
            ([start], None) => return Found::One(HunkPlace::block(*start, old.len(), strategy)),
            (several, None) => {
                let place = |start: &usize| HunkPlace::block(*start, old.len(), strategy);
                return Found::Several(several.iter().map(place).collect());
            }
        }
    }
    match already(hunk, base, Strategy::Punctuation) {
        Some(Left::Applied(line)) => return Found::Already(line),
        Some(Left::Doubtful(line)) => return Found::Refused(not_found(&old, hunk, base, Some(line))),
        None => {}
    }
    match align::find(hunk, base) {
        Err(rejection) => Found::Refused(rejection),
        Ok(mut places) if places.len() < 2 => match places.pop() {
            Some(place) if !place.clear => Found::Refused(unclear(&place, base)),
            Some(place) => Found::One(place),
            None => match removed_already(hunk, base).or_else(|| replaced_already(hunk, base)) {
                Some(line) => Found::Already(line),
                None => Found::Refused(not_found(&old, hunk, base, None)),
            },
        },
        Ok(places) => match places.iter().find(|place| !place.clear || is_doubted(place, &places)) {
            Some(place) => Found::Refused(unclear(place, base)),
            None => Found::Several(places),
        },
    }
}

fn is_doubted(place: &HunkPlace, places: &[HunkPlace]) -> bool {
    places.iter().any(|other| other != place && other.overlaps(place))
}

/// A hunk that only adds can make a file, and can be known to have made it.
fn without_context(hunk: &Hunk<'_>, base: &Base<'_>) -> Found {
    if base.len() == 0 {
        return Found::One(HunkPlace::block(0, 0, Strategy::Exact));
    }
    let new: Vec<HunkLine<'_>> = hunk.new_lines().copied().collect();
    if new.len() == base.len() && base.find(&new, Strategy::LineEnds) == [0] {
        return Found::Already(0);
    }
    if hunk.at_end {
        return match left_at_the_end(hunk, base) {
            Some(Left::Applied(line) | Left::Doubtful(line)) => Found::Already(line),
            None => Found::One(HunkPlace::block(base.len(), 0, Strategy::Exact)),
        };
    }
    let reason = "it shows no line of the file, so its place is unknown: add the lines around it";
    Found::Refused(Rejection::new(RejectionKind::NoContext, reason))
}

/// Whether all that the hunk shows of the file are brackets and blank lines, as any file has many. That they are
/// found proves nothing then, not even where they are found once: the one that is meant may read otherwise.
pub(crate) fn is_bland(hunk: &Hunk<'_>) -> bool {
    hunk.old().all(|line| letters(line.text) == 0)
}

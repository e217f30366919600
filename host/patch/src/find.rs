//! Finds the place of one hunk in a file.
//!
//! The lines that the hunk shows are looked for as they are, then with ever more disregarded (see
//! [`Strategy`]); the first strategy that finds them ends the search. One place is the place. Of several, `decide`
//! chooses, or nobody does: guessing the nearest, as the classical tools do, writes good code into the wrong function.
//! Only when no strategy finds all lines are some of them allowed to differ (`align`).
//!
//! That the file has what the hunk would leave is looked for before anything that compares loosely: a patch that
//! is sent twice must not be squeezed in a second time.

use crate::{
    align,
    already::{Left, already, inserted_before, left_at_the_end, removed_already, replaced_already},
    base::{Base, shown},
    hunk::{Fault, Hunk, HunkLine, Kind},
    keys::{is_blank, letters},
    place::{Place, candidate},
    report::{Divergence, Rejection, RejectionKind, Strategy},
};

/// Words in place of new lines that say that there are none.
const NO_CHANGES: [&[u8]; 6] =
    [b"NO_EDITS", b"NO_EDIT", b"NO_CHANGES", b"NO_CHANGE", b"NO_EDITS_NEEDED", b"NO_CHANGES_NEEDED"];

/// What the search for a hunk comes to.
#[derive(Debug)]
pub(crate) enum Found {
    One(Place),
    /// More than one, all by the same strategy.
    Several(Vec<Place>),
    /// The file has what the hunk would leave, from this line on, counted from 0.
    Already(usize),
    Refused(Rejection),
}

/// Takes lines without a sign as context where the file has them. One that it does not have may have lost a `+`, and one
/// with a blank before its sign may be no context.
pub(crate) fn settle_bare_lines(hunk: &mut Hunk<'_>, base: &Base<'_>) {
    let shifted: Vec<&[u8]> = (0..hunk.lines.len()).filter_map(|at| shifted(hunk, at)).collect();
    if hunk.fault.is_some() || !hunk.has(Kind::Bare) && shifted.is_empty() {
        return;
    }
    if let Some(line) = shifted.into_iter().find(|line| !base.has(line)) {
        return hunk.spoil(&[b" ", line].concat());
    }
    for at in 0..hunk.lines.len() {
        let Some(line) = hunk.lines.get_mut(at).filter(|line| line.kind == Kind::Bare) else { continue };
        if !base.has(line.text) {
            let text = line.text;
            return hunk.spoil(text);
        }
        line.kind = Kind::Context;
    }
}

/// Leaves out a blank line of context at the very end of a hunk where the file ends before it: an editor or a chat put it
/// there.
pub(crate) fn settle_last_blank(hunk: &mut Hunk<'_>, base: &Base<'_>) {
    let is_blank_context = |line: &HunkLine<'_>| line.kind == Kind::Context && is_blank(line.text);
    if hunk.fault.is_some() || !hunk.lines.last().is_some_and(is_blank_context) {
        return;
    }
    let mut old: Vec<HunkLine<'_>> = hunk.old().copied().collect();
    if !base.find(&old, Strategy::Punctuation).is_empty() {
        return;
    }
    old.pop();
    let is_last = |start: &usize| start + old.len() == base.len();
    if !old.is_empty() && base.find(&old, Strategy::Punctuation).iter().any(is_last) {
        hunk.lines.pop();
        hunk.claimed = hunk.claimed.map(|(old, new)| (old.saturating_sub(1), new.saturating_sub(1)));
    }
}

/// The text of a line of context that begins with a sign, right beside a line that has that sign.
fn shifted<'t>(hunk: &Hunk<'t>, at: usize) -> Option<&'t [u8]> {
    let line = hunk.lines.get(at).filter(|line| line.kind == Kind::Context && !line.signless)?;
    let text = line.text.trim_ascii_start();
    let kind = match text.first()? {
        b'-' => Kind::Removed,
        b'+' => Kind::Added,
        _ => return None,
    };
    let beside =
        |at: Option<usize>| at.and_then(|at| hunk.lines.get(at)).is_some_and(|line| line.kind == kind);
    (beside(at.checked_sub(1)) || beside(at.checked_add(1))).then_some(line.text)
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
            ([start], None) => return Found::One(Place::block(*start, old.len(), strategy)),
            (several, None) => {
                let place = |start: &usize| Place::block(*start, old.len(), strategy);
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

fn is_doubted(place: &Place, places: &[Place]) -> bool {
    places.iter().any(|other| other != place && other.overlaps(place))
}

fn unclear(place: &Place, base: &Base<'_>) -> Rejection {
    let reason = "the file has lines at its place that it does not show, and what it adds could go before or after them: \
                  copy all lines of the place from the file as it is now";
    let candidates = vec![candidate(base, place.start, place.end - place.start, place.similarity)];
    Rejection { candidates, ..Rejection::new(RejectionKind::Unclear, reason) }
}

fn hopeless(hunk: &Hunk<'_>) -> Option<Rejection> {
    match &hunk.fault {
        Some(Fault::Cut) => return Some(cut()),
        Some(Fault::Open) => {
            let reason = "the patch has no end, and its rest may be missing: send it again as a whole, with '*** End Patch' as \
                          its last line";
            return Some(Rejection::new(RejectionKind::Cut, reason));
        }
        Some(Fault::Malformed(line)) if line.trim_start_matches(' ').starts_with(['-', '+']) => {
            let reason = format!(
                "the line {:?} is not in the file and begins with a sign behind its blank: write the hunk again, signs at \
                 the margin",
                shown(line.as_bytes())
            );
            return Some(Rejection::new(RejectionKind::Malformed, reason));
        }
        Some(Fault::Malformed(line)) => {
            let reason = format!(
                "the line {:?} has no sign and is not in the file: write the hunk again, every line with ' ', '+' or '-'",
                shown(line.as_bytes())
            );
            return Some(Rejection::new(RejectionKind::Malformed, reason));
        }
        Some(Fault::Marker(line)) => {
            let reason = format!(
                "the line {line:?} of its block may be a marker or a line of the file, or is missing: use each of '<<<<<<< \
                 SEARCH', '=======' and '>>>>>>> REPLACE' once, and send lines that look like them in a unified diff"
            );
            return Some(Rejection::new(RejectionKind::Malformed, reason));
        }
        None => {}
    }
    if let Some(line) = says_nothing_changes(hunk) {
        let reason = format!(
            "the line {:?} says that nothing changes, and would replace the lines that it stands for: leave this part out",
            shown(line)
        );
        return Some(Rejection::new(RejectionKind::Omission, reason));
    }
    changes_nothing(hunk).then(no_change)
}

/// The one line that replaces others, if it is a word that models write to say that there is nothing to change.
fn says_nothing_changes<'t>(hunk: &Hunk<'t>) -> Option<&'t [u8]> {
    let mut added = hunk.lines.iter().filter(|line| line.kind == Kind::Added && !is_blank(line.text));
    let line = added.next().filter(|_| hunk.has(Kind::Removed))?;
    (added.next().is_none() && NO_CHANGES.contains(&line.text.trim_ascii())).then_some(line.text)
}

/// The refusal of a hunk that is not all there.
pub(crate) fn cut() -> Rejection {
    let reason = "the patch breaks off in this hunk: send it again as a whole";
    Rejection::new(RejectionKind::Cut, reason)
}

fn no_change() -> Rejection {
    let reason = "it changes nothing: mark what goes with '-' and what comes with '+', in a block write what comes below \
                  '=======', or leave it out";
    Rejection::new(RejectionKind::NoChange, reason)
}

/// Whether a hunk that can be read would leave everything as it is.
fn changes_nothing(hunk: &Hunk<'_>) -> bool {
    let bytes = |line: &HunkLine<'_>| (line.text.to_vec(), line.carriage_return);
    hunk.fault.is_none()
        && hunk.old().map(bytes).eq(hunk.new_lines().map(bytes))
        && hunk.old_unended == hunk.new_unended
}

/// A hunk that only adds can make a file, and can be known to have made it.
fn without_context(hunk: &Hunk<'_>, base: &Base<'_>) -> Found {
    if base.len() == 0 {
        return Found::One(Place::block(0, 0, Strategy::Exact));
    }
    let new: Vec<HunkLine<'_>> = hunk.new_lines().copied().collect();
    if new.len() == base.len() && base.find(&new, Strategy::LineEnds) == [0] {
        return Found::Already(0);
    }
    if hunk.at_end {
        return match left_at_the_end(hunk, base) {
            Some(Left::Applied(line) | Left::Doubtful(line)) => Found::Already(line),
            None => Found::One(Place::block(base.len(), 0, Strategy::Exact)),
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

/// The refusal of a hunk whose lines are at `start`, where the file has at `left` what it would leave: it may have been
/// applied there, or be meant here.
fn once_more(start: usize, left: usize, lines: usize, base: &Base<'_>) -> Rejection {
    let reason = format!(
        "its lines are at line {}, and what it would leave is at line {} already: copy the lines around the place that is \
         meant, or leave the hunk out if it was applied",
        start + 1,
        left + 1,
    );
    let candidates = vec![candidate(base, start, lines, 1.0)];
    Rejection { candidates, ..Rejection::new(RejectionKind::Ambiguous, reason) }
}

/// The refusal of a hunk whose lines are nowhere. What it would leave may be at `left`, which does not tell that it was
/// applied.
fn not_found(old: &[HunkLine<'_>], hunk: &Hunk<'_>, base: &Base<'_>, left: Option<usize>) -> Rejection {
    let (divergence, reason) = divergence(old, base);
    let reason = match left {
        None => reason,
        Some(at) => format!(
            "{reason}. What it adds is at line {}, but nothing around it shows that this hunk put it there: show lines of \
             the place that is meant",
            at + 1
        ),
    };
    let candidates = align::nearest(hunk, base);
    Rejection { divergence, candidates, ..Rejection::new(RejectionKind::NotFound, reason) }
}

/// The first line of a hunk that the file does not have, and what that comes to.
fn divergence(old: &[HunkLine<'_>], base: &Base<'_>) -> (Option<Divergence>, String) {
    let (longest, start) = base.longest(old);
    let expected = shown(old.get(longest).map_or(b"", |line| line.text));
    let at = match longest {
        0 => base.most_like(old.first().map_or(b"", |line| line.text)),
        _ => Some(start + longest),
    };
    let found = at.and_then(|at| base.line(at)).map(|line| shown(line.text));
    let line = at.and_then(|at| u32::try_from(at + 1).ok());
    let reason = match (longest, &found, line) {
        (0, Some(found), Some(line)) => format!(
            "its first line '{}' is not in the file, where line {line}, the one most like it, has '{}': copy the lines from the \
             file as it is now",
            expected.trim(),
            found.trim(),
        ),
        (0, ..) => {
            "its first line is not in the file, and the rest is not found without it: copy the lines from the file as it is now".into()
        }
        (_, None, _) => {
            "the file ends before the lines that it shows: copy the lines from the file as it is now".into()
        }
        _ => "its lines are not in the file as it shows them: copy the lines from the file as it is now".into(),
    };
    (Some(Divergence { line, expected, found }), reason)
}

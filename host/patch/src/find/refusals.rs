//! Why a hunk has no place, in words that whoever sent it can act on.

use crate::{
    align,
    base::{Base, shown},
    hunk::{Fault, Hunk, HunkLine, Kind},
    keys::is_blank,
    place::{HunkPlace, candidate},
    report::{Divergence, Rejection, RejectionKind},
};

/// Words in place of new lines that say that there are none.
const NO_CHANGES: [&[u8]; 6] =
    [b"NO_EDITS", b"NO_EDIT", b"NO_CHANGES", b"NO_CHANGE", b"NO_EDITS_NEEDED", b"NO_CHANGES_NEEDED"];

/// The refusal of a hunk that adds something which could go before or after lines that it does not show.
pub(super) fn unclear(place: &HunkPlace, base: &Base<'_>) -> Rejection {
    let reason = "the file has lines at its place that it does not show, and what it adds could go before or after them: \
                  copy all lines of the place from the file as it is now";
    let candidates = vec![candidate(base, place.start, place.end - place.start, place.similarity)];
    Rejection { candidates, ..Rejection::new(RejectionKind::Unclear, reason) }
}

/// The refusal of a hunk that fits nowhere, whatever the file has.
pub(super) fn hopeless(hunk: &Hunk<'_>) -> Option<Rejection> {
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

/// The refusal of a hunk whose lines are at `start`, where the file has at `left` what it would leave: it may have been
/// applied there, or be meant here.
pub(super) fn once_more(start: usize, left: usize, lines: usize, base: &Base<'_>) -> Rejection {
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
pub(super) fn not_found(
    old: &[HunkLine<'_>],
    hunk: &Hunk<'_>,
    base: &Base<'_>,
    left: Option<usize>,
) -> Rejection {
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

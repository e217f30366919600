//! What a hunk may have lost on its way, where its place is known: a sign, the comma at the end of a line, or the lines
//! at its edge.
//!
//! A line that lost its `+` reads as context that the file does not have, and one that lost its `-` as context that it
//! has. Both are passed over by whatever forgives context, and the result then lacks a line or keeps one. So context
//! that is forgiven has to be out of the way of what changes, and lines without a sign must be so throughout, or be
//! counted by the hunk's header.

use crate::{
    base::{Base, shown},
    hunk::{Hunk, HunkLine, Kind},
    keys::{is_blank, key},
    place::HunkPlace,
    report::{Rejection, RejectionKind, Strategy},
    state::HunkState,
};

/// A line of context and what is known about it.
struct Context<'h, 't> {
    line: &'h HunkLine<'t>,
    /// The file's line, where it has one.
    file: Option<&'h [u8]>,
    /// Whether it is right beside a line that goes or comes.
    beside: bool,
    /// Whether the file has another line in its stead, or it stands outside of all that the file has.
    replaced: bool,
    /// Whether it is one blank line of several, with its sign: how many there are says nothing. Or one of a block, whose lines
    /// have no signs to lose.
    spare: bool,
    /// Where lines go or come right after it, what stands after those.
    then: Option<&'h [u8]>,
}

/// Refuses a hunk at its place if it may have lost something that makes a difference.
pub(crate) fn check(hunk: &Hunk<'_>, place: &HunkPlace, base: &Base<'_>) -> Result<(), Rejection> {
    let (context, counts) = (context(hunk, place, base), Counts::of(hunk));
    for one in &context {
        match one.file {
            None if one.spare && !one.beside => {}
            None if one.line.signless => return Err(without_sign(one.line)),
            // Where the header counts it as context, it did not lose a '+'.
            None if counts != Counts::Right && (one.beside || !one.replaced && counts == Counts::Unknown) => {
                return Err(not_there(one.line));
            }
            None => {}
            Some(file) if one.then.is_some_and(|then| loses_ending(one.line.text, file, then)) => {
                return Err(ending(one.line, file));
            }
            Some(_) => {}
        }
    }
    if counts == Counts::Wrong && loses_edge(hunk, place, base) {
        return Err(without_edge());
    }
    // Without counts, one line proves no habit, and neither do some of several.
    let told = || context.iter().filter(|one| !is_blank(one.line.text));
    let lost = told().filter(|one| one.has_no_sign()).count();
    let habit = lost > 1 && lost == told().count();
    if let Some(one) = told().find(|one| one.has_no_sign())
        && (counts == Counts::Wrong || counts == Counts::Unknown && !habit)
    {
        return Err(without_sign(one.line));
    }
    let doubtful = context.iter().find(|one| one.is_reworded());
    match doubtful {
        Some(one) if counts.is_short_of_a_sign(hunk) => Err(without_sign(one.line)),
        _ => Ok(()),
    }
}

/// Refuses what may be the rest of the hunk before it. A line of that hunk which reads like a header, as in a file that has
/// diffs in it, and lost its sign would part the two, and would be missing.
pub(crate) fn check_headers(hunks: &[Hunk<'_>], states: &mut [HunkState], base: &Base<'_>) {
    let is_rest = |at: &usize| match (hunks.get(at - 1..=*at), states.get(at - 1..=*at)) {
        (Some([above, hunk]), Some([HunkState::Placed(before, _), HunkState::Placed(place, _)])) => {
            is_rest_of(above, before, hunk, place, base)
        }
        _ => false,
    };
    let rests: Vec<usize> = (1..hunks.len()).filter(is_rest).collect();
    for at in rests {
        if let Some(state) = states.get_mut(at) {
            *state = HunkState::Refused(header_or_line());
        }
    }
}

fn is_rest_of(
    above: &Hunk<'_>,
    before: &HunkPlace,
    hunk: &Hunk<'_>,
    place: &HunkPlace,
    base: &Base<'_>,
) -> bool {
    // Right behind it, or behind a line like that which the hunk before would take out.
    let gap = place.start.checked_sub(before.end);
    if gap != Some(0) && !(gap == Some(1) && base.line_text(before.end).starts_with(b"@@")) {
        return false;
    }
    match above.claimed {
        Some((old, new)) => {
            let left = |all: usize, of: usize, rest: usize| all.checked_sub(of)?.checked_sub(rest);
            let old = left(old, above.old().count(), hunk.old().count());
            let new = left(new, above.new_lines().count(), hunk.new_lines().count());
            matches!((old, new), (Some(0), Some(1)) | (Some(1), Some(0)))
        }
        // Among headers without numbers, one that names another line.
        None => above.start.is_none() && hunk.named_line().is_some_and(|line| line != place.start),
    }
}

fn header_or_line() -> Rejection {
    let reason = "its header may be a line of the hunk before it that lost its sign, since its lines come right after that hunk's \
                  and not where it says: write a '+', '-' or ' ' before the line, or make one hunk of both";
    Rejection::new(RejectionKind::Malformed, reason)
}

fn context<'h, 't>(hunk: &'h Hunk<'t>, place: &HunkPlace, base: &'h Base<'_>) -> Vec<Context<'h, 't>> {
    let changes = |line: Option<&HunkLine<'_>>| {
        line.is_some_and(|line| matches!(line.kind, Kind::Added | Kind::Removed))
    };
    let lines: Vec<Option<usize>> = place.map.lines().collect();
    let replaced = replaced(&lines);
    let mut map = lines.iter().zip(&replaced);
    let mut found = Vec::new();
    for (at, line) in hunk.lines.iter().enumerate() {
        if line.kind == Kind::Added {
            continue;
        }
        let (file, replaced) = map.next().map_or((None, false), |(file, replaced)| (*file, *replaced));
        let file = file.map(|at| base.line_text(at));
        if line.kind != Kind::Removed {
            let before = at.checked_sub(1).and_then(|at| hunk.lines.get(at));
            let changes_after = changes(hunk.lines.get(at + 1));
            let beside = changes(before) || changes_after;
            let then = changes_after.then(|| {
                let rest = hunk.lines.get(at + 1..).unwrap_or_default();
                let kept = rest.iter().find(|line| !changes(Some(line)));
                kept.map_or_else(|| base.line_text(place.end), |line| line.text)
            });
            let is_blank_context = |line: Option<&HunkLine<'_>>| {
                line.is_some_and(|line| line.kind == Kind::Context && is_blank(line.text))
            };
            let of_several = is_blank_context(before) || is_blank_context(hunk.lines.get(at + 1));
            let spare = is_blank_context(Some(line)) && !line.signless && (of_several || hunk.is_block);
            found.push(Context { line, file, beside, replaced, spare, then });
        }
    }
    found
}

/// For each line of the hunk that the file lacks, whether the file has other lines between those before and after it.
fn replaced(map: &[Option<usize>]) -> Vec<bool> {
    let mut found = vec![false; map.len()];
    let mut at = 0;
    while at < map.len() {
        let end = map.iter().skip(at).position(Option::is_some).map_or(map.len(), |more| at + more);
        let before = at.checked_sub(1).and_then(|at| map.get(at).copied().flatten());
        let after = map.get(end).copied().flatten();
        let gap = before.zip(after).map_or(usize::MAX, |(before, after)| after.saturating_sub(before + 1));
        for slot in found.iter_mut().take(end).skip(at) {
            *slot = gap >= end - at;
        }
        at = end + 1;
    }
    found
}

impl Context<'_, '_> {
    /// Whether it lost its sign: it has none, or what stands for one is a blank of its indentation.
    fn has_no_sign(&self) -> bool {
        let short_by_one = |file: &[u8]| file.strip_prefix(b" ").is_some_and(|file| file == self.line.text);
        self.line.signless || self.file.is_some_and(short_by_one)
    }

    fn is_reworded(&self) -> bool {
        let same =
            |file: &[u8]| key(file, Strategy::Punctuation) == key(self.line.text, Strategy::Punctuation);
        self.file.is_none_or(|file| file != self.line.text && !same(file))
    }
}

/// Whether a hunk has the lines that its header counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    Unknown,
    Right,
    Wrong,
}

impl Counts {
    fn of(hunk: &Hunk<'_>) -> Self {
        match hunk.claimed {
            None => Self::Unknown,
            Some(_) if hunk.is_complete() => Self::Right,
            Some(_) => Self::Wrong,
        }
    }

    /// Whether the counts would be right if one line of context had its `+` or its `-`.
    fn is_short_of_a_sign(self, hunk: &Hunk<'_>) -> bool {
        let Some((old, new)) = hunk.claimed else { return false };
        let (has_old, has_new) = (hunk.old().count(), hunk.new_lines().count());
        (has_old == old + 1 && has_new == new) || (has_old == old && has_new == new + 1)
    }
}

/// Whether the file's line and the hunk's, after which lines change, differ in an ending that what follows depends on. One
/// that the file lacks is missing before what is added; a comma that only the file has is one too many before a bracket
/// that closes.
fn loses_ending(hunk: &[u8], file: &[u8], then: &[u8]) -> bool {
    let last = |line: &[u8]| line.trim_ascii_end().last().copied();
    let (hunk, file) = (last(hunk), last(file));
    let closes = then.trim_ascii_start().first().is_none_or(|first| matches!(first, b')' | b']' | b'}'));
    hunk != file && (matches!(hunk, Some(b',' | b';')) || file == Some(b',') && closes)
}

/// Whether a hunk adds at its very beginning or end, in the middle of the file, and has fewer lines than it counts: those
/// that are missing may belong between what it adds and what it shows.
fn loses_edge(hunk: &Hunk<'_>, place: &HunkPlace, base: &Base<'_>) -> bool {
    // Where lines go as well, those say where.
    let adds = |lines: &mut dyn Iterator<Item = &HunkLine<'_>>| {
        let mut changes =
            lines.take_while(|line| line.kind != Kind::Context).map(|line| line.kind).peekable();
        changes.peek().is_some() && changes.all(|kind| kind == Kind::Added)
    };
    let short = hunk.claimed.is_some_and(|(old, _)| hunk.old().count() < old);
    let (above, below) = (place.start > 0, place.end < base.len());
    short && (above && adds(&mut hunk.lines.iter()) || below && adds(&mut hunk.lines.iter().rev()))
}

fn without_edge() -> Rejection {
    let reason = "it counts more lines than it has, and adds at its very beginning or end, so lines may be missing there: \
                  copy all lines of the place from the file as it is now";
    Rejection::new(RejectionKind::Unclear, reason)
}

fn without_sign(line: &HunkLine<'_>) -> Rejection {
    let reason = format!(
        "the line {:?} seems to have lost its sign, and whether it stays, goes or comes cannot be told: write the hunk again, \
         every line with ' ', '+' or '-'",
        shown(line.text)
    );
    Rejection::new(RejectionKind::Malformed, reason)
}

fn not_there(line: &HunkLine<'_>) -> Rejection {
    let reason = format!(
        "the line {:?} is shown as context, and the file does not have it there: mark it with '+' if it shall come, and \
         leave it out otherwise",
        shown(line.text)
    );
    Rejection::new(RejectionKind::Unclear, reason)
}

fn ending(line: &HunkLine<'_>, file: &[u8]) -> Rejection {
    let reason = format!(
        "beside what changes the hunk has {:?} where the file has {:?}: if the end of that line has to change, take the line \
         out with '-' and put it in with '+'; otherwise copy it as it is",
        shown(line.text),
        shown(file)
    );
    Rejection::new(RejectionKind::Unclear, reason)
}

//! Lines of a hunk that only the file can tell about: those without a sign, and a blank one at the very end.

use crate::{
    base::Base,
    hunk::{Hunk, HunkLine, Kind},
    keys::is_blank,
    report::Strategy,
};

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

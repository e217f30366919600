//! Code fences within what a hunk puts into a file: around the lines of a block, where the file has no such lines.

use super::work::Reason;
use crate::hunk::{Hunk, Kind};
use orchestrator_answer::{fence::Fence, kind::Kind as FileKind};
use orchestrator_core::RelativePath;
use std::borrow::Cow;

/// The hunks without the fences that are around all that they put there. Refused where more stands behind the fence.
///
/// That is done for a block or a new file, in files of code that have no fence so far: in a comment or a text of the program
/// a fence may stand.
pub(super) fn unfenced<'h, 't>(
    path: &RelativePath,
    old: &[u8],
    hunks: &'h [Hunk<'t>],
) -> Result<Cow<'h, [Hunk<'t>]>, Reason> {
    if FileKind::of(path.as_str(), true) != FileKind::Code || hunks.iter().all(|hunk| fence(hunk).is_none()) {
        return Ok(Cow::Borrowed(hunks));
    }
    if crate::text::lines(old).iter().any(|line| Fence::opened_by(line.text).is_some()) {
        return Ok(Cow::Borrowed(hunks));
    }
    let mut hunks = hunks.to_vec();
    for hunk in &mut hunks {
        let Some((first, end)) = fence(hunk) else { continue };
        let is_full = |at: usize| hunk.lines.get(at).is_some_and(|line| !line.text.trim_ascii().is_empty());
        let stands_behind =
            |at: &usize| is_full(*at) && hunk.lines.get(*at).is_some_and(|line| line.kind != Kind::Removed);
        if (end + 1..hunk.lines.len()).any(|at| stands_behind(&at)) {
            return Err(format!(
                "hunk {} has a code fence in what it puts there, and lines behind it: write the file's own lines alone",
                hunk.number
            ));
        }
        let mut at = 0;
        hunk.lines.retain(|line| {
            let is_blank_outside =
                line.kind == Kind::Added && (at < first || at > end) && line.text.trim_ascii().is_empty();
            let keeps = at != first && at != end && !is_blank_outside;
            at += 1;
            keeps
        });
    }
    Ok(Cow::Owned(hunks))
}

/// Where the fence begins and ends that is the first thing which a hunk puts there.
fn fence(hunk: &Hunk<'_>) -> Option<(usize, usize)> {
    let is_whole = hunk.is_block || hunk.lines.iter().all(|line| line.kind == Kind::Added);
    let mut new = hunk
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.kind != Kind::Removed && !line.text.trim_ascii().is_empty());
    let (first, line) = new.next().filter(|(_, line)| is_whole && line.kind == Kind::Added)?;
    let (fence, _) = Fence::opened_by(line.text)?;
    let (end, _) = new.find(|(_, line)| line.kind == Kind::Added && fence.is_closed_by(line.text))?;
    Some((first, end))
}

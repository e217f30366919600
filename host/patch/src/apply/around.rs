//! Tags of another's that came with the lines of a patch, and closing brackets that came twice.

use super::work::Reason;
use crate::hunk::{Hunk, Kind};
use orchestrator_answer::{around, doubled, kind::Kind as FileKind};
use orchestrator_core::RelativePath;

/// Says which closing bracket the file would have once too often, or which tag that is not the file's own the file would have, at its ends or at those of what a hunk adds.
pub(super) fn foreign(path: &RelativePath, old: &[u8], new: &[u8], hunks: &[Hunk<'_>]) -> Option<Reason> {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    if FileKind::of(path.as_str(), true) == FileKind::Code
        && let Some(reason) = doubled::closer(&old, &new)
    {
        return Some(reason);
    }
    if let Some(reason) = around::foreign(path.as_str(), &old, &new) {
        return Some(reason);
    }
    hunks.iter().find_map(|hunk| {
        let added = hunk.lines.iter().filter(|line| line.kind == Kind::Added);
        let added: Vec<_> = added.map(|line| String::from_utf8_lossy(line.text)).collect();
        let lines: Vec<&str> = added.iter().map(AsRef::as_ref).collect();
        let reason = around::foreign_lines(path.as_str(), &old, &new, &lines)?;
        Some(format!("hunk {} adds a line that is not the file's: {reason}", hunk.number))
    })
}

//! What a change would lose without saying so.

use super::work::Reason;
use orchestrator_answer::omission;
use orchestrator_core::RelativePath;

/// Why the file at `path` may not become `new`: a line of it stands in place of lines of `old`.
pub(super) fn lost(path: &RelativePath, old: &[u8], new: &[u8]) -> Option<Reason> {
    let (old, new) = (std::str::from_utf8(old).ok()?, std::str::from_utf8(new).ok()?);
    omission::find(path.as_str(), old, new).map(|omission| format!("of the file as it would be, {omission}"))
}

//! Whether an answer breaks off behind what was read of it.
//!
//! The last hunk that came may be all there, and more have been to come. What was begun and has no end says so: a code
//! block, and a line that only announces something. A summary below the patch ends in neither.

use super::{Reader, account::Role, owner::names_a_file, sections};
use crate::hunk::{Fault, FilePatch, Unusable};
use orchestrator_answer::fence::Fence;

impl Reader<'_, '_> {
    /// Why the answer is not all there, where it has a part that is.
    pub(super) fn broken_off(&self) -> Option<Unusable> {
        let last = self.parts.last()?.as_ref().ok()?;
        if is_cut(last) {
            return None;
        }
        let at = self.full_before(self.lines.len())?;
        let line = self.text(at);
        if self.fence.is_some() {
            // The end of the patch was said, and the block's is only forgotten.
            let is_ended = sections::is_end_of_patch(line) || self.is_end_of_lost_beginning(at);
            return (!is_ended).then(|| unusable("its last code block has no end"));
        }
        if matches!(self.account.role(at), Role::Hunk | Role::Block | Role::Fence)
            && let Some(counts) = self.promised()
        {
            let counts = crate::base::shown(self.text(counts).trim_ascii());
            return Some(unusable(&format!(
                "nothing follows its last part, and by {counts:?} there are more"
            )));
        }
        let announces = self.account.role(at) == Role::Prose && is_announcement(line);
        announces.then(|| unusable(&format!("nothing follows its last line, {:?}", crate::base::shown(line))))
    }

    /// Whether line `at` ends a code block whose beginning did not come along.
    fn is_end_of_lost_beginning(&self, at: usize) -> bool {
        let is_bare = Fence::opened_by(self.text(at)).is_some_and(|(_, info)| info.is_empty());
        let is_read = |at: usize| matches!(self.account.role(at), Role::Hunk | Role::Block);
        is_bare && self.account.role(at) == Role::Fence && self.full_before(at).is_some_and(is_read)
    }

    /// The last line before line `at` that is not blank.
    fn full_before(&self, at: usize) -> Option<usize> {
        (0..at).rev().find(|at| !self.text(*at).trim_ascii().is_empty())
    }

    fn text(&self, at: usize) -> &[u8] {
        self.lines.get(at).map_or(&b""[..], |line| line.text)
    }
}

fn unusable(what: &str) -> Unusable {
    Unusable {
        path: String::new(),
        reason: format!("the answer breaks off: {what}, so more may have been to come. Send all of it again"),
    }
}

/// Whether it is said already that the part breaks off.
fn is_cut(part: &FilePatch<'_>) -> bool {
    part.hunks
        .last()
        .is_some_and(|hunk| matches!(hunk.fault, Some(Fault::Cut | Fault::Open)) || hunk.is_short)
}

/// Whether a line says that something comes: a heading, a label, or the name of a file alone.
fn is_announcement(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let is_item = [&b"- "[..], b"* ", b"+ ", b"|", b">"].iter().any(|mark| line.starts_with(mark))
        || line.first().is_some_and(u8::is_ascii_digit);
    let emphasis = line.iter().rev().take_while(|byte| b"*_".contains(byte)).count();
    let bare = line.get(..line.len() - emphasis).unwrap_or_default();
    bare.ends_with(b":")
        || bare.ends_with("：".as_bytes())
        || line.starts_with(b"#") && line.iter().find(|byte| **byte != b'#') == Some(&b' ')
        || !is_item && names_a_file(line)
}

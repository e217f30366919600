//! How much of a hunk is still to come, by its header.

use crate::hunk::{Hunk, HunkLine, Kind};

/// How many lines there still have to be by the hunk's header. Counting as they come keeps a hunk of many lines cheap.
pub(super) struct Count {
    left: Option<(usize, usize)>,
    over: bool,
}

impl Count {
    pub(super) fn of(hunk: &Hunk<'_>) -> Self {
        Self { left: hunk.claimed, over: false }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.left == Some((0, 0)) && !self.over
    }

    pub(super) fn is_short(&self) -> bool {
        self.left.is_some_and(|(old, new)| old > 0 && new > 0)
    }

    pub(super) fn lacks_one_added(&self) -> bool {
        self.left == Some((0, 1))
    }

    pub(super) fn lacks_one_removed(&self) -> bool {
        self.left == Some((1, 0))
    }

    pub(super) fn push<'t>(&mut self, hunk: &mut Hunk<'t>, line: HunkLine<'t>) {
        hunk.lines.push(line);
        let Some((old, new)) = &mut self.left else { return };
        let in_old = line.kind != Kind::Added;
        let in_new = line.kind != Kind::Removed;
        self.over |= (in_old && *old == 0) || (in_new && *new == 0);
        *old = old.saturating_sub(usize::from(in_old));
        *new = new.saturating_sub(usize::from(in_new));
    }
}

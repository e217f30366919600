//! The `@@` line of a hunk, and its lines.
//!
//! A hunk ends where the next hunk, block or file begins, where its code fence ends, where a line names another file,
//! or where after a blank line something stands that is no line of a diff, and nothing that changes follows.
//!
//! A line without a sign cannot be judged here. It is kept as what it is, and whoever has the file decides: the file
//! has such a line, then it is context, or it has not, and then what follows must not change anything.

mod count;
mod ends;
mod header;

use super::{Reader, account::Role, sections, sign};
use crate::{
    hunk::{Fault, Hunk, HunkLine, Kind},
    text::{End, Line},
};
use count::Count;

impl<'t> Reader<'t, '_> {
    /// Reads hunks as long as there are any, into the last file.
    pub(super) fn hunks(&mut self) {
        while self.line(0) == Some(b"") && self.hunk_after_blanks() {
            self.take(Role::Header);
        }
        let mut headless = self.is_headless_hunk();
        while self.starts(0, b"@@") || headless {
            let mut hunk = Hunk::new(1);
            // Names that stand above one another lead to the same hunk, each within the one before.
            while !headless && self.starts(0, b"@@") {
                let named = hunk.read_header(self.line(0).unwrap_or_default());
                self.take(Role::Hunk);
                if hunk.claimed.is_some() || !named {
                    break;
                }
            }
            self.hunk_lines(&mut hunk);
            if self.line(0).is_some_and(sections::is_end_of_file) {
                hunk.at_end = true;
                self.take(Role::Header);
            }
            headless = false;
            self.judge_end(&mut hunk);
            self.push(hunk);
        }
    }

    /// Whether a `@@` line comes after one blank line or two.
    fn hunk_after_blanks(&self) -> bool {
        let next = if self.line(1) == Some(b"") { 2 } else { 1 };
        self.starts(next, b"@@")
    }

    /// Whether the lines of a hunk follow at once, without a `@@` line.
    pub(super) fn is_headless_hunk(&self) -> bool {
        self.line(0).is_some_and(|line| matches!(line.first(), Some(b' ' | b'+' | b'-')))
            && !self.starts(0, b"--- ")
            && !self.starts(0, b"-- ")
            && !self.line(0).is_some_and(sign::is_block_marker)
    }

    /// Reads the lines of a hunk, up to what is not its any more.
    fn hunk_lines(&mut self, hunk: &mut Hunk<'t>) {
        let mut count = Count::of(hunk);
        // Blank lines are the hunk's only if more of it follows, or if it says that it has more.
        let (mut blanks, mut before_prose) = (Vec::new(), false);
        while let Some(line) = self.lines.get(self.at).copied() {
            let text = line.text;
            if self.begins_part(&count) || self.is_at_end_of_fence(&count) || self.is_signature() {
                break;
            }
            if text.is_empty() {
                blanks.push((self.at, line));
                self.at += 1;
                continue;
            }
            if text.starts_with(b"\\") {
                hunk.mark_unended();
                self.account_blanks(&blanks, Role::Hunk);
                self.take(Role::Hunk);
                continue;
            }
            let signed = signed(line);
            if self.may_end(signed.is_some(), text, &count, blanks.len()) && !self.changes_follow() {
                before_prose = true;
                break;
            }
            self.account_blanks(&blanks, Role::Hunk);
            for (_, blank) in blanks.drain(..) {
                count.push(hunk, bare(Kind::Context, blank));
            }
            self.take(Role::Hunk);
            count.push(hunk, signed.unwrap_or_else(|| bare(Kind::Bare, line)));
        }
        for (at, blank) in blanks {
            let own = count.is_short() && !before_prose;
            self.account.set(at, if own { Role::Hunk } else { Role::Prose });
            if own {
                count.push(hunk, bare(Kind::Context, blank));
            }
        }
    }

    /// Accounts for the blank lines that were passed over; what was said of one before stays.
    fn account_blanks(&mut self, blanks: &[(usize, Line<'t>)], role: Role) {
        let from = blanks.partition_point(|(at, _)| *at < self.account.accounted());
        for (at, _) in blanks.get(from..).unwrap_or_default() {
            self.account.set(*at, role);
        }
    }

    /// At the end of the text: whether the hunk is all there.
    fn judge_end(&self, hunk: &mut Hunk<'t>) {
        if self.at < self.lines.len() || hunk.fault.is_some() {
            return;
        }
        let ended = self.lines.last().is_none_or(|line| line.end != End::None);
        let short =
            hunk.claimed.is_some_and(|(old, new)| hunk.old().count() < old || hunk.new_lines().count() < new);
        let cut = match self.fence {
            // Whatever else came, the end of the block did not.
            Some(_) => true,
            None if hunk.claimed.is_some() => short && !ended,
            None => !ended && hunk.lines.last().is_some_and(|line| line.kind == Kind::Added),
        };
        if cut {
            hunk.fault = Some(Fault::Cut);
        } else if short {
            hunk.is_short = true;
        }
    }
}

fn bare(kind: Kind, line: Line<'_>) -> HunkLine<'_> {
    HunkLine { kind, text: line.text, carriage_return: line.end == End::CrLf, signless: true }
}

fn signed(line: Line<'_>) -> Option<HunkLine<'_>> {
    let (sign, text) = line.text.split_first()?;
    let kind = match sign {
        b' ' => Kind::Context,
        b'+' => Kind::Added,
        b'-' => Kind::Removed,
        _ => return None,
    };
    Some(HunkLine { kind, text, carriage_return: line.end == End::CrLf, signless: false })
}

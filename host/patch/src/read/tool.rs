//! A call of the tool `replace_in_file`, as models write it that were trained with it: the path of a file between tags, and
//! search/replace blocks between others.
//!
//! A call is read where all of it is there, each tag on its line, and the file as well. What is left of any other is a
//! sign of a change in prose, like the tags of all other tools.

use super::{Reader, There, account::Role, blocks, names};
use orchestrator_core::RelativePath;

const BEGIN: [&[u8]; 2] = [b"<replace_in_file>", b"<diff>"];
const END: [&[u8]; 2] = [b"</diff>", b"</replace_in_file>"];

impl Reader<'_, '_> {
    /// Reads the lines that begin or end a call, if they stand here; says whether they did.
    pub(super) fn tool(&mut self) -> bool {
        let taken = match self.in_call {
            true if self.stands(0, END[0]) && self.stands(1, END[1]) => {
                self.in_call = false;
                self.open = false;
                2
            }
            true => return false,
            false => match self.called() {
                Some(path) => {
                    self.in_call = true;
                    self.begin(path);
                    3
                }
                None => return false,
            },
        };
        (0..taken).for_each(|_| self.take(Role::Header));
        true
    }

    /// The file of the call that begins at the cursor.
    fn called(&mut self) -> Option<RelativePath> {
        let begins = self.stands(0, BEGIN[0])
            && self.stands(2, BEGIN[1])
            && self.line(3).is_some_and(blocks::opens)
            && self.ends_call();
        let line = self.line(1).filter(|_| begins)?.trim_ascii();
        let name = line.strip_prefix(b"<path>")?.strip_suffix(b"</path>")?;
        let path = names::checked(std::str::from_utf8(name).ok()?.trim()).ok()?;
        ((self.there)(&path) == There::File).then_some(path)
    }

    /// Whether the end of a call comes before another begins.
    fn ends_call(&self) -> bool {
        let rest = self.lines.get(self.at + 3..).unwrap_or_default();
        let is = |at: usize, tag: &[u8]| rest.get(at).is_some_and(|line| line.text.trim_ascii() == tag);
        (0..rest.len())
            .find(|at| is(*at, BEGIN[0]) || is(*at, END[0]) && is(at + 1, END[1]))
            .is_some_and(|at| !is(at, BEGIN[0]))
    }

    /// Whether the line so far ahead is this tag.
    fn stands(&self, ahead: usize, tag: &[u8]) -> bool {
        self.line(ahead).is_some_and(|line| line.trim_ascii() == tag)
    }
}

//! Whose a hunk or a block is that has no header: the file's that the prose before it names.

use super::{Reader, There, account::Role};
use crate::hunk::{Intent, Parts, Unusable};
use orchestrator_answer::{
    fence::Fence,
    name::{self, Named, Resolved},
};
use orchestrator_core::RelativePath;
use std::collections::HashSet;

/// Most names that a refusal shows.
const NAMES_SHOWN: usize = 5;
/// Bytes of a line beyond which it is a sentence.
const WORDY: usize = 120;

/// A line that names a file, or claims to.
struct Said {
    /// The line.
    at: usize,
    /// The file, or why it cannot be told.
    file: Result<RelativePath, Unusable>,
    /// Whether this can be nothing but the name of what comes next.
    certain: bool,
    /// Whether the line has nothing else that tells.
    alone: bool,
    /// Whether it may be the language of a block as well.
    language: bool,
    /// Whether it is the last line with anything on it.
    last: bool,
}

/// The files that parts of the answer create or move.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// How many parts are counted.
    parts: usize,
    paths: HashSet<RelativePath>,
}

impl Made {
    /// Adds what came since the last time. What a part is about does not change any more.
    fn go_on(&mut self, parts: &Parts<'_>) {
        for part in parts.iter().skip(self.parts).flatten() {
            if let Intent::Create(path) | Intent::Rename { to: path, .. } = &part.intent {
                self.paths.insert(path.clone());
            }
        }
        self.parts = parts.len();
    }
}

impl Reader<'_, '_> {
    /// The file that is named between the last part and the line at the cursor; none where no line names one.
    pub(super) fn owner(&mut self) -> Result<Option<RelativePath>, Unusable> {
        let mut said = self.said();
        // What may be a language is one beside a name.
        if said.iter().any(|one| !one.language) {
            said.retain(|one| !one.language);
        }
        if said.is_empty() {
            return Ok(None);
        }
        let certain = said.iter().filter(|one| one.certain && one.last).count();
        if let Some(last) = said.pop() {
            let agreed =
                last.file.as_ref().is_ok_and(|file| said.iter().all(|one| one.file.as_ref() == Ok(file)));
            if agreed || last.last && last.certain && certain == 1 || said.is_empty() {
                if last.file.is_ok() {
                    self.account.name(last.at);
                    // What was said of another file may still be found to be a change of it.
                    let same = said.iter().filter(|one| one.file == last.file);
                    same.for_each(|one| self.account.name(one.at));
                }
                return last.file.map(Some);
            }
            said.push(last);
        }
        let mut names: Vec<String> = Vec::new();
        for one in &said {
            let name = match &one.file {
                Ok(path) => format!("'{path}'"),
                Err(Unusable { path, .. }) => format!("'{path}'"),
            };
            if names.len() < NAMES_SHOWN && !names.contains(&name) {
                names.push(name);
            }
        }
        Err(Unusable {
            path: String::new(),
            reason: format!(
                "which file the hunk is about cannot be told, {} are named before it: write '--- a/path' and '+++ b/path' \
                 above it, or its path alone on the line before",
                names.join(" and "),
            ),
        })
    }

    /// The words that stand where a name would between the last part and the line at the cursor.
    pub(super) fn words(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut is_inside = self.begins_inside();
        // How many there were before the block of code that the line is in, if it began here.
        let mut block = None;
        for at in self.since..self.at {
            let line = self.lines.get(at).map_or(&b""[..], |line| line.text);
            match self.account.role(at) {
                Role::Fence => {
                    is_inside = !is_inside;
                    if let Some(before) = block.take() {
                        // A whole block shows something: its words are none of the names.
                        found.truncate(before);
                    }
                    block = is_inside.then_some(found.len());
                }
                Role::Prose if line.len() <= WORDY => {
                    found.extend(name::lone_word(&String::from_utf8_lossy(line)));
                }
                _ => {}
            }
        }
        found
    }

    /// Whether the line after the last part is in a block of code.
    fn begins_inside(&self) -> bool {
        let fences = (self.since..self.at).filter(|at| self.account.role(*at) == Role::Fence).count();
        self.fence.is_some() != (fences % 2 == 1)
    }

    /// Takes note of words before a hunk that goes to the file that was named last, which have to be of that file.
    pub(super) fn note(&mut self, words: Vec<String>) {
        if let Some(Ok(patch)) = self.parts.last_mut() {
            patch.words.extend(words);
        }
    }

    /// The lines that name files, in order.
    fn said(&mut self) -> Vec<Said> {
        let mut found: Vec<Said> = Vec::new();
        let mut last_line = None;
        // Where the block of code began that the line is in, if it began here.
        let mut block: Option<usize> = None;
        let mut is_inside = self.begins_inside();
        for at in self.since..self.at {
            let line = self.lines.get(at).map_or(&b""[..], |line| line.text);
            if self.account.role(at) == Role::Fence {
                is_inside = !is_inside;
                if let Some(begin) = block.take_if(|_| !is_inside) {
                    // A whole block shows something: what it mentions there and cannot be used is none of the names.
                    found.retain(|one| one.at <= begin || one.alone || one.file.is_ok());
                }
                block = is_inside.then_some(at);
            }
            let named = match self.account.role(at) {
                Role::Prose if line.trim_ascii().is_empty() || is_rule(line) => continue,
                Role::Prose => {
                    last_line = Some(at);
                    read(line)
                }
                Role::Fence => in_info(line),
                _ => continue,
            };
            let judged = self.judged(named, at, line);
            // Of those before, only the last one can be the last line.
            if let Some(before) = found.last_mut().filter(|_| judged.is_some() || last_line == Some(at)) {
                before.last = false;
            }
            found.extend(judged);
        }
        found
    }

    fn judged(&mut self, named: Named, at: usize, line: &[u8]) -> Option<Said> {
        let item = line.trim_ascii_start().starts_with(b"- ") || line.trim_ascii_start().starts_with(b"* ");
        let name = match named {
            Named::Nothing => return None,
            Named::Unusable(unusable) => {
                let file = Err(refusal(unusable));
                return Some(Said { at, file, certain: !item, alone: true, language: false, last: true });
            }
            Named::Name(name) => name,
        };
        self.made.go_on(&self.parts);
        let (made, there) = (&self.made.paths, &mut *self.there);
        let certain = !item && (name.is_alone() || name.new_file().is_some());
        let file = match name.resolve(|path| made.contains(path) || there(path) == There::File) {
            Resolved::Nothing => return None,
            Resolved::File(path) | Resolved::New(path) => Ok(path),
            Resolved::Unclear(unusable) => Err(refusal(unusable)),
        };
        let language = !name.claims() && self.account.role(at) == Role::Fence;
        Some(Said { at, file, certain, alone: name.is_alone(), language, last: true })
    }
}

fn refusal(unusable: name::Unusable) -> Unusable {
    Unusable { path: unusable.text, reason: unusable.reason }
}

pub(super) fn read(line: &[u8]) -> Named {
    name::read(&String::from_utf8_lossy(line))
}

/// The name behind a fence's language, as in `js src/a.js` or `diff title="src/a.js"`.
pub(super) fn in_info(line: &[u8]) -> Named {
    let Some((_, info)) = Fence::opened_by(line) else { return Named::Nothing };
    name::in_info(&String::from_utf8_lossy(info))
}

/// A line that is drawn across, or under a heading.
fn is_rule(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.first().is_some_and(|first| b"-=*_~#".contains(first) && line.iter().all(|byte| byte == first))
}

/// Whether a line without a sign, at the end of a hunk, names the file of the next.
pub(super) fn names_a_file(line: &[u8]) -> bool {
    // Most lines are told from names without being read.
    let may = line.len() <= 400
        && (line.iter().any(|byte| b"./\\:`*#".contains(byte))
            || line.first().is_some_and(u8::is_ascii_uppercase));
    if !may {
        return false;
    }
    match read(line) {
        Named::Nothing => false,
        Named::Name(name) => {
            name.claims() && (name.is_alone() || name.new_file().is_some() || line.ends_with(b":"))
        }
        Named::Unusable(_) => line.ends_with(b":") || !line.trim_ascii().contains(&b' '),
    }
}

//! The format of the `apply_patch` tool: files in sections between `*** Begin Patch` and `*** End Patch`.
//!
//! Its hunks are those of a unified diff with bare `@@` or `@@ name`, several of which may stand above one another. Only
//! the file is said in another way, and that is all that is read here.

use super::{Reader, account::Role, names};
use crate::hunk::{Fault, FilePatch, Intent, Kind, Unusable};
use orchestrator_answer::fence::Fence;
use orchestrator_core::RelativePath;

/// What a marker says.
enum Marker<'t> {
    Update(&'t [u8]),
    Add(&'t [u8]),
    Delete(&'t [u8]),
    MoveTo(&'t [u8]),
    Begin,
    End,
    EndOfFile,
    /// Something that the format does not have.
    Unknown,
}

fn marker(line: &[u8]) -> Option<Marker<'_>> {
    let text = line.strip_prefix(b"***")?;
    let spaced = text.starts_with(b" ");
    let text = without_stars(text.trim_ascii());
    let is = |text: &[u8], word: &[u8]| text.eq_ignore_ascii_case(word);
    match text {
        text if is(text, b"Begin Patch") => return Some(Marker::Begin),
        text if is(text, b"End Patch") => return Some(Marker::End),
        text if is(text, b"End of File") => return Some(Marker::EndOfFile),
        _ => {}
    }
    let at = text.iter().position(|byte| *byte == b':')?;
    let (key, name) = (text.get(..at)?, text.get(at + 1..)?.trim_ascii());
    Some(match key {
        key if is(key, b"Update File") => Marker::Update(name),
        key if is(key, b"Add File") => Marker::Add(name),
        key if is(key, b"Delete File") => Marker::Delete(name),
        key if is(key, b"Move to") => Marker::MoveTo(name),
        _ if spaced && (key.ends_with(b" File") || key.ends_with(b" to")) => Marker::Unknown,
        _ => return None,
    })
}

/// A line without the other half of what it begins with: models close the stars that they see.
fn without_stars(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"***").map_or(text, |text| text.trim_ascii_end())
}

/// Whether a line says that the file ends after the hunk above it.
pub(super) fn is_end_of_file(line: &[u8]) -> bool {
    let said = line.strip_prefix(b"***").map(|text| without_stars(text.trim_ascii()));
    said.is_some_and(|text| text.eq_ignore_ascii_case(b"End of File"))
}

/// Whether a line says that the patch ends.
pub(super) fn is_end_of_patch(line: &[u8]) -> bool {
    matches!(marker(line), Some(Marker::End))
}

/// Whether a line is one of the format's.
pub(super) fn is_marker(line: &[u8]) -> bool {
    line.starts_with(b"***") && marker(line).is_some()
}

impl<'t> Reader<'t, '_> {
    /// Reads a section, if one begins here; says whether it did.
    pub(super) fn section(&mut self) -> bool {
        let Some(marker) = self.line(0).and_then(marker) else { return false };
        let intent = match marker {
            Marker::Begin | Marker::End | Marker::EndOfFile => {
                match marker {
                    Marker::Begin => {
                        self.judge_section(false);
                        self.begun = true;
                    }
                    Marker::End => self.begun = false,
                    _ => {}
                }
                self.take(Role::Header);
                self.open = false;
                return true;
            }
            // What moves something stands below the section that it moves.
            Marker::MoveTo(_) | Marker::Unknown => {
                let path = String::from_utf8_lossy(self.line(0).unwrap_or_default()).into_owned();
                let reason = "the '*** Begin Patch' format has no such line here: use '*** Update File:', '*** Add File:', \
                              '*** Delete File:' and, below the first, '*** Move to:', or send a unified diff";
                self.parts.push(Err(Unusable { path, reason: reason.into() }));
                self.take(Role::Header);
                return true;
            }
            Marker::Update(name) => self.paths(name).map(Intent::Modify),
            Marker::Delete(name) => self.paths(name).map(Intent::Delete),
            Marker::Add(name) => self.new_path(name).map(Intent::Create),
        };
        self.take(Role::Header);
        let intent = match (self.line(0).and_then(self::marker), intent) {
            (Some(Marker::MoveTo(to)), Ok(Intent::Modify(from))) => {
                self.take(Role::Header);
                self.moved(from, to)
            }
            (_, intent) => intent,
        };
        let creates = matches!(intent, Ok(Intent::Create(_)));
        self.parts.push(intent.map(|intent| FilePatch { may_be_empty: creates, ..FilePatch::new(intent) }));
        self.open = true;
        self.hunks();
        let goes_on = self.another_follows();
        if creates
            && let Some(Ok(patch)) = self.parts.last_mut()
            && patch.hunks.is_empty()
            && !goes_on
        {
            let path = patch.intent.names().next().map(ToString::to_string).unwrap_or_default();
            let reason = "it is to be added, but no line with '+' follows: write its content with '+' before each line";
            self.parts.push(Err(Unusable { path, reason: reason.into() }));
        }
        true
    }

    /// Whether the format goes on with another marker, so that nothing is missing of the section that ends here: neither is
    /// it given in a code block right behind the end of the patch.
    fn another_follows(&self) -> bool {
        let rest = self.lines.get(self.at..).unwrap_or_default();
        let mut full = rest.iter().map(|line| line.text).filter(|line| !line.trim_ascii().is_empty());
        let next = full.next();
        let block = next.filter(|line| is_end_of_patch(line)).and(full.next()).and_then(Fence::opened_by);
        next.is_some_and(is_marker) && (block.is_none() || self.fence.is_some())
    }

    /// Where a patch that was begun ends without its marker: its last hunk breaks off if it only takes away, or if it `stops`
    /// the answer.
    pub(super) fn judge_section(&mut self, stops: bool) {
        if !std::mem::take(&mut self.begun) {
            return;
        }
        let Some(Ok(FilePatch { hunks, .. })) = self.parts.last_mut() else { return };
        let Some(hunk) = hunks.last_mut() else { return };
        if hunk.fault.is_none() && (stops || !hunk.has(Kind::Added)) {
            hunk.fault = Some(Fault::Open);
        }
    }

    fn moved(&mut self, from: Vec<RelativePath>, to: &[u8]) -> Result<Intent, Unusable> {
        let to = self.new_path(to)?;
        let there = from.iter().position(|path| self.exists(path)).unwrap_or(0);
        match from.into_iter().nth(there) {
            Some(from) if from == to => Ok(Intent::Modify(vec![from])),
            Some(from) => Ok(Intent::Rename { from, to }),
            None => Err(Unusable { path: to.to_string(), reason: "it names no file".into() }),
        }
    }

    /// What the name of a section may mean that is about a file that there is: this format has no prefixes, but models
    /// write them. What decorates it is a part of the name only of a file that is called like that.
    fn paths(&mut self, text: &[u8]) -> Result<Vec<RelativePath>, Unusable> {
        let written = with_and_without_prefix(&names::name(text));
        if written.iter().any(|path| self.exists(path)) {
            return Ok(written);
        }
        let plain = with_and_without_prefix(path(text)?.as_str());
        match plain.iter().any(|path| self.exists(path)) {
            true => Ok(plain),
            // What has lines to add alone creates the file.
            false => self.new_path(text).map(|path| vec![path]),
        }
    }
}

impl Reader<'_, '_> {
    /// The path of a file that is not there yet. This format has no prefixes, so `a/` before a name is a folder where the
    /// project has it, or where `./` says so; where neither does, a model may have written one all the same.
    fn new_path(&mut self, text: &[u8]) -> Result<RelativePath, Unusable> {
        let to = path(text)?;
        let said = memchr::memmem::find(text, b"./").is_some();
        if !said && names::may_be_prefixed(to.as_str(), &mut |path| self.exists(path)) {
            return Err(names::prefix_or_folder(&to));
        }
        Ok(to)
    }
}

fn with_and_without_prefix(name: &str) -> Vec<RelativePath> {
    let below = name.strip_prefix("a/").or_else(|| name.strip_prefix("b/"));
    [Some(name), below].into_iter().flatten().filter_map(|name| names::checked(name).ok()).collect()
}

fn path(text: &[u8]) -> Result<RelativePath, Unusable> {
    names::given(&names::name(text), names::is_marked(text))
}

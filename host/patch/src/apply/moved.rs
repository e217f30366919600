//! Code that a patch takes out of one file, and a line that stands for it in another.
//!
//! A file that is deleted and written anew is changed, and lines that go from one file may have been meant to come in a new
//! one. So a new file is judged by what the whole patch takes out: by all of the deleted file that it follows by its name,
//! and otherwise by the lines that are in no file any more.

use super::work::{Changed, Reason, Work};
use crate::{
    base::shown,
    files::{Files, ReadError},
    keys::is_comment,
    report::FileReport,
};
use orchestrator_answer::{
    kind::Kind,
    omission::{self, Omission},
};
use orchestrator_core::RelativePath;
use std::collections::{HashMap, HashSet};

/// Lines that are gone by which a new file is judged that follows none by its name.
const GONE_MAX: usize = 2_000;

const EMPTIED: &str = "the patch deletes the file and adds it again without a line, and whether it shall be empty or go cannot be \
     told: write its content with '+' before each line, or only delete it";

/// A file that the patch changes or deletes.
struct Source {
    path: RelativePath,
    before: String,
    is_deleted: bool,
}

/// Why a file that the patch deletes and adds again, with the content `new`, is not what was meant.
pub(super) fn rewritten(path: &RelativePath, old: &[u8], new: &[u8]) -> Option<Reason> {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    if new.trim().is_empty() {
        return (!old.trim().is_empty()).then(|| EMPTIED.to_owned());
    }
    let found = omission::find(path.as_str(), &old, &new)?;
    Some(stands(&found, "that would be lost"))
}

impl<F: Files> Work<'_, F> {
    /// Refuses new files with a line that stands for lines which the patch takes out of others.
    pub(super) fn judge_new_files(&mut self) -> Result<(), F::Error> {
        let is_new =
            |changed: &Changed| !changed.existed && changed.from.is_none() && changed.content.is_some();
        if !self.changed.values().any(is_new) {
            return Ok(());
        }
        let mut sources = self.sources()?;
        if sources.is_empty() {
            return Ok(());
        }
        let after: Vec<String> = self.changed.values().filter_map(text).collect();
        let gone = gone(&sources, &after);
        let known: HashSet<String> = sources
            .iter()
            .flat_map(|source| source.before.lines())
            .map(|line| line.trim().to_owned())
            .collect();
        let mut refused = Vec::new();
        for (path, changed) in self.changed.iter().filter(|(_, changed)| is_new(changed)) {
            self.files.go_on()?;
            let Some(new) = text(changed) else { continue };
            // What a deleted file became is judged once.
            let at = sources.iter().position(|source| source.is_deleted && follows(path, &new, source));
            let found = match at.map(|at| sources.swap_remove(at)) {
                Some(source) => omission::find(path.as_str(), &source.before, &new),
                None => stands_for(path, &gone, &known, &new),
            };
            if let Some(found) = found {
                refused.push((path.clone(), stands(&found, "that the patch takes out of other files")));
            }
        }
        for (path, reason) in refused {
            self.refuse(path.as_str(), reason);
        }
        Ok(())
    }

    /// The files that lose lines. One that is moved loses those that its new name has not.
    fn sources(&self) -> Result<Vec<Source>, F::Error> {
        let moved: HashSet<&RelativePath> =
            self.changed.values().filter_map(|changed| changed.from.as_ref()).collect();
        let mut sources = Vec::new();
        for (path, changed) in &self.changed {
            let is_deleted = changed.existed && changed.content.is_none();
            let was_there = changed.existed || changed.from.is_some();
            if !was_there || is_deleted && moved.contains(path) || !is_deleted && !changed.differs {
                continue;
            }
            let path = changed.from.as_ref().unwrap_or(path);
            match self.files.read(path) {
                Ok(Some(before)) => sources.push(Source {
                    path: path.clone(),
                    before: String::from_utf8_lossy(&before).into_owned(),
                    is_deleted,
                }),
                Ok(None) | Err(ReadError::Refused(_) | ReadError::Folder(_)) => {}
                Err(ReadError::Failed(error)) => return Err(error),
            }
        }
        Ok(sources)
    }

    /// Refuses the last part about a file that was not refused before.
    pub(super) fn refuse(&mut self, path: &str, reason: Reason) {
        match self.reports.iter_mut().rev().find(|report| report.path == path && report.refused.is_none()) {
            Some(report) => report.refused = Some(reason),
            None => self.reports.push(FileReport::refusal(path, reason)),
        }
    }
}

/// The lines of `sources` that are in no file `after` the patch, as far as they are looked at.
fn gone(sources: &[Source], after: &[String]) -> String {
    let mut there: HashMap<&str, usize> = HashMap::new();
    for line in after.iter().flat_map(|text| text.lines()) {
        *there.entry(line.trim()).or_default() += 1;
    }
    let is_gone = |line: &&str| match there.get_mut(line.trim()) {
        Some(left @ 1..) => {
            *left -= 1;
            false
        }
        _ => true,
    };
    let lines = sources.iter().flat_map(|source| source.before.lines()).filter(is_gone).take(GONE_MAX);
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The line of a new file that stands for lines which are `gone`. A comment in a file with code of its own has that to be
/// about; in sentences, and in a patch or a listing, dots are at home.
fn stands_for(path: &RelativePath, gone: &str, known: &HashSet<String>, new: &str) -> Option<Omission> {
    if Kind::of(path.as_str(), false) == Kind::Text {
        return None;
    }
    let is_known = |line: &str| known.contains(line.trim());
    let is_said = |line: &&str| line.trim().is_empty() || is_comment(line.as_bytes()) && !is_known(line);
    if !new.lines().all(|line| is_said(&line) || is_known(line)) {
        return omission::find_said(path.as_str(), gone, new);
    }
    // What comes from other files has its comments above it.
    let behind: Vec<&str> = new.lines().rev().take_while(is_said).collect();
    let behind: String = behind.into_iter().rev().flat_map(|line| [line, "\n"]).collect();
    omission::find(path.as_str(), gone, &behind)
}

/// Whether a new file may be what became of a deleted one: by its name with another ending, or by its name in another folder
/// and half of its lines.
fn follows(path: &RelativePath, new: &str, deleted: &Source) -> bool {
    let parts = |path: &RelativePath| {
        let (folder, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        (folder.to_owned(), name.to_owned(), stem.to_owned())
    };
    let (one, other) = (parts(path), parts(&deleted.path));
    if one.0 == other.0 || one.1 != other.1 {
        return one.0 == other.0 && one.2 == other.2;
    }
    let was: HashSet<&str> = deleted.before.lines().map(str::trim).collect();
    let full = new.lines().map(str::trim).filter(|line| !line.is_empty());
    let (same, own): (Vec<&str>, Vec<&str>) = full.partition(|line| was.contains(line));
    !same.is_empty() && same.len() >= own.len()
}

fn text(changed: &Changed) -> Option<String> {
    changed.content.as_ref().map(|content| String::from_utf8_lossy(content).into_owned())
}

fn stands(found: &Omission, what: &str) -> Reason {
    let lines = if found.lost == 1 { "a line".to_owned() } else { format!("{} lines", found.lost) };
    format!(
        "the added line {:?} stands in place of {lines} {what}: write them out; if they are to go, leave that line out too",
        shown(found.text.as_bytes())
    )
}

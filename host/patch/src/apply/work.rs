//! What parts of a patch make of the files that they are about, one after the other.

use super::{AppliedPatch, parts::Group};
use crate::{
    files::{Edit, Files, ReadError},
    hunk::{FilePatch, Intent, Unusable},
    report::{FileReport, HunkOutcome, HunkReport, Report},
};
use orchestrator_core::RelativePath;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::AtomicUsize,
};

/// What became of a file so far.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Changed {
    /// Whether there was a file before the patch.
    pub(super) existed: bool,
    /// Where it came from, if it was moved here.
    pub(super) from: Option<RelativePath>,
    /// What it has now; none where it is gone.
    pub(super) content: Option<Vec<u8>>,
    /// Whether its bytes are other than before.
    pub(super) differs: bool,
    /// Whether it can be executed, if it is new.
    pub(super) executable: bool,
}

pub(super) struct Work<'f, F: Files> {
    pub(super) files: &'f F,
    /// Lines of files that hunks may have passed over so far, of all parts of the patch.
    pub(super) visits: &'f AtomicUsize,
    pub(super) changed: BTreeMap<RelativePath, Changed>,
    pub(super) reports: Vec<FileReport>,
}

/// Why a file was refused as a whole.
pub(super) type Reason = String;
/// Files, and what became of each so far.
type Kept = Vec<(RelativePath, Option<Changed>)>;
/// A name, and the content of the file that has it.
pub(super) type MaybeFile = (RelativePath, Option<Vec<u8>>);

impl<'f, F: Files> Work<'f, F> {
    pub(super) fn new(files: &'f F, visits: &'f AtomicUsize) -> Self {
        Self { files, visits, changed: BTreeMap::new(), reports: Vec::new() }
    }

    /// Adds what other parts came to, which were about other files.
    pub(super) fn join(&mut self, other: Self) {
        self.changed.extend(other.changed);
        self.reports.extend(other.reports);
    }

    /// Adds what comes of these parts.
    pub(super) fn group(&mut self, group: Group<'_>) -> Result<(), F::Error> {
        let report = match group {
            Err(Unusable { path, reason }) => FileReport::refusal(path, reason),
            Ok(mut group) if group.len() == 1 => match group.pop() {
                Some(patch) => self.patch(patch)?,
                None => return Ok(()),
            },
            Ok(group) => self.several(group)?,
        };
        self.reports.push(report);
        Ok(())
    }

    /// Several parts about one file.
    fn several(&mut self, group: Vec<FilePatch<'_>>) -> Result<FileReport, F::Error> {
        let mut parts = group.iter();
        let Some(mut merged) = parts.next().cloned() else {
            return Ok(FileReport::refusal("", "nothing is left of it"));
        };
        for part in parts {
            merged.hunks.extend(part.hunks.iter().cloned());
            merged.words.extend(part.words.iter().cloned());
        }
        for (hunk, number) in merged.hunks.iter_mut().zip(1..) {
            hunk.number = number;
        }
        let names: BTreeSet<RelativePath> =
            group.iter().flat_map(|part| part.intent.names()).cloned().collect();
        let before = self.kept(&names);
        let at_once = self.patch(merged)?;
        if at_once.is_applied() && !is_done_in_part(&at_once) {
            return Ok(at_once);
        }
        let changed = self.kept(&names);
        self.restore(before);
        match self.in_turn(group)? {
            Some(_) if at_once.is_applied() && self.kept(&names) != changed => {
                Ok(FileReport { refused: Some(UNDOES_ITSELF.into()), ..at_once })
            }
            Some(in_turn) if !at_once.is_applied() => Ok(in_turn),
            _ => {
                self.restore(changed);
                Ok(at_once)
            }
        }
    }

    /// The parts one after the other, each on what the one before it left; none if one of them does not fit.
    fn in_turn(&mut self, group: Vec<FilePatch<'_>>) -> Result<Option<FileReport>, F::Error> {
        let mut all: Option<FileReport> = None;
        for part in group {
            let mut report = self.patch(part)?;
            if !report.is_applied() {
                return Ok(None);
            }
            match &mut all {
                None => all = Some(report),
                Some(so_far) => {
                    for hunk in &mut report.hunks {
                        hunk.number = u32::try_from(so_far.hunks.len()).unwrap_or(u32::MAX).saturating_add(1);
                        so_far.hunks.push(hunk.clone());
                    }
                }
            }
        }
        Ok(all)
    }

    /// What became of these files so far.
    fn kept(&self, names: &BTreeSet<RelativePath>) -> Kept {
        names.iter().map(|name| (name.clone(), self.changed.get(name).cloned())).collect()
    }

    /// Makes of these files what became of them before.
    fn restore(&mut self, kept: Kept) {
        for (name, changed) in kept {
            match changed {
                Some(changed) => self.changed.insert(name, changed),
                None => self.changed.remove(&name),
            };
        }
    }

    fn patch(&mut self, patch: FilePatch<'_>) -> Result<FileReport, F::Error> {
        let report = match &patch.intent {
            Intent::Create(path) => self.create(path, &patch),
            Intent::Delete(names) => self.delete(names, &patch),
            Intent::Modify(names) => self.modify(names, &patch),
            Intent::Rename { from, to } => self.rename(from, to, &patch),
        }?;
        // What came of work that was given up means nothing.
        self.files.go_on()?;
        Ok(report)
    }

    /// The file as earlier parts of the patch left it.
    pub(super) fn current(&self, path: &RelativePath) -> Result<Result<Option<Vec<u8>>, Reason>, F::Error> {
        if let Some(changed) = self.changed.get(path) {
            return Ok(Ok(changed.content.clone()));
        }
        match self.files.read(path) {
            Ok(content) => Ok(Ok(content)),
            Err(ReadError::Refused(reason) | ReadError::Folder(reason)) => Ok(Err(reason)),
            Err(ReadError::Failed(error)) => Err(error),
        }
    }

    /// What the file had which an earlier part of the patch deletes.
    pub(super) fn deleted(&self, path: &RelativePath) -> Result<Option<Vec<u8>>, F::Error> {
        if !self.changed.get(path).is_some_and(|changed| changed.existed && changed.content.is_none()) {
            return Ok(None);
        }
        match self.files.read(path) {
            Ok(content) => Ok(content),
            Err(ReadError::Refused(_) | ReadError::Folder(_)) => Ok(None),
            Err(ReadError::Failed(error)) => Err(error),
        }
    }

    /// The first of `names` that there is, and its content; the first of them without one where there is none. A
    /// refusal where that cannot be told.
    pub(super) fn find(&self, names: &[RelativePath]) -> Result<Result<MaybeFile, FileReport>, F::Error> {
        let Some(first) = names.first() else {
            return Ok(Err(FileReport::refusal("", "it names no file")));
        };
        let mut refused = None;
        for name in names {
            match self.current(name)? {
                Ok(Some(content)) => return Ok(Ok((name.clone(), Some(content)))),
                Ok(None) => {}
                Err(reason) => refused = refused.or(Some(reason)),
            }
        }
        Ok(match refused {
            Some(reason) => Err(FileReport::refusal(first.as_str(), reason)),
            None => Ok((first.clone(), None)),
        })
    }

    pub(super) fn set(
        &mut self,
        path: &RelativePath,
        content: Option<Vec<u8>>,
        existed: bool,
        differs: bool,
    ) {
        match self.changed.get_mut(path) {
            Some(changed) => {
                changed.differs |= differs;
                changed.content = content;
            }
            None => {
                let changed = Changed { existed, from: None, content, differs, executable: false };
                self.changed.insert(path.clone(), changed);
            }
        }
    }

    pub(super) fn outcome(self) -> AppliedPatch {
        let report = Report { files: self.reports };
        let mut edits = Vec::new();
        if report.is_applied() {
            let moved: Vec<RelativePath> =
                self.changed.values().filter_map(|changed| changed.from.clone()).collect();
            for (path, changed) in self.changed {
                edits.extend(edit(path, changed, &moved));
            }
        }
        AppliedPatch { report, edits }
    }
}

const UNDOES_ITSELF: &str = "a part of the patch undoes what another does, and what shall be in the end cannot be told: send that \
     alone, once";

/// Whether some hunks were applied before and others not. In one patch that may as well be a part that undoes another.
fn is_done_in_part(report: &FileReport) -> bool {
    let is_before = |hunk: &HunkReport| matches!(hunk.outcome, HunkOutcome::AlreadyApplied { .. });
    report.hunks.iter().any(is_before) && !report.hunks.iter().all(is_before)
}

fn edit(path: RelativePath, changed: Changed, moved: &[RelativePath]) -> Option<Edit> {
    match (changed.content, changed.from, changed.existed) {
        (Some(content), Some(from), _) => {
            let content = changed.differs.then_some(content);
            Some(Edit::Rename { from, to: path, content })
        }
        (Some(content), None, true) => Some(Edit::Modify { path, content }),
        (Some(content), None, false) => Some(Edit::Create { path, content, executable: changed.executable }),
        (None, _, true) if !moved.contains(&path) => Some(Edit::Delete { path }),
        (None, ..) => None,
    }
}

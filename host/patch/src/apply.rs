//! Applies a whole patch: all of it, or nothing.
//!
//! Files are read when a part of the patch is about them, and what earlier parts made of them is what later parts see.
//! Parts about the same file are first taken as one patch against the file as it is, which is what a model means when
//! it shows two places of a file in two blocks; if that does not work, as one after the other, which is what a series
//! of mails is.

use crate::{
    blocks, diff,
    file::{Revised, revise},
    files::{Edit, Files, ReadError},
    hunk::{FilePatch, Hunk, Intent, Kind, Parts, Unusable},
    report::{Change, FileReport, HunkOutcome, Report},
    text::is_binary,
};
use orchestrator_core::RelativePath;
use std::collections::BTreeMap;

/// Longest patch, in bytes.
pub const PATCH_MAX: usize = 4 * 1024 * 1024;
/// Most files of one patch.
pub const FILES_MAX: usize = 1000;
/// Most hunks of one file. Each is looked for in all of the file.
pub const HUNKS_MAX: usize = 1000;

/// Most lines of a file times hunks for it: each hunk may have to pass over every line, some times.
const VISITS_MAX: usize = 200_000_000;

/// How a patch is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Search/replace blocks if it has any, otherwise unified diffs.
    #[default]
    Either,
    /// Unified diffs.
    Diff,
    /// Search/replace blocks.
    Blocks,
}

/// What else is known about a patch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// How it is written.
    pub format: Format,
    /// The file that hunks are about which name none.
    pub target: Option<RelativePath>,
}

/// What came of a patch.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What became of each hunk.
    pub report: Report,
    /// What has to change; empty if anything was refused, and if everything was applied before.
    pub edits: Vec<Edit>,
}

/// Applies the patch in `text` to `files`, which it reads and does not change. Prose and code fences around the patch
/// are passed over.
///
/// # Errors
/// Only what `files` fails with. What the patch is to blame for is in the report.
pub fn apply<F: Files>(text: &[u8], files: &F, options: &Options) -> Result<Outcome, F::Error> {
    if text.len() > PATCH_MAX {
        let reason =
            format!("the patch has {} bytes, at most {PATCH_MAX} are taken: send it in parts", text.len());
        return Ok(refused(vec![FileReport::refusal("", reason)]));
    }
    let as_blocks = match options.format {
        Format::Either => blocks::has_blocks(text),
        Format::Diff => false,
        Format::Blocks => true,
    };
    let parts = match as_blocks {
        true => blocks::parse(text, options.target.as_ref()),
        false => diff::parse(text, options.target.as_ref()),
    };
    if parts.is_empty() {
        let reason = match options.format {
            Format::Blocks => {
                "there is no search/replace block: write the file's path, then '<<<<<<< SEARCH', '=======' and '>>>>>>> REPLACE'"
            }
            Format::Either | Format::Diff => {
                "there is no unified diff: begin with '--- a/path' and '+++ b/path', then hunks with '@@'"
            }
        };
        return Ok(refused(vec![FileReport::refusal("", reason)]));
    }
    let hunks = |part: &Result<FilePatch<'_>, Unusable>| part.as_ref().map_or(0, |patch| patch.hunks.len());
    if parts.len() > FILES_MAX || parts.iter().any(|part| hunks(part) > HUNKS_MAX) {
        let reason = format!(
            "the patch is about more than {FILES_MAX} files, or has more than {HUNKS_MAX} hunks for one: send it in parts"
        );
        return Ok(refused(vec![FileReport::refusal("", reason)]));
    }
    let mut work = Work { files, changed: BTreeMap::new(), reports: Vec::new() };
    for group in grouped(parts) {
        work.group(group)?;
    }
    Ok(work.outcome())
}

fn refused(files: Vec<FileReport>) -> Outcome {
    Outcome { report: Report { files }, edits: Vec::new() }
}

/// Brings parts together that change the same file, at the place of the first; whatever else a part does ends that.
fn grouped(parts: Parts<'_>) -> Vec<Result<Vec<FilePatch<'_>>, Unusable>> {
    let mut groups: Vec<Result<Vec<FilePatch<'_>>, Unusable>> = Vec::new();
    let mut open: BTreeMap<RelativePath, usize> = BTreeMap::new();
    for part in parts {
        let patch = match part {
            Ok(patch) => patch,
            Err(unusable) => {
                groups.push(Err(unusable));
                continue;
            }
        };
        let key = match &patch.intent {
            Intent::Modify(names) => names.first().cloned(),
            Intent::Create(_) | Intent::Delete(_) | Intent::Rename { .. } => None,
        };
        let Some(key) = key else {
            open.clear();
            groups.push(Ok(vec![patch]));
            continue;
        };
        match open.get(&key).and_then(|at| groups.get_mut(*at)) {
            Some(Ok(group)) => group.push(patch),
            _ => {
                open.insert(key, groups.len());
                groups.push(Ok(vec![patch]));
            }
        }
    }
    groups
}

/// What became of a file so far.
#[derive(Debug, Clone)]
struct Changed {
    /// Whether there was a file before the patch.
    existed: bool,
    /// Where it came from, if it was moved here.
    from: Option<RelativePath>,
    /// What it has now; none where it is gone.
    content: Option<Vec<u8>>,
    /// Whether its bytes are other than before.
    differs: bool,
}

struct Work<'f, F: Files> {
    files: &'f F,
    changed: BTreeMap<RelativePath, Changed>,
    reports: Vec<FileReport>,
}

/// Why a file was refused as a whole.
type Reason = String;
/// A file under the name by which it was found.
type NamedFile = (RelativePath, Vec<u8>);

impl<F: Files> Work<'_, F> {
    fn group(&mut self, group: Result<Vec<FilePatch<'_>>, Unusable>) -> Result<(), F::Error> {
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
        }
        for (hunk, number) in merged.hunks.iter_mut().zip(1..) {
            hunk.number = number;
        }
        let before = self.changed.clone();
        let at_once = self.patch(merged)?;
        if at_once.is_applied() {
            return Ok(at_once);
        }
        let failed = std::mem::replace(&mut self.changed, before.clone());
        let mut in_turn: Option<FileReport> = None;
        for part in group {
            let mut report = self.patch(part)?;
            if !report.is_applied() {
                self.changed = failed;
                return Ok(at_once);
            }
            match &mut in_turn {
                None => in_turn = Some(report),
                Some(so_far) => {
                    for hunk in &mut report.hunks {
                        hunk.number = u32::try_from(so_far.hunks.len()).unwrap_or(u32::MAX).saturating_add(1);
                        so_far.hunks.push(hunk.clone());
                    }
                }
            }
        }
        Ok(in_turn.unwrap_or(at_once))
    }

    fn patch(&mut self, patch: FilePatch<'_>) -> Result<FileReport, F::Error> {
        match &patch.intent {
            Intent::Create(path) => self.create(path, &patch),
            Intent::Delete(names) => self.delete(names, &patch),
            Intent::Modify(names) => self.modify(names, &patch),
            Intent::Rename { from, to } => self.rename(from, to, &patch),
        }
    }

    /// The file as earlier parts of the patch left it.
    fn current(&self, path: &RelativePath) -> Result<Result<Option<Vec<u8>>, Reason>, F::Error> {
        if let Some(changed) = self.changed.get(path) {
            return Ok(Ok(changed.content.clone()));
        }
        match self.files.read(path) {
            Ok(content) => Ok(Ok(content)),
            Err(ReadError::Refused(reason)) => Ok(Err(reason)),
            Err(ReadError::Failed(error)) => Err(error),
        }
    }

    /// The first of `names` that there is, and its content.
    fn find(&self, names: &[RelativePath]) -> Result<Result<Option<NamedFile>, Reason>, F::Error> {
        let mut refused = None;
        for name in names {
            match self.current(name)? {
                Ok(Some(content)) => return Ok(Ok(Some((name.clone(), content)))),
                Ok(None) => {}
                Err(reason) => refused = refused.or(Some(reason)),
            }
        }
        Ok(refused.map_or(Ok(None), Err))
    }

    fn set(&mut self, path: &RelativePath, content: Option<Vec<u8>>, existed: bool, differs: bool) {
        match self.changed.get_mut(path) {
            Some(changed) => {
                changed.differs |= differs;
                changed.content = content;
            }
            None => {
                let changed = Changed { existed, from: None, content, differs };
                self.changed.insert(path.clone(), changed);
            }
        }
    }

    fn create(&mut self, path: &RelativePath, patch: &FilePatch<'_>) -> Result<FileReport, F::Error> {
        let mut report = report(path, Change::Create);
        let existing = match self.current(path)? {
            Ok(existing) => existing,
            Err(reason) => return Ok(FileReport { refused: Some(reason), ..report }),
        };
        // An empty file is created by a hunk without lines, where it is by a hunk at all.
        let hunks: Vec<Hunk<'_>> = patch
            .hunks
            .iter()
            .filter(|hunk| !hunk.lines.is_empty() || hunk.fault.is_some())
            .cloned()
            .collect();
        let revised = revise(b"", &hunks, patch.carriage_returns);
        if let Some(existing) = existing {
            if revised.content.as_ref() == Some(&existing) {
                let already = |mut hunk: crate::HunkReport| {
                    hunk.outcome = HunkOutcome::AlreadyApplied { line: 1 };
                    hunk
                };
                report.hunks = revised.hunks.into_iter().map(already).collect();
                return Ok(report);
            }
            let reason =
                "the patch creates the file, but it is there already: send a diff against its content";
            return Ok(FileReport { refused: Some(reason.into()), ..report });
        }
        report.hunks = revised.hunks;
        if let Some(content) = revised.content {
            self.set(path, Some(content), false, true);
        }
        Ok(report)
    }

    fn modify(&mut self, names: &[RelativePath], patch: &FilePatch<'_>) -> Result<FileReport, F::Error> {
        let Some(first) = names.first() else { return Ok(FileReport::refusal("", "it names no file")) };
        let found = match self.find(names)? {
            Ok(found) => found,
            Err(reason) => return Ok(FileReport::refusal(first.as_str(), reason)),
        };
        let Some((path, content)) = found else {
            if !patch.hunks.is_empty()
                && patch.hunks.iter().all(|hunk| only_adds(hunk) && hunk.fault.is_none())
            {
                return self.create(first, patch);
            }
            return Ok(FileReport::refusal(first.as_str(), format!("there is no file '{first}'")));
        };
        let report = report(&path, Change::Modify);
        let revised = match revised(&content, patch) {
            Ok(revised) => revised,
            Err(reason) => return Ok(FileReport { refused: Some(reason), ..report }),
        };
        if let Some(new) = revised.content
            && new != content
        {
            self.set(&path, Some(new), true, true);
        }
        Ok(FileReport { hunks: revised.hunks, ..report })
    }

    fn delete(&mut self, names: &[RelativePath], patch: &FilePatch<'_>) -> Result<FileReport, F::Error> {
        let Some(first) = names.first() else { return Ok(FileReport::refusal("", "it names no file")) };
        let found = match self.find(names)? {
            Ok(found) => found,
            Err(reason) => return Ok(FileReport::refusal(first.as_str(), reason)),
        };
        let Some((path, content)) = found else {
            let reason = format!("there is no file '{first}'");
            return Ok(FileReport { refused: Some(reason), ..report(first, Change::Delete) });
        };
        let mut report = report(&path, Change::Delete);
        if !patch.hunks.is_empty() {
            let revised = match revised(&content, patch) {
                Ok(revised) => revised,
                Err(reason) => return Ok(FileReport { refused: Some(reason), ..report }),
            };
            report.hunks = revised.hunks;
            match revised.content {
                None => return Ok(report),
                Some(rest) if !rest.is_empty() => {
                    let lines = crate::text::lines(&rest).len();
                    report.refused = Some(format!(
                        "the patch deletes the file, but leaves {lines} lines of it: remove all lines, or do not delete it"
                    ));
                    return Ok(report);
                }
                Some(_) => {}
            }
        }
        self.set(&path, None, true, true);
        Ok(report)
    }

    fn rename(
        &mut self,
        from: &RelativePath,
        to: &RelativePath,
        patch: &FilePatch<'_>,
    ) -> Result<FileReport, F::Error> {
        let report = report(to, Change::Rename { from: from.to_string() });
        let refuse = |reason: Reason| Ok(FileReport { refused: Some(reason), ..report.clone() });
        let (old, taken) = match (self.current(from)?, self.current(to)?) {
            (Ok(old), Ok(taken)) => (old, taken),
            (Err(reason), _) | (_, Err(reason)) => return refuse(reason),
        };
        let Some(old) = old else { return refuse(format!("there is no file '{from}'")) };
        if taken.is_some() {
            return refuse(format!("'{to}' is there already: delete it first, or choose another path"));
        }
        if self.changed.contains_key(from) || self.changed.contains_key(to) {
            return refuse(
                "an earlier part of the patch changes it as well: put what should become of it into one part"
                    .into(),
            );
        }
        let mut hunks = Vec::new();
        let mut new = None;
        if !patch.hunks.is_empty() {
            let revised = match revised(&old, patch) {
                Ok(revised) => revised,
                Err(reason) => return refuse(reason),
            };
            hunks = revised.hunks;
            match revised.content {
                None => return Ok(FileReport { hunks, ..report }),
                Some(content) => new = Some(content).filter(|content| *content != old),
            }
        }
        let differs = new.is_some();
        self.set(from, None, true, true);
        let moved =
            Changed { existed: false, from: Some(from.clone()), content: Some(new.unwrap_or(old)), differs };
        self.changed.insert(to.clone(), moved);
        Ok(FileReport { hunks, ..report })
    }

    fn outcome(self) -> Outcome {
        let report = Report { files: self.reports };
        let mut edits = Vec::new();
        if report.is_applied() {
            let moved: Vec<RelativePath> =
                self.changed.values().filter_map(|changed| changed.from.clone()).collect();
            for (path, changed) in self.changed {
                edits.extend(edit(path, changed, &moved));
            }
        }
        Outcome { report, edits }
    }
}

fn edit(path: RelativePath, changed: Changed, moved: &[RelativePath]) -> Option<Edit> {
    match (changed.content, changed.from, changed.existed) {
        (Some(content), Some(from), _) => {
            let content = changed.differs.then_some(content);
            Some(Edit::Rename { from, to: path, content })
        }
        (Some(content), None, true) => Some(Edit::Modify { path, content }),
        (Some(content), None, false) => Some(Edit::Create { path, content }),
        (None, _, true) if !moved.contains(&path) => Some(Edit::Delete { path }),
        (None, ..) => None,
    }
}

fn report(path: &RelativePath, change: Change) -> FileReport {
    FileReport { path: path.to_string(), change: Some(change), hunks: Vec::new(), refused: None }
}

fn only_adds(hunk: &Hunk<'_>) -> bool {
    hunk.lines.iter().all(|line| line.kind == Kind::Added)
}

fn revised(content: &[u8], patch: &FilePatch<'_>) -> Result<Revised, Reason> {
    if patch.hunks.is_empty() {
        return Err("the diff names the file, but has no hunk ('@@') that changes it".into());
    }
    let lines = memchr::memchr_iter(b'\n', content).count();
    if lines.saturating_mul(patch.hunks.len()) > VISITS_MAX {
        return Err(format!(
            "{} hunks in a file of {lines} lines are more work than is done at once: send fewer hunks at a time",
            patch.hunks.len()
        ));
    }
    if is_binary(content) {
        return Err("the file is binary: only text can be changed by a patch".into());
    }
    Ok(revise(content, &patch.hunks, patch.carriage_returns))
}

//! What one part of a patch makes of its file: there, gone, moved or other than before.

use super::{
    around, fenced, moved,
    revise::marked,
    spoken,
    work::{Changed, Reason, Work},
};
use crate::{
    base::shown,
    file::revise,
    files::Files,
    hunk::{FilePatch, Hunk, HunkLine, Kind},
    report::{Change, FileReport, HunkOutcome, HunkReport},
};
use orchestrator_answer::{
    kind,
    listing::{NUMBERED, numbered},
};
use orchestrator_core::RelativePath;

impl<F: Files> Work<'_, F> {
    pub(super) fn create(
        &mut self,
        path: &RelativePath,
        patch: &FilePatch<'_>,
    ) -> Result<FileReport, F::Error> {
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
            .map(of_a_new_file)
            .collect();
        let hunks = match fenced::unfenced(path, b"", &hunks) {
            Ok(hunks) => hunks,
            Err(reason) => return Ok(FileReport { refused: Some(reason), ..report }),
        };
        if hunks.is_empty() && !patch.may_be_empty && !patch.hunks.iter().any(Hunk::says_empty) {
            return Ok(FileReport { refused: Some(WITHOUT_A_LINE.into()), ..report });
        }
        if existing.is_none()
            && let Some(line) = hunks.iter().find_map(line_of_another)
        {
            return Ok(FileReport { refused: Some(no_line_of_a_new_file(line)), ..report });
        }
        let revised = revise(path.as_str(), b"", &hunks, patch.carriage_returns, &|| true);
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
        if let Some(content) = &revised.content
            && is_listing(path, content)
        {
            return Ok(FileReport { refused: Some(NUMBERED.into()), ..report });
        }
        if let Some(old) = self.deleted(path)?
            && let Some(content) = &revised.content
            && let Some(reason) = moved::rewritten(path, &old, content)
        {
            return Ok(FileReport { refused: Some(reason), ..report });
        }
        let new = revised.content.as_deref().unwrap_or_default();
        if let Some(reason) = marked(path, b"", &hunks).or_else(|| around::foreign(path, b"", new, &hunks)) {
            return Ok(FileReport { refused: Some(reason), ..report });
        }
        report.hunks = revised.hunks;
        if let Some(content) = revised.content {
            self.set(path, Some(content), false, true);
            if let Some(changed) = self.changed.get_mut(path) {
                changed.executable = patch.executable;
            }
        }
        Ok(report)
    }

    pub(super) fn modify(
        &mut self,
        names: &[RelativePath],
        patch: &FilePatch<'_>,
    ) -> Result<FileReport, F::Error> {
        let (path, content) = match self.find(names)? {
            Ok(found) => found,
            Err(refusal) => return Ok(refusal),
        };
        let Some(content) = content else {
            if !patch.hunks.is_empty()
                && patch.hunks.iter().all(|hunk| only_adds(hunk) && hunk.fault.is_none())
            {
                return self.create(&path, patch);
            }
            return Ok(FileReport::refusal(path.as_str(), no_file(&path)));
        };
        let report = report(&path, Change::Modify);
        if let Some(word) = spoken::of_nothing(patch, &path, &content) {
            return Ok(FileReport { refused: Some(word), ..report });
        }
        let revised = match self.revised(&path, &content, patch) {
            Ok(revised) => revised,
            Err(reason) => return Ok(FileReport { refused: Some(reason), ..report }),
        };
        let mut hunks = revised.hunks;
        match revised.content {
            Some(new) if new == content => hunks.iter_mut().for_each(as_it_was),
            Some(new) if new.is_empty() && patch.may_delete => {
                let reason = "the patch takes out all lines, and whether the file shall be empty or go cannot be told: write \
                              '+++ /dev/null' if it shall go, and '+++ b/path' if it shall be empty";
                return Ok(FileReport { refused: Some(reason.into()), hunks, ..report });
            }
            Some(new) => self.set(&path, Some(new), true, true),
            None => {}
        }
        Ok(FileReport { hunks, ..report })
    }

    pub(super) fn delete(
        &mut self,
        names: &[RelativePath],
        patch: &FilePatch<'_>,
    ) -> Result<FileReport, F::Error> {
        let (path, content) = match self.find(names)? {
            Ok(found) => found,
            Err(refusal) => return Ok(refusal),
        };
        let Some(content) = content else {
            return Ok(FileReport { refused: Some(no_file(&path)), ..report(&path, Change::Delete) });
        };
        let mut report = report(&path, Change::Delete);
        if !patch.hunks.is_empty() {
            let revised = match self.revised(&path, &content, patch) {
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

    pub(super) fn rename(
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
        let Some(old) = old else { return refuse(no_file(from)) };
        if taken.is_some() {
            return refuse(format!("'{to}' is there already: delete it first, or choose another path"));
        }
        let is_new = |changed: &Changed| !changed.existed && changed.from.is_none();
        let created = self.changed.get(from).filter(|changed| is_new(changed)).cloned();
        if created.is_none() && self.changed.contains_key(from) || self.changed.contains_key(to) {
            return refuse(
                "an earlier part of the patch changes it as well: put what should become of it into one part"
                    .into(),
            );
        }
        let mut hunks = Vec::new();
        let mut new = None;
        if !patch.hunks.is_empty() {
            let revised = match self.revised(from, &old, patch) {
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
        let content = Some(new.unwrap_or(old));
        let moved = match created {
            // What an earlier part creates is created where it is moved to.
            Some(created) => {
                self.changed.remove(from);
                Changed { content, ..created }
            }
            None => {
                self.set(from, None, true, true);
                Changed { existed: false, from: Some(from.clone()), content, differs, executable: false }
            }
        };
        self.changed.insert(to.clone(), moved);
        Ok(FileReport { hunks, ..report })
    }
}

fn report(path: &RelativePath, change: Change) -> FileReport {
    FileReport { path: path.to_string(), change: Some(change), hunks: Vec::new(), refused: None }
}

/// A hunk that leaves the file as it was: the file is already as it would be.
fn as_it_was(hunk: &mut HunkReport) {
    if let HunkOutcome::Applied(placement) = &hunk.outcome {
        hunk.outcome = HunkOutcome::AlreadyApplied { line: placement.line };
    }
}

/// Whether the lines of a new file carry their numbers, where that is at home in no file of its kind.
fn is_listing(path: &RelativePath, content: &[u8]) -> bool {
    kind::Kind::of(path.as_str(), false) == kind::Kind::Code
        && std::str::from_utf8(content).is_ok_and(|text| numbered(path.as_str(), text).is_some())
}

const WITHOUT_A_LINE: &str = "it is to be created, but no line with '+' follows: write its content with '+' before each line; for \
     an empty file, write '@@ -0,0 +0,0 @@'";

fn no_file(path: &RelativePath) -> Reason {
    format!("there is no file '{path}'")
}

fn only_adds(hunk: &Hunk<'_>) -> bool {
    hunk.lines.iter().all(|line| line.kind == Kind::Added || is_bare_blank(line))
}

/// A blank line that lost its sign.
fn is_bare_blank(line: &HunkLine<'_>) -> bool {
    line.kind == Kind::Context && line.text.is_empty()
}

/// A hunk whose file has no lines that could be context: blank lines are added like all others, and a line without a sign
/// is none of it.
fn of_a_new_file(mut hunk: Hunk<'_>) -> Hunk<'_> {
    for line in hunk.lines.iter_mut().filter(|line| is_bare_blank(line)) {
        line.kind = Kind::Added;
    }
    if let Some(line) = hunk.lines.iter().find(|line| line.kind == Kind::Bare) {
        let text = line.text;
        hunk.spoil(text);
    }
    hunk
}

/// A line that only a file could have that is there.
fn line_of_another<'t>(hunk: &Hunk<'t>) -> Option<HunkLine<'t>> {
    hunk.lines.iter().find(|line| matches!(line.kind, Kind::Context | Kind::Removed)).copied()
}

fn no_line_of_a_new_file(line: HunkLine<'_>) -> Reason {
    let sign = if line.kind == Kind::Removed { '-' } else { ' ' };
    format!(
        "the file is to be created, and the line {:?} has no '+': write '+' before every line of a new file, also before \
         those that are indented",
        format!("{sign}{}", shown(line.text))
    )
}

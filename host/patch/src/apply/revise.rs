//! What the hunks of a part make of its file, once nothing speaks against all of them.

use super::{
    around, fenced,
    work::{Reason, Work},
};
use crate::{
    base::shown,
    file::{Revised, revise},
    files::Files,
    hunk::{FilePatch, Hunk, Kind},
    text::is_binary,
};
use orchestrator_answer::marked::foreign;
use orchestrator_core::RelativePath;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most lines of a file times hunks for it: each hunk may have to pass over every line, some times.
const VISITS_MAX: usize = 200_000_000;
/// The same of all files of a patch. Parts about one file may be tried in two ways.
const VISITS_OF_ALL: usize = 2 * VISITS_MAX;
/// Names in a hunk's header that do not count as hunks.
const NAMES_FREE: usize = 4;

impl<F: Files> Work<'_, F> {
    /// What hunks make of a file, or why none of them is tried.
    pub(super) fn revised(
        &self,
        path: &RelativePath,
        content: &[u8],
        patch: &FilePatch<'_>,
    ) -> Result<Revised, Reason> {
        revised(path, content, patch, self.visits, &|| self.files.go_on().is_ok())
    }
}

fn revised(
    path: &RelativePath,
    content: &[u8],
    patch: &FilePatch<'_>,
    visited: &AtomicUsize,
    go_on: &dyn Fn() -> bool,
) -> Result<Revised, Reason> {
    if patch.hunks.is_empty() {
        return Err("the diff names the file, but has no hunk ('@@') that changes it".into());
    }
    let lines = memchr::memchr_iter(b'\n', content).count();
    // Each of many names above one another is looked for as a hunk is.
    let names: usize = patch.hunks.iter().map(|hunk| hunk.headings.len().saturating_sub(NAMES_FREE)).sum();
    let visits = lines.saturating_mul(patch.hunks.len() + names);
    if visits > VISITS_MAX
        || visited.fetch_add(visits, Ordering::Relaxed).saturating_add(visits) > VISITS_OF_ALL
    {
        return Err(format!(
            "{} hunks in a file of {lines} lines, and the others of the patch, are more work than is done at once: send fewer \
             hunks at a time",
            patch.hunks.len()
        ));
    }
    if is_binary(content) {
        return Err("the file is binary: only text can be changed by a patch".into());
    }
    if let Some(line) = in_another_encoding(content, patch) {
        return Err(format!(
            "the file is not UTF-8, and the added line {:?} would be: the file would have two encodings. Add it in ASCII, \
             or convert the file to UTF-8 first",
            shown(line)
        ));
    }
    let hunks = fenced::unfenced(path, content, &patch.hunks)?;
    if let Some(reason) = marked(path, content, &hunks) {
        return Err(reason);
    }
    let revised = revise(path.as_str(), content, &hunks, patch.carriage_returns, go_on);
    let new = revised.content.as_deref().unwrap_or_default();
    match around::foreign(path, content, new, &hunks) {
        Some(reason) => Err(reason),
        None => Ok(revised),
    }
}

/// What the lines that a hunk adds have around them that is no part of the file, as a refusal.
pub(super) fn marked(path: &RelativePath, content: &[u8], hunks: &[Hunk<'_>]) -> Option<Reason> {
    let old = String::from_utf8_lossy(content);
    hunks.iter().find_map(|hunk| {
        let added = hunk.lines.iter().filter(|line| line.kind == Kind::Added);
        let added: Vec<_> = added.map(|line| String::from_utf8_lossy(line.text)).collect();
        let lines: Vec<&str> = added.iter().map(AsRef::as_ref).collect();
        let reason = foreign(path.as_str(), &old, &lines)?;
        Some(format!("hunk {} adds lines that are not as a file has them: {reason}", hunk.number))
    })
}

/// An added line that is UTF-8 and more than ASCII, where the file is not UTF-8. Which encoding that is cannot be told, so
/// the line cannot be written in it. One that is in the same bytes, or in bytes that the file has, can.
fn in_another_encoding<'t>(content: &[u8], patch: &FilePatch<'t>) -> Option<&'t [u8]> {
    if std::str::from_utf8(content).is_ok() {
        return None;
    }
    let mut added = patch
        .hunks
        .iter()
        .flat_map(|hunk| &hunk.lines)
        .filter(|line| line.kind == Kind::Added && !line.text.is_ascii())
        .map(|line| line.text);
    added.find(|text| std::str::from_utf8(text).is_ok() && memchr::memmem::find(content, text).is_none())
}

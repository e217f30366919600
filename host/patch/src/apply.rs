//! Applies a whole patch: all of it, or nothing.
//!
//! Files are read when a part of the patch is about them, and what earlier parts made of them is what later parts see.
//! Parts about the same file are first taken as one patch against the file as it is, which is what a model means when
//! it shows two places of a file in two blocks; if that does not work, as one after the other, which is what a series
//! of mails is.

mod around;
mod change;
mod fenced;
mod moved;
mod parts;
mod revise;
mod sound;
mod spoken;
mod work;

use crate::{
    files::{Edit, Files, ReadError},
    hunk::{FilePatch, Parts, Unusable},
    read::{self, There},
    report::{FileReport, Report},
};
use orchestrator_core::RelativePath;
use parts::{Group, are_independent, grouped};
use rayon::iter::{IndexedParallelIterator as _, IntoParallelIterator as _, ParallelIterator as _};
use std::{collections::BTreeMap, sync::atomic::AtomicUsize};
use work::Work;

/// Longest patch, in bytes.
pub const PATCH_MAX: usize = 4 * 1024 * 1024;
/// Most files of one patch.
pub const FILES_MAX: usize = 1000;
/// Most hunks of one file. Each is looked for in all of the file.
pub const HUNKS_MAX: usize = 1000;

/// Files that are worth a thread.
const WORTH_A_THREAD: usize = 16;

/// How a patch was asked for. Whatever comes is read; this decides what is said where nothing does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// In either way.
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
    /// How it was asked for.
    pub format: Format,
    /// The file that hunks are about which name none.
    pub target: Option<RelativePath>,
}

/// What came of a patch.
#[derive(Debug, Clone, PartialEq)]
pub struct AppliedPatch {
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
pub fn apply<F: Files>(text: &[u8], files: &F, options: &Options) -> Result<AppliedPatch, F::Error> {
    if text.len() > PATCH_MAX {
        let reason =
            format!("the patch has {} bytes, at most {PATCH_MAX} are taken: send it in parts", text.len());
        return Ok(refused(vec![FileReport::refusal("", reason)]));
    }
    let parts = parts(text, files, options.target.as_ref())?;
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
    let visits = AtomicUsize::new(0);
    let mut work = work(grouped(parts), files, &visits)?;
    work.judge_results()?;
    work.judge_new_files()?;
    Ok(work.outcome())
}

/// What the patch is made of. A name in prose is one if there is a file by it, so files may be asked for.
fn parts<'t, F: Files>(
    text: &'t [u8],
    files: &F,
    target: Option<&RelativePath>,
) -> Result<Parts<'t>, F::Error> {
    let mut known: BTreeMap<RelativePath, There> = BTreeMap::new();
    let mut failed = None;
    let mut there = |path: &RelativePath| {
        if let Some(known) = known.get(path) {
            return *known;
        }
        let found = match files.read(path) {
            Ok(Some(_)) => There::File,
            Ok(None) => There::Nothing,
            Err(ReadError::Folder(_)) => There::Folder,
            // It is there, and why it cannot be had is said where it is about to be changed.
            Err(ReadError::Refused(_)) => There::File,
            Err(ReadError::Failed(error)) => {
                failed = Some(error);
                There::Nothing
            }
        };
        known.insert(path.clone(), found);
        found
    };
    let parts = read::read(text, target, &mut there);
    failed.map_or(Ok(parts), Err)
}

/// What `groups` come to: each on its own where none is about a file of another, and then by several threads where that
/// is worth it; otherwise one after the other.
fn work<'f, F: Files>(
    groups: Vec<Group<'_>>,
    files: &'f F,
    visits: &'f AtomicUsize,
) -> Result<Work<'f, F>, F::Error> {
    let mut all = Work::new(files, visits);
    if groups.len() < 2 * WORTH_A_THREAD || !are_independent(&groups) {
        groups.into_iter().try_for_each(|group| all.group(group))?;
        return Ok(all);
    }
    let alone = |group| {
        let mut work = Work::new(files, visits);
        work.group(group).map(|()| work)
    };
    let done: Vec<Work<'f, F>> =
        groups.into_par_iter().with_min_len(WORTH_A_THREAD).map(alone).collect::<Result<_, _>>()?;
    done.into_iter().for_each(|work| all.join(work));
    Ok(all)
}

fn refused(files: Vec<FileReport>) -> AppliedPatch {
    AppliedPatch { report: Report { files }, edits: Vec::new() }
}

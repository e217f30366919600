//! `orchestrator patch`: the patch engine for people and scripts, without a server and without a data folder.
//!
//! Exit codes are those of a tool that is called by others: 0 when the patch was applied, 1 when it was refused, 2 when
//! the call was wrong or a disk failed. What became of each hunk goes to standard output, as text that a model can act
//! on or as JSON.

mod commit;
pub(crate) mod error;
mod folder;
mod make;
mod repository;
mod step;
mod twin;

use crate::{
    args::{PatchApplyArgs, PatchArgs, PatchCommand},
    error::CliError,
    output,
};
use folder::Folder;
use orchestrator_patch::{AppliedPatch, Options, PATCH_MAX, Report, apply};
use serde::Serialize;
use std::{
    fs::File,
    io::{self, Read},
    num::NonZero,
    path::Path,
    process::ExitCode,
    thread,
};

/// Most threads. What takes the time is the file system, where more get in each other's way.
const THREADS_MAX: usize = 4;

/// Does what `args` say.
pub(crate) fn patch(args: PatchArgs) -> Result<ExitCode, CliError> {
    match args.command {
        PatchCommand::Apply(args) => apply_patch(&args),
        PatchCommand::Make(args) => make::make_patch(&args),
    }
}

fn apply_patch(args: &PatchApplyArgs) -> Result<ExitCode, CliError> {
    limit_threads()?;
    let text = read_patch(args.file.as_deref())?;
    let folder = Folder::open(&args.dir)?;
    let options = Options { target: args.target.clone(), ..Options::default() };
    let AppliedPatch { mut report, mut edits } = apply(&text, &folder, &options)?;
    let refusal = repository::refusal(&edits);
    if let Some(refusal) = refusal.map_or_else(|| twin::refusal(&folder, &edits), |found| Ok(Some(found)))? {
        report.files.push(refusal);
        edits.clear();
    }
    let changed = edits.len();
    if !args.check {
        folder.perform(edits)?;
    }
    let applied = report.is_applied();
    match args.json {
        true => output::line(&json(&Answer {
            applied,
            changed: if args.check { 0 } else { changed },
            report: &report,
        })?)?,
        false if args.check => output::bytes(report.text_of_check().as_bytes())?,
        false => output::bytes(report.text().as_bytes())?,
    }
    Ok(if applied { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Takes fewer threads for large patches than there are processors. Where they are few nothing is said, as threads that
/// start with the work get to it sooner than threads that wait for it.
fn limit_threads() -> Result<(), CliError> {
    if thread::available_parallelism().map_or(1, NonZero::get) <= THREADS_MAX {
        return Ok(());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS_MAX);
    pool.build_global().map_err(|error| CliError::Runtime(io::Error::other(error)))
}

/// What `--json` prints.
#[derive(Serialize)]
struct Answer<'r> {
    /// Whether every hunk has its place, or was applied before.
    applied: bool,
    /// How many files were changed.
    changed: usize,
    #[serde(flatten)]
    report: &'r Report,
}

fn json(answer: &Answer<'_>) -> Result<String, CliError> {
    serde_json::to_string_pretty(answer).map_err(|error| CliError::Output(error.into()))
}

/// The patch, from a file or from standard input. One that is too long is read far enough to be refused as that.
fn read_patch(file: Option<&Path>) -> Result<Vec<u8>, CliError> {
    let (name, read) = match file.filter(|file| *file != Path::new("-")) {
        None => ("standard input".into(), read_some(io::stdin().lock(), 0)),
        Some(path) => (path.display().to_string(), read_file(path)),
    };
    read.map_err(|error| CliError::Read(name, error))
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    read_some(file, size)
}

/// What `input` has, which may be about `size` bytes.
fn read_some(input: impl Read, size: u64) -> io::Result<Vec<u8>> {
    let most = PATCH_MAX.saturating_add(1);
    let mut text = Vec::with_capacity(usize::try_from(size).unwrap_or(most).saturating_add(1).min(most));
    input.take(u64::try_from(most).unwrap_or(u64::MAX)).read_to_end(&mut text)?;
    Ok(text)
}

//! `orchestrator patch`: the patch engine for people and scripts, without a server and without a data folder.
//!
//! Exit codes are those of a tool that is called by others: 0 when the patch was applied, 1 when it was refused, 2 when
//! the call was wrong or a disk failed. What became of each hunk goes to standard output, as text that a model can act
//! on or as JSON.

mod commit;
mod folder;
mod make;

use crate::{
    args::{PatchApplyArgs, PatchArgs, PatchCommand},
    error::CliError,
    output,
};
use folder::Folder;
pub(crate) use folder::FolderError;
use orchestrator_patch::{Options, Outcome, PATCH_MAX, Report, apply};
use serde::Serialize;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    process::ExitCode,
};

/// Does what `args` say.
pub(crate) fn patch(args: PatchArgs) -> Result<ExitCode, CliError> {
    match args.command {
        PatchCommand::Apply(args) => apply_patch(&args),
        PatchCommand::Make(args) => make::make_patch(&args),
    }
}

fn apply_patch(args: &PatchApplyArgs) -> Result<ExitCode, CliError> {
    let text = read_patch(args.file.as_deref())?;
    let folder = Folder::open(&args.dir)?;
    let options = Options { target: args.target.clone(), ..Options::default() };
    let Outcome { report, edits } = apply(&text, &folder, &options)?;
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
        false => output::bytes(report.text().as_bytes())?,
    }
    Ok(if applied { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
    let most = u64::try_from(PATCH_MAX).unwrap_or(u64::MAX).saturating_add(1);
    let mut text = Vec::new();
    match file.filter(|file| *file != Path::new("-")) {
        None => io::stdin()
            .lock()
            .take(most)
            .read_to_end(&mut text)
            .map_err(|error| CliError::Read("standard input".into(), error))?,
        Some(file) => File::open(file)
            .and_then(|open| open.take(most).read_to_end(&mut text))
            .map_err(|error| CliError::Read(file.display().to_string(), error))?,
    };
    Ok(text)
}

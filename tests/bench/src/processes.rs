//! This program, started again for one measurement.

use crate::figure::Figure;
use anyhow::{Context, Result, ensure};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    env,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

/// `--measure SUBJECT`: answers with the subject's figures.
pub(crate) const MEASURE: &str = "--measure";
/// Answers with the bytes that a bare instance takes while it waits.
pub(crate) const WAITING_MEMORY: &str = "--waiting-memory";
/// Answers with the bytes that the artifact parser takes for a large file.
pub(crate) const PARSER_MEMORY: &str = "--parser-memory";
/// `--serve-bare ADDRESS`: an HTTP server that can say that it is healthy, and nothing else.
pub(crate) const SERVE_BARE: &str = "--serve-bare";
/// `--pass-through MODEL BODIES`: an HTTP server that asks a model and passes its answers on.
pub(crate) const PASS_THROUGH: &str = "--pass-through";
/// `--commit FILE`: an HTTP server that commits a row to a database for each request.
pub(crate) const COMMIT: &str = "--commit";

/// Gives the parent process its answer.
pub(crate) fn answer(value: &impl Serialize) -> Result<ExitCode> {
    println!("{}", serde_json::to_string(value)?);
    Ok(ExitCode::SUCCESS)
}

/// A subject's figures, measured in a process of its own.
/// Its files, and those of the programs that it starts, come to lie in `folder`.
pub(crate) fn measure(subject: &str, folder: &Path) -> Result<Vec<Figure>> {
    answered(this_program()?.args([MEASURE, subject]).env("TMPDIR", folder))
}

/// What this program answers to these words.
pub(crate) fn ask<T: DeserializeOwned>(words: &[&str]) -> Result<T> {
    answered(this_program()?.args(words))
}

fn answered<T: DeserializeOwned>(program: &mut Command) -> Result<T> {
    let output = program.stderr(Stdio::inherit()).output().context("starting this program")?;
    ensure!(output.status.success(), "it ended with {}", output.status);
    serde_json::from_slice(&output.stdout).context("reading its answer")
}

/// This program.
pub(crate) fn this_program() -> Result<Command> {
    Ok(Command::new(env::current_exe().context("finding this program")?))
}

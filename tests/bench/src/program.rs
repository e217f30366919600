//! The `orchestrator` program, built in the profile of this one.

use crate::give;
use anyhow::{Context, Result, ensure};
use std::{env, ffi::OsString, path::PathBuf, process::Command};

/// Builds the program, if it is not there as it should be, and returns where it is.
///
/// Cargo cannot be told that a benchmark needs another package's program, so this asks it again.
pub(crate) fn build() -> Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--package", "orchestrator-cli", "--profile", give::profile()?])
        .arg("--manifest-path")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .arg("--target-dir")
        .arg(give::target_folder()?)
        .status()
        .context("starting cargo")?;
    ensure!(built.success(), "the program could not be built: {built}");
    Ok(give::program_folder()?.join(format!("orchestrator{}", env::consts::EXE_SUFFIX)))
}

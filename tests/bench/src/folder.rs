//! Where subjects put their files: in folders that stay until everything is measured.
//!
//! ext4 looks for a new file's place beyond those of all files that were removed within the last minutes. A server
//! that creates files where thousands were just removed is measured with that search: up to twice its processor time.

use anyhow::{Context, Result};
use std::path::PathBuf;
use tempfile::TempDir;

/// The folder of all others, removed with this value.
pub(crate) fn of_all() -> Result<TempDir> {
    tempfile::Builder::new().prefix("orchestrator-bench-").tempdir().context("making a folder for files")
}

/// A new folder in the folder of all, in whose place the parent process has put the folder for temporary files.
pub(crate) fn new() -> Result<PathBuf> {
    Ok(tempfile::tempdir().context("making a folder for files")?.keep())
}

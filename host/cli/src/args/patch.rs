//! What can be typed after `orchestrator patch`.

use clap::{Args, Subcommand};
use orchestrator_core::RelativePath;
use std::path::PathBuf;

/// Applies or makes patches, without a server and without a data folder.
#[derive(Debug, Args)]
pub(crate) struct PatchArgs {
    #[command(subcommand)]
    pub(crate) command: PatchCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PatchCommand {
    /// Apply a unified diff or search/replace blocks to a folder: all of it, or nothing.
    ///
    /// Line numbers and counts may be wrong, context and indentation a little off, prose and code fences around it. A
    /// hunk that could go to several places is refused, with the places.
    #[command(after_help = PATCH_APPLY_EXAMPLES)]
    Apply(PatchApplyArgs),
    /// Print the unified diff of two files or two folders.
    #[command(after_help = PATCH_MAKE_EXAMPLES)]
    Make(PatchMakeArgs),
}

const PATCH_APPLY_EXAMPLES: &str = "\
Examples:
  orchestrator patch apply answer.txt
  orchestrator patch apply --dir my-project --check < answer.diff
  pbpaste | orchestrator patch apply --target src/app.js --json

Exit codes: 0 applied (or applied before), 1 refused and nothing changed, 2 a wrong call or a disk that failed.";

/// Applies a patch.
#[derive(Debug, Args)]
pub(crate) struct PatchApplyArgs {
    /// The patch; standard input without it, or for '-'.
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The folder that the patch's paths are relative to.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(crate) dir: PathBuf,
    /// The file that hunks are about which name none, relative to the folder.
    #[arg(long, value_name = "PATH", value_parser = relative_path)]
    pub(crate) target: Option<RelativePath>,
    /// Say what would become of the patch, and change nothing.
    #[arg(long)]
    pub(crate) check: bool,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

fn relative_path(text: &str) -> Result<RelativePath, String> {
    RelativePath::parse(text).map_err(|error| error.to_string())
}

const PATCH_MAKE_EXAMPLES: &str = "\
Examples:
  orchestrator patch make old.js new.js
  orchestrator patch make release-1 release-2 > changes.diff

Exit codes: 0 all of it was compared, 1 something was left out (links, binary files), 2 a wrong call or a disk that failed.";

/// Makes a patch.
#[derive(Debug, Args)]
pub(crate) struct PatchMakeArgs {
    /// The file or folder before.
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The file or folder after.
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
}

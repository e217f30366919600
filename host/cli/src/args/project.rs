//! What can be typed after `orchestrator projects`, or `project`, as it was once called.

use super::values;
use crate::settings::Flags;
use clap::{Args, Subcommand};
use orchestrator::{ProjectId, archive::Format};
use std::path::PathBuf;

pub(super) const PROJECTS_EXAMPLES: &str = "\
Examples:
  orchestrator projects import shop ./my-shop
  orchestrator projects import shop https://example.org/shop.git
  orchestrator projects diff shop
  orchestrator projects snapshots shop
  orchestrator projects restore shop 3f9a1c20
  orchestrator projects export shop --output shop.tar.gz
  orchestrator projects delete shop

Exit codes: 0 it was done, 1 it could not be done.";

/// Works on the files of projects.
#[derive(Debug, Args)]
pub(crate) struct ProjectsArgs {
    /// What to do; lists the projects when nothing is said.
    #[command(subcommand)]
    pub(crate) command: Option<ProjectsCommand>,
    /// Print the list of projects as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectsCommand {
    /// List the projects.
    #[command(visible_alias = "ls")]
    List {
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
    /// List a project's files.
    Files {
        /// The project.
        project: ProjectId,
        /// As this snapshot has them.
        #[arg(long, value_name = "ID")]
        snapshot: Option<String>,
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
    /// List a project's snapshots, newest first: before and after each step, restore and import.
    Snapshots {
        /// The project.
        project: ProjectId,
        /// At most so many.
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = values::count(1))]
        limit: u64,
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show what changed, as a unified diff: since before the last run, unless told otherwise.
    Diff {
        /// The project.
        project: ProjectId,
        /// From this snapshot.
        #[arg(long, value_name = "ID")]
        from: Option<String>,
        /// To this snapshot; the files as they are without it.
        #[arg(long, value_name = "ID")]
        to: Option<String>,
    },
    /// Make a project what it was, all of it or nothing.
    Restore {
        /// The project.
        project: ProjectId,
        /// The snapshot, or the first eight digits of its id or more.
        #[arg(value_name = "SNAPSHOT")]
        snapshot: String,
    },
    /// Bring files in, as a project's starting point.
    Import {
        /// The project; made if it is not there.
        project: ProjectId,
        /// A folder, a zip or tar.gz file, or the address of a git repository.
        #[arg(value_name = "SOURCE")]
        source: String,
        /// Folders to take off the front of each name in an archive.
        #[arg(long, value_name = "N", default_value_t = 0, value_parser = strip, allow_negative_numbers = true)]
        strip: usize,
        /// Let files go that are there and not in SOURCE, but for those that no snapshot could bring back.
        #[arg(long)]
        replace: bool,
    },
    /// Delete a project with its files, snapshots and runs.
    Delete {
        /// The project.
        project: ProjectId,
        /// Do not ask first.
        #[arg(long, short)]
        yes: bool,
    },
    /// Take a project away as one file.
    Export {
        /// The project.
        project: ProjectId,
        /// As this snapshot has it.
        #[arg(long, value_name = "ID")]
        snapshot: Option<String>,
        /// The format; without it the name of the file says it.
        #[arg(long, value_parser = values::format())]
        format: Option<Format>,
        /// The file; `-` for standard output. Without it, the project's name with the format's ending.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Most folders that can be taken off.
const STRIP_MAX: usize = 8;

fn strip(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number <= STRIP_MAX);
    number.ok_or_else(|| format!("give a number from 0 to {STRIP_MAX}"))
}

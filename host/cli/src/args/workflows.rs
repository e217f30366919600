//! What can be typed after `orchestrator workflows`.

use super::values;
use crate::settings::Flags;
use clap::{Args, Subcommand};
use std::path::PathBuf;

pub(super) const WORKFLOWS_EXAMPLES: &str = "\
Examples:
  orchestrator workflows show bolt_standard
  orchestrator workflows show quick_iteration --json > mine.json
  orchestrator workflows create mine.json
  orchestrator workflows delete mine

A definition is JSON, as the API takes it, or TOML of the same form where the file's name ends in .toml. \
Exit codes: 0 it was done, 1 it could not be done.";

/// Works on workflows.
#[derive(Debug, Args)]
pub(crate) struct WorkflowsArgs {
    /// What to do; lists the workflows when nothing is said.
    #[command(subcommand)]
    pub(crate) command: Option<WorkflowsCommand>,
    /// Print the list of workflows as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WorkflowsCommand {
    /// List the workflows.
    #[command(visible_alias = "ls")]
    List {
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show the steps of a workflow.
    Show {
        /// The workflow.
        #[arg(value_parser = values::workflow::<String>(), hide_possible_values = true)]
        name: String,
        /// Print it as JSON, which `create` and `replace` take.
        #[arg(long)]
        json: bool,
    },
    /// Create a workflow.
    Create {
        /// Its definition; `-` for standard input.
        #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Put another definition in place of the workflow of that name.
    Replace {
        /// Its definition; `-` for standard input.
        #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Delete a workflow. Runs under way keep theirs.
    #[command(visible_alias = "rm")]
    Delete {
        /// The workflow.
        name: String,
    },
}

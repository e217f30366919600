//! What can be typed after `orchestrator run`.

use super::values;
use crate::settings::Flags;
use clap::Args;
use orchestrator::{IfBusy, ProjectId, WorkflowName};

pub(super) const RUN_EXAMPLES: &str = "\
Examples:
  orchestrator run \"Build a calculator with tests\"
  orchestrator run \"Make the header blue\" --project calculator
  orchestrator run \"Add tests\" --from ./my-shop --workflow quick_iteration
  orchestrator run \"Build a blog\" --json | jq -r .message

A request of one word that is a command's, such as list, is taken after `--` alone: orchestrator run -- list

Exit codes: 0 the run ended and nothing that ran last failed, 1 a step or what was made failed, or it could not \
start, 130 Ctrl-C cancelled it.";

/// Builds or changes one project.
#[derive(Debug, Args)]
#[command(override_usage = "orchestrator run [OPTIONS] <REQUEST>")]
pub(crate) struct RunArgs {
    /// What to build or change, in plain words.
    #[arg(value_name = "REQUEST", required_unless_present = "verbatim")]
    request: Option<String>,
    /// The request, whatever it is.
    #[arg(value_name = "REQUEST", last = true, hide = true, conflicts_with = "request")]
    verbatim: Option<String>,
    /// The project; names a folder. Without it a new one is made and named after the request.
    #[arg(long, value_name = "NAME")]
    pub(crate) project: Option<ProjectId>,
    /// The workflow.
    #[arg(long, value_name = "NAME", default_value = "bolt_standard", hide_possible_values = true,
          value_parser = values::workflow::<WorkflowName>())]
    pub(crate) workflow: WorkflowName,
    /// Start from these files: a folder, a .zip or .tar.gz file, or the address of a git repository.
    #[arg(long, value_name = "SOURCE")]
    pub(crate) from: Option<String>,
    /// What to do while another run, or a change of its files, is at work on the project: give up, or wait in line.
    #[arg(long, value_name = "WHAT", default_value = "reject", value_parser = values::if_busy())]
    pub(crate) if_busy: IfBusy,
    /// Print the events as JSON, one a line, instead of telling what happens.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

impl RunArgs {
    /// What to build or change.
    pub(crate) fn request(&self) -> &str {
        self.verbatim.as_ref().or(self.request.as_ref()).map_or("", String::as_str)
    }

    /// Whether it was given after `--`, to be taken whatever it is.
    pub(crate) fn is_verbatim(&self) -> bool {
        self.verbatim.is_some()
    }
}

//! What can be typed after `orchestrator runs`.

use super::values;
use crate::settings::Flags;
use clap::{Args, Subcommand};
use orchestrator::{ProjectId, RunId, RunStatus, WorkflowName};

pub(super) const RUNS_EXAMPLES: &str = "\
Examples:
  orchestrator runs
  orchestrator runs list --status failed --project shop
  orchestrator runs events 01890a5d-ac96-774b-bcce-b302099a8057 --follow
  orchestrator runs cancel 01890a5d-ac96-774b-bcce-b302099a8057
  orchestrator runs delete 01890a5d-ac96-774b-bcce-b302099a8057
  orchestrator runs --server http://127.0.0.1:8000

Exit codes: 0 it was done, 1 it could not be done; with --follow as of `orchestrator run`.";

/// Runs in a list unless another number is asked for.
const LIMIT: u64 = 20;

/// Works on runs.
#[derive(Debug, Args)]
pub(crate) struct RunsArgs {
    /// What to do; lists runs when nothing is said.
    #[command(subcommand)]
    pub(crate) command: Option<RunsCommand>,
    #[command(flatten)]
    pub(crate) list: RunsListArgs,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// List runs, newest first.
    #[command(visible_alias = "ls")]
    List(RunsListArgs),
    /// Show how a run stands, what it made and what it cost.
    Show {
        /// The run.
        #[arg(value_name = "ID", value_parser = values::run_id)]
        run: RunId,
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Tell what happened in a run.
    Events(RunsEventsArgs),
    /// End a run; what it wrote stays.
    Cancel {
        /// The run.
        #[arg(value_name = "ID", value_parser = values::run_id)]
        run: RunId,
        /// Print the run as it is then as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Delete a run that is over, with its events; what it wrote stays.
    Delete {
        /// The run.
        #[arg(value_name = "ID", value_parser = values::run_id)]
        run: RunId,
        /// Do not ask first.
        #[arg(long, short)]
        yes: bool,
    },
}

/// Which runs to list.
#[derive(Debug, Args)]
pub(crate) struct RunsListArgs {
    /// Runs of this project alone.
    #[arg(long, value_name = "NAME")]
    pub(crate) project: Option<ProjectId>,
    /// Runs of this workflow alone.
    #[arg(long, value_name = "NAME", value_parser = values::workflow::<WorkflowName>(), hide_possible_values = true)]
    pub(crate) workflow: Option<WorkflowName>,
    /// Runs with this status alone.
    #[arg(long, value_parser = values::status())]
    pub(crate) status: Option<RunStatus>,
    /// At most so many, 1 or more.
    #[arg(long, value_name = "N", default_value_t = LIMIT, value_parser = values::count(1))]
    pub(crate) limit: u64,
    /// Print them as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which events to tell.
#[derive(Debug, Args)]
pub(crate) struct RunsEventsArgs {
    /// The run.
    #[arg(value_name = "ID", value_parser = values::run_id)]
    pub(crate) run: RunId,
    /// Events after this number alone.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = values::count(0))]
    pub(crate) after: u64,
    /// Go on with what comes, until the run is over or Ctrl-C, which leaves the run alone.
    #[arg(long)]
    pub(crate) follow: bool,
    /// Print the events as JSON, one a line.
    #[arg(long)]
    pub(crate) json: bool,
}

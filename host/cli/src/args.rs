//! What can be typed.

use crate::settings::Flags;
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use orchestrator::{ProjectId, WorkflowName};
use std::path::PathBuf;

/// One sentence in, a working project out.
///
/// Runs a workflow of agents (plan, write, run, fix, document). Each agent is a sandboxed WebAssembly component that
/// can be replaced while the program runs.
#[derive(Debug, Parser)]
#[command(name = "orchestrator", version, after_help = EXAMPLES, max_term_width = 110, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  orchestrator run \"Build a todo app with React\"
  orchestrator run \"Add dark mode\" --project my-todo-app --workflow quick_iteration
  orchestrator serve --listen 127.0.0.1:8000

Without a key in ANTHROPIC_API_KEY or OPENAI_API_KEY, answers are replayed from a script, and the program says so.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the HTTP API.
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArgs),
    /// Build or change one project, here and now.
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArgs),
    /// List the plugins that would serve, and the files that were refused.
    Plugins(PluginsArgs),
    /// Look at the policy: what plugins may do.
    #[command(after_help = POLICY_EXAMPLES)]
    Policy(PolicyArgs),
    /// Show the settings in force and where each comes from.
    Config(ConfigArgs),
    /// Print the OpenAPI document of the HTTP API.
    Openapi,
    /// Print a completion script for a shell.
    #[command(
        after_help = "Example:\n  orchestrator completions bash > ~/.local/share/bash-completion/completions/orchestrator"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

const SERVE_EXAMPLES: &str = "\
Examples:
  orchestrator serve
  orchestrator serve --listen 0.0.0.0:8000 --cors-origin https://studio.example.org
  orchestrator serve --model scripted --data-dir /tmp/try-it

Ctrl-C stops in order: runs get a last event, streams end. A second Ctrl-C stops at once.";

/// Serves the HTTP API.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) flags: Flags,
}

const RUN_EXAMPLES: &str = "\
Examples:
  orchestrator run \"Build a calculator with tests\"
  orchestrator run \"Make the header blue\" --project calculator
  orchestrator run \"Build a blog\" --json | jq -r 'select(.type == \"file_complete\").data.path'

Exit codes: 0 the run succeeded, 1 it failed or could not start, 130 Ctrl-C cancelled it.";

/// Builds or changes one project.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// What to build or change, in plain words.
    #[arg(value_name = "REQUEST")]
    pub(crate) request: String,
    /// The project; names a folder. Without it a new one is made and named after the request.
    #[arg(long, value_name = "NAME")]
    pub(crate) project: Option<ProjectId>,
    /// The workflow.
    #[arg(long, value_name = "NAME", default_value = "bolt_standard")]
    pub(crate) workflow: WorkflowName,
    /// Print the events as JSON, one a line, instead of telling what happens.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

/// Lists the plugins.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 every file in the plugins folder serves, 1 at least one was refused.")]
pub(crate) struct PluginsArgs {
    /// Print them as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

const POLICY_EXAMPLES: &str = "\
Examples:
  orchestrator policy check ./policy.toml
  orchestrator policy show
  orchestrator policy schema > policy.schema.json";

/// Looks at the policy.
#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Say what is wrong with a policy file. Exit codes: 0 nothing, 1 something.
    Check {
        /// The file; the one in force when none is given.
        file: Option<PathBuf>,
        #[command(flatten)]
        flags: Flags,
    },
    /// Show what is in force and where each value comes from.
    Show {
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        flags: Flags,
    },
    /// Print the JSON Schema of a policy file, for editors.
    Schema,
}

/// Shows the settings.
#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(flatten)]
    pub(crate) flags: Flags,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_project_that_is_no_folder_name_is_refused() {
        let error = Cli::try_parse_from(["orchestrator", "run", "x", "--project", "../etc"]).unwrap_err();
        assert!(error.to_string().contains("is not allowed"), "{error}");
    }
}

//! What can be typed.

mod access;
mod patch;
mod project;
mod time;

pub(crate) use access::{AuditArgs, PolicyArgs, PolicyCommand, TokenArgs, TokenCommand, TokenCreateArgs};
pub(crate) use patch::{PatchApplyArgs, PatchArgs, PatchCommand, PatchMakeArgs};
pub(crate) use project::{ProjectArgs, ProjectCommand};

use crate::settings::Flags;
use access::{AUDIT_EXAMPLES, POLICY_EXAMPLES, TOKEN_EXAMPLES};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use orchestrator::{ProjectId, WorkflowName};
use project::PROJECT_EXAMPLES;

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
    /// Look at the files of projects, bring them in, take them away, go back.
    #[command(after_help = PROJECT_EXAMPLES)]
    Project(ProjectArgs),
    /// Apply patches as models write them, or make one.
    Patch(PatchArgs),
    /// List the plugins that would serve, and the files that were refused.
    Plugins(PluginsArgs),
    /// Look at the policy: what plugins may do.
    #[command(after_help = POLICY_EXAMPLES)]
    Policy(PolicyArgs),
    /// Make, list and revoke the tokens that the API asks for.
    #[command(after_help = TOKEN_EXAMPLES)]
    Token(TokenArgs),
    /// Show who did what, and when.
    #[command(after_help = AUDIT_EXAMPLES)]
    Audit(AuditArgs),
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
  orchestrator serve --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem
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
  orchestrator run \"Add tests\" --from ./my-shop --workflow quick_iteration
  orchestrator run \"Build a blog\" --json | jq -r 'select(.type == \"file_complete\").data.path'

Exit codes: 0 the run ended and nothing that ran last failed, 1 a step or what was made failed, or it could not
start, 130 Ctrl-C cancelled it.";

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
    /// Start from these files: a folder, a .zip or .tar.gz file, or the address of a git repository.
    #[arg(long, value_name = "SOURCE")]
    pub(crate) from: Option<String>,
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

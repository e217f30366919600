//! What can be typed.

mod access;
mod agents;
mod help;
mod patch;
mod project;
mod run;
mod runs;
mod time;
mod values;
mod workflows;

pub(crate) use access::{AuditArgs, PolicyArgs, PolicyCommand, TokenArgs, TokenCommand, TokenCreateArgs};
pub(crate) use agents::{AgentsArgs, AgentsCommand};
pub(crate) use help::{command, read};
pub(crate) use patch::{PatchApplyArgs, PatchArgs, PatchCommand, PatchMakeArgs};
pub(crate) use project::{ProjectsArgs, ProjectsCommand};
pub(crate) use run::RunArgs;
pub(crate) use runs::{RunsArgs, RunsCommand, RunsEventsArgs, RunsListArgs};
pub(crate) use workflows::{WorkflowsArgs, WorkflowsCommand};

use crate::settings::Flags;
use access::{AUDIT_EXAMPLES, POLICY_EXAMPLES, TOKEN_EXAMPLES};
use agents::AGENTS_EXAMPLES;
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use project::PROJECTS_EXAMPLES;
use run::RUN_EXAMPLES;
use runs::RUNS_EXAMPLES;
use workflows::WORKFLOWS_EXAMPLES;

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
  orchestrator run \"Add dark mode\" --project todo --workflow quick_iteration
  orchestrator serve --listen 127.0.0.1:8000
  orchestrator runs --server http://127.0.0.1:8000

Exit codes: 0 it was done, 1 it could not be done, 2 the command line cannot be understood, 130 Ctrl-C ended it; \
the help of a command says where it has others.

Without a key in ANTHROPIC_API_KEY or OPENAI_API_KEY, answers are replayed from a script, and the program says so.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the HTTP API.
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArgs),
    /// Build or change one project, here and now.
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArgs),
    /// List runs, look at them, follow them, end and delete them.
    #[command(after_help = RUNS_EXAMPLES)]
    Runs(RunsArgs),
    /// List projects; look at their files, bring them in, take them away, go back, delete.
    #[command(visible_alias = "project", after_help = PROJECTS_EXAMPLES)]
    Projects(ProjectsArgs),
    /// List agents, set their prompts and models, have their steps skipped.
    #[command(visible_alias = "agent", after_help = AGENTS_EXAMPLES)]
    Agents(AgentsArgs),
    /// List workflows, create, replace and delete them.
    #[command(visible_alias = "workflow", after_help = WORKFLOWS_EXAMPLES)]
    Workflows(WorkflowsArgs),
    /// List the models that are known, with their contexts and prices.
    #[command(visible_alias = "model", after_help = MODELS_EXAMPLES)]
    Models(ModelsArgs),
    /// Say whether a server, or what a server would start with, is well.
    Health(HealthArgs),
    /// Apply patches as models write them, or make one.
    Patch(PatchArgs),
    /// List the plugins that would serve, and the files that were refused.
    #[command(visible_alias = "plugin")]
    Plugins(PluginsArgs),
    /// Look at the policy: what plugins may do.
    #[command(after_help = POLICY_EXAMPLES)]
    Policy(PolicyArgs),
    /// Make, list and revoke the tokens that the API asks for.
    #[command(visible_alias = "tokens", after_help = TOKEN_EXAMPLES)]
    Token(TokenArgs),
    /// Show who did what, and when.
    #[command(after_help = AUDIT_EXAMPLES)]
    Audit(AuditArgs),
    /// Show the settings in force, where each comes from, and which cannot be used.
    Config(ConfigArgs),
    /// Print the OpenAPI document of the HTTP API.
    Openapi,
    /// Print a completion script for a shell.
    #[command(
        after_help = COMPLETIONS_EXAMPLES
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  mkdir -p ~/.local/share/bash-completion/completions
  orchestrator completions bash > ~/.local/share/bash-completion/completions/orchestrator

  mkdir -p ~/.config/fish/completions
  orchestrator completions fish > ~/.config/fish/completions/orchestrator.fish";

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

const MODELS_EXAMPLES: &str = "\
Examples:
  orchestrator models
  orchestrator models --model openai --models-file ./models.toml

Prices are list prices in US dollars of a million tokens. A model that is not listed can be asked all the same, \
if the service has it. Exit codes: 0 they were listed, 1 the models file cannot be used.";

/// Lists models.
#[derive(Debug, Args)]
pub(crate) struct ModelsArgs {
    /// Print everything that is known of them as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

/// Says whether all is well.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 it is healthy, 1 it is not, or cannot be reached.")]
pub(crate) struct HealthArgs {
    /// Print it as JSON.
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
#[command(
    after_help = "Exit codes: 0 every setting can be used, 1 one cannot, and nothing would start with it."
)]
pub(crate) struct ConfigArgs {
    /// Print them as JSON.
    #[arg(long)]
    pub(crate) json: bool,
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
        command().debug_assert();
    }

    #[test]
    fn a_project_that_is_no_folder_name_is_refused() {
        let error = Cli::try_parse_from(["orchestrator", "run", "x", "--project", "../etc"]).unwrap_err();
        assert!(error.to_string().contains("is not allowed"), "{error}");
    }
}

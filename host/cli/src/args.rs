//! What can be typed.

use crate::{audit::Since, settings::Flags, token::Span};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use orchestrator::{ProjectId, Role, RunId, TokenName, WorkflowName, archive::Format};
use orchestrator_core::RelativePath;
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
    /// Look at the files of projects, bring them in, take them away, go back.
    #[command(after_help = PROJECT_EXAMPLES)]
    Project(ProjectArgs),
    /// Apply patches as models write them, or make one.
    Patch(PatchArgs),
    /// List the plugins that would serve, and the files that were refused.
    Plugins(PluginsArgs),
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
    /// Start from these files: a folder, a .zip or .tar.gz file, or the address of a git repository.
    #[arg(long, value_name = "SOURCE")]
    pub(crate) from: Option<String>,
    /// Print the events as JSON, one a line, instead of telling what happens.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

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

const PROJECT_EXAMPLES: &str = "\
Examples:
  orchestrator project import shop ./my-shop
  orchestrator project import shop https://example.org/shop.git
  orchestrator project diff shop
  orchestrator project snapshots shop
  orchestrator project restore shop 3f9a1c20
  orchestrator project export shop --output shop.tar.gz";

/// Works on the files of projects.
#[derive(Debug, Args)]
pub(crate) struct ProjectArgs {
    #[command(subcommand)]
    pub(crate) command: ProjectCommand,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectCommand {
    /// List the projects.
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
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
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
        /// A folder, a .zip or .tar.gz file, or the address of a git repository.
        #[arg(value_name = "SOURCE")]
        source: String,
        /// Folders to take off the front of each name in an archive.
        #[arg(long, value_name = "N", default_value_t = 0)]
        strip: usize,
        /// Let files go that are there and not in SOURCE.
        #[arg(long)]
        replace: bool,
    },
    /// Take a project away as one file.
    Export {
        /// The project.
        project: ProjectId,
        /// As this snapshot has it.
        #[arg(long, value_name = "ID")]
        snapshot: Option<String>,
        /// The format; follows from the name of the file where there is one.
        #[arg(long, value_name = "zip|tar.gz", value_parser = format)]
        format: Option<Format>,
        /// The file; `-` for standard output. Without it, the project's name with the format's ending.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

fn format(text: &str) -> Result<Format, String> {
    Format::parse(text).ok_or_else(|| "give zip or tar.gz".to_owned())
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

const TOKEN_EXAMPLES: &str = "\
Examples:
  orchestrator token create ada --role admin
  orchestrator token create ci --role runner --expires 90d
  orchestrator token list
  orchestrator token revoke ci

A viewer may look, a runner may also start and cancel runs, an admin may do everything. Works while a server runs.";

/// Makes, lists and revokes tokens.
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    #[command(subcommand)]
    pub(crate) command: TokenCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print it, this once.
    Create(TokenCreateArgs),
    /// List the tokens.
    List {
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        flags: Flags,
    },
    /// Revoke a token: it is refused from the next request on, and streams that it opened end.
    Revoke {
        /// Whose it is.
        name: TokenName,
        #[command(flatten)]
        flags: Flags,
    },
}

/// Makes a token.
#[derive(Debug, Args)]
pub(crate) struct TokenCreateArgs {
    /// Whose it is, or what for; the audit calls its holder so.
    pub(crate) name: TokenName,
    /// What its holder may do: viewer, runner or admin.
    #[arg(long)]
    pub(crate) role: Role,
    /// After how long it is of no use, such as 12h, 90d or 4w. Never, unless this is given.
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<Span>,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

const AUDIT_EXAMPLES: &str = "\
Examples:
  orchestrator audit --since 7d
  orchestrator audit --action token --follow
  orchestrator audit --actor ada --json | jq -r .subject";

/// Shows the audit.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// From this time on (2026-01-31T12:00:00Z), or so long ago (2h, 7d).
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<Since>,
    /// This action alone (token.create), or this family of actions (token).
    #[arg(long)]
    pub(crate) action: Option<String>,
    /// What this actor did alone: a token's name, or local, cli, library, system, unknown.
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,
    /// What was done in or to this run alone.
    #[arg(long, value_name = "ID")]
    pub(crate) run: Option<RunId>,
    /// At most so many of the newest.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub(crate) limit: usize,
    /// Print them as JSON, one a line.
    #[arg(long)]
    pub(crate) json: bool,
    /// Go on with what comes, until Ctrl-C.
    #[arg(long)]
    pub(crate) follow: bool,
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

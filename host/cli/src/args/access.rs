//! What can be typed after `orchestrator token`, `audit` and `policy`.

use super::{
    time::{Since, Span},
    values,
};
use crate::settings::Flags;
use clap::{Args, Subcommand};
use orchestrator::{Role, RunId, TokenName};
use std::path::PathBuf;

pub(super) const TOKEN_EXAMPLES: &str = "\
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
    /// What its holder may do.
    #[arg(long, value_parser = values::role())]
    pub(crate) role: Role,
    /// After how long it is of no use, such as 12h, 90d or 4w. Never, unless this is given.
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<Span>,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

pub(super) const AUDIT_EXAMPLES: &str = "\
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
    #[arg(long, value_name = "ID", value_parser = values::run_id)]
    pub(crate) run: Option<RunId>,
    /// At most so many of the newest.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = values::count(0))]
    pub(crate) limit: u64,
    /// Print them as JSON, one a line.
    #[arg(long)]
    pub(crate) json: bool,
    /// Go on with what comes, until Ctrl-C.
    #[arg(long)]
    pub(crate) follow: bool,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

pub(super) const POLICY_EXAMPLES: &str = "\
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

//! What can be typed after `orchestrator agents`.

use super::values;
use crate::settings::Flags;
use clap::{Args, Subcommand};
use std::path::PathBuf;

pub(super) const AGENTS_EXAMPLES: &str = "\
Examples:
  orchestrator agents
  orchestrator agents set-model writer opus
  orchestrator agents set-prompt writer --file prompt.md
  orchestrator agents disable documenter

Changes are kept, and reach runs that start from then on. Exit codes: 0 it was done, 1 it could not be done.";

/// Works on agents.
#[derive(Debug, Args)]
pub(crate) struct AgentsArgs {
    /// What to do; lists the agents when nothing is said.
    #[command(subcommand)]
    pub(crate) command: Option<AgentsCommand>,
    /// Print the list of agents as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AgentsCommand {
    /// List the agents.
    #[command(visible_alias = "ls")]
    List {
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show an agent with its system prompt.
    Show {
        /// The agent.
        #[arg(value_parser = values::agent(), hide_possible_values = true)]
        agent: String,
        /// Print the system prompt and nothing else.
        #[arg(long, conflicts_with = "json")]
        prompt: bool,
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Set the system prompt of an agent.
    SetPrompt {
        /// The agent.
        #[arg(value_parser = values::agent(), hide_possible_values = true)]
        agent: String,
        /// The prompt.
        #[arg(value_name = "TEXT", required_unless_present = "file")]
        text: Option<String>,
        /// Read the prompt from this file; `-` for standard input.
        #[arg(long, value_name = "FILE", conflicts_with = "text", value_hint = clap::ValueHint::FilePath)]
        file: Option<PathBuf>,
    },
    /// Go back to the agent's own system prompt.
    ResetPrompt {
        /// The agent.
        #[arg(value_parser = values::agent(), hide_possible_values = true)]
        agent: String,
    },
    /// Set the model of an agent.
    SetModel {
        /// The agent.
        #[arg(value_parser = values::agent(), hide_possible_values = true)]
        agent: String,
        /// An alias such as `opus`, or a model's id; `orchestrator models` lists what is known.
        #[arg(value_name = "MODEL")]
        id: String,
    },
    /// Have an agent's steps done again.
    Enable {
        /// The agent.
        #[arg(value_parser = values::agent(), hide_possible_values = true)]
        agent: String,
    },
    /// Have an agent's steps skipped.
    Disable {
        /// The agent.
        #[arg(value_parser = values::agent(), hide_possible_values = true)]
        agent: String,
    },
}

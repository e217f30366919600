//! `orchestrator agents`: looking at agents and changing what they are asked with.

use crate::{
    args::{AgentsArgs, AgentsCommand},
    clean::clean,
    error::CliError,
    output,
    target::{Purpose, Target, on_target},
};
use orchestrator::{AgentDetail, AgentView};
use reqwest::Method;
use serde_json::{Value, json};
use std::{fs, io, path::Path, process::ExitCode};

/// Does what was asked of agents.
pub(crate) async fn agents(args: AgentsArgs) -> Result<ExitCode, CliError> {
    let command = args.command.unwrap_or(AgentsCommand::List { json: args.json });
    // Before anything is opened: whoever types a prompt at a terminal may take a while.
    let command = with_prompt(command)?;
    let purpose = match command {
        AgentsCommand::List { .. } | AgentsCommand::Show { .. } => Purpose::Look,
        _ => Purpose::Begin,
    };
    on_target(&args.flags, purpose, async |target| perform(target, command).await).await
}

async fn perform(target: &Target, command: AgentsCommand) -> Result<ExitCode, CliError> {
    match command {
        AgentsCommand::List { json } => {
            let agents = list(target).await?;
            if json { output::json(&agents)? } else { tell_list(&agents)? }
        }
        AgentsCommand::Show { agent, prompt, json } => {
            let agent = show(target, &agent).await?;
            match (prompt, json) {
                (true, _) => output::bytes(agent.system_prompt.as_bytes())?,
                (false, true) => output::json(&agent)?,
                (false, false) => tell(&agent)?,
            }
        }
        AgentsCommand::SetPrompt { agent, text, file: _ } => {
            let prompt = text.unwrap_or_default();
            set_prompt(target, &agent, prompt).await?;
            done(&agent, "has another system prompt")?;
        }
        AgentsCommand::ResetPrompt { agent } => {
            reset_prompt(target, &agent).await?;
            done(&agent, "has its own system prompt again")?;
        }
        AgentsCommand::SetModel { agent, id } => {
            let told = format!("asks the model {}", clean(&id));
            set_model(target, &agent, id).await?;
            done(&agent, &told)?;
        }
        AgentsCommand::Enable { agent } => {
            set_enabled(target, &agent, true).await?;
            done(&agent, "is enabled")?;
        }
        AgentsCommand::Disable { agent } => {
            set_enabled(target, &agent, false).await?;
            done(&agent, "is disabled: its steps are skipped")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn done(agent: &str, what: &str) -> Result<(), CliError> {
    output::line(&format!("The agent '{}' {what}, in runs that start from now on", clean(agent)))
}

/// Reads the prompt from where it is, and refuses one that is empty.
fn with_prompt(command: AgentsCommand) -> Result<AgentsCommand, CliError> {
    let AgentsCommand::SetPrompt { agent, text, file } = command else { return Ok(command) };
    let text = match &file {
        Some(file) => read(file)?,
        None => text.unwrap_or_default(),
    };
    if text.trim().is_empty() {
        return Err(CliError::Usage(format!(
            "the prompt is empty; `orchestrator agents reset-prompt {agent}` goes back to the agent's own"
        )));
    }
    Ok(AgentsCommand::SetPrompt { agent, text: Some(text), file: None })
}

/// The text in a file, or of standard input for `-`.
pub(crate) fn read(file: &Path) -> Result<String, CliError> {
    let text =
        if file.as_os_str() == "-" { io::read_to_string(io::stdin()) } else { fs::read_to_string(file) };
    // Editors on some systems begin a file with a mark that is none of the text.
    text.map(|text| text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
        .map_err(|source| CliError::File { path: file.to_owned(), source })
}

async fn list(target: &Target) -> Result<Vec<AgentView>, CliError> {
    match target {
        Target::Folder(orchestrator) => Ok(orchestrator.agent_registry.list()),
        Target::Server(client) => Ok(client.get(&["agents"], &[]).await?),
    }
}

async fn show(target: &Target, agent: &str) -> Result<AgentDetail, CliError> {
    match target {
        Target::Folder(orchestrator) => Ok(orchestrator.agent_registry.get(agent)?),
        Target::Server(client) => Ok(client.get(&["agents", agent], &[]).await?),
    }
}

async fn set_prompt(target: &Target, agent: &str, prompt: String) -> Result<(), CliError> {
    match target {
        Target::Folder(orchestrator) => {
            orchestrator.agent_registry.set_prompt(agent, prompt).await?;
            Ok(())
        }
        Target::Server(_) => put(target, agent, "prompt", &json!({"system_prompt": prompt})).await,
    }
}

async fn reset_prompt(target: &Target, agent: &str) -> Result<(), CliError> {
    match target {
        Target::Folder(orchestrator) => {
            orchestrator.agent_registry.reset_prompt(agent).await?;
            Ok(())
        }
        Target::Server(client) => Ok(client.delete(&["agents", agent, "prompt"]).await?),
    }
}

async fn set_model(target: &Target, agent: &str, model: String) -> Result<(), CliError> {
    match target {
        Target::Folder(orchestrator) => {
            orchestrator.agent_registry.set_model(agent, model).await?;
            Ok(())
        }
        Target::Server(_) => put(target, agent, "model", &json!({"model": model})).await,
    }
}

async fn set_enabled(target: &Target, agent: &str, enabled: bool) -> Result<(), CliError> {
    match target {
        Target::Folder(orchestrator) => {
            orchestrator.agent_registry.set_enabled(agent, enabled).await?;
            Ok(())
        }
        Target::Server(_) => {
            put(target, agent, if enabled { "enable" } else { "disable" }, &Value::Null).await
        }
    }
}

async fn put(target: &Target, agent: &str, what: &str, body: &Value) -> Result<(), CliError> {
    if let Target::Server(client) = target {
        let _: Value = client.change(Method::PUT, &["agents", agent, what], body).await?;
    }
    Ok(())
}

fn tell_list(agents: &[AgentView]) -> Result<(), CliError> {
    let head = ["AGENT", "MODEL", "STATUS", "PROMPT", "PURPOSE"].map(str::to_owned);
    let row = |agent: &AgentView| {
        let state = if agent.enabled { "enabled" } else { "disabled" };
        let prompt = if agent.has_custom_prompt { "set" } else { "own" };
        [agent.agent_type.as_str(), &agent.model, state, prompt, &agent.purpose].map(clean)
    };
    output::table(std::iter::once(head).chain(agents.iter().map(row)).collect(), &[1, 4])
}

fn tell(detail: &AgentDetail) -> Result<(), CliError> {
    let AgentDetail { agent, system_prompt, effort, set, options_schema: _ } = detail;
    let effort = effort.map_or_else(|| "as the service decides".to_owned(), |effort| effort.to_string());
    let options = set.options.iter().map(|(name, value)| format!("{name} = {value}"));
    let options = options.collect::<Vec<_>>().join(", ");
    output::pairs(&[
        ("Agent", agent.agent_type.to_string()),
        ("Purpose", clean(&agent.purpose)),
        ("Status", if agent.enabled { "enabled" } else { "disabled: its steps are skipped" }.to_owned()),
        ("Model", clean(&agent.model)),
        ("Temperature", agent.temperature.to_string()),
        ("Effort", effort),
        ("Tokens", format!("{} at most in one answer", agent.max_tokens)),
        ("Options", if options.is_empty() { "its own".to_owned() } else { clean(&options) }),
        ("Plugin", format!("version {}, {:.12}", clean(&agent.version), clean(&agent.digest))),
        ("Prompt", if agent.has_custom_prompt { "set by an operator" } else { "its own" }.to_owned()),
    ])?;
    output::line("")?;
    system_prompt.lines().try_for_each(|line| output::line(&clean(line)))
}

//! `orchestrator health`: whether a server, or what a server would start with, is well.

use crate::{
    args::HealthArgs,
    clean::clean,
    error::CliError,
    output,
    target::{Purpose, Target, on_target},
};
use serde_json::Value;
use std::process::ExitCode;

/// Says it, and fails where it is not.
pub(crate) async fn health(args: HealthArgs) -> Result<ExitCode, CliError> {
    let json = args.json;
    on_target(&args.flags, Purpose::Look, async |target| {
        // Not of one type: a server tells callers without a token the status and no more.
        let health: Value = match target {
            Target::Folder(orchestrator) => {
                serde_json::to_value(orchestrator.health()).map_err(|error| CliError::Output(error.into()))?
            }
            Target::Server(client) => client.get(&["health"], &[]).await?,
        };
        if json {
            output::json(&health)?
        } else {
            tell(&health)?
        }
        Ok(if health["status"] == "healthy" { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
    .await
}

fn tell(health: &Value) -> Result<(), CliError> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(clean(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let sandbox = &health["sandbox"];
    let rows = [
        ("Status", text(&health["status"])),
        ("Version", text(&health["version"])),
        ("Provider", text(&health["provider"])),
        ("Agents", text(&health["agents_count"])),
        ("Workflows", text(&health["workflows_count"])),
        ("Sandbox", text(&sandbox["actual"])),
        ("Network", text(&sandbox["network"])),
    ];
    let mut pairs: Vec<_> = rows.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let notices = health["notices"].as_array().into_iter().flatten().filter_map(text);
    pairs.extend(notices.map(|notice| ("Notice", notice)));
    output::pairs(&pairs)
}

//! `orchestrator policy`: look at the policy without starting anything.

use crate::{
    args::{PolicyArgs, PolicyCommand},
    error::CliError,
    output::{self, complain},
    settings::Settings,
};
use orchestrator::{Policy, policy_schema};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Checks, shows, or prints the schema.
pub(crate) fn policy(args: PolicyArgs) -> Result<ExitCode, CliError> {
    match args.command {
        PolicyCommand::Schema => {
            let schema = serde_json::to_string_pretty(&policy_schema());
            output::line(&schema.map_err(|error| CliError::Output(error.into()))?)?;
            Ok(ExitCode::SUCCESS)
        }
        PolicyCommand::Check { file, flags } => {
            let path = file.map_or_else(|| path(&Settings::resolve(&flags)?), Ok)?;
            check(&path)
        }
        PolicyCommand::Show { json, flags } => show(&path(&Settings::resolve(&flags)?)?, json),
    }
}

fn path(settings: &Settings) -> Result<PathBuf, CliError> {
    Ok(settings.config()?.policy())
}

fn check(path: &Path) -> Result<ExitCode, CliError> {
    match read(path)? {
        None => {
            complain(&format!("{} is not there; the program's own policy holds alone", path.display()));
            Ok(ExitCode::FAILURE)
        }
        Some(text) => match Policy::parse(&text, &path.display().to_string()) {
            Ok(policy) => {
                output::line(&format!("{} is right (digest {})", path.display(), policy.digest()))?;
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                error.to_string().lines().for_each(complain);
                Ok(ExitCode::FAILURE)
            }
        },
    }
}

fn show(path: &Path, json: bool) -> Result<ExitCode, CliError> {
    let policy = match read(path)? {
        Some(text) => Policy::parse(&text, &path.display().to_string()),
        None => Policy::built_in(),
    };
    let rows = policy?.rows();
    if json {
        let text = serde_json::to_string_pretty(&rows);
        output::line(&text.map_err(|error| CliError::Output(error.into()))?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let head = ["OF", "KEY", "VALUE", "FROM"].map(str::to_owned);
    let rows = rows.into_iter().map(|row| [row.of, row.key, row.value, row.from]);
    output::table(std::iter::once(head).chain(rows).collect())?;
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> Result<Option<String>, CliError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(CliError::ReadPolicy { path: path.to_owned(), source }),
    }
}

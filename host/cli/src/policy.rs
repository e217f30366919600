//! `orchestrator policy`: look at the policy without starting anything.

use crate::{
    args::{PolicyArgs, PolicyCommand},
    error::CliError,
    output::{self, complain},
    settings::Settings,
};
use orchestrator::{Policy, policy_schema};
use std::{path::Path, process::ExitCode};

/// Checks, shows, or prints the schema.
pub(crate) fn policy(args: PolicyArgs) -> Result<ExitCode, CliError> {
    match args.command {
        PolicyCommand::Schema => {
            let schema = serde_json::to_string_pretty(&policy_schema());
            output::line(&schema.map_err(|error| CliError::Output(error.into()))?)?;
            Ok(ExitCode::SUCCESS)
        }
        PolicyCommand::Check { file: Some(file), flags: _ } => check(&file, true),
        PolicyCommand::Check { file: None, flags } => {
            let settings = Settings::resolve(&flags)?;
            settings.stays_here("policy check", false)?;
            let config = settings.config()?;
            check(&config.policy(), config.policy_file.is_some())
        }
        PolicyCommand::Show { json, flags } => {
            let settings = Settings::resolve(&flags)?;
            settings.stays_here("policy show", false)?;
            show(&settings.config()?.policy(), json)
        }
    }
}

/// Checks the file, which has to be there if somebody named it.
fn check(path: &Path, is_named: bool) -> Result<ExitCode, CliError> {
    match read(path)? {
        None if is_named => Err(CliError::NoPolicy { path: path.to_owned() }),
        None => {
            output::line(&format!(
                "{} is not there, and need not be: the program's own policy holds",
                path.display()
            ))?;
            Ok(ExitCode::SUCCESS)
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
    output::table(std::iter::once(head).chain(rows).collect(), &[2, 3])?;
    Ok(ExitCode::SUCCESS)
}

/// Reads a policy file that somebody named, which therefore has to be there and to be right.
pub(crate) fn read_named(path: &Path) -> Result<(), CliError> {
    let text = read(path)?.ok_or_else(|| CliError::NoPolicy { path: path.to_owned() })?;
    Ok(Policy::parse(&text, &path.display().to_string()).map(drop)?)
}

fn read(path: &Path) -> Result<Option<String>, CliError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(CliError::ReadPolicy { path: path.to_owned(), source }),
    }
}

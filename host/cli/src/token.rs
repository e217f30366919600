//! `orchestrator token`: who may call the API.
//!
//! Works on the data folder's journal, beside a server that is at work there: whoever may write that file could let
//! themselves in anyway, so the file's permissions are what says who may.

use crate::{
    args::{TokenArgs, TokenCommand, TokenCreateArgs},
    error::CliError,
    looking::Looking,
    output,
    settings::{Flags, Settings},
    units,
};
use orchestrator::{Actor, Desk, TokenView};
use std::{path::PathBuf, process::ExitCode, time::Duration};

/// Makes, lists or revokes tokens.
pub(crate) async fn token(args: TokenArgs) -> Result<ExitCode, CliError> {
    match args.command {
        TokenCommand::Create(args) => create(args).await,
        TokenCommand::List { json, flags } => list(&flags, json).await,
        TokenCommand::Revoke { name, flags } => {
            let (desk, _looking) = desk(&flags, "token revoke", Does::Change)?;
            desk.tokens().revoke(Actor::CLI, name.as_str()).await?;
            output::line(&format!("Revoked '{name}'"))?;
            if !desk.tokens().any().await? {
                output::complain(
                    "note: there is no token left; a server on a loopback address asks for none, another lets nobody in",
                );
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The token alone goes to standard output, so that `$(…)` takes it and nothing else.
async fn create(args: TokenCreateArgs) -> Result<ExitCode, CliError> {
    let TokenCreateArgs { name, role, expires, flags } = args;
    let expires = expires.map(|duration| duration.0).map(from_now).transpose()?;
    let (desk, _) = desk(&flags, "token create", Does::Begin)?;
    let made = desk.tokens().create(Actor::CLI, name, role, expires).await?;
    let until = made
        .view
        .expires
        .map_or_else(|| "does not expire".to_owned(), |time| format!("expires {}", units::moment(time)));
    output::complain(&format!(
        "token '{}' with the role '{}', {until}; it is not shown again:",
        made.view.name, made.view.role
    ));
    output::line(&made.token.reveal())?;
    Ok(ExitCode::SUCCESS)
}

fn from_now(after: Duration) -> Result<orchestrator_core::Timestamp, CliError> {
    let unusable = |error: jiff::Error| CliError::Expires(error.to_string());
    orchestrator_core::Timestamp::now().checked_add(after).map_err(unusable)
}

async fn list(flags: &Flags, json: bool) -> Result<ExitCode, CliError> {
    let (desk, _looking) = desk(flags, "token list", Does::Look)?;
    let tokens = desk.tokens().list().await?;
    match json {
        true => output::json(&tokens)?,
        false => {
            let head = ["NAME", "ROLE", "BEGINS", "CREATED", "EXPIRES", "LAST USED"].map(str::to_owned);
            let none = "There is no token yet; `orchestrator token create NAME --role admin` makes one";
            output::table_or(none, std::iter::once(head).chain(tokens.iter().map(row)).collect(), &[])?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(token: &TokenView) -> [String; 6] {
    let time = |time: Option<orchestrator_core::Timestamp>, none: &str| {
        time.map_or_else(|| none.to_owned(), units::moment)
    };
    let expires = match token.expired {
        true => format!("{} (over)", time(token.expires, "")),
        false => time(token.expires, "never"),
    };
    [
        token.name.to_string(),
        token.role.to_string(),
        format!("{}…", token.begins),
        time(Some(token.created), ""),
        expires,
        time(token.last_used, "never"),
    ]
}

/// What a command does to the tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Look,
    Change,
    /// It may be the first to put something into the data folder.
    Begin,
}

/// The tokens, and what has to be kept for as long as they are used.
fn desk(
    flags: &Flags,
    command: &'static str,
    does: Does,
) -> Result<(Desk, Option<Looking<PathBuf>>), CliError> {
    let settings = Settings::resolve(flags)?;
    settings.stays_here(command, does != Does::Look)?;
    if does == Does::Begin {
        return Ok((Desk::open(settings.data_dir()?)?, None));
    }
    let looking = settings.data_to_look_at()?;
    Ok((Desk::open(&looking.at)?, Some(looking)))
}

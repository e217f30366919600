//! Where a command does its work: through a running server, or on the data folder itself.
//!
//! A data folder belongs to one program at a time, since each numbers the events of its runs in memory. So beside a
//! server that is at work there, only tokens, the audit and the plugins can be looked at without it (see
//! `orchestrator::Desk`); everything else goes through the server, whose address the refusal tells (see
//! [`crate::address`]).

use crate::{
    client::Client,
    error::CliError,
    logging,
    settings::{Flags, Settings},
};
use orchestrator::{Actor, Config, Orchestrator};
use std::{process::ExitCode, time::Duration};

/// How long the end of the program waits for the journal.
const GRACE: Duration = Duration::from_secs(10);

/// Where a command does its work.
pub(crate) enum Target {
    /// Through a server.
    Server(Client),
    /// On the data folder.
    Folder(Box<Orchestrator>),
}

/// What a command does to the data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It looks at what is there, or works on that; so it makes nothing where there is nothing (see [`crate::looking`]).
    Look,
    /// It can be the first to put something there.
    Begin,
}

/// Does `work` with what the settings say.
pub(crate) async fn on_target(
    flags: &Flags,
    purpose: Purpose,
    work: impl AsyncFnOnce(&Target) -> Result<ExitCode, CliError>,
) -> Result<ExitCode, CliError> {
    let settings = Settings::resolve(flags)?;
    logging::start(&settings, "warn")?;
    match (settings.named_server()?, purpose) {
        (Some(server), _) => work(&Target::Server(Client::new(server)?)).await,
        (None, Purpose::Begin) => on_folder(settings.config()?, work).await,
        (None, Purpose::Look) => {
            let looking = settings.config_to_look_at()?;
            on_folder(looking.at.clone(), work).await
        }
    }
}

/// Does `work` with an orchestrator of its own; what it wrote is safe then.
async fn on_folder(
    config: Config,
    work: impl AsyncFnOnce(&Target) -> Result<ExitCode, CliError>,
) -> Result<ExitCode, CliError> {
    let orchestrator = Orchestrator::open(config).await?.on_behalf_of(Actor::CLI);
    let target = Target::Folder(Box::new(orchestrator));
    let done = work(&target).await;
    if let Target::Folder(orchestrator) = target {
        orchestrator.shutdown(GRACE).await;
    }
    done
}

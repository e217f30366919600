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
use orchestrator::{Actor, Orchestrator};
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

impl Target {
    /// The server, if one is named in the settings, and else the data folder.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, CliError> {
        if let Some(server) = settings.named_server()? {
            return Ok(Self::Server(Client::new(server)?));
        }
        let orchestrator = Orchestrator::open(settings.config()?).await?;
        Ok(Self::Folder(Box::new(orchestrator.on_behalf_of(Actor::CLI))))
    }

    /// Lets it go; what was written is safe then.
    pub(crate) async fn close(self) {
        if let Self::Folder(orchestrator) = self {
            orchestrator.shutdown(GRACE).await;
        }
    }
}

/// What a command does to the data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It looks at what is there, or works on that; so something has to be there.
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
    if purpose == Purpose::Look && settings.named_server()?.is_none() {
        settings.has_data()?;
    }
    let target = Target::open(&settings).await?;
    let done = work(&target).await;
    target.close().await;
    done
}

//! `orchestrator serve`: the HTTP API.

use crate::{
    address::Told, args::ServeArgs, error::CliError, logging, open_files, output, settings::Settings, signals,
};
use orchestrator::{Orchestrator, open_to_others};
use orchestrator_server::ServerConfig;
use std::{net::SocketAddr, path::Path, process::ExitCode};
use tokio::net::TcpListener;

/// Serves until a signal says stop.
pub(crate) async fn serve(args: ServeArgs) -> Result<ExitCode, CliError> {
    let settings = Settings::resolve(&args.flags)?;
    logging::start(&settings, "info")?;
    settings.stays_here("serve", false)?;
    let mut config = settings.config()?;
    let few_files = open_files::prepare(&settings, &mut config);
    // First the address, which is quick to be refused; then the plugins, which can take seconds to compile. Clients
    // that come in between wait in the socket's backlog.
    let address = settings.listen();
    let refused = |source| CliError::Listen { address: address.to_owned(), source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    if config.commands.allow_none && !bound.ip().is_loopback() {
        return Err(CliError::NoneInPublic { address: bound.to_string() });
    }
    let server = settings.server(bound.ip().is_loopback())?;
    let stop = signals::stop()?;
    let data = config.data_dir.clone();
    let scheme = if server.tls.is_some() { "https" } else { "http" };
    // Refused before anything is said to be served.
    if let Some(tls) = &server.tls {
        tls.load()?;
    }
    let orchestrator = Orchestrator::open(config).await?;
    orchestrator_server::check_exposure(bound, &orchestrator).await?;
    let _told = Told::tell(&data, scheme, bound).inspect_err(
        |error| tracing::warn!(%error, "other commands cannot be told where this server listens"),
    );
    // A server serves whether or not its first lines are read.
    let say = |text: &str| output::unread(output::line(text));
    say(&format!(
        "Listening on {scheme}://{bound} (documentation: {scheme}://{bound}/docs, data: {})",
        data.display()
    ))?;
    let notes = notes(&bound, &server).into_iter().map(String::from);
    for note in notes.chain(open_folder(&data)).chain(few_files).chain(orchestrator.notices()) {
        say(&format!("Note: {note}"))?;
    }
    orchestrator_server::serve(listener, orchestrator, server, stop.cancelled_owned()).await?;
    say("Stopped")?;
    Ok(ExitCode::SUCCESS)
}

/// That other accounts of the machine may look into the data folder, where they may.
fn open_folder(data: &Path) -> Option<String> {
    let mode = open_to_others(data)?;
    Some(format!(
        "other accounts of this machine may enter the data folder (mode {mode:o}), which holds what the API keeps for those \
         with a token; close it with: chmod 700 {}",
        data.display()
    ))
}

/// What an operator should know about how the server is reached.
fn notes(bound: &SocketAddr, server: &ServerConfig) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if !bound.ip().is_loopback() && server.tls.is_none() {
        notes.push(
            "tokens cross the network in the open; use --tls-cert and --tls-key, or a proxy that speaks TLS",
        );
    }
    if server.lets_any_origin_in() && bound.ip().is_loopback() {
        notes.push("any web page that is open on this machine may call the API (--cors-origin '*')");
    }
    notes
}

//! `orchestrator serve`: the HTTP API.

use crate::{args::ServeArgs, error::CliError, logging, open_files, output, settings::Settings, signals};
use orchestrator::Orchestrator;
use std::process::ExitCode;
use tokio::net::TcpListener;

/// Serves until a signal says stop.
pub(crate) async fn serve(args: ServeArgs) -> Result<ExitCode, CliError> {
    let settings = Settings::resolve(&args.flags)?;
    logging::start(&settings, "info")?;
    open_files::raise_limit();
    let config = settings.config()?;
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
    let orchestrator = Orchestrator::open(config).await?;
    output::line(&format!(
        "Listening on http://{bound} (documentation: http://{bound}/docs, data: {})",
        data.display()
    ))?;
    if !bound.ip().is_loopback() {
        output::line(
            "Note: other machines reach this address, and there is no authentication; put a proxy with one in front",
        )?;
    }
    for notice in orchestrator.notices() {
        output::line(&format!("Note: {notice}"))?;
    }
    orchestrator_server::serve(listener, orchestrator, server, stop.cancelled_owned()).await?;
    output::line("Stopped")?;
    Ok(ExitCode::SUCCESS)
}

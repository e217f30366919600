//! A run on a running server, told as it happens there.

use super::{Ending, Narrator, Screen};
use crate::{args::RunArgs, client::Client, error::CliError, output};
use futures::StreamExt as _;
use orchestrator::{Event, RunDetail, RunRequest};
use reqwest::Method;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// Starts the run there and tells it. A signal to stop cancels it.
pub(super) async fn run(
    client: &Client,
    args: &RunArgs,
    request: RunRequest,
    screen: &Screen,
    stop: &CancellationToken,
) -> Result<Ending, CliError> {
    if args.from.is_some() {
        let project = &request.project_id;
        return Err(CliError::Usage(format!(
            "--from brings files into a data folder, and the run is to be on {}: bring them in with `orchestrator \
             projects import {project} ARCHIVE`, and start the run with --project {project}",
            client.name()
        )));
    }
    let request = serde_json::to_value(&request).map_err(|error| CliError::Output(error.into()))?;
    let mut events = client.execute(&request).await?;
    let (mut narrator, mut ending, mut last) = (Narrator::new(None), Ending::Failed, None::<Event>);
    loop {
        let event = tokio::select! {
            event = events.next() => event,
            () = stop.cancelled(), if last.is_some() => {
                cancel(client, last.as_ref()).await?;
                events.next().await
            }
        };
        let Some(event) = event else { return Ok(ending) };
        let event = event?;
        ending = Ending::after(&event).unwrap_or(ending);
        output::unread(screen.show(&event, &mut narrator))?;
        last = Some(event);
    }
}

/// Cancels the run that an event is of.
async fn cancel(client: &Client, event: Option<&Event>) -> Result<(), CliError> {
    let Some(event) = event else { return Ok(()) };
    let path = ["runs", &event.run_id.to_string(), "cancel"];
    let _: RunDetail = client.change(Method::POST, &path, &Value::Null).await?;
    Ok(())
}

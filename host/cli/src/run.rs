//! `orchestrator run`: one run, told as it happens; in this process, or on a running server.

mod line;
mod narrator;
mod screen;
mod there;
mod word;

pub(crate) use narrator::Narrator;
pub(crate) use screen::Screen;

use crate::{
    args::RunArgs,
    client::Client,
    error::CliError,
    logging, output, project,
    settings::Settings,
    signals::{self, INTERRUPTED},
};
use futures::StreamExt;
use orchestrator::{Actor, Event, EventKind, EventStream, Orchestrator, ProjectId, RunRequest, RunStatus};
use std::{process::ExitCode, time::Duration};
use tokio_util::sync::CancellationToken;

/// How long the end of the program waits for the journal.
const GRACE: Duration = Duration::from_secs(10);

/// Carries one run from request to result.
pub(crate) async fn run(args: RunArgs) -> Result<ExitCode, CliError> {
    if !args.is_verbatim() {
        word::check(args.request())?;
    }
    let settings = Settings::resolve(&args.flags)?;
    let screen = Screen::open(args.json);
    logging::start_through(&settings, "warn", screen.log_writer())?;
    let stop = signals::stop()?;
    let project = args.project.clone().unwrap_or_else(|| ProjectId::for_request(args.request()));
    let request = RunRequest {
        if_busy: args.if_busy,
        ..RunRequest::new(args.request(), project).workflow(args.workflow.clone())
    };
    let ending = match settings.named_server()? {
        Some(server) => there::run(&Client::new(server)?, &args, request, &screen, &stop).await,
        None => here(&settings, &args, request, &screen, &stop).await,
    };
    screen.close();
    Ok(match ending.map_err(CliError::of_run)? {
        Ending::Succeeded => ExitCode::SUCCESS,
        Ending::Failed if stop.is_cancelled() => ExitCode::from(INTERRUPTED),
        Ending::Failed => ExitCode::FAILURE,
    })
}

/// How a run ended, as far as the exit code is concerned.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ending {
    Succeeded,
    Failed,
}

impl Ending {
    /// What an event says of it; none when the run goes on.
    pub(crate) fn after(event: &Event) -> Option<Self> {
        match &event.kind {
            EventKind::Complete(complete) if complete.status() == RunStatus::Succeeded => {
                Some(Self::Succeeded)
            }
            _ => event.is_terminal().then_some(Self::Failed),
        }
    }
}

/// Carries the run in this process.
async fn here(
    settings: &Settings,
    args: &RunArgs,
    request: RunRequest,
    screen: &Screen,
    stop: &CancellationToken,
) -> Result<Ending, CliError> {
    screen.busy("Loading plugins");
    let orchestrator = Orchestrator::open(settings.config()?).await?.on_behalf_of(Actor::CLI);
    let result = begin(&orchestrator, args, request, screen, stop).await;
    screen.close();
    orchestrator.shutdown(GRACE).await;
    result
}

async fn begin(
    orchestrator: &Orchestrator,
    args: &RunArgs,
    request: RunRequest,
    screen: &Screen,
    stop: &CancellationToken,
) -> Result<Ending, CliError> {
    if let Some(from) = &args.from {
        screen.busy("Bringing files in");
        let source = project::read_source(from, 0).await?;
        let imported = orchestrator.import_project(&request.project_id, source, false).await?;
        project::left_out(&imported, |line| screen.note(line));
    }
    let folder = orchestrator.projects_dir().join(request.project_id.as_str());
    follow(orchestrator, request, Narrator::new(Some(folder)), screen, stop).await
}

async fn follow(
    orchestrator: &Orchestrator,
    request: RunRequest,
    mut narrator: Narrator,
    screen: &Screen,
    stop: &CancellationToken,
) -> Result<Ending, CliError> {
    for notice in orchestrator.notices() {
        output::unread(screen.tell(&narrator.notice(&notice)))?;
    }
    let mut events = orchestrator.execute_workflow(request).await?;
    let mut ending = Ending::Failed;
    while let Some(event) = next(orchestrator, &mut events, stop).await {
        let event = event?;
        ending = Ending::after(&event).unwrap_or(ending);
        // A run costs money and changes files: it does not end because nobody reads of it any more.
        output::unread(screen.show(&event, &mut narrator))?;
    }
    Ok(ending)
}

/// The next event. A signal to stop cancels the run, whose last events then come through here like any others.
async fn next(
    orchestrator: &Orchestrator,
    events: &mut EventStream,
    stop: &CancellationToken,
) -> Option<Result<Event, orchestrator::RunError>> {
    let run_id = events.run_id();
    tokio::select! {
        event = events.next() => return event,
        () = stop.cancelled() => {}
    }
    if let Err(error) = orchestrator.cancel(run_id).await {
        return Some(Err(error));
    }
    events.next().await
}

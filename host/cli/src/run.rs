//! `orchestrator run`: one run in this process, told as it happens.

mod line;
mod narrator;
mod screen;

use crate::{
    args::RunArgs,
    error::CliError,
    logging, project,
    settings::Settings,
    signals::{self, INTERRUPTED},
};
use futures::StreamExt;
use narrator::Narrator;
use orchestrator::{Actor, Event, EventKind, EventStream, Orchestrator, ProjectId, RunRequest, RunStatus};
use screen::Screen;
use std::{process::ExitCode, time::Duration};
use tokio_util::sync::CancellationToken;

/// How long the end of the program waits for the journal.
const GRACE: Duration = Duration::from_secs(10);

/// Carries one run from request to result.
pub(crate) async fn run(args: RunArgs) -> Result<ExitCode, CliError> {
    let settings = Settings::resolve(&args.flags)?;
    let screen = Screen::open(args.json);
    logging::start_through(&settings, "warn", screen.log_writer())?;
    let stop = signals::stop()?;
    screen.busy("Loading plugins");
    let orchestrator = Orchestrator::open(settings.config()?).await?.on_behalf_of(Actor::CLI);
    let project = args.project.unwrap_or_else(|| ProjectId::for_request(&args.request));
    if let Some(from) = &args.from {
        screen.busy("Bringing files in");
        let source = project::read_source(from, 0).await?;
        let imported = orchestrator.import_project(&project, source, false).await?;
        project::left_out(&imported, |line| screen.note(line));
    }
    let folder = orchestrator.projects_dir().join(project.as_str());
    let request = RunRequest::new(args.request, project).workflow(args.workflow);
    let result = follow(&orchestrator, request, Narrator::new(folder), &screen, &stop).await;
    screen.close();
    orchestrator.shutdown(GRACE).await;
    Ok(match result? {
        Ended::Succeeded => ExitCode::SUCCESS,
        Ended::Failed if stop.is_cancelled() => ExitCode::from(INTERRUPTED),
        Ended::Failed => ExitCode::FAILURE,
    })
}

/// How a run ended, as far as the exit code is concerned.
enum Ended {
    Succeeded,
    Failed,
}

async fn follow(
    orchestrator: &Orchestrator,
    request: RunRequest,
    mut narrator: Narrator,
    screen: &Screen,
    stop: &CancellationToken,
) -> Result<Ended, CliError> {
    for notice in orchestrator.notices() {
        screen.tell(&narrator.notice(&notice))?;
    }
    let mut events = orchestrator.execute_workflow(request).await?;
    let mut ended = Ended::Failed;
    while let Some(event) = next(orchestrator, &mut events, stop).await {
        let event = event?;
        if let EventKind::Complete(complete) = &event.kind
            && complete.status() == RunStatus::Succeeded
        {
            ended = Ended::Succeeded;
        }
        screen.show(&event, &mut narrator)?;
    }
    Ok(ended)
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

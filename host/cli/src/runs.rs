//! `orchestrator runs`: looking at runs, following them, ending and deleting them.

mod tell;

use crate::{
    args::{RunsArgs, RunsCommand, RunsEventsArgs, RunsListArgs},
    client::Query,
    confirm,
    error::CliError,
    output,
    run::{Ending, Narrator, Screen},
    signals::{self, INTERRUPTED},
    target::{Purpose, Target, on_target},
};
use futures::{Stream, StreamExt as _};
use orchestrator::{Event, Orchestrator, RunDetail, RunFilter, RunId, RunStatus, RunSummary};
use reqwest::Method;
use serde_json::Value;
use std::process::ExitCode;

/// Does what was asked of runs.
pub(crate) async fn runs(args: RunsArgs) -> Result<ExitCode, CliError> {
    let command = args.command.unwrap_or(RunsCommand::List(args.list));
    on_target(&args.flags, Purpose::Look, async |target| perform(target, command).await).await
}

async fn perform(target: &Target, command: RunsCommand) -> Result<ExitCode, CliError> {
    match command {
        RunsCommand::List(args) => {
            let json = args.json;
            let are_all = args.project.is_none() && args.workflow.is_none() && args.status.is_none();
            let runs = list(target, args).await?;
            if json { output::json(&runs)? } else { tell::list(&runs, are_all)? }
        }
        RunsCommand::Show { run, json } => {
            let run = show(target, run).await?;
            if json { output::json(&run)? } else { tell::detail(&run)? }
        }
        RunsCommand::Events(args) => return events(target, args).await,
        RunsCommand::Cancel { run, json } => {
            let before = show(target, run).await?;
            let after = cancel(target, run).await?;
            match json {
                true => output::json(&after)?,
                false => output::line(&tell::cancelled(&before, &after))?,
            }
        }
        RunsCommand::Delete { run, yes } => {
            let RunSummary { project_id, .. } = show(target, run).await?.summary;
            confirm::for_good(&format!("run {run} of project {project_id}, with its events"), yes)?;
            match target {
                Target::Folder(orchestrator) => orchestrator.delete_run(run).await?,
                Target::Server(client) => client.delete(&["runs", &run.to_string()]).await?,
            }
            output::line(&format!("Deleted run {run}; what it wrote is kept"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(target: &Target, args: RunsListArgs) -> Result<Vec<RunSummary>, CliError> {
    let RunsListArgs { project, workflow, status, limit, json: _ } = args;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    match target {
        Target::Folder(orchestrator) => {
            newest(
                orchestrator,
                RunFilter { project_id: project, workflow_name: workflow, status, limit, after: None },
            )
            .await
        }
        Target::Server(client) => {
            let query: [(&str, Option<String>); 3] = [
                ("project_id", project.map(Into::into)),
                ("workflow_name", workflow.map(Into::into)),
                ("status", status.map(|status| status.as_str().to_owned())),
            ];
            let query: Vec<_> = query.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
            let query: &Query<'_> = &query;
            Ok(client.list(&["runs"], query, limit).await?)
        }
    }
}

/// The newest runs that `filter` lets through, page by page.
async fn newest(orchestrator: &Orchestrator, filter: RunFilter) -> Result<Vec<RunSummary>, CliError> {
    let (mut runs, mut after) = (Vec::new(), None);
    while runs.len() < filter.limit {
        let limit = filter.limit - runs.len();
        let part = orchestrator.runs(RunFilter { limit, after, ..filter.clone() }).await?;
        runs.extend(part.items);
        after = part.next;
        if after.is_none() {
            break;
        }
    }
    Ok(runs)
}

async fn show(target: &Target, run: RunId) -> Result<RunDetail, CliError> {
    match target {
        Target::Folder(orchestrator) => Ok(orchestrator.run(run).await?),
        Target::Server(client) => Ok(client.get(&["runs", &run.to_string()], &[]).await?),
    }
}

async fn cancel(target: &Target, run: RunId) -> Result<RunDetail, CliError> {
    match target {
        Target::Folder(orchestrator) => Ok(orchestrator.cancel(run).await?),
        Target::Server(client) => {
            let path = ["runs", &run.to_string(), "cancel"];
            Ok(client.change(Method::POST, &path, &Value::Null).await?)
        }
    }
}

async fn events(target: &Target, args: RunsEventsArgs) -> Result<ExitCode, CliError> {
    let RunsEventsArgs { run, after, follow, json } = args;
    let last = match follow {
        true => None,
        false => Some(show(target, run).await?.summary.last_seq),
    };
    if last == Some(after) {
        return Ok(ExitCode::SUCCESS);
    }
    // A number that was never given is refused by who has the events, in the same words whether or not it is followed.
    let told = match target {
        Target::Folder(orchestrator) => {
            let events = orchestrator.follow(run, after).await?;
            tell_events(events.map(|event| event.map_err(CliError::from)), last, json).await?
        }
        Target::Server(client) => {
            let events = client.events(run, after).await?;
            tell_events(events.map(|event| event.map_err(CliError::from)), last, json).await?
        }
    };
    match told {
        Told::Interrupted => Ok(ExitCode::from(INTERRUPTED)),
        Told::ToNumber | Told::ToEnd(Some(Ending::Succeeded)) => Ok(ExitCode::SUCCESS),
        Told::ToEnd(Some(Ending::Failed)) => Ok(ExitCode::FAILURE),
        // There was nothing left to tell, not even how it ended.
        Told::ToEnd(None) => match show(target, run).await?.summary.status {
            RunStatus::Succeeded => Ok(ExitCode::SUCCESS),
            _ => Ok(ExitCode::FAILURE),
        },
    }
}

/// How far events were told.
enum Told {
    /// To Ctrl-C.
    Interrupted,
    /// To the number that was asked for.
    ToNumber,
    /// To the end of the run, and how that was, if it was among what was told.
    ToEnd(Option<Ending>),
}

/// Tells events up to number `last`, or to the end of the run.
async fn tell_events(
    mut events: impl Stream<Item = Result<Event, CliError>> + Unpin,
    last: Option<u64>,
    json: bool,
) -> Result<Told, CliError> {
    let (screen, mut narrator, stop) = (Screen::open(json), Narrator::new(None), signals::stop()?);
    let mut ending = None;
    loop {
        let event = tokio::select! {
            event = events.next() => event,
            () = stop.cancelled() => {
                screen.close();
                return Ok(Told::Interrupted);
            }
        };
        let Some(event) = event else { break };
        let event = event.inspect_err(|_| screen.close())?;
        ending = Ending::after(&event).or(ending);
        screen.show(&event, &mut narrator)?;
        if last.is_some_and(|last| event.seq >= last) {
            break;
        }
    }
    screen.close();
    Ok(if last.is_some() { Told::ToNumber } else { Told::ToEnd(ending) })
}

//! `orchestrator project`: the files of projects, without a server.

mod git;
mod source;
mod tell;

pub(crate) use source::read as read_source;
pub(crate) use tell::left_out;

use crate::{
    args::{ProjectArgs, ProjectCommand},
    error::CliError,
    logging, output,
    settings::Settings,
};
use orchestrator::{Actor, Orchestrator, ProjectSummary, archive::Format};
use std::{
    fs::File,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

/// Projects that are looked at together.
const PAGE: usize = 200;

/// Does what was asked of a project.
pub(crate) async fn project(args: ProjectArgs) -> Result<ExitCode, CliError> {
    let settings = Settings::resolve(&args.flags)?;
    logging::start(&settings, "warn")?;
    let orchestrator = Orchestrator::open(settings.config()?).await?;
    let done = perform(&orchestrator.on_behalf_of(Actor::CLI), args.command).await;
    orchestrator.shutdown(Duration::from_secs(10)).await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn perform(orchestrator: &Orchestrator, command: ProjectCommand) -> Result<(), CliError> {
    match command {
        ProjectCommand::List { json } => {
            let projects = all(orchestrator).await?;
            if json { tell::json(&projects) } else { output::table(tell::projects(&projects)) }
        }
        ProjectCommand::Files { project, snapshot, json } => {
            let files = orchestrator.project_files(&project, snapshot.into()).await?;
            if json { tell::json(&files) } else { output::table(tell::files(&files)) }
        }
        ProjectCommand::Snapshots { project, limit, json } => {
            let snapshots = orchestrator.project_snapshots(&project, limit).await?;
            if json { tell::json(&snapshots) } else { output::table(tell::snapshots(&snapshots)) }
        }
        ProjectCommand::Diff { project, from, to } => {
            let diff = orchestrator.project_diff(&project, from, to.into()).await?;
            output::bytes(&diff)
        }
        ProjectCommand::Restore { project, snapshot } => {
            let restored = orchestrator.restore_project(&project, snapshot).await?;
            tell::changes(&restored.changes)?;
            output::line(&format!(
                "To take this back: orchestrator project restore {project} {:.12}",
                restored.before
            ))
        }
        ProjectCommand::Import { project, source, strip, replace } => {
            let source = read_source(&source, strip).await?;
            let imported = orchestrator.import_project(&project, source, replace).await?;
            tell::left_out(&imported, output::complain);
            tell::changes(&imported.changes)
        }
        ProjectCommand::Export { project, snapshot, format, output } => {
            let (format, place) = place(&project, format, output)?;
            let archive = orchestrator.project_archive(&project, snapshot.into(), format).await?;
            write(archive, place).await
        }
    }
}

/// All projects, page by page.
async fn all(orchestrator: &Orchestrator) -> Result<Vec<ProjectSummary>, CliError> {
    let mut projects: Vec<ProjectSummary> = Vec::new();
    loop {
        let after = projects.last().map(|last| last.project_id.clone());
        let page = orchestrator.projects(after.as_ref(), PAGE).await?;
        if page.is_empty() {
            return Ok(projects);
        }
        projects.extend(page);
    }
}

/// Where an archive goes.
enum Place {
    Terminal,
    File(PathBuf),
}

/// The format and the place, each of which can follow from the other.
fn place(
    project: &orchestrator::ProjectId,
    format: Option<Format>,
    output: Option<PathBuf>,
) -> Result<(Format, Place), CliError> {
    let by_name = |path: &PathBuf| Format::of_file(&path.to_string_lossy());
    let format = format.or_else(|| output.as_ref().and_then(by_name)).unwrap_or_default();
    match output {
        Some(path) if path.as_os_str() == "-" && io::stdout().is_terminal() => {
            Err(CliError::Usage("an archive is nothing to look at: send it to a file with --output".into()))
        }
        Some(path) if path.as_os_str() == "-" => Ok((format, Place::Terminal)),
        Some(path) => Ok((format, Place::File(path))),
        None => Ok((format, Place::File(format!("{project}.{}", format.name()).into()))),
    }
}

/// Writes beside the target and moves into place, so that a failure leaves no half archive under the name.
async fn write(archive: orchestrator::ProjectArchive, place: Place) -> Result<(), CliError> {
    let written = tokio::task::spawn_blocking(move || match place {
        Place::Terminal => archive.write(io::stdout().lock()).map_err(CliError::from),
        Place::File(path) => {
            let failed = |source| CliError::File { path: path.clone(), source };
            let mut beside = path.clone().into_os_string();
            beside.push(".partial");
            let mut file = File::create(&beside).map_err(failed)?;
            let done = archive
                .write(&mut file)
                .map_err(CliError::from)
                .and_then(|()| file.flush().and_then(|()| std::fs::rename(&beside, &path)).map_err(failed));
            match done {
                Ok(()) => output::line(&path.display().to_string()),
                Err(error) => {
                    // The failure itself is what the user should hear of.
                    let _ = std::fs::remove_file(&beside);
                    Err(error)
                }
            }
        }
    });
    written.await.unwrap_or_else(|error| Err(CliError::Output(error.into())))
}

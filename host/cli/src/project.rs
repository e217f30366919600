//! `orchestrator projects`: the files of projects, without a server or through one.

mod ask;
mod git;
mod source;
mod tell;

pub(crate) use source::read as read_source;
pub(crate) use tell::left_out;

use crate::{
    args::{ProjectsArgs, ProjectsCommand},
    confirm,
    error::CliError,
    output,
    target::{Purpose, Target, on_target},
    units,
};
use ask::Archive;
use orchestrator::archive::Format;
use std::{
    fs::File,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

/// Does what was asked of projects.
pub(crate) async fn projects(args: ProjectsArgs) -> Result<ExitCode, CliError> {
    let command = args.command.unwrap_or(ProjectsCommand::List { json: args.json });
    let purpose = match command {
        ProjectsCommand::Import { .. } => Purpose::Begin,
        _ => Purpose::Look,
    };
    on_target(&args.flags, purpose, async |target| {
        perform(target, command).await?;
        Ok(ExitCode::SUCCESS)
    })
    .await
}

async fn perform(target: &Target, command: ProjectsCommand) -> Result<(), CliError> {
    match command {
        ProjectsCommand::List { json } => {
            let projects = ask::all(target).await?;
            if json {
                output::json(&projects)
            } else {
                output::table_or(tell::NO_PROJECTS, tell::projects(&projects), &[])
            }
        }
        ProjectsCommand::Files { project, snapshot, json } => {
            let files = ask::files(target, &project, snapshot).await?;
            if json {
                output::json(&files)
            } else {
                output::table_or(tell::NO_FILES, tell::files(&files), &[])
            }
        }
        ProjectsCommand::Snapshots { project, limit, json } => {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let snapshots = ask::snapshots(target, &project, limit).await?;
            if json {
                output::json(&snapshots)
            } else {
                output::table_or(tell::NO_SNAPSHOTS, tell::snapshots(&snapshots), &[4])
            }
        }
        ProjectsCommand::Diff { project, from, to } => {
            output::bytes(&ask::diff(target, &project, from, to).await?)
        }
        ProjectsCommand::Restore { project, snapshot } => {
            let restored = ask::restore(target, &project, snapshot).await?;
            tell::changes(&restored.changes)?;
            output::line(&format!(
                "To take this back: orchestrator projects restore {project} {:.12}",
                restored.before
            ))
        }
        ProjectsCommand::Import { project, source, strip, replace } => {
            let imported = ask::import(target, &project, &source, strip, replace).await?;
            tell::left_out(&imported, output::complain);
            tell::changes(&imported.changes)
        }
        ProjectsCommand::Delete { project, yes } => {
            let files = ask::files(target, &project, None).await?.len();
            let files = units::count(files, "file", "files");
            confirm::for_good(
                &format!("the project {project}, with {files}, its snapshots and its runs"),
                yes,
            )?;
            ask::delete(target, &project).await?;
            output::line(&format!("Deleted the project {project}"))
        }
        ProjectsCommand::Export { project, snapshot, format, output } => {
            let (format, destination) = destination(&project, format, output)?;
            write(ask::archive(target, &project, snapshot, format).await?, destination).await
        }
    }
}

/// Where an archive goes.
enum Destination {
    Terminal,
    File(PathBuf),
}

/// The format and the destination, each of which can follow from the other.
fn destination(
    project: &orchestrator::ProjectId,
    format: Option<Format>,
    output: Option<PathBuf>,
) -> Result<(Format, Destination), CliError> {
    let format = match (format, output.as_ref().filter(|path| path.as_os_str() != "-")) {
        (Some(format), _) => format,
        (None, None) => Format::default(),
        (None, Some(path)) => Format::of_file(&path.to_string_lossy()).ok_or_else(|| {
            CliError::Usage(format!(
                "the name '{}' does not say what kind of archive it is to be: end it in .zip, .tar.gz or .tgz, or \
                 give --format",
                path.display()
            ))
        })?,
    };
    match output {
        Some(path) if path.as_os_str() == "-" && io::stdout().is_terminal() => {
            Err(CliError::Usage("an archive is nothing to look at: send it to a file with --output".into()))
        }
        Some(path) if path.as_os_str() == "-" => Ok((format, Destination::Terminal)),
        Some(path) => Ok((format, Destination::File(path))),
        None => Ok((format, Destination::File(format!("{project}.{}", format.name()).into()))),
    }
}

/// Writes beside the target and moves into place, so that a failure leaves no half archive under the name.
async fn write(archive: Archive, destination: Destination) -> Result<(), CliError> {
    let written = tokio::task::spawn_blocking(move || match destination {
        Destination::Terminal => archive.write(io::stdout().lock()),
        Destination::File(path) => {
            let failed = |source| CliError::File { path: path.clone(), source };
            let mut beside = path.clone().into_os_string();
            beside.push(".partial");
            let mut file = File::create(&beside).map_err(failed)?;
            let done = archive
                .write(&mut file)
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

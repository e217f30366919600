//! What is asked of projects, of a server or of the data folder.

use super::source;
use crate::{client::Client, error::CliError, target::Target};
use orchestrator::{
    Imported, ProjectArchive, ProjectFile, ProjectId, ProjectSummary, Restored, Snapshot, archive::Format,
};
use reqwest::Method;
use serde_json::json;
use std::{fs::File, io::Write, path::Path};

/// Projects that are looked at together.
const PAGE: usize = 200;

/// All projects, page by page.
pub(super) async fn all(target: &Target) -> Result<Vec<ProjectSummary>, CliError> {
    let orchestrator = match target {
        Target::Folder(orchestrator) => orchestrator,
        Target::Server(client) => return Ok(client.list(&["projects"], &[], usize::MAX).await?),
    };
    let (mut projects, mut after) = (Vec::new(), None);
    loop {
        let part = orchestrator.projects(after.as_ref(), PAGE).await?;
        projects.extend(part.items);
        after = part.next;
        if after.is_none() {
            return Ok(projects);
        }
    }
}

/// A project's files.
pub(super) async fn files(
    target: &Target,
    project: &ProjectId,
    snapshot: Option<String>,
) -> Result<Vec<ProjectFile>, CliError> {
    match target {
        Target::Folder(orchestrator) => Ok(orchestrator.project_files(project, snapshot.into()).await?),
        Target::Server(client) => {
            Ok(client.whole(&of(project, "files"), &given([("snapshot", snapshot)])).await?)
        }
    }
}

/// A project's snapshots, the newest first.
pub(super) async fn snapshots(
    target: &Target,
    project: &ProjectId,
    limit: usize,
) -> Result<Vec<Snapshot>, CliError> {
    match target {
        Target::Folder(orchestrator) => Ok(orchestrator.project_snapshots(project, None, limit).await?.items),
        Target::Server(client) => Ok(client.list(&of(project, "snapshots"), &[], limit).await?),
    }
}

/// What changed.
pub(super) async fn diff(
    target: &Target,
    project: &ProjectId,
    from: Option<String>,
    to: Option<String>,
) -> Result<Vec<u8>, CliError> {
    match target {
        Target::Folder(orchestrator) => {
            let mut diff = orchestrator.project_diff(project, from, to.into()).await?;
            let mut text = Vec::new();
            while let Some(part) = diff.next().await {
                text.extend(part?);
            }
            Ok(text)
        }
        Target::Server(client) => {
            Ok(client.bytes(&of(project, "diff"), &given([("from", from), ("to", to)])).await?)
        }
    }
}

/// Goes back to a snapshot.
pub(super) async fn restore(
    target: &Target,
    project: &ProjectId,
    snapshot: String,
) -> Result<Restored, CliError> {
    match target {
        Target::Folder(orchestrator) => Ok(orchestrator.restore_project(project, snapshot).await?),
        Target::Server(client) => {
            let body = json!({"snapshot": snapshot});
            Ok(client.change(Method::POST, &of(project, "restore"), &body).await?)
        }
    }
}

/// Deletes a project with all that belongs to it.
pub(super) async fn delete(target: &Target, project: &ProjectId) -> Result<(), CliError> {
    match target {
        Target::Folder(orchestrator) => Ok(orchestrator.delete_project(project).await?),
        Target::Server(client) => Ok(client.delete(&["projects", project.as_str()]).await?),
    }
}

/// Brings files in.
pub(super) async fn import(
    target: &Target,
    project: &ProjectId,
    source: &str,
    strip: usize,
    replace: bool,
) -> Result<Imported, CliError> {
    match target {
        Target::Folder(orchestrator) => {
            let source = source::read(source, strip).await?;
            Ok(orchestrator.import_project(project, source, replace).await?)
        }
        Target::Server(client) => send(client, project, source, strip, replace).await,
    }
}

/// Sends an archive to a server.
async fn send(
    client: &Client,
    project: &ProjectId,
    source: &str,
    strip: usize,
    replace: bool,
) -> Result<Imported, CliError> {
    let path = Path::new(source);
    if !path.is_file() {
        return Err(CliError::Usage(format!(
            "'{source}' is no archive, and a server takes nothing else: pack it as zip or tar.gz, and give that file"
        )));
    }
    let failed = |source| CliError::File { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    let format = Format::of_content(&mut file).map_err(orchestrator::ProjectError::from)?;
    let bytes = std::fs::read(path).map_err(failed)?;
    let query = given([("strip", Some(strip.to_string())), ("replace", Some(replace.to_string()))]);
    Ok(client.send(&of(project, "import"), &query, format.media_type(), bytes).await?)
}

/// A project as one file.
pub(super) enum Archive {
    Packed(ProjectArchive),
    Sent(Vec<u8>),
}

impl Archive {
    /// Writes it. Blocks.
    pub(super) fn write(self, mut to: impl Write) -> Result<(), CliError> {
        match self {
            Self::Packed(archive) => Ok(archive.write(to)?),
            Self::Sent(bytes) => to.write_all(&bytes).map_err(CliError::Output),
        }
    }
}

/// Takes a project away as one file.
pub(super) async fn archive(
    target: &Target,
    project: &ProjectId,
    snapshot: Option<String>,
    format: Format,
) -> Result<Archive, CliError> {
    match target {
        Target::Folder(orchestrator) => {
            let archive = orchestrator.project_archive(project, snapshot.into(), format).await?;
            Ok(Archive::Packed(archive))
        }
        Target::Server(client) => {
            let query = given([("format", Some(format.name().to_owned())), ("snapshot", snapshot)]);
            Ok(Archive::Sent(client.bytes(&of(project, "archive"), &query).await?))
        }
    }
}

fn of<'a>(project: &'a ProjectId, what: &'a str) -> [&'a str; 3] {
    ["projects", project.as_str(), what]
}

/// The parts of a query that were given.
fn given<const PARTS: usize>(parts: [(&'static str, Option<String>); PARTS]) -> Vec<(&'static str, String)> {
    parts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

//! Changing a project as a whole from outside of a run: restoring, importing, deleting.

use super::body::pieces;
use crate::{
    access::By,
    app::App,
    docs::shared::{Gone, NewProjectPath, NoProject, ProjectPath},
    extract::{JsonBody, QueryString},
    named::{AnyProject, Project},
    problem::{Kind, Problem},
};
use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use orchestrator::{Imported, ProjectError, Restored, Source, archive::Format};
use serde::{Deserialize, Deserializer, de::Error as _};
use std::io::{Seek, SeekFrom, Write};
use utoipa::{IntoParams, ToSchema};

/// Which snapshot to go back to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"snapshot": "3f9c1e5b"}))]
pub(crate) struct RestoreRequest {
    /// A snapshot's id, or the first eight digits of it or more.
    #[schema(min_length = 8, example = "3f9c1e5b")]
    snapshot: String,
}

/// How to bring files in.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportQuery {
    /// Whether files that are there may go. Default false.
    #[serde(default)]
    replace: bool,
    /// Folders to take off the front of each name, 0 to 8; 1 for archives that hold one folder. Default 0.
    #[serde(default, deserialize_with = "strip")]
    #[param(minimum = 0, maximum = 8)]
    strip: usize,
}

/// Most folders that can be taken off.
const STRIP_MAX: usize = 8;

fn strip<'de, D: Deserializer<'de>>(given: D) -> Result<usize, D::Error> {
    let given = String::deserialize(given)?;
    let number = given.parse().ok().filter(|number| *number <= STRIP_MAX);
    number.ok_or_else(|| D::Error::custom(format!("give a number from 0 to {STRIP_MAX}")))
}

/// Make a project what it was
///
/// All of its files become those of the snapshot, or none. The answer names a snapshot of the files as they were, so that
/// this can be taken back.
#[utoipa::path(post, operation_id = "restoreProject", path = "/projects/{project_id}/restore", tag = "projects",
    params(ProjectPath),
    request_body = RestoreRequest,
    responses(
        (status = 200, description = "What changed", body = Restored),
        NoProject,
        (status = 409, description = "A run works on the project; `run_id` is its id"),
        (status = 422, description = "There is no such snapshot, or its files cannot be written"),
    )
)]
pub(crate) async fn restore(
    by: By,
    Project(project): Project,
    JsonBody(request): JsonBody<RestoreRequest>,
) -> Result<Json<Restored>, Problem> {
    let restored = by.change(|orchestrator| async move {
        orchestrator.restore_project(&project, request.snapshot).await.map_err(|error| match error {
            error @ ProjectError::NoSnapshot { .. } => Problem::from(error).in_field("snapshot"),
            error => error.into(),
        })
    });
    Ok(Json(restored.await?))
}

/// Bring files in, as a project's starting point
///
/// The body is a zip or tar.gz file, as its `Content-Type` says. What cannot come in is left out and listed in `skipped`,
/// and the rest is brought in at once: links, devices, files over the limit, names that some system cannot have, what tools
/// bring in or build, and what macOS and Windows keep beside files. Of names that differ in case alone the first comes in;
/// where one name comes twice, the last is the file. Names that are not UTF-8 are read in the encoding that fits, and
/// listed in `guessed_names`. With `replace`, a file stays and is listed in `kept` where what came for its place was left
/// out, or where it is too large for a snapshot to bring it back.
#[utoipa::path(post, operation_id = "importProject", path = "/projects/{project_id}/import", tag = "projects",
    params(NewProjectPath, ImportQuery),
    request_body(content((crate::docs::Binary = "application/zip"), (crate::docs::Binary = "application/gzip"))),
    responses(
        (status = 200, description = "What was brought in", body = Imported),
        (status = 409, description = "The project holds files already, or a run works on it"),
        (status = 413, description = "The body is too large"),
        (status = 415, description = "The body is declared as neither zip nor tar.gz"),
        (status = 422, description = "The archive cannot be used; nothing was changed"),
        (status = 503, description = "Other imports hold the memory that there is for them; `Retry-After` says when to try again"),
    )
)]
pub(crate) async fn import(
    State(app): State<App>,
    by: By,
    AnyProject(project): AnyProject,
    QueryString(query): QueryString<ImportQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Imported>, Problem> {
    let format = declared(&headers)?;
    let archive = receive(&app, body).await?;
    let strip = query.strip;
    let read = tokio::task::spawn_blocking(move || Source::archive(format, archive, strip));
    let source = read.await.map_err(|error| Problem::internal(&error.to_string()))??;
    let imported = by.change(|orchestrator| async move {
        orchestrator.import_project(&project, source, query.replace).await
    });
    Ok(Json(imported.await?))
}

/// Delete a project
///
/// Its files, its snapshots and its runs, so that the name is free again. Nothing takes this back; the audit keeps what it
/// has of the runs, and who deleted the project. Where it is cut short, it is finished before the name can be used.
#[utoipa::path(delete, operation_id = "deleteProject", path = "/projects/{project_id}", tag = "projects",
    params(ProjectPath),
    responses(
        Gone,
        NoProject,
        (status = 409, description = "A run works on the project or waits for it, or a change of it is made"),
    )
)]
pub(crate) async fn delete(by: By, Project(project): Project) -> Result<StatusCode, Problem> {
    by.change(|orchestrator| async move { orchestrator.delete_project(&project).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn declared(headers: &HeaderMap) -> Result<Format, Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    Format::parse(&essence).ok_or_else(|| {
        let detail =
            "The body has to be an archive, a zip or a tar.gz file; send \"Content-Type: application/zip\" or \"application/gzip\".";
        Problem::new(Kind::NotArchive, detail)
    })
}

/// The body, in a file that vanishes with its handle: a zip file's directory is at its end.
async fn receive(app: &App, body: Body) -> Result<std::fs::File, Problem> {
    let failed = |error: std::io::Error| Problem::internal(&format!("keeping an archive: {error}"));
    let mut file = tempfile::tempfile().map_err(failed)?;
    // A piece is a few kilobytes on its way into the page cache, which is quicker than handing it to a thread.
    pieces(app, body, app.config.import_max, "archive", |piece| file.write_all(piece).map_err(failed))
        .await?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    Ok(file)
}

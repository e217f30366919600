//! Changing one file of a project: writing it, deleting it, moving it.

use super::{body::pieces, serve_file::etag};
use crate::{
    access::By,
    app::App,
    docs::shared::{FilePath, IfMatch, NewProjectPath, NoMatch, ProjectPath},
    extract::JsonBody,
    named::{AnyProject, FileOf, Project, relative},
    problem::{Kind, Problem},
};
use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use orchestrator::{FileChangeKind, FileChanged, ProjectError, Source};
use serde::Deserialize;
use utoipa::ToSchema;

/// Where a file is to go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "docs/README.md"}))]
pub(crate) struct MoveRequest {
    /// The new path, relative to the project's root, with `/`. It has to be free.
    #[schema(example = "docs/README.md")]
    to: String,
}

/// An answer that says which content the file has now.
type Changed = (StatusCode, [(header::HeaderName, HeaderValue); 1], Json<FileChanged>);

/// Write a file of a project
///
/// The body is the file's content, of any media type. Folders are made, and the project where it is not there; the file
/// comes whole or not at all, and stays executable if it was. `If-Match` with the `ETag` of the file that was read keeps
/// what somebody else wrote since; `If-None-Match: *` creates only. The answer names a snapshot of the files as they
/// were, so that this can be taken back.
#[utoipa::path(put, operation_id = "writeProjectFile", path = "/projects/{project_id}/files/{*path}", tag = "projects",
    params(
        NewProjectPath,
        FilePath,
        IfMatch,
        ("If-None-Match" = Option<String>, Header, description = "`*` where there may be no such file yet"),
    ),
    request_body(content = crate::docs::Binary, content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "It was replaced", body = FileChanged, headers(("ETag" = String, description = "The SHA-256 of its content"))),
        (status = 201, description = "It was created", body = FileChanged, headers(("ETag" = String, description = "The SHA-256 of its content"))),
        (status = 409, description = "A run works on the project, another change of it is made, or the name is another file's on other systems"),
        (status = 412, description = "`If-Match` or `If-None-Match` does not hold; `etag` is what the file has"),
        (status = 413, description = "The body is longer than 4 MiB"),
        (status = 422, description = "The path cannot be used"),
    )
)]
pub(crate) async fn write(
    State(app): State<App>,
    by: By,
    FileOf { project: AnyProject(project), path, condition }: FileOf<AnyProject>,
    headers: HeaderMap,
    body: Body,
) -> Result<Changed, Problem> {
    is_whole(&headers)?;
    let mut content = Vec::new();
    pieces(&app, body, Source::file_max(), "file", |piece| {
        content.extend_from_slice(piece);
        Ok(())
    })
    .await?;
    let written =
        by.change(
            |orchestrator| async move { orchestrator.write_file(&project, path, content, condition).await },
        );
    Ok(answer(written.await?))
}

/// Delete a file of a project
///
/// Folders that hold nothing any more go as well. The answer names a snapshot of the files as they were; a file over
/// 4 MiB is in no snapshot and cannot be brought back.
#[utoipa::path(delete, operation_id = "deleteProjectFile", path = "/projects/{project_id}/files/{*path}", tag = "projects",
    params(
        ProjectPath,
        FilePath,
        IfMatch,
    ),
    responses(
        (status = 200, description = "It is gone", body = FileChanged),
        (status = 404, description = "There is no such project or file"),
        (status = 409, description = "A run works on the project, or another change of it is made"),
        NoMatch,
        (status = 422, description = "The path cannot be used, or leads to no file"),
    )
)]
pub(crate) async fn delete(
    by: By,
    FileOf { project: Project(project), path, condition }: FileOf<Project>,
) -> Result<Json<FileChanged>, Problem> {
    by.change(|orchestrator| async move { orchestrator.delete_file(&project, path, condition).await })
        .await
        .map(Json)
}

/// Move a file of a project
///
/// Gives it another path, which has to be free; folders are made, and those that hold nothing any more go. Content and
/// `ETag` stay. The conditions are about the file as it is before.
#[utoipa::path(patch, operation_id = "moveProjectFile", path = "/projects/{project_id}/files/{*path}", tag = "projects",
    params(
        ProjectPath,
        ("path" = String, Path, description = "The file, relative to the project's root, with `/`", example = "README.md"),
        IfMatch,
    ),
    request_body = MoveRequest,
    responses(
        (status = 200, description = "It was moved", body = FileChanged, headers(("ETag" = String, description = "The SHA-256 of its content"))),
        (status = 404, description = "There is no such project or file"),
        (status = 409, description = "A run works on the project, another change of it is made, or the path is not free"),
        NoMatch,
        (status = 422, description = "One of the paths cannot be used"),
    )
)]
pub(crate) async fn shift(
    by: By,
    FileOf { project: Project(project), path: from, condition }: FileOf<Project>,
    JsonBody(request): JsonBody<MoveRequest>,
) -> Result<Changed, Problem> {
    let to = relative(&request.to, "to")?;
    let moved = by.change(|orchestrator| async move {
        orchestrator.move_file(&project, from, to, condition).await.map_err(|error| match error {
            error @ ProjectError::FileExists(_) => Problem::from(error).in_field("to"),
            error => error.into(),
        })
    });
    Ok(answer(moved.await?))
}

fn answer(changed: FileChanged) -> Changed {
    let status = match changed.change.operation {
        FileChangeKind::Create => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    (status, [(header::ETAG, etag(&changed.change.sha256))], Json(changed))
}

/// Refuses a body that is not the file as it is: a part of it, or one that is packed for its way.
fn is_whole(headers: &HeaderMap) -> Result<(), Problem> {
    let refused = |field: &str, what: &str| {
        Err(Problem::new(Kind::InvalidRequest, format!("{field}: {what}")).in_field(field))
    };
    if headers.contains_key(header::CONTENT_RANGE) {
        return refused("Content-Range", "a file is written as a whole; send all of it, without this header");
    }
    match headers.get(header::CONTENT_ENCODING) {
        Some(coding) if coding != "identity" => refused(
            "Content-Encoding",
            "the body is written as it comes; send it as it is to be, without this header",
        ),
        _ => Ok(()),
    }
}

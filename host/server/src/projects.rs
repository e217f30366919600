//! `/projects`: the files of projects, what they were, and taking them away or bringing them in.

mod body;
pub(crate) mod change;
pub(crate) mod change_file;
pub(crate) mod events;
mod packing;
mod precondition;
pub(crate) mod serve_file;

pub(crate) use precondition::precondition;

use crate::{
    app::App,
    docs::shared::{BadParameter, NoMoment, NoProject, ProjectPath},
    extract::QueryString,
    named::Project,
    page::{NoFilter, Page, PageQuery, Paged, ProjectFilePage, ProjectPage, SnapshotPage},
    problem::{Kind, Problem},
};
use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{TryStreamExt, stream};
use orchestrator::{ProjectId, archive::Format};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which moment to look at.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MomentQuery {
    /// A snapshot's id, or the first eight digits of it or more; the files as they are without it.
    snapshot: Option<String>,
}

/// Between which moments.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DiffQuery {
    /// A snapshot's id; the files as the last run found them without it.
    from: Option<String>,
    /// A snapshot's id; the files as they are without it.
    to: Option<String>,
}

/// What to take away.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ArchiveQuery {
    /// `zip` (the default) or `tar.gz`.
    format: Option<String>,
    /// A snapshot's id; the files as they are without it.
    snapshot: Option<String>,
}

/// List projects, sorted by name
#[utoipa::path(get, operation_id = "listProjects", path = "/projects", tag = "projects", params(PageQuery), responses(
    (status = 200, description = "A page of projects", body = ProjectPage),
    BadParameter,
))]
pub(crate) async fn list(
    State(app): State<App>,
    paged: Paged<NoFilter, ProjectId>,
) -> Result<Json<ProjectPage>, Problem> {
    let projects = app.orchestrator.projects(paged.after.as_ref(), paged.limit).await?;
    Ok(paged.list.page(projects))
}

/// List a project's files
///
/// Sorted by path; what tools bring in or build (`node_modules`, `target`, `.git` …) is left out. The list is whole, and
/// `next` null: it shows the files as they were at one moment, which pages could not while an agent writes.
#[utoipa::path(get, operation_id = "listProjectFiles", path = "/projects/{project_id}/files", tag = "projects",
    params(ProjectPath, MomentQuery),
    responses(
        (status = 200, description = "The files", body = ProjectFilePage),
        NoMoment,
    )
)]
pub(crate) async fn files(
    State(app): State<App>,
    Project(project): Project,
    QueryString(query): QueryString<MomentQuery>,
) -> Result<Json<ProjectFilePage>, Problem> {
    Ok(Page::whole(app.orchestrator.project_files(&project, query.snapshot.into()).await?))
}

/// List a project's snapshots, newest first
///
/// One is taken before and after each step of a run, and around every restoring, import and change of a file. Equal files have equal ids.
#[utoipa::path(get, operation_id = "listProjectSnapshots", path = "/projects/{project_id}/snapshots", tag = "projects",
    params(ProjectPath, PageQuery),
    responses(
        (status = 200, description = "A page of snapshots", body = SnapshotPage),
        NoProject,
        BadParameter,
    )
)]
pub(crate) async fn snapshots(
    State(app): State<App>,
    Project(project): Project,
    paged: Paged<NoFilter, i64>,
) -> Result<Json<SnapshotPage>, Problem> {
    let snapshots = app.orchestrator.project_snapshots(&project, paged.after, paged.limit).await?;
    Ok(paged.list.page(snapshots))
}

/// What changed between two moments, as a unified diff
#[utoipa::path(get, operation_id = "getProjectDiff", path = "/projects/{project_id}/diff", tag = "projects",
    params(ProjectPath, DiffQuery),
    responses(
        (status = 200, description = "The diff; empty when nothing changed", content_type = "text/x-diff", body = String),
        NoMoment,
    )
)]
pub(crate) async fn diff(
    State(app): State<App>,
    Project(project): Project,
    QueryString(query): QueryString<DiffQuery>,
) -> Result<Response, Problem> {
    let diff = app.orchestrator.project_diff(&project, query.from, query.to.into()).await?;
    let parts = stream::unfold(diff, async |mut diff| Some((diff.next().await?, diff)));
    let parts = parts.inspect_err(move |error| tracing::warn!(%project, %error, "a diff was cut off"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/x-diff; charset=utf-8")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}

/// Take a project away as one file
///
/// Equal files give equal bytes. Files over 4 MiB are left out.
#[utoipa::path(get, operation_id = "getProjectArchive", path = "/projects/{project_id}/archive", tag = "projects",
    params(ProjectPath, ArchiveQuery),
    responses(
        (
            status = 200,
            description = "The archive, in the format that was asked for",
            content((crate::docs::Binary = "application/zip"), (crate::docs::Binary = "application/gzip")),
            headers(("Content-Disposition" = String, description = "A name to save it under")),
        ),
        NoMoment,
        (status = 422, description = "There is no such format"),
    )
)]
pub(crate) async fn archive(
    State(app): State<App>,
    Project(project): Project,
    QueryString(query): QueryString<ArchiveQuery>,
) -> Result<Response, Problem> {
    let format = match query.format.as_deref() {
        None => Format::default(),
        Some(name) => Format::parse(name).ok_or_else(|| {
            let detail = format!("format: there is no '{name}'; valid: zip, tar.gz");
            Problem::new(Kind::InvalidRequest, detail).in_field("format")
        })?,
    };
    let archive = app.orchestrator.project_archive(&project, query.snapshot.into(), format).await?;
    let body = packing::body(project.clone(), |out| archive.write(out));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (header::CONTENT_DISPOSITION, attachment(&project, format)),
    ];
    Ok((headers, body).into_response())
}

/// The header that names the file to save. A project's id has letters, digits, `.`, `_` and `-` alone, so nothing in it
/// needs quoting.
fn attachment(project: &ProjectId, format: Format) -> HeaderValue {
    let value = format!("attachment; filename=\"{project}.{}\"", format.name());
    HeaderValue::from_str(&value).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

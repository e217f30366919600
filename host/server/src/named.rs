//! What an address names, taken for what it is before a handler runs: a project, a run, a file of a project.
//!
//! What is no id is the id of nothing that there is. So it is answered like an id that nobody knows, with 404 and what
//! there is instead; only where the request would make the project is it told what is wrong with the name.

use crate::{
    app::App,
    extract::{Name, NameAndPath},
    problem::{Kind, Problem},
    projects::precondition,
};
use axum::{extract::FromRequestParts, http::request::Parts};
use orchestrator::{Precondition, ProjectId, RelativePath, RunId};

/// A run.
pub(crate) struct Run(pub(crate) RunId);

impl FromRequestParts<App> for Run {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Name(run_id) = Name::from_request_parts(parts, app).await?;
        match run_id.parse() {
            Ok(run_id) => Ok(Self(run_id)),
            Err(_) => Err(app.orchestrator.unknown_run(run_id).await.into()),
        }
    }
}

/// How a project is named.
pub(crate) trait Named: Sized + Send {
    /// The project of this name.
    fn named(app: &App, id: String) -> impl Future<Output = Result<Self, Problem>> + Send;
}

/// A project that is to be there.
pub(crate) struct Project(pub(crate) ProjectId);

impl Named for Project {
    async fn named(app: &App, id: String) -> Result<Self, Problem> {
        match ProjectId::new(&id) {
            Ok(project) => Ok(Self(project)),
            Err(_) => Err(app.orchestrator.unknown_project(&id).await.into()),
        }
    }
}

impl FromRequestParts<App> for Project {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Name(id) = Name::from_request_parts(parts, app).await?;
        Self::named(app, id).await
    }
}

/// A project that is made where it is not there.
pub(crate) struct AnyProject(pub(crate) ProjectId);

impl Named for AnyProject {
    async fn named(_: &App, id: String) -> Result<Self, Problem> {
        let refused =
            |error| Problem::new(Kind::InvalidRequest, format!("project_id: {error}")).in_field("project_id");
        ProjectId::new(id).map(Self).map_err(refused)
    }
}

impl FromRequestParts<App> for AnyProject {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Name(id) = Name::from_request_parts(parts, app).await?;
        Self::named(app, id).await
    }
}

/// A file of a project that is to be changed, and what has to hold for that.
pub(crate) struct FileOf<P> {
    pub(crate) project: P,
    pub(crate) path: RelativePath,
    pub(crate) condition: Precondition,
}

impl<P: Named> FromRequestParts<App> for FileOf<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let NameAndPath(project, path) = NameAndPath::from_request_parts(parts, app).await?;
        Ok(Self {
            project: P::named(app, project).await?,
            path: relative(&path, "path")?,
            condition: precondition(&parts.headers)?,
        })
    }
}

/// The path of a file, which came in `field`.
pub(crate) fn relative(path: &str, field: &str) -> Result<RelativePath, Problem> {
    RelativePath::parse(path).map_err(|error| {
        Problem::new(Kind::InvalidRequest, format!("{field}: {path:?} cannot be used: {error}"))
            .in_field(field)
    })
}

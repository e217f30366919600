//! `/workflows`: what runs can be asked to do.

use crate::{
    access::By,
    address::PREFIX,
    app::App,
    docs::shared::{BuiltIn, Gone, NoneNamed, NotJson, WorkflowPath},
    extract::{JsonBody, Name},
    problem::{Kind, Problem},
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use orchestrator::{Workflow, WorkflowName, WorkflowStep, WorkflowView};
use serde::Deserialize;
use utoipa::ToSchema;

/// A new workflow.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "frontend_only",
    "description": "Generate frontend code only",
    "steps": [
        {"agent_type": "planner", "name": "Plan UI Components", "timeout": 60},
        {"agent_type": "writer", "name": "Generate React Components", "stream_output": true}
    ]
}))]
pub(crate) struct NewWorkflow {
    /// The name that requests use.
    #[schema(example = "frontend_only")]
    name: WorkflowName,
    /// What the workflow is for.
    #[serde(default)]
    #[schema(example = "Generate frontend code only")]
    description: String,
    /// What happens, in order. Step names differ from each other.
    steps: Vec<WorkflowStep>,
    /// Ignored, so that what GET returned can be sent back under another name.
    #[serde(default, rename = "built_in")]
    #[schema(write_only)]
    _built_in: Option<bool>,
}

/// What takes a workflow's place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "description": "Generate frontend code and try it",
    "steps": [
        {"agent_type": "planner", "name": "Plan UI Components", "timeout": 60},
        {"agent_type": "writer", "name": "Generate React Components", "stream_output": true},
        {"agent_type": "tester", "name": "Run Tests", "condition": "files-created"}
    ]
}))]
pub(crate) struct WorkflowReplacement {
    /// The name in the address, if it is repeated here at all.
    name: Option<WorkflowName>,
    /// What the workflow is for.
    #[serde(default)]
    description: String,
    /// What happens, in order. Step names differ from each other.
    steps: Vec<WorkflowStep>,
    /// Ignored, so that what GET returned can be changed and sent back.
    #[serde(default, rename = "built_in")]
    #[schema(write_only)]
    _built_in: Option<bool>,
}

/// List workflows
///
/// The built-in ones first, then those that were created.
#[utoipa::path(get, operation_id = "listWorkflows", path = "/workflows", tag = "workflows", responses(
    (status = 200, description = "All workflows", body = [WorkflowView]),
))]
pub(crate) async fn list(State(app): State<App>) -> Json<Vec<WorkflowView>> {
    Json(app.orchestrator.workflow_engine.list())
}

/// Create a workflow
///
/// It is kept across restarts. Everything that is wrong with it is reported at once, in `violations`.
#[utoipa::path(post, operation_id = "createWorkflow", path = "/workflows", tag = "workflows", request_body = NewWorkflow, responses(
    (status = 201, description = "It was created", body = WorkflowView, headers(("Location" = String, description = "Where it is"))),
    NotJson,
    (status = 409, description = "There is one of this name"),
    (status = 422, description = "It could not run; `violations` says why"),
))]
pub(crate) async fn create(
    by: By,
    JsonBody(body): JsonBody<NewWorkflow>,
) -> Result<impl IntoResponse, Problem> {
    let NewWorkflow { name, description, steps, _built_in } = body;
    let workflow = Workflow { name, description, steps };
    let view =
        by.change(|orchestrator| async move { orchestrator.workflow_engine.create(workflow).await }).await?;
    let location = format!("{PREFIX}/workflows/{}", view.workflow.name);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(view)))
}

/// Get a workflow
#[utoipa::path(get, operation_id = "getWorkflow", path = "/workflows/{name}", tag = "workflows",
    params(("name" = String, Path, description = "Name of the workflow", example = "bolt_standard")),
    responses(
        (status = 200, description = "The workflow", body = WorkflowView),
        NoneNamed,
    )
)]
pub(crate) async fn get(State(app): State<App>, Name(name): Name) -> Result<Json<WorkflowView>, Problem> {
    Ok(Json(app.orchestrator.workflow_engine.get(&name)?))
}

/// Replace a workflow
///
/// New runs use the new one; runs that are under way keep theirs. Built-in workflows cannot be replaced.
#[utoipa::path(put, operation_id = "replaceWorkflow", path = "/workflows/{name}", tag = "workflows", request_body = WorkflowReplacement,
    params(WorkflowPath),
    responses(
        (status = 200, description = "The workflow as it is now", body = WorkflowView),
        NoneNamed,
        BuiltIn,
        (status = 422, description = "It could not run; `violations` says why"),
    )
)]
pub(crate) async fn replace(
    State(app): State<App>,
    by: By,
    Name(name): Name,
    JsonBody(body): JsonBody<WorkflowReplacement>,
) -> Result<Json<WorkflowView>, Problem> {
    let WorkflowReplacement { name: repeated, description, steps, _built_in } = body;
    let current = app.orchestrator.workflow_engine.get(&name)?.workflow.name;
    if repeated.is_some_and(|repeated| repeated != current) {
        let detail = format!("name: workflows keep their names; leave it out, or repeat '{current}'");
        return Err(Problem::new(Kind::InvalidRequest, detail).in_field("name"));
    }
    let workflow = Workflow { name: current, description, steps };
    by.change(|orchestrator| async move { orchestrator.workflow_engine.replace(workflow).await })
        .await
        .map(Json)
}

/// Delete a workflow
///
/// Runs that are under way keep it. Built-in workflows cannot be deleted.
#[utoipa::path(
    delete,
    operation_id = "deleteWorkflow",
    path = "/workflows/{name}",
    tag = "workflows",
    params(WorkflowPath),
    responses(Gone, NoneNamed, BuiltIn,)
)]
pub(crate) async fn delete(by: By, Name(name): Name) -> Result<StatusCode, Problem> {
    by.change(|orchestrator| async move { orchestrator.workflow_engine.delete(&name).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! What several operations say alike: what their addresses name, and what they answer where there is no such thing.

#![expect(dead_code, reason = "these are read by the descriptions of operations, and nobody makes one")]

use orchestrator::RunId;
use utoipa::{IntoParams, IntoResponses};

/// An address with an agent in it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AgentPath {
    /// The agent
    #[param(example = "writer")]
    agent_type: String,
}

/// An address with a plugin in it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct PluginPath {
    /// The plugin: agent type or condition name
    #[param(example = "writer")]
    name: String,
}

/// An address with a project in it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ProjectPath {
    /// The project
    #[param(example = "my-project-001")]
    project_id: String,
}

/// An address with a project in it that is made where it is not there.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct NewProjectPath {
    /// The project; made if it is not there
    #[param(example = "my-project-001")]
    project_id: String,
}

/// What stands behind a project in an address: a file of it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct FilePath {
    /// The file, relative to the project's root, with `/`
    #[param(example = "README.md")]
    path: String,
}

/// An address with a run in it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct RunPath {
    /// The run
    #[param(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    run_id: RunId,
}

/// An address with a workflow in it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct WorkflowPath {
    /// Name of the workflow
    #[param(example = "frontend_only")]
    name: String,
}

/// A header that says for which content of a file a change is meant.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct IfMatch {
    /// The `ETag` that the file has to have, or `*` for any
    #[param(rename = "If-Match")]
    if_match: Option<String>,
}

/// What was to be deleted is.
#[derive(IntoResponses)]
#[response(status = 204, description = "It is gone")]
pub(crate) struct Gone;

/// Of the names in a list, it is none.
#[derive(IntoResponses)]
#[response(status = 404, description = "There is none; `valid` names those there are")]
pub(crate) struct NoneNamed;

#[derive(IntoResponses)]
#[response(status = 404, description = "There is no such agent")]
pub(crate) struct NoAgent;

#[derive(IntoResponses)]
#[response(status = 404, description = "There is no such plugin; `valid` names those there are")]
pub(crate) struct NoPlugin;

#[derive(IntoResponses)]
#[response(status = 404, description = "There is no such project")]
pub(crate) struct NoProject;

#[derive(IntoResponses)]
#[response(status = 404, description = "There is no such project or snapshot")]
pub(crate) struct NoMoment;

#[derive(IntoResponses)]
#[response(status = 404, description = "There is no such run; `valid` names the latest")]
pub(crate) struct NoRun;

/// A workflow that the program carries stays as it is.
#[derive(IntoResponses)]
#[response(status = 409, description = "It is built in")]
pub(crate) struct BuiltIn;

/// A file is not what its `If-Match` says.
#[derive(IntoResponses)]
#[response(status = 412, description = "`If-Match` does not hold; `etag` is what the file has")]
pub(crate) struct NoMatch;

#[derive(IntoResponses)]
#[response(status = 400, description = "The body is not JSON")]
pub(crate) struct NotJson;

#[derive(IntoResponses)]
#[response(status = 422, description = "There are no parameters")]
pub(crate) struct NoParameters;

#[derive(IntoResponses)]
#[response(status = 422, description = "A parameter cannot be used; `field` names it")]
pub(crate) struct BadParameter;

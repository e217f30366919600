//! `/agents`: who does the work, and what an operator set for them. Changes reach the next run, without a restart.

use crate::{
    access::By,
    app::App,
    docs::shared::{AgentPath, NoAgent, NoneNamed},
    extract::{JsonBody, Name},
    problem::Problem,
};
use axum::{Json, extract::State, http::StatusCode};
use orchestrator::{AgentDetail, AgentError, AgentPatch, AgentRegistry, AgentType, AgentView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A system prompt.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "system_prompt": "You are an expert React developer. Always use functional components with hooks."
}))]
pub(crate) struct PromptUpdate {
    /// The first part of each request's system prompt; what the agent's output has to look like is appended by the
    /// agent itself. At most 128 KiB.
    #[schema(
        min_length = 1,
        example = "You are an expert React developer. Always use functional components with hooks."
    )]
    system_prompt: String,
}

/// A model.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"model": "opus"}))]
pub(crate) struct ModelUpdate {
    /// `haiku`, `sonnet`, `opus`, or the id of a model that the provider knows.
    #[schema(example = "opus")]
    model: String,
}

/// What was done to an agent.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(Deserialize))]
pub(crate) struct AgentChange {
    /// What was done, in a sentence.
    #[schema(example = "Agent 'writer' prompt updated successfully")]
    message: String,
    /// The agent.
    #[schema(example = "writer")]
    agent_type: AgentType,
}

/// Changes an agent, and says `what` was done in the words of the API's first description.
async fn change<F>(
    by: By,
    what: &str,
    change: impl FnOnce(AgentRegistry) -> F,
) -> Result<Json<AgentChange>, Problem>
where
    F: Future<Output = Result<AgentDetail, AgentError>> + Send + 'static,
{
    let agent_type = by.change(|orchestrator| change(orchestrator.agent_registry)).await?.agent.agent_type;
    Ok(Json(AgentChange { message: format!("Agent '{agent_type}' {what} successfully"), agent_type }))
}

/// List agents
#[utoipa::path(get, operation_id = "listAgents", path = "/agents", tag = "agents", responses(
    (status = 200, description = "All agents, with the settings that the next run gets", body = [AgentView]),
))]
pub(crate) async fn list(State(app): State<App>) -> Json<Vec<AgentView>> {
    Json(app.orchestrator.agent_registry.list())
}

/// Get an agent with its system prompt
#[utoipa::path(get, operation_id = "getAgent", path = "/agents/{agent_type}", tag = "agents",
    params(AgentPath),
    responses(
        (status = 200, description = "The agent", body = AgentDetail),
        NoneNamed,
    )
)]
pub(crate) async fn get(State(app): State<App>, Name(agent): Name) -> Result<Json<AgentDetail>, Problem> {
    Ok(Json(app.orchestrator.agent_registry.get(&agent)?))
}

/// Change an agent's settings
///
/// All of what the body has, or nothing. What it leaves out stays as it is, and null goes back to the plugin's own. New
/// runs use it; runs that are under way keep what they started with.
#[utoipa::path(patch, operation_id = "updateAgent", path = "/agents/{agent_type}", tag = "agents", request_body = AgentPatch,
    params(AgentPath),
    responses(
        (status = 200, description = "The agent as the next run gets it", body = AgentDetail),
        NoAgent,
        (status = 422, description = "A field cannot be used, or is not known; `field` names it"),
    )
)]
pub(crate) async fn update(
    by: By,
    Name(agent): Name,
    JsonBody(patch): JsonBody<AgentPatch>,
) -> Result<Json<AgentDetail>, Problem> {
    by.change(|orchestrator| async move { orchestrator.agent_registry.update(&agent, patch).await })
        .await
        .map(Json)
}

/// Set an agent's system prompt
#[utoipa::path(put, operation_id = "setAgentPrompt", path = "/agents/{agent_type}/prompt", tag = "agents", request_body = PromptUpdate,
    params(AgentPath),
    responses(
        (status = 200, description = "New runs use it", body = AgentChange),
        NoAgent,
        (status = 422, description = "The prompt is empty or too long"),
    )
)]
pub(crate) async fn set_prompt(
    by: By,
    Name(agent): Name,
    JsonBody(body): JsonBody<PromptUpdate>,
) -> Result<Json<AgentChange>, Problem> {
    let set = |agents: AgentRegistry| async move { agents.set_prompt(&agent, body.system_prompt).await };
    change(by, "prompt updated", set).await
}

/// Go back to the agent's own system prompt
#[utoipa::path(delete, operation_id = "resetAgentPrompt", path = "/agents/{agent_type}/prompt", tag = "agents",
    params(AgentPath),
    responses(
        (status = 204, description = "New runs use the agent's own prompt"),
        NoAgent,
    )
)]
pub(crate) async fn reset_prompt(by: By, Name(agent): Name) -> Result<StatusCode, Problem> {
    by.change(|orchestrator| async move { orchestrator.agent_registry.reset_prompt(&agent).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Set an agent's model
#[utoipa::path(put, operation_id = "setAgentModel", path = "/agents/{agent_type}/model", tag = "agents", request_body = ModelUpdate,
    params(AgentPath),
    responses(
        (status = 200, description = "New runs use it", body = AgentChange),
        NoAgent,
        (status = 422, description = "There is no such model; `valid` names those there are"),
    )
)]
pub(crate) async fn set_model(
    by: By,
    Name(agent): Name,
    JsonBody(body): JsonBody<ModelUpdate>,
) -> Result<Json<AgentChange>, Problem> {
    let set = |agents: AgentRegistry| async move { agents.set_model(&agent, body.model).await };
    change(by, "model updated", set).await
}

/// Have an agent's steps done again
#[utoipa::path(put, operation_id = "enableAgent", path = "/agents/{agent_type}/enable", tag = "agents",
    params(("agent_type" = String, Path, description = "The agent", example = "documenter")),
    responses(
        (status = 200, description = "New runs do its steps", body = AgentChange),
        NoAgent,
    )
)]
pub(crate) async fn enable(by: By, Name(agent): Name) -> Result<Json<AgentChange>, Problem> {
    let set = |agents: AgentRegistry| async move { agents.set_enabled(&agent, true).await };
    change(by, "enabled", set).await
}

/// Have an agent's steps skipped
#[utoipa::path(put, operation_id = "disableAgent", path = "/agents/{agent_type}/disable", tag = "agents",
    params(("agent_type" = String, Path, description = "The agent", example = "documenter")),
    responses(
        (status = 200, description = "New runs skip its steps", body = AgentChange),
        NoAgent,
    )
)]
pub(crate) async fn disable(by: By, Name(agent): Name) -> Result<Json<AgentChange>, Problem> {
    let set = |agents: AgentRegistry| async move { agents.set_enabled(&agent, false).await };
    change(by, "disabled", set).await
}

//! `/models`: what is known about the models that agents can be given.

use crate::{
    app::App,
    docs::shared::NoParameters,
    extract::QueryString,
    page::{ModelPage, NoFilter, Page},
    problem::Problem,
};
use axum::{Json, extract::State};

/// List models
///
/// Those that the program and its models file know of the provider that answers, of all providers where a script answers.
/// An agent can be given others that the provider knows. The list is whole: `next` is null.
#[utoipa::path(get, operation_id = "listModels", path = "/models", tag = "agents", responses(
    (status = 200, description = "All models that are known, those of one provider together", body = ModelPage),
    NoParameters,
))]
pub(crate) async fn list(
    State(app): State<App>,
    QueryString(NoFilter {}): QueryString<NoFilter>,
) -> Result<Json<ModelPage>, Problem> {
    Ok(Page::whole(app.orchestrator.models().to_vec()))
}

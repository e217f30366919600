//! `/tokens`: who may call the API.

use crate::{
    access::By,
    address::PREFIX,
    app::App,
    docs::shared::{NoParameters, NoneNamed, NotJson},
    extract::{JsonBody, Name, QueryString},
    page::{NoFilter, Page, TokenPage},
    problem::Problem,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use orchestrator::{NewToken, Role, TokenName, TokenView};
use orchestrator_core::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "ada", "role": "runner", "expires": "2030-01-01T00:00:00Z"}))]
pub(crate) struct TokenRequest {
    /// Whose it is, or what for; the audit calls its holder so. Not `local`, `cli`, `library`, `system` or `unknown`.
    #[schema(example = "ada")]
    name: TokenName,
    /// What its holder may do.
    role: Role,
    /// From when on it is of no use. Never, unless this is given.
    #[schema(example = "2030-01-01T00:00:00Z")]
    expires: Option<Timestamp>,
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
#[cfg_attr(test, derive(Deserialize))]
pub(crate) struct TokenCreated {
    /// The token. It is shown this once, and kept as a hash.
    #[schema(example = "dorc_3f9c1e5b70d2_…")]
    token: String,
    /// What is kept of it.
    #[serde(flatten)]
    view: TokenView,
}

/// List tokens
///
/// The list is whole: `next` is null. What is shown of a token is not enough to use it.
#[utoipa::path(get, operation_id = "listTokens", path = "/tokens", tag = "access", responses(
    (status = 200, description = "All tokens, by name", body = TokenPage),
    NoParameters,
))]
pub(crate) async fn list(
    State(app): State<App>,
    QueryString(NoFilter {}): QueryString<NoFilter>,
) -> Result<Json<TokenPage>, Problem> {
    Ok(Page::whole(app.orchestrator.tokens().list().await?))
}

/// Make a token
///
/// The answer is the only place where it can be read. With the first token, a server on a loopback address begins to
/// ask for them.
#[utoipa::path(post, operation_id = "createToken", path = "/tokens", tag = "access", request_body = TokenRequest, responses(
    (status = 201, description = "It was made", body = TokenCreated, headers(("Location" = String, description = "Where it can be revoked"))),
    NotJson,
    (status = 409, description = "There is one of this name"),
    (status = 422, description = "A field cannot be used; `field` names it"),
))]
pub(crate) async fn create(
    by: By,
    JsonBody(body): JsonBody<TokenRequest>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<TokenCreated>), Problem> {
    let TokenRequest { name, role, expires } = body;
    let made = by.change(|orchestrator| async move {
        orchestrator.tokens().create(orchestrator.actor().clone(), name, role, expires).await
    });
    let NewToken { token, view } = made.await?;
    let location = format!("{PREFIX}/tokens/{}", view.name);
    let created = TokenCreated { token: token.reveal(), view };
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(created)))
}

/// Revoke a token
///
/// The next request with it is refused, and streams that it opened end. What its holder started goes on.
#[utoipa::path(delete, operation_id = "revokeToken", path = "/tokens/{name}", tag = "access",
    params(("name" = String, Path, description = "Name of the token", example = "ada")),
    responses(
        (status = 204, description = "It is of no use any more"),
        NoneNamed,
    )
)]
pub(crate) async fn revoke(by: By, Name(name): Name) -> Result<StatusCode, Problem> {
    by.change(|orchestrator| async move {
        orchestrator.tokens().revoke(orchestrator.actor().clone(), &name).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

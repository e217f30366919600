//! The API's description: an OpenAPI document made from the code, and a page to try it out that needs no internet.

use crate::{
    event_schema::EventForm,
    problem::{Kind, MEDIA_TYPE, Problem},
    router::{self, App},
};
use axum::{Router, response::Redirect, routing::get};
use utoipa::{
    OpenApi as _, ToSchema as _,
    openapi::{
        Content, OpenApi, PathItem, Ref, RefOr,
        path::Operation,
        response::{Response, ResponseBuilder},
    },
};
use utoipa_swagger_ui::SwaggerUi;

/// Where the document is.
const DOCUMENT: &str = "/openapi.json";
/// Where the page is.
const PAGE: &str = "/docs";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Dynamic Orchestrator",
        description = "Turns a sentence into a working project: runs a workflow of agents, each a sandboxed \
                       WebAssembly component, and streams everything that happens.\n\nErrors are problem documents \
                       (RFC 9457). There is no authentication: the server listens on a loopback address unless it is \
                       told otherwise.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "runs", description = "Start runs, follow them, end them"),
        (name = "workflows", description = "What runs can be asked to do"),
        (name = "agents", description = "Who does the work, and with which prompt and model"),
        (name = "projects", description = "The files of projects: look at them, take them away, bring them in, go back"),
        (name = "plugins", description = "The WebAssembly components behind agents and conditions"),
        (name = "health", description = "Whether the program is well"),
    ),
    components(schemas(EventForm, Problem))
)]
struct Base;

/// The document before the routes are added.
pub(crate) fn base() -> OpenApi {
    Base::openapi()
}

/// The OpenAPI document of this version's API.
#[must_use]
pub fn openapi() -> OpenApi {
    complete(router::documented().into_openapi())
}

/// `/openapi.json`, `/docs`, and the way there from `/`.
pub(crate) fn router(document: OpenApi) -> Router<App> {
    let page = SwaggerUi::new(PAGE).url(DOCUMENT, complete(document));
    Router::new().merge(page).route("/", get(|| async { Redirect::temporary(PAGE) }))
}

/// Adds what holds for every operation: an answer that says no is a problem document, the listed ones and any other.
fn complete(mut document: OpenApi) -> OpenApi {
    // The router writes a parameter that takes slashes as `{*path}`; OpenAPI knows no such mark.
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            let responses = &mut operation.responses.responses;
            for (status, response) in responses.iter_mut() {
                if let (true, RefOr::T(response)) = (status.starts_with(['4', '5']), response) {
                    response.content.insert(MEDIA_TYPE.to_owned(), RefOr::T(problem()));
                }
            }
            responses.insert("default".to_owned(), any_problem().into());
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, .. } = item;
    [get, put, post, delete].into_iter().flatten()
}

fn any_problem() -> Response {
    let kinds = Kind::ALL.map(|kind| {
        let (slug, status, title) = kind.entry();
        format!("`{slug}` ({}): {title}", status.as_u16())
    });
    let description =
        format!("Any other problem. What `type` can end in, and the usual status: {}.", kinds.join("; "));
    ResponseBuilder::new().description(description).content(MEDIA_TYPE, problem()).build()
}

fn problem() -> Content {
    Content::new(Some(Ref::from_schema_name(Problem::name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMITTED: &str = include_str!("../../../docs/openapi.json");

    #[test]
    fn the_committed_document_is_current() {
        let mut current = serde_json::to_string_pretty(&openapi()).unwrap();
        current.push('\n');
        assert!(
            current == COMMITTED,
            "docs/openapi.json is out of date; renew it with\n  \
             cargo run --package orchestrator-cli -- openapi > openapi.new && mv openapi.new docs/openapi.json"
        );
    }

    #[test]
    fn every_reference_in_the_document_leads_somewhere() {
        let document = serde_json::to_value(openapi()).unwrap();
        let mut references = Vec::new();
        collect(&document, &mut references);
        assert!(references.len() > 20, "{references:?}");
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        assert_eq!(document["openapi"], "3.1.0");
    }

    fn collect(value: &serde_json::Value, references: &mut Vec<String>) {
        if let Some(reference) = value.get("$ref").and_then(|reference| reference.as_str()) {
            references.push(reference.to_owned());
        }
        match value {
            serde_json::Value::Object(fields) => fields.values().for_each(|value| collect(value, references)),
            serde_json::Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
            _ => {}
        }
    }
}

//! The API's description: an OpenAPI document made from the code, and a page to try it out that needs no internet.

mod answers;
mod examples;
mod prune;
pub(crate) mod shared;
mod unions;

use crate::{
    access::table::{self, Needs},
    app::App,
    event_schema::EventForm,
    problem::{Kind, MEDIA_TYPE, Problem},
};
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, Method, header},
    middleware::{Next, from_fn, map_response},
    response::{Html, IntoResponse, Redirect},
    routing::get,
};
use utoipa::{
    OpenApi as _, PartialSchema, ToSchema,
    openapi::{
        KnownFormat, Object, OpenApi, PathItem, RefOr, Schema, SchemaFormat, Type,
        path::Operation,
        response::{Response, ResponseBuilder},
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Where the document is.
const DOCUMENT: &str = "/openapi.json";
/// Where the page is.
const PAGE: &str = "/docs";
/// The same, as the page asks for it.
const FROM_PAGE: &str = "../openapi.json";
/// The page itself, in place of the one that Swagger UI brings, which bears Swagger UI's name.
const HTML: &str = include_str!("docs/page.html");
/// How the page looks, as far as that is not Swagger UI's own.
const SHEET: &str = include_str!("docs/page.css");

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Dynamic Orchestrator",
        description = "Turns a sentence into a working project: runs a workflow of agents, each a sandboxed \
                       WebAssembly component, and streams everything that happens.\n\nErrors are problem documents \
                       (RFC 9457).\n\nCallers show a token in the `Authorization` header: `Bearer dorc_…`. A server on a \
                       loopback address that has no tokens asks for none. Tokens have a role: a `viewer` may look, a \
                       `runner` may also start and cancel runs, and change, restore and import files, an `admin` may do everything. What is asked too often \
                       is answered with 429 and a `Retry-After` header.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "runs", description = "Start runs, follow them, end them"),
        (name = "workflows", description = "What runs can be asked to do"),
        (name = "agents", description = "Who does the work, and with which prompt and model"),
        (name = "projects", description = "The files of projects: look at them, change them, take them away, bring them in, go back"),
        (name = "plugins", description = "The WebAssembly components behind agents and conditions"),
        (name = "access", description = "Who may call the API, and who did what"),
        (name = "health", description = "Whether the program is well"),
    ),
    components(schemas(EventForm, Problem)),
    servers((url = "/", description = "This server")),
    modifiers(&Scheme)
)]
struct Base;

/// The document before the routes are added.
pub(crate) fn base() -> OpenApi {
    Base::openapi()
}

/// `/openapi.json`, `/docs`, and the way there from `/`. What leads from one to another is relative, so that all of it can be
/// shown below a prefix that a proxy takes off.
pub(crate) fn router(document: OpenApi) -> Router<App> {
    let page = SwaggerUi::new(PAGE).url(DOCUMENT, complete(document)).config(Config::from(FROM_PAGE));
    // Beside the page's own files, in place of the one of that name.
    let sheet = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    Router::new()
        .merge(page)
        .layer(from_fn(our_page))
        .route("/docs/index.css", get(move || async move { (sheet, SHEET) }))
        .route("/", get(|| async { Redirect::temporary(PAGE) }))
        .layer(map_response(relative))
}

/// Answers with our page where Swagger UI's would come, whose address is the same.
async fn our_page(request: Request, next: Next) -> axum::response::Response {
    let is_page = matches!(request.uri().path(), "/docs/" | "/docs/index.html");
    match is_page && matches!(*request.method(), Method::GET | Method::HEAD) {
        true => Html(HTML).into_response(),
        false => next.run(request).await,
    }
}

/// Leads from an address at the root to the page, wherever the root is.
async fn relative(mut response: axum::response::Response) -> axum::response::Response {
    if let Some(to) = response.headers_mut().get_mut(header::LOCATION) {
        *to = HeaderValue::from_static("docs/");
    }
    response
}

/// A body of bytes, as generators of clients know it.
pub(crate) enum Binary {}

impl ToSchema for Binary {}

impl PartialSchema for Binary {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Binary);
        Object::builder().schema_type(Type::String).format(Some(format)).build().into()
    }
}

/// How tokens are shown.
struct Scheme;

/// What the scheme is called in the document.
const SCHEME: &str = "token";

impl utoipa::Modify for Scheme {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("dorc_…")
            .description(Some("A token, as `orchestrator token create` or `POST /tokens` showed it."))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(SCHEME, SecurityScheme::Http(scheme));
    }
}

/// What an operation needs, where tokens are asked for, and in words.
fn secure(path: &str, method: &str, operation: &mut Operation) {
    let Ok(method) = method.parse() else { return };
    // An empty requirement stands for the server that asks for no tokens.
    let nothing = SecurityRequirement::default();
    let (security, words) = match table::find(&method, path).needs {
        Needs::Nothing => (vec![nothing], "Needs no token.".to_owned()),
        Needs::Role(role) => {
            let needed = SecurityRequirement::new(SCHEME, [role.as_str()]);
            (vec![needed, nothing], format!("Needs the role `{role}`, where tokens are asked for."))
        }
    };
    operation.security = Some(security);
    let said = operation.description.take().unwrap_or_default();
    operation.description = Some(format!("{said}\n\n{words}").trim_start().to_owned());
}

/// Adds what holds for every operation: who may call it, and that an answer that says no is a problem document, the
/// listed ones and any other.
pub(crate) fn complete(mut document: OpenApi) -> OpenApi {
    // The router writes a parameter that takes slashes as `{*path}`; OpenAPI knows no such mark.
    let paths = std::mem::take(&mut document.paths.paths);
    for (path, mut item) in paths {
        for (method, operation) in operations(&mut item) {
            secure(&path, method, operation);
            examples::add(operation);
            answers::add(&path, method, operation);
            operation.responses.responses.insert("default".to_owned(), any_problem().into());
        }
        document.paths.paths.insert(path.replace("{*", "{"), item);
    }
    if let Some(components) = &mut document.components {
        unions::rewrite(&mut components.schemas);
    }
    prune::unreferenced(&mut document);
    document
}

pub(crate) fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, patch, delete, .. } = item;
    let all = [("GET", get), ("PUT", put), ("POST", post), ("PATCH", patch), ("DELETE", delete)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn any_problem() -> Response {
    let kinds = Kind::ALL.iter().map(|kind| {
        let (slug, status, title) = kind.entry();
        format!("`{slug}` ({}): {title}", status.as_u16())
    });
    let kinds = kinds.collect::<Vec<_>>().join("; ");
    let description = format!("Any other problem. What `type` can end in, and the usual status: {kinds}.");
    ResponseBuilder::new().description(description).content(MEDIA_TYPE, answers::problem()).build()
}

#[cfg(test)]
mod tests {
    use crate::openapi;

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

    #[test]
    fn what_is_made_has_an_address_and_what_is_deleted_has_no_body() {
        let document = serde_json::to_value(openapi()).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let responses = &operation["responses"];
                let made = responses["201"]["headers"].get("Location").is_some();
                // What is put somewhere is there.
                assert_eq!(made, responses.get("201").is_some() && method != "put", "{method} {path}");
                let gone = responses.get("204").is_some_and(|response| response.get("content").is_none());
                // A file's deletion answers with the snapshot that takes it back.
                let for_good = method == "delete" && operation["operationId"] != "deleteProjectFile";
                assert_eq!(gone && responses.get("200").is_none(), for_good, "{method} {path}");
            }
        }
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

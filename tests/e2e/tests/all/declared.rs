//! The API's description says which statuses each operation answers with. Each operation is asked in every way that is
//! wrong, and what it answers has to be declared, with the media type that it comes in.

use orchestrator_e2e::{Answer, Server, Setup, soon};
use reqwest::Method;
use serde_json::Value;

/// Names in addresses: of nothing, of nothing that there could be, and what is no text.
const NAMES: [&str; 3] = ["none", "a%20b", "%ff"];
/// What is put behind an address.
const QUERIES: [&str; 3] = ["", "?nobody=knows", "?limit=0&limit=0"];

/// Bodies that are wrong, each with what it is declared as.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let json = "application/json";
    vec![
        ("", Vec::new()),
        ("text/plain", b"hello".to_vec()),
        ("multipart/form-data; boundary=x", b"--x--".to_vec()),
        (json, b"{\"user_request\": ".to_vec()),
        (json, b"[]".to_vec()),
        (json, b"{\"nobody\": \"knows\"}".to_vec()),
        (json, vec![b' '; 5 << 20]),
        ("application/zip", b"no archive".to_vec()),
        ("application/gzip", b"no archive".to_vec()),
    ]
}

/// An operation of the served document.
struct Operation {
    method: Method,
    path: String,
    responses: Value,
}

async fn operations(server: &Server) -> Vec<Operation> {
    let root = server.api.base().replace("/api/v1/orchestrator", "/openapi.json");
    let document: Value = reqwest::get(root).await.expect("is served").json().await.expect("is JSON");
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            operations.push(Operation {
                method: method.to_uppercase().parse().expect("a method"),
                path: path.trim_start_matches("/api/v1/orchestrator").to_owned(),
                responses: operation["responses"].clone(),
            });
        }
    }
    assert!(operations.len() > 30);
    operations
}

impl Operation {
    /// The address with every name in it replaced.
    fn address(&self, name: &str, query: &str) -> String {
        let parts = self.path.split('/').map(|part| if part.starts_with('{') { name } else { part });
        parts.collect::<Vec<_>>().join("/") + query
    }

    fn check(&self, answer: &Answer, what: &str) {
        let (method, path, status) = (&self.method, &self.path, answer.status.as_u16());
        let declared = &self.responses[status.to_string()];
        assert!(!declared.is_null(), "{method} {path} does not declare {status}, for {what}: {answer:?}");
        let Some(given) = answer.headers.get("content-type") else { return };
        let given = given.to_str().expect("is text").split(';').next().unwrap_or_default();
        let content = declared["content"].as_object();
        let types: Vec<_> = content.into_iter().flat_map(|content| content.keys()).collect();
        let fits = |kind: &&String| {
            kind.strip_suffix('*').map_or(kind.as_str() == given, |family| given.starts_with(family))
        };
        assert!(types.iter().any(fits), "{method} {path} {status} is {given}, not {types:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_asked_wrongly_is_answered_as_the_document_says() {
    let server = Setup::new().server(|config| config.requests_per_second = None).start().await;
    let mut had = std::collections::BTreeSet::new();
    for operation in operations(&server).await {
        for name in NAMES {
            for query in QUERIES {
                for (kind, body) in bodies() {
                    let address = operation.address(name, query);
                    let what = format!("{address} with {} bytes of '{kind}'", body.len());
                    let mut request = server.api.request(operation.method.clone(), &address).body(body);
                    if !kind.is_empty() {
                        request = request.header("content-type", kind);
                    }
                    let response = soon(&what, request.send()).await.expect("answers");
                    let (status, headers) = (response.status(), response.headers().clone());
                    // A project's events have no end.
                    let endless = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
                    let text =
                        if endless { String::new() } else { response.text().await.expect("has an end") };
                    had.insert(status.as_u16());
                    operation.check(&Answer { status, headers, text }, &what);
                }
            }
        }
    }
    for status in [200, 400, 404, 413, 415, 422] {
        assert!(had.contains(&status), "nothing was answered with {status}: {had:?}");
    }
}

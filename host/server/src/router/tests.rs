use super::*;
use axum::{
    body::Body,
    http::{HeaderMap, StatusCode},
    routing::get,
};
use tower::ServiceExt;

/// What every request passes, around two routes of no consequence.
fn app(config: ServerConfig) -> Router {
    async fn defect() {
        panic!("an index was out of bounds in /home/someone/secret.rs");
    }
    dress(Router::new().route("/fine", get(|| async {})).route("/defect", get(defect)), Arc::new(config))
}

async fn ask(method: Method, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:8000");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app(ServerConfig::default()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn what_is_not_there_and_what_does_not_work_there_are_problems() {
    let (status, headers, body) = ask(Method::GET, "/nowhere", &[]).await;
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::NOT_FOUND, &"application/problem+json".parse().unwrap())
    );
    assert!(body.contains("urn:problem-type:orchestrator:no-route"), "{body}");
    let (status, headers, body) = ask(Method::DELETE, "/fine", &[]).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(headers["allow"], "GET,HEAD");
    assert!(body.contains("method-not-allowed"), "{body}");
}

#[tokio::test]
async fn a_panic_is_a_problem_that_gives_nothing_away() {
    let (status, _, body) = ask(Method::GET, "/defect", &[]).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!body.contains("secret"), "{body}");
}

#[tokio::test]
async fn a_page_whose_name_was_rebound_to_this_machine_is_refused() {
    let (status, _, body) = ask(Method::GET, "/fine", &[("host", "evil.example:8000")]).await;
    assert_eq!(status, StatusCode::MISDIRECTED_REQUEST);
    assert!(body.contains("evil.example"), "{body}");
}

#[tokio::test]
async fn known_origins_may_call_and_read_the_run_id_and_others_may_not() {
    let preflight = async |origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type"),
        ];
        ask(Method::OPTIONS, "/fine", &headers).await.1
    };
    let known = preflight("http://localhost:5173").await;
    assert_eq!(known["access-control-allow-origin"], "http://localhost:5173");
    assert_eq!(known["access-control-allow-methods"], "GET,POST,PUT,PATCH,DELETE");
    assert!(preflight("https://evil.example").await.get("access-control-allow-origin").is_none());
    let (_, headers, _) = ask(Method::GET, "/fine", &[("origin", "http://localhost:3000")]).await;
    let exposed = headers["access-control-expose-headers"].to_str().unwrap();
    assert!(
        ["x-run-id", "etag", "content-disposition"].iter().all(|name| exposed.contains(name)),
        "{exposed}"
    );
    let allowed = known["access-control-allow-headers"].to_str().unwrap();
    // What a page asks whether a file changed with, and what frameworks send by themselves.
    for name in ["if-none-match", "cache-control", "x-requested-with"] {
        assert!(allowed.contains(name), "{name}: {allowed}");
    }
}

#[tokio::test]
async fn any_origin_may_call_when_an_operator_says_so() {
    let origins = vec![Origin::parse("*").unwrap()];
    let app = app(ServerConfig { origins, ..ServerConfig::default() });
    let request = Request::get("/fine").header("host", "localhost").header("origin", "https://a.example");
    let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}

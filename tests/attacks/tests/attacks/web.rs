//! The API as browsers and their pages see it.

use orchestrator_attacks::{Scene, Setup, step};
use orchestrator_e2e::Answer;
use reqwest::Method;
use serde_json::json;
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
};

const PAGE: &str = "<script>fetch('/api/v1/orchestrator/tokens', {method: 'POST'})</script>";

async fn asked(scene: &Scene, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = scene.api.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    scene.api.send(request).await
}

/// Checks that a browser makes no page of an answer, frames it nowhere and sends no cookie with the next request.
fn is_no_page(answer: &Answer) {
    assert!(
        !["text/html", "image/svg+xml", "application/xhtml+xml"].contains(&answer.media_type()),
        "{answer:?}"
    );
    assert!(!answer.media_type().contains("javascript"), "{answer:?}");
    let header = |name: &str| answer.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    assert_eq!(header("x-content-type-options"), "nosniff", "{answer:?}");
    let policy = header("content-security-policy");
    assert!(
        policy.contains("frame-ancestors 'none'") || policy.starts_with("sandbox; default-src 'none'"),
        "{answer:?}"
    );
    assert!(!answer.headers.contains_key("set-cookie"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_page_in_a_project_is_no_page_of_the_apis_origin() {
    let scene = Scene::start().await;
    for name in
        ["index.html", "image.svg", "page.xhtml", "code.js", "code.mjs", "index.HTM", "noending", "x.json"]
    {
        scene.attack(&[step::write(name, PAGE)]).await.all_done();
        let answer = asked(&scene, Method::GET, &format!("/projects/p/files/{name}"), &[]).await;
        // The control: it is the page as it was written, so nothing but what it is served as keeps it from running.
        assert_eq!(answer.text, PAGE);
        is_no_page(&answer);
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_pages_elsewhere_change_nothing() {
    let scene = Scene::start().await;
    let cancel = "/runs/none/cancel";
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "https://evil.example"), ("content-type", "text/plain")],
        &[("origin", "http://localhost.evil.example")],
    ] {
        let problem = asked(&scene, Method::POST, cancel, headers).await.problem(403);
        assert!(problem["type"].to_string().contains("foreign-origin"), "{problem}");
    }
    // A name of theirs that leads here: the browser takes it for their own origin.
    for host in ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example"] {
        asked(&scene, Method::GET, "/runs", &[("host", host)]).await.problem(421);
        let origin = format!("http://{host}");
        asked(&scene, Method::POST, cancel, &[("host", host), ("origin", &origin)]).await.problem(421);
    }
    // Nothing that they ask for may be read by them.
    let answer = asked(&scene, Method::GET, "/runs", &[("origin", "https://evil.example")]).await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"), "{answer:?}");
    scene.unharmed().await;
}

/// The control: without an origin, from an allowed one, and under an allowed name it gets as far as the run.
#[tokio::test(flavor = "multi_thread")]
async fn h2_control_pages_that_were_allowed_get_through() {
    let setup =
        Setup::new().argument("--cors-origin=https://evil.example").argument("--allowed-host=evil.example");
    let scene = setup.start().await;
    let cancel = "/runs/none/cancel";
    asked(&scene, Method::POST, cancel, &[]).await.problem(404);
    asked(&scene, Method::POST, cancel, &[("origin", "https://evil.example")]).await.problem(404);
    assert!(asked(&scene, Method::GET, "/runs", &[("host", "evil.example")]).await.status.is_success());
    let answer = asked(&scene, Method::GET, "/runs", &[("origin", "https://evil.example")]).await;
    assert_eq!(answer.headers["access-control-allow-origin"], "https://evil.example");
}

/// What pages without a token may not ask for, each in a way that leads to no change where it is let in.
const OF_PEOPLE: &[(Method, &str)] = &[
    (Method::POST, "/tokens"),
    (Method::GET, "/tokens"),
    (Method::GET, "/audit"),
    (Method::POST, "/plugins/none/grants"),
    (Method::PUT, "/agents/none/prompt"),
    (Method::PATCH, "/agents/none"),
    (Method::DELETE, "/workflows/none"),
    (Method::DELETE, "/projects/none"),
    (Method::DELETE, "/runs/none"),
    (Method::POST, "/projects/none/restore"),
    (Method::POST, "/projects/none/import"),
    (Method::PUT, "/projects/none/files/a.js"),
    (Method::DELETE, "/projects/none/files/a.js"),
];

/// A page of an origin that is allowed may be one that an agent wrote and a person looks at.
#[tokio::test(flavor = "multi_thread")]
async fn h9_pages_of_allowed_origins_are_no_admins() {
    let scene = Scene::start().await;
    for (method, path) in OF_PEOPLE {
        for origin in ["http://localhost:3000", "http://127.0.0.1:5173"] {
            let problem = asked(&scene, method.clone(), path, &[("origin", origin)]).await.problem(403);
            assert!(problem["type"].to_string().contains("role-needed"), "{method} {path}: {problem}");
        }
        // The controls: a person at a terminal, and the server's own page.
        let own = scene.api.base().replace("/api/v1/orchestrator", "");
        for headers in [&[][..], &[("origin", own.as_str())]] {
            let answer = asked(&scene, method.clone(), path, headers).await;
            assert!(answer.status != 403 && answer.status != 401, "{method} {path}: {answer:?}");
        }
    }
    // What a frontend needs stays open to them.
    for path in ["/runs", "/workflows", "/projects"] {
        let answer = asked(&scene, Method::GET, path, &[("origin", "http://localhost:3000")]).await;
        assert!(answer.status.is_success(), "{path}: {answer:?}");
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h3_markup_in_output_stays_text() {
    let scene = Scene::start().await;
    let steps = [step::write("<img src=x onerror=alert(1)>.html", PAGE), step::read(PAGE)];
    let run = scene.run("attack", "p", PAGE, &json!({"steps": steps, "note": PAGE})).await;
    let id = run.run_id().to_owned();
    let tag = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for path in [
        format!("/runs/{id}"),
        format!("/runs/{id}/events"),
        "/projects/p/files".to_owned(),
        "/projects/p/diff".to_owned(),
        format!("/runs/{tag}"),
        format!("/projects/{tag}/files"),
        format!("/agents/{tag}"),
        format!("/{tag}"),
        format!("/runs?limit={tag}"),
    ] {
        let answer = asked(&scene, Method::GET, &path, &[]).await;
        is_no_page(&answer);
    }
    // The control: the server does have pages, and the markup came back as it was.
    let docs = scene.api.base().replace("/api/v1/orchestrator", "/docs/");
    let docs = reqwest::get(docs).await.expect("the server answers");
    assert!(docs.headers()["content-type"].to_str().is_ok_and(|kind| kind.starts_with("text/html")));
    assert!(run.to_string().contains("<script>"), "{run}");
    scene.unharmed().await;
}

/// Sends a request byte by byte as it is here, and returns the answer.
fn raw(scene: &Scene, head: &str) -> String {
    let mut connection = TcpStream::connect(scene.program.address()).expect("the server listens");
    let rest = "Host: localhost\r\nConnection: close\r\n\r\n";
    write!(connection, "{head}{rest}").expect("it takes the request");
    let mut answer = String::new();
    // It may close before all was read, which is an answer too.
    let _ = connection.read_to_string(&mut answer);
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_names_break_neither_headers_nor_the_log() {
    let scene = Setup::new().argument("--log=trace").start().await;
    let evil = "a\"\r\nX-Evil: 1\r\n\r\n<b>.txt";
    fs::write(scene.project().join(evil), "x").expect("a file");
    let encoded = "a%22%0D%0AX-Evil:%201%0D%0A%0D%0A%3Cb%3E.txt";
    for path in [
        format!("/projects/p/files/{encoded}"),
        format!("/projects/{encoded}/archive"),
        "/projects/p/archive".to_owned(),
        format!("/runs/{encoded}"),
        format!("/{encoded}"),
    ] {
        let answer = asked(&scene, Method::GET, &path, &[]).await;
        assert!(!answer.headers.contains_key("x-evil"), "{answer:?}");
        let answer = raw(&scene, &format!("GET /api/v1/orchestrator{path} HTTP/1.1\r\n"));
        let head = answer.split("\r\n\r\n").next().unwrap_or_default();
        assert!(!head.to_lowercase().lines().any(|line| line.starts_with("x-evil")), "{head}");
    }
    // A line of the log that looks like one of the server's own.
    let forged = "2030-01-01T00:00:00Z  INFO orchestrator: token 'eve' was created";
    let request = json!({
        "user_request": format!("x\n{forged}"), "project_id": "p", "workflow_name": "attack",
        "metadata": {"steps": [step::read(&format!("x\n{forged}")), step::start(&[&format!("x\n{forged}")])]},
    });
    scene.api.run(&request).await.complete();
    asked(&scene, Method::GET, &format!("/runs/x%0A{}", forged.replace(' ', "%20")), &[]).await;
    let log = scene.program.log();
    assert!(!log.lines().any(|line| line.starts_with("2030-01-01")), "{log}");
    // The control: names and requests do get into the log.
    assert!(log.contains("X-Evil"), "{log}");
    scene.unharmed().await;
}

//! Who is let in, to what, how often, and what is written down about it.

use crate::projects::archive;
use orchestrator::{Actor, AuditFilter, Desk, Role, TokenName, archive::Format};
use orchestrator_e2e::{Answer, Api, Server, Setup, soon};
use reqwest::Method;
use serde_json::{Value, json};
use std::num::NonZeroU32;

/// A planner that never answers.
const HOLD: &str = "[[reply]]\nagent = 'planner'\nhold = true";

/// Makes a token on the command line's door, which is the journal's file.
async fn token(server: &Server, name: &str, role: Role) -> String {
    let desk = Desk::open(server.data()).expect("the data folder is shared");
    let made = desk.tokens().create(Actor::CLI, TokenName::new(name).expect("a name"), role, None).await;
    made.expect("the token is made").token.reveal()
}

async fn with_token(server: &Server, name: &str, role: Role) -> Api {
    server.api.with_token(&token(server, name, role).await)
}

async fn ask(api: &Api, method: &str, path: &str) -> Answer {
    let method: Method = method.parse().expect("a method");
    let request = api.request(method, path).json(&json!({}));
    soon("an answer", async {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status(), response.headers().clone());
        // A project's events have no end.
        let is_stream = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let text = if is_stream { Ok(String::new()) } else { response.text().await };
        Answer { status, headers, text: text.expect("the answer has a whole body") }
    })
    .await
}

/// Every operation of the served document, with the role that it says it needs. Names in paths are of things that are
/// not there, so that nothing is done where somebody is let in.
async fn operations(server: &Server) -> Vec<(String, String, Option<Role>)> {
    let root = server.api.base().replace("/api/v1/orchestrator", "/openapi.json");
    let document: Value = reqwest::get(root).await.expect("is served").json().await.expect("is JSON");
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let path = path.trim_start_matches("/api/v1/orchestrator");
        let parameters = ["{run_id}", "{name}", "{agent_type}", "{project_id}", "{path}"];
        let path = parameters.iter().fold(path.to_owned(), |path, parameter| path.replace(parameter, "none"));
        for (method, operation) in item.as_object().expect("operations") {
            let role =
                operation["security"][0]["token"][0].as_str().map(|role| role.parse().expect("a role"));
            operations.push((method.to_uppercase(), path.clone(), role));
        }
    }
    assert!(operations.len() > 20, "{operations:?}");
    operations
}

/// A request under a key whose holder, by name, is another one by now.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_made_again_has_none_of_the_requests_of_the_one_before() {
    let server = Setup::new().start().await;
    let desk = Desk::open(server.data()).expect("the data folder is shared");
    let body = json!({"user_request": "x", "project_id": "p", "if_busy": "queue"});
    let mut runs = Vec::new();
    for _ in 0..2 {
        let api = with_token(&server, "ci", Role::Runner).await;
        for repeated in [false, true] {
            let request = api.request(Method::POST, "/execute").header("Idempotency-Key", "k").json(&body);
            let answer = request.send().await.expect("answers");
            assert_eq!(answer.headers().contains_key("idempotency-replayed"), repeated);
            runs.push(answer.headers()["x-run-id"].clone());
        }
        desk.tokens().revoke(Actor::CLI, "ci").await.expect("is revoked");
    }
    assert!(runs[0] == runs[1] && runs[2] == runs[3] && runs[0] != runs[2], "{runs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_gets_as_far_as_the_document_says_and_no_further() {
    let server = Setup::new().start().await;
    let callers = [
        (None, server.api.clone()),
        (Some(Role::Viewer), with_token(&server, "vera", Role::Viewer).await),
        (Some(Role::Runner), with_token(&server, "rudi", Role::Runner).await),
        (Some(Role::Admin), with_token(&server, "ada", Role::Admin).await),
    ];
    for (method, path, needed) in operations(&server).await {
        for (role, api) in &callers {
            let answer = ask(api, &method, &path).await;
            let what = format!("{method} {path} as {role:?}: {answer:?}");
            match (needed, role) {
                (Some(_), None) => {
                    assert_eq!(
                        answer.problem(401)["type"],
                        "urn:problem-type:orchestrator:token-needed",
                        "{what}"
                    );
                    assert_eq!(answer.headers["www-authenticate"], "Bearer realm=\"orchestrator\"", "{what}");
                }
                (Some(needed), Some(role)) if *role < needed => {
                    let problem = answer.problem(403);
                    assert_eq!(problem["role"], needed.as_str(), "{what}");
                }
                _ => assert!(!matches!(answer.status.as_u16(), 401 | 403 | 500), "{what}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_tokens_a_loopback_server_lets_everything_in_and_with_one_it_does_not() {
    let server = Setup::new().start().await;
    let made = server.api.post("/tokens", &json!({"name": "ada", "role": "admin"})).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let made = made.json();
    let ada = server.api.with_token(made["token"].as_str().expect("a token"));
    server.api.get("/runs").await.problem(401);
    assert_eq!(
        server.api.get("/health").await.ok(),
        json!({"status": "healthy"}),
        "anybody learns that much"
    );
    assert_eq!(ada.get("/health").await.ok()["workflows_count"], 3);
    let listed = ada.list("/tokens").await;
    assert_eq!((&listed[0]["name"], listed[0].get("token")), (&json!("ada"), None));
    assert!(listed[0]["last_used"].is_string(), "{listed}");
    ada.post("/tokens", &json!({"name": "ada", "role": "viewer"})).await.problem(409);
    ada.post("/tokens", &json!({"name": "system", "role": "viewer"})).await.problem(422);
    let past = json!({"name": "bob", "role": "viewer", "expires": "2020-01-01T00:00:00Z"});
    assert_eq!(ada.post("/tokens", &past).await.problem(422)["field"], "expires");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_wrong_or_revoked_are_refused_in_the_same_words() {
    let server = Setup::new().start().await;
    let ada = with_token(&server, "ada", Role::Admin).await;
    let bob = token(&server, "bob", Role::Admin).await;
    assert_eq!(ada.delete("/tokens/bob").await.status.as_u16(), 204);
    let forged = format!("{}{}", &bob[..bob.len() - 64], "0".repeat(64));
    let mut said = Vec::new();
    for wrong in [&bob, &forged, "dorc_", "dorc_zz", "sesame", "", &"x".repeat(4000)] {
        let answer = server.api.with_token(wrong).get("/runs").await;
        assert!(answer.headers["www-authenticate"].to_str().is_ok_and(|text| text.contains("invalid_token")));
        said.push(answer.problem(401));
    }
    // A token that is valid, and not shown as one.
    let valid = token(&server, "eva", Role::Admin).await;
    for shown in [valid.clone(), format!("Token {valid}"), "Basic YTpi".to_owned()] {
        let request = server.api.request(Method::GET, "/runs").header("authorization", shown);
        said.push(server.api.send(request).await.problem(401));
    }
    said.dedup();
    assert_eq!(said.len(), 1, "what is wrong with a token is not told: {said:?}");
    let gone = ada.delete("/tokens/bob").await.problem(404);
    assert_eq!(gone["valid"], json!(["ada", "eva"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_its_token_is_revoked_and_the_run_goes_on() {
    let server = Setup::new().script(HOLD).start().await;
    let (ada, rudi) =
        (with_token(&server, "ada", Role::Admin).await, with_token(&server, "rudi", Role::Runner).await);
    let request =
        rudi.request(Method::POST, "/execute").json(&json!({"user_request": "x", "project_id": "p"}));
    let mut stream = request.send().await.expect("the server answers");
    let run = stream.headers()["x-run-id"].to_str().expect("an id").to_owned();
    let others = ada.request(Method::GET, &format!("/runs/{run}/events")).send().await;
    let mut others = others.expect("the server answers");
    assert!(others.chunk().await.expect("goes on").is_some());
    // By another process, as far as the server can tell.
    Desk::open(server.data()).expect("opens").tokens().revoke(Actor::CLI, "rudi").await.expect("is revoked");
    soon("the end of the stream", async { while stream.chunk().await.expect("ends in order").is_some() {} })
        .await;
    rudi.get("/runs").await.problem(401);
    let run = ada.get(&format!("/runs/{run}")).await.ok();
    assert_eq!((&run["status"], &run["actor"]), (&json!("running"), &json!("rudi")));
    ada.post(&format!("/runs/{}/cancel", run["run_id"].as_str().expect("an id")), &Value::Null).await.ok();
    let end = async { while others.chunk().await.expect("ends in order").is_some() {} };
    soon("the end of the other's stream", end).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_in_the_audit_with_who_did_it() {
    let server = Setup::new().script(HOLD).plugin("broken.wasm", b"no component").start().await;
    let ada = with_token(&server, "ada", Role::Admin).await;
    ada.put("/agents/writer/model", &json!({"model": "opus"})).await.ok();
    ada.put("/agents/writer/prompt", &json!({"system_prompt": "Write haikus."})).await.ok();
    ada.put_nothing("/agents/documenter/disable").await.ok();
    let steps = json!([{"agent_type": "planner", "name": "Plan"}]);
    ada.workflow("mine", steps).await;
    assert_eq!(ada.delete("/workflows/mine").await.status.as_u16(), 204);
    let mut run = ada.execute(&json!({"user_request": "x", "project_id": "p"})).await;
    let run_id = run.next().await.expect("an event").json()["run_id"].as_str().expect("an id").to_owned();
    ada.post(&format!("/runs/{run_id}/cancel"), &Value::Null).await.ok();
    let zip = archive(Format::Zip, &[("a.txt", "a")]);
    let import = ada.request(Method::POST, "/projects/shop/import").header("content-type", "application/zip");
    let imported = ada.send(import.body(zip)).await.ok();
    ada.post("/projects/shop/restore", &json!({"snapshot": imported["before"]})).await.ok();
    let entries = ada.list("/audit?limit=7").await;
    let entries = entries.as_array().expect("a list");
    let line = |entry: &Value| {
        let text = |field: &str| entry[field].as_str().expect("a text").replace(&run_id, "RUN");
        format!("{} {} {}", text("actor"), text("action"), text("subject"))
    };
    let mut told: Vec<_> = entries.iter().rev().map(line).collect();
    // It is put down by a task of its own, before or after the first of these.
    let refused = told.iter().position(|line| line == "system plugin.refuse broken.wasm").expect("is there");
    told.remove(refused);
    assert_eq!(
        told,
        [
            "cli token.create ada",
            "ada agent.model writer",
            "ada agent.prompt writer",
            "ada agent.disable documenter",
            "ada workflow.create mine",
            "ada workflow.delete mine",
            "ada run.start p",
            "ada run.cancel RUN",
            "ada project.import shop",
            "ada project.restore shop",
        ]
    );
    let of_run = ada.list(&format!("/audit?run_id={run_id}")).await;
    assert_eq!(of_run.as_array().map(Vec::len), Some(2));
    let page = ada.get("/audit?limit=3").await.ok();
    let next = page["next"].as_str().expect("a place");
    let more = ada.get(&format!("/audit?limit=1&after={next}")).await.ok();
    assert_eq!(more["items"][0], entries[3]);
    let other = ada.get(&format!("/audit?order=oldest&after={next}")).await.problem(422);
    assert_eq!(other["field"], "after", "it is a place of the list in the other order");
    let mut turned = ada.list("/audit?order=oldest&limit=4").await;
    turned.as_array_mut().expect("a list").reverse();
    assert_eq!(turned, ada.list("/audit").await);
}

/// Entries about refusals, the oldest first.
async fn refusals(admin: &Api) -> Vec<Value> {
    let entries = admin.list("/audit?action=access&limit=200").await;
    let mut entries = entries.as_array().expect("a list").clone();
    entries.reverse();
    entries
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_refused_is_in_the_audit_with_what_they_wanted() {
    let server = Setup::new().start().await;
    let ada = with_token(&server, "ada", Role::Admin).await;
    let vera = with_token(&server, "vera", Role::Viewer).await;
    server.api.get("/runs").await.problem(401);
    server.api.with_token("dorc_guessed").get("/agents").await.problem(401);
    vera.post("/tokens", &json!({"name": "eve", "role": "admin"})).await.problem(403);
    let page = ada.request(Method::POST, "/runs/none/cancel").header("origin", "https://evil.example");
    ada.send(page).await.problem(403);
    let told: Vec<_> = refusals(&ada)
        .await
        .iter()
        .map(|entry| {
            let text = |value: &Value| value.as_str().expect("a text").replace("/api/v1/orchestrator", "");
            assert_eq!(entry["detail"]["from"], "127.0.0.1");
            [&entry["actor"], &entry["subject"], &entry["detail"]["reason"]].map(text).join(" ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "unknown GET /runs token-needed",
            "unknown GET /agents token-invalid",
            "vera POST /tokens role-needed",
            "unknown POST /runs/none/cancel foreign-origin",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_at_tokens_fills_no_disk_and_is_counted() {
    let server = Setup::new().server(|config| config.requests_per_second = None).start().await;
    let ada = with_token(&server, "ada", Role::Admin).await;
    for _ in 0..20 {
        let guesses = (0..20).map(|n| {
            let guesser = server.api.with_token(&format!("dorc_{n}"));
            async move { guesser.get("/runs").await.status.as_u16() }
        });
        assert!(futures::future::join_all(guesses).await.into_iter().all(|status| status == 401));
    }
    let entries = refusals(&ada).await;
    // One more for each minute that this takes on a slow machine.
    assert!((5..15).contains(&entries.len()), "{} entries of 400 refusals", entries.len());
    let vera = with_token(&server, "vera", Role::Viewer).await;
    vera.get("/audit").await.problem(403);
    let last = refusals(&ada).await.pop().expect("an entry");
    assert_eq!(last["actor"], "vera");
    assert!(last["detail"]["passed_over"].as_u64().is_some_and(|count| count > 300), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_is_in_anything_that_is_kept() {
    let server = Setup::new().start().await;
    let ada = token(&server, "ada", Role::Admin).await;
    let api = server.api.with_token(&ada);
    let bob = api.post("/tokens", &json!({"name": "bob", "role": "viewer"})).await.json();
    let bob = bob["token"].as_str().expect("a token").to_owned();
    server.api.with_token(&bob).list("/runs").await;
    let answers = [
        api.get("/audit").await,
        api.get("/tokens").await,
        server.api.with_token(&bob[..80]).get("/runs").await,
    ];
    for secret in [&ada, &bob].map(|token| token.rsplit_once('_').expect("three parts").1) {
        let shown: Vec<_> = answers.iter().filter(|answer| answer.text.contains(secret)).collect();
        assert!(shown.is_empty(), "{shown:?}");
        let journal = server.journal_bytes();
        assert!(
            !journal.windows(secret.len()).any(|window| window == secret.as_bytes()),
            "it is on the disk"
        );
    }
    let entries = server.orchestrator.audit(AuditFilter { limit: 10, ..AuditFilter::default() }).await;
    assert_eq!(entries.expect("reads").items.len(), 3, "two tokens and a refusal");
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_pages_change_nothing() {
    let server = Setup::new().start().await;
    let post = |headers: &[(&str, &str)]| {
        let mut request = server.api.request(Method::POST, "/runs/none/cancel");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        server.api.send(request)
    };
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "https://evil.example"), ("content-type", "text/plain")],
    ] {
        let problem = post(headers).await.problem(403);
        assert_eq!(problem["type"], "urn:problem-type:orchestrator:foreign-origin");
    }
    post(&[("origin", "http://localhost:5173")]).await.problem(404);
    post(&[]).await.problem(404);
    let rebound = server.api.request(Method::GET, "/runs").header("host", "evil.example");
    server.api.send(rebound).await.problem(421);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_much_waits_and_nobody_else() {
    let server = Setup::new().server(|config| config.requests_per_second = NonZeroU32::new(1)).start().await;
    let (ada, bob) =
        (with_token(&server, "ada", Role::Admin).await, with_token(&server, "bob", Role::Viewer).await);
    let answers = futures::future::join_all((0..100).map(|_| ada.get("/runs"))).await;
    let refused =
        answers.iter().find(|answer| answer.status.as_u16() == 429).expect("a hundred are too many");
    let wait = refused.headers["retry-after"].to_str().expect("a text").parse::<u64>().expect("a number");
    assert_eq!(refused.problem(429)["retry_after"], wait);
    assert!(wait >= 1, "{wait}");
    bob.list("/runs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_bounded_apart_from_requests() {
    let server = Setup::new().script(HOLD).server(|config| config.streams_at_once = 1).start().await;
    let ada = with_token(&server, "ada", Role::Runner).await;
    let stream = ada.execute(&json!({"user_request": "x", "project_id": "p"})).await;
    let second = ada.post("/execute", &json!({"user_request": "x", "project_id": "q"})).await;
    assert_eq!(second.problem(429)["type"], "urn:problem-type:orchestrator:too-many-at-once");
    assert_eq!(ada.list("/runs").await.as_array().map(Vec::len), Some(1), "what was refused has not begun");
    drop(stream);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_others_reach_is_not_served_without_a_token() {
    let server = Setup::new().start().await;
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.expect("a port is free");
    let serving = |listener| {
        let config = orchestrator_server::ServerConfig::default();
        orchestrator_server::serve(listener, server.orchestrator.clone(), config, std::future::ready(()))
    };
    let refused = serving(listener).await.expect_err("nobody could stop anybody").to_string();
    assert!(refused.contains("orchestrator token create") && refused.contains("127.0.0.1"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_usual_headers() {
    let server = Setup::new().start().await;
    for path in ["/health", "/nothing", "/runs/none"] {
        let headers = server.api.get(path).await.headers;
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        let policy = headers["content-security-policy"].to_str().expect("a text");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    }
}

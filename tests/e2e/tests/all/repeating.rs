//! Requests that come more than once: with a key they lead to the same run.

use orchestrator_e2e::{EventStream, Line, Server, Setup, label};
use reqwest::Method;
use serde_json::{Value, json};

async fn server() -> Server {
    with_ask(Setup::new().grants("echo", &["model", "write-files"]).guest("echo")).await
}

async fn with_ask(setup: Setup) -> Server {
    let server = setup.start().await;
    server.api.workflow("ask", json!([{"agent_type": "echo", "name": "Ask", "retry_count": 0}])).await;
    server
}

fn say(project: &str) -> Value {
    json!({"user_request": "hello", "project_id": project, "workflow_name": "ask"})
}

/// `POST /execute` under a key.
fn keyed(server: &Server, key: &str, body: &Value) -> reqwest::RequestBuilder {
    server.api.request(Method::POST, "/execute").header("Idempotency-Key", key).json(body)
}

fn run_of(line: &Line) -> String {
    line.json()["run_id"].as_str().expect("a run").to_owned()
}

async fn runs(server: &Server) -> usize {
    server.api.list("/runs").await.as_array().map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_is_the_same_run_whatever_became_of_it() {
    let server = server().await;
    let first = EventStream::open(keyed(&server, "k-1", &say("p"))).await.transcript().await;
    first.complete();
    let answer = server.api.send(keyed(&server, "\"k-1\"", &say("p"))).await;
    assert_eq!(answer.headers["idempotency-replayed"], "true");
    assert_eq!(answer.headers["x-run-id"], first.run_id());
    let again = EventStream::open(keyed(&server, "k-1", &say("p"))).await.transcript().await;
    assert_eq!(again.0, first.0);
    assert_eq!(runs(&server).await, 1);
    EventStream::open(keyed(&server, "k-2", &say("p"))).await.transcript().await.complete();
    assert_eq!(runs(&server).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_reconnects_goes_on_where_it_was_cut_off() {
    let server = server().await;
    let first = EventStream::open(keyed(&server, "k", &say("p"))).await.lines().await;
    let last = first[first.len() - 1].id.clone();
    let rest = keyed(&server, "k", &say("p")).header("Last-Event-ID", &first[1].id);
    assert_eq!(EventStream::open(rest).await.lines().await, first[2..]);
    let nothing = server.api.send(keyed(&server, "k", &say("p")).header("Last-Event-ID", last)).await;
    assert_eq!((nothing.status.as_u16(), &*nothing.text), (204, ""), "as GET answers");
    assert_eq!(nothing.headers["x-run-id"].to_str().expect("is text"), run_of(&first[0]));
    assert_eq!(runs(&server).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reconnection_without_a_key_starts_nothing() {
    let server = server().await;
    let request = server.api.request(Method::POST, "/execute").header("Last-Event-ID", "3").json(&say("p"));
    let problem = server.api.send(request).await.problem(422);
    assert_eq!(problem["field"], "Last-Event-ID");
    assert_eq!(runs(&server).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reconnection_to_a_run_that_is_not_there_starts_nothing() {
    let server = server().await;
    let again = |key: &str, last: &str| keyed(&server, key, &say("p")).header("Last-Event-ID", last);
    for _ in 0..2 {
        let problem = server.api.send(again("new", "9")).await.problem(422);
        assert_eq!(problem["field"], "Idempotency-Key", "{problem}");
    }
    assert_eq!(runs(&server).await, 0);
    // Whoever had no event yet begins: an empty id is none, and no event has the number 0.
    EventStream::open(again("new", "")).await.transcript().await.complete();
    EventStream::open(again("other", "0")).await.transcript().await.complete();
    assert_eq!(runs(&server).await, 2);
    assert_eq!(server.api.delete("/projects/p").await.status.as_u16(), 204);
    server.api.send(again("new", "2")).await.problem(422);
    assert_eq!(runs(&server).await, 0, "and the project stays deleted");
    for wrong in ["+3", "-1", "x"] {
        assert_eq!(
            server.api.send(again("k", wrong)).await.problem(422)["field"],
            "Last-Event-ID",
            "{wrong}"
        );
    }
    let query = server
        .api
        .request(Method::POST, "/execute?lastEventId=3")
        .header("Idempotency-Key", "k")
        .json(&say("p"));
    assert_eq!(server.api.send(query).await.problem(422)["field"], "lastEventId");
    assert_eq!(runs(&server).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_come_at_once_begin_one_run() {
    let server = server().await;
    let answers = (0..8).map(|_| server.api.send(keyed(&server, "k", &say("p"))));
    let answers = futures::future::join_all(answers).await;
    let first = answers[0].headers["x-run-id"].clone();
    assert!(answers.iter().all(|answer| answer.headers["x-run-id"] == first), "{answers:?}");
    let begun = answers.iter().filter(|answer| !answer.headers.contains_key("idempotency-replayed"));
    assert_eq!((begun.count(), runs(&server).await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_request_under_a_used_key_is_refused_and_names_the_run() {
    let server = server().await;
    let first = EventStream::open(keyed(&server, "k", &say("p"))).await.transcript().await;
    let problem = server.api.send(keyed(&server, "k", &say("q"))).await.problem(422);
    assert_eq!(
        (&problem["type"], &problem["field"], &problem["run_id"]),
        (&json!("urn:problem-type:orchestrator:key-used"), &json!("Idempotency-Key"), &json!(first.run_id()))
    );
    for bad in ["", "a b", &"k".repeat(256)] {
        let problem = server.api.send(keyed(&server, bad, &say("p"))).await.problem(422);
        assert_eq!(problem["field"], "Idempotency-Key", "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_refused_can_be_repeated_under_its_key() {
    let server = server().await;
    let mut wrong = say("p");
    wrong["workflow_name"] = "later".into();
    server.api.send(keyed(&server, "k", &wrong)).await.problem(422);
    server.api.workflow("later", json!([{"agent_type": "echo", "name": "Ask"}])).await;
    EventStream::open(keyed(&server, "k", &wrong)).await.transcript().await.complete();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_outlives_a_restart() {
    let server = server().await;
    let first = EventStream::open(keyed(&server, "k", &say("p"))).await.transcript().await;
    assert!(first.0.iter().any(|event| label(event) == "status:accepted"));
    let server = server.stop().await.start().await;
    let again = EventStream::open(keyed(&server, "k", &say("p"))).await.transcript().await;
    assert_eq!(again.0, first.0);
}

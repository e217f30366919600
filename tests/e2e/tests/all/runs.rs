//! Runs over HTTP: looking at them, ending them, waiting in line, leaving and coming back, restarts.

use orchestrator_e2e::{Line, Server, Setup, label, models, soon};
use orchestrator_fake_provider::{Answer, FakeProvider};
use serde_json::{Value, json};

/// A server whose agent `echo` waits for a model that never answers, and the workflow `ask` with it.
async fn holding() -> Server {
    const SCRIPT: &str = "[[reply]]\nagent = 'echo'\nhold = true";
    with_ask(Setup::new().script(SCRIPT)).await
}

/// The same with a model that answers once it is released.
async fn stalling() -> (FakeProvider, Server) {
    let answer = Answer::stream().then_text("first ").then_stall().then_text("second");
    let provider = FakeProvider::answering(move |_| answer.clone()).await.expect("a port is free");
    let server = with_ask(Setup::new().model(models::anthropic(&provider))).await;
    (provider, server)
}

async fn with_ask(setup: Setup) -> Server {
    let server = setup.grants("echo", &["model", "write-files"]).guest("echo").start().await;
    server.api.workflow("ask", json!([{"agent_type": "echo", "name": "Ask", "retry_count": 0}])).await;
    server
}

fn ask(project: &str) -> Value {
    let metadata = json!({"model": true});
    json!({"user_request": "hello", "project_id": project, "workflow_name": "ask", "metadata": metadata})
}

/// A request that is done at once: it asks no model.
fn say(project: &str) -> Value {
    json!({"user_request": "hello", "project_id": project, "workflow_name": "ask"})
}

fn is(wanted: &'static str) -> impl Fn(&Value) -> bool {
    move |event| label(event) == wanted
}

fn run_id(events: &[Value]) -> String {
    events[0]["run_id"].as_str().expect("every event has a run id").to_owned()
}

fn ids(list: &Value) -> Vec<&str> {
    let runs = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    runs.iter().filter_map(|run| run["run_id"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_shown_while_it_works_and_after_it_was_cancelled() {
    let server = holding().await;
    let mut stream = server.api.execute(&ask("p")).await;
    let id = run_id(&stream.until(is("status:step_started")).await);

    let run = server.api.get(&format!("/runs/{id}")).await.ok();
    assert_eq!(run["run_id"], id.as_str());
    assert_eq!(
        (&run["status"], &run["step"], &run["agent"]),
        (&json!("running"), &json!("Ask"), &json!("echo"))
    );
    assert_eq!((&run["project_id"], &run["workflow_name"]), (&json!("p"), &json!("ask")));
    assert_eq!((&run["user_request"], &run["metadata"]), (&json!("hello"), &json!({"model": true})));

    let cancelled = server.api.post(&format!("/runs/{id}/cancel"), &Value::Null).await.ok();
    assert_eq!((&cancelled["run_id"], &cancelled["status"]), (&json!(id), &json!("cancelled")));
    assert_eq!(cancelled["error"]["code"], "cancelled");

    let transcript = server.api.events(&id, None).await.transcript().await;
    transcript.failed("cancelled");
    assert_eq!(transcript.last()["seq"], cancelled["last_seq"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_twice_changes_nothing_and_a_finished_run_stays_finished() {
    let server = holding().await;
    let id = run_id(&server.api.execute(&ask("p")).await.until(is("status:step_started")).await);
    let cancel = format!("/runs/{id}/cancel");
    let both = tokio::join!(server.api.post(&cancel, &Value::Null), server.api.post(&cancel, &Value::Null));
    assert_eq!(both.0.ok()["last_seq"], both.1.ok()["last_seq"]);

    let finished = server.api.run(&say("p")).await;
    finished.complete();
    let after = server.api.post(&format!("/runs/{}/cancel", finished.run_id()), &Value::Null).await.ok();
    assert_eq!((&after["status"], &after["progress"]), (&json!("succeeded"), &json!(100)));
    assert_eq!(server.api.events(finished.run_id(), None).await.transcript().await.0, finished.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_newest_first_and_can_be_narrowed() {
    let server = holding().await;
    let first = server.api.run(&say("one")).await.run_id().to_owned();
    let second = server.api.run(&say("two")).await.run_id().to_owned();
    let held = run_id(&server.api.execute(&ask("one")).await.until(is("status:step_started")).await);

    let list = async |query: &str| server.api.list(&format!("/runs{query}")).await;
    assert_eq!(ids(&list("").await), [&*held, &*second, &*first]);
    assert_eq!(ids(&list("?project_id=one").await), [&*held, &*first]);
    assert_eq!(ids(&list("?status=succeeded").await), [&*second, &*first]);
    assert_eq!(ids(&list("?status=running&workflow_name=ask").await), [&*held]);
    assert_eq!(ids(&list("?workflow_name=debug").await), [""; 0]);
    assert_eq!(ids(&list("?limit=1").await), [&*held, &*second, &*first], "page by page");

    // Runs that come meanwhile change nothing about the rest of the list.
    let page = server.api.get("/runs?limit=1&project_id=one").await.ok();
    assert_eq!(ids(&page["items"]), [&*held]);
    server.api.post(&format!("/runs/{held}/cancel"), &Value::Null).await.ok();
    server.api.run(&say("one")).await.complete();
    let next = page["next"].as_str().expect("a place");
    let rest = server.api.get(&format!("/runs?limit=1&project_id=one&after={next}")).await.ok();
    assert_eq!((ids(&rest["items"]), &rest["next"]), (vec![&*first], &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_project_refuses_a_second_run_and_names_the_first() {
    let server = holding().await;
    let id = run_id(&server.api.execute(&ask("p")).await.until(is("status:step_started")).await);
    let problem = server.api.post("/execute", &ask("p")).await.problem(409);
    assert_eq!(problem["run_id"], id.as_str(), "{problem}");
    server.api.run(&say("another")).await.complete();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_run_waits_its_turn() {
    let (provider, server) = stalling().await;
    let mut first = server.api.execute(&ask("p")).await;
    let first_id = run_id(&first.until(is("status:step_started")).await);

    let mut request = say("p");
    request["if_busy"] = "queue".into();
    let mut second = server.api.execute(&request).await;
    let waiting = second.until(is("status:queued")).await;
    assert_eq!(waiting[waiting.len() - 1]["data"]["behind"], first_id.as_str());
    let second_id = run_id(&waiting);
    assert_eq!(server.api.get(&format!("/runs/{second_id}")).await.ok()["status"], "queued");

    provider.release();
    let first = server.api.events(&first_id, None).await.transcript().await;
    let second = server.api.events(&second_id, None).await.transcript().await;
    first.complete();
    second.complete();
    let time = |event: &Value| event["time"].as_str().map(str::to_owned);
    assert!(time(first.last()) <= time(second.only("status:started")), "one after the other");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_run_that_is_cancelled_leaves_the_line() {
    let server = holding().await;
    let first = run_id(&server.api.execute(&ask("p")).await.until(is("status:step_started")).await);
    let queue = |mut request: Value| {
        request["if_busy"] = "queue".into();
        request
    };
    let second = run_id(&server.api.execute(&queue(say("p"))).await.until(is("status:queued")).await);
    let third = run_id(&server.api.execute(&queue(say("p"))).await.until(is("status:queued")).await);

    let cancel = async |id: &str| server.api.post(&format!("/runs/{id}/cancel"), &Value::Null).await.ok();
    assert_eq!(cancel(&second).await["status"], "cancelled");
    assert_eq!(cancel(&first).await["status"], "cancelled");
    server.api.events(&third, None).await.transcript().await.complete();
    let never = server.api.events(&second, None).await.transcript().await;
    assert_eq!(never.all("status:started").len(), 0, "{never}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_does_not_stop_the_run() {
    let (provider, server) = stalling().await;
    let mut stream = server.api.execute(&ask("p")).await;
    let id = run_id(&stream.until(is("status:step_started")).await);
    soon("the model to be asked", provider.wait_for_requests(1)).await;
    drop(stream);
    provider.release();
    let transcript = server.api.events(&id, None).await.transcript().await;
    transcript.complete();
    assert_eq!(transcript.output("Ask")["answer"], "first second");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_comes_back_gets_exactly_what_it_missed() {
    let (provider, server) = stalling().await;
    let mut stream = server.api.execute(&ask("p")).await;
    let before = stream.until(is("status:step_started")).await;
    let (id, last) = (run_id(&before), before.len() as u64);
    drop(stream);

    let mut back = server.api.events(&id, Some(last)).await;
    provider.release();
    let mut missed = Vec::new();
    while let Some(line) = back.next().await {
        missed.push(line);
    }
    let whole = server.api.events(&id, None).await.lines().await;
    assert_eq!(missed, whole[before.len()..], "byte for byte");
    let seen: Vec<_> = whole[..before.len()].iter().map(Line::json).collect();
    assert_eq!(seen, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_run_is_replayed_and_the_stream_is_closed() {
    let server = holding().await;
    let run = server.api.run(&say("p")).await;
    assert_eq!(server.api.events(run.run_id(), None).await.transcript().await.0, run.0);

    let last = run.0.len() as u64;
    let tail = server.api.events(run.run_id(), Some(last - 1)).await.lines().await;
    assert_eq!(tail.len(), 1);
    assert_eq!(tail[0].json(), *run.last());

    // An EventSource takes 204 as the word not to come back.
    let request = server.api.request(reqwest::Method::GET, &format!("/runs/{}/events", run.run_id()));
    let nothing_left = server.api.send(request.header("last-event-id", last.to_string())).await;
    assert_eq!((nothing_left.status.as_u16(), &*nothing_left.text), (204, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_a_run_never_gave_is_no_place_to_go_on_from() {
    let (_provider, server) = stalling().await;
    let mut stream = server.api.execute(&ask("p")).await;
    let id = run_id(&stream.until(is("status:step_started")).await);
    // Of a run at work as of one that is over.
    for _ in 0..2 {
        let path = format!("/runs/{id}/events");
        let by_header = server.api.request(reqwest::Method::GET, &path).header("last-event-id", "100000");
        let by_query = server.api.request(reqwest::Method::GET, &format!("{path}?after=100000"));
        for (request, field) in [(by_header, "Last-Event-ID"), (by_query, "after")] {
            let problem = server.api.send(request).await.problem(422);
            assert_eq!(problem["field"], field, "{problem}");
            let detail = problem["detail"].as_str().expect("a text");
            assert!(detail.contains("has no event 100000; its last is "), "{detail}");
        }
        server.api.post(&format!("/runs/{id}/cancel"), &json!({})).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_clients_see_the_same_events() {
    let (provider, server) = stalling().await;
    let mut stream = server.api.execute(&ask("p")).await;
    let id = run_id(&stream.until(is("status:step_started")).await);
    let watchers: Vec<_> = (0..20)
        .map(|_| {
            let (api, id) = (server.api.clone(), id.clone());
            tokio::spawn(async move { api.events(&id, None).await.lines().await })
        })
        .collect();
    provider.release();
    let whole = server.api.events(&id, None).await.lines().await;
    for watcher in watchers {
        assert_eq!(watcher.await.expect("a watcher does not panic"), whole);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_ends_what_was_under_way_and_keeps_everything_else() {
    let server = holding().await;
    let done = server.api.run(&say("done")).await;
    let held = run_id(&server.api.execute(&ask("held")).await.until(is("status:step_started")).await);
    server.api.put("/agents/writer/model", &json!({"model": "opus"})).await.ok();
    server.api.put("/agents/writer/prompt", &json!({"system_prompt": "Write Rust."})).await.ok();
    server.api.put_nothing("/agents/documenter/disable").await.ok();
    let workflow = server.api.get("/workflows/ask").await.ok();

    let server = server.stop().await.start().await;
    let interrupted = server.api.events(&held, None).await.transcript().await;
    interrupted.failed("interrupted");
    assert_eq!(server.api.get(&format!("/runs/{held}")).await.ok()["status"], "failed");
    assert_eq!(server.api.events(done.run_id(), None).await.transcript().await.0, done.0);

    let writer = server.api.get("/agents/writer").await.ok();
    assert_eq!((&writer["model"], &writer["system_prompt"]), (&json!("opus"), &json!("Write Rust.")));
    assert_eq!(writer["has_custom_prompt"], true);
    assert_eq!(server.api.get("/agents/documenter").await.ok()["enabled"], false);
    assert_eq!(server.api.get("/workflows/ask").await.ok(), workflow);
    server.api.run(&say("held")).await.complete();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_a_project_gets_a_new_one_named_after_it() {
    let server = holding().await;
    let request =
        json!({"user_request": "Say hello!", "workflow_name": "ask", "metadata": {"write": "note.txt"}});
    let (one, two) = tokio::join!(server.api.run(&request), server.api.run(&request));
    let project = |run: &orchestrator_e2e::Transcript| {
        run.0[0]["data"]["request"]["project_id"].as_str().map(str::to_owned).expect("a project")
    };
    let (one, two) = (project(&one), project(&two));
    assert!(one.starts_with("say-hello") && two.starts_with("say-hello"), "{one} {two}");
    assert_ne!(one, two);
    assert!(server.project(&one).join("note.txt").is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_seen_the_end_of_a_run_can_start_the_next_at_once() {
    let server = holding().await;
    for _ in 0..20 {
        server.api.run(&say("p")).await.complete();
    }
}

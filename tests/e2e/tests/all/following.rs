//! All runs of a project as one stream.

use orchestrator_e2e::{EventStream, Line, Server, Setup, label};
use reqwest::Method;
use serde_json::{Value, json};

async fn server() -> Server {
    let server = Setup::new().grants("echo", &["model", "write-files"]).guest("echo").start().await;
    server.api.workflow("ask", json!([{"agent_type": "echo", "name": "Ask", "retry_count": 0}])).await;
    server
}

fn say(project: &str) -> Value {
    json!({"user_request": "hello", "project_id": project, "workflow_name": "ask"})
}

async fn follow(server: &Server, project: &str, query: &str) -> EventStream {
    EventStream::open(server.api.request(Method::GET, &format!("/projects/{project}/events{query}"))).await
}

async fn go_on(server: &Server, project: &str, id: &str) -> EventStream {
    let request = server.api.request(Method::GET, &format!("/projects/{project}/events"));
    EventStream::open(request.header("last-event-id", id)).await
}

/// The data of a whole run, as its own stream has it.
async fn run(server: &Server, project: &str) -> Vec<String> {
    let lines = server.api.execute(&say(project)).await.lines().await;
    assert_eq!(label(&lines.last().expect("an end").json()), "complete");
    lines.into_iter().map(|line| line.data).collect()
}

async fn take(stream: &mut EventStream, count: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    while lines.len() < count {
        lines.push(stream.next().await.expect("the stream goes on"));
    }
    lines
}

fn data(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| &*line.data).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_begin_later_appear_by_themselves_and_those_of_others_do_not() {
    let server = server().await;
    run(&server, "p").await;
    let mut all = follow(&server, "p", "").await;
    let mut wanted = Vec::new();
    for _ in 0..3 {
        run(&server, "q").await;
        wanted.extend(run(&server, "p").await);
    }
    let lines = take(&mut all, wanted.len()).await;
    assert_eq!(data(&lines), wanted, "the lines of the runs' own streams");
    for at in [0, 1, wanted.len() / 2, wanted.len() - 2] {
        let mut rest = go_on(&server, "p", &lines[at].id).await;
        assert_eq!(data(&take(&mut rest, wanted.len() - at - 1).await), wanted[at + 1..], "after {at}");
        let mut rest = follow(&server, "p", &format!("?after={}", lines[at].id)).await;
        assert_eq!(data(&take(&mut rest, 1).await), wanted[at + 1..at + 2], "after {at}");
    }
    assert!(lines.iter().all(|line| line.id.len() < 36), "ids do not grow: {:?}", lines.last());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_followed_before_it_is_there_and_until_the_server_stops() {
    let server = server().await;
    let mut before = follow(&server, "new", "").await;
    let mut now = follow(&server, "new", "?after=now").await;
    let wanted = run(&server, "new").await;
    let lines = take(&mut before, wanted.len()).await;
    assert_eq!(data(&lines), wanted);
    assert_eq!(data(&take(&mut now, wanted.len()).await), wanted);
    let setup = server.stop().await;
    assert_eq!(before.next().await, None, "an end in order");
    let (rest, raw) = now.bytes().await;
    assert!(rest.is_empty(), "{rest:?}");
    assert!(raw.starts_with("retry: 2000\nid: ") && !raw.contains("\nevent:"), "{raw}");
    // After a restart it goes on where it was.
    let server = setup.start().await;
    let mut again = go_on(&server, "new", &lines[lines.len() - 2].id).await;
    assert_eq!(data(&take(&mut again, 1).await), wanted[wanted.len() - 1..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_gives_a_slow_reader_all_that_is_committed() {
    let server = server().await;
    let slow = follow(&server, "p", "").await;
    // More than the connection holds: the rest is still to be read when the server stops.
    let request = json!({
        "user_request": "x".repeat(30_000), "metadata": {"much": "y".repeat(60_000)}, "project_id": "p",
        "workflow_name": "ask",
    });
    let mut wanted = Vec::new();
    for _ in 0..80 {
        let lines = server.api.execute(&request).await.lines().await;
        wanted.extend(lines.into_iter().map(|line| line.data.len()));
    }
    let (_, lines) = tokio::join!(server.stop(), slow.lines());
    assert_eq!(lines.iter().map(|line| line.data.len()).collect::<Vec<_>>(), wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_nobody_was_at_is_refused_with_the_field() {
    let server = server().await;
    run(&server, "p").await;
    run(&server, "q").await;
    let mut others = follow(&server, "q", "").await;
    run(&server, "q").await;
    let other = take(&mut others, 1).await.remove(0).id;
    // What comes from nowhere, numbers of a run's events among it, and a place in another project's events.
    for place in ["x", "-1", "1", "3", "999", "1.1-9999", "1.2-1", &other] {
        let problem = server.api.get(&format!("/projects/p/events?after={place}")).await.problem(422);
        assert_eq!(problem["field"], "after", "{place}: {problem}");
    }
    let request = server.api.request(Method::GET, "/projects/p/events").header("last-event-id", "x");
    assert_eq!(server.api.send(request).await.problem(422)["field"], "Last-Event-ID");
    server.api.get("/projects/p/events?before=1").await.problem(422);
    server.api.get("/projects/a%20b/events").await.problem(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_in_a_run_that_was_deleted_goes_on_behind_it() {
    let server = server().await;
    let mut all = follow(&server, "p", "").await;
    run(&server, "p").await;
    let place = take(&mut all, 2).await.remove(1);
    let run_id = place.json()["run_id"].as_str().expect("a run").to_owned();
    assert_eq!(server.api.delete(&format!("/runs/{run_id}")).await.status.as_u16(), 204);
    let mut rest = go_on(&server, "p", &place.id).await;
    let wanted = run(&server, "p").await;
    assert_eq!(data(&take(&mut rest, wanted.len()).await), wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_cannot_send_the_header_say_it_in_the_address() {
    let server = server().await;
    let mut all = follow(&server, "p", "").await;
    let wanted = run(&server, "p").await;
    let lines = take(&mut all, wanted.len()).await;
    let id = &lines[1].id;
    // The address that the client began with goes along.
    let mut rest = follow(&server, "p", &format!("?after=now&lastEventId={id}")).await;
    assert_eq!(data(&take(&mut rest, 1).await), wanted[2..3]);
    let run_id = lines[1].json()["run_id"].as_str().expect("a run").to_owned();
    let of_run = format!("/runs/{run_id}/events");
    let open = |query: &str| server.api.request(Method::GET, &format!("{of_run}{query}"));
    for request in [
        open("?lastEventId=2"),
        open("?after=1&lastEventId=2"),
        open("?lastEventId=2").header("last-event-id", "2"),
    ] {
        assert_eq!(data(&EventStream::open(request).await.lines().await), wanted[2..]);
    }
    for request in [
        open("?lastEventId=&after="),
        open("?lastEventId=2").header("last-event-id", "3"),
        open("?lastEventId=%2B2"),
    ] {
        server.api.send(request).await.problem(422);
    }
    let none = open("?lastEventId=").header("last-event-id", "");
    assert_eq!(data(&EventStream::open(none).await.lines().await), wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_one_counts_as_a_stream_of_its_caller() {
    let setup = Setup::new().server(|config| config.streams_at_once = 2);
    let server = setup.start().await;
    let first = follow(&server, "p", "").await;
    let _second = follow(&server, "p", "").await;
    server.api.get("/projects/p/events").await.problem(429);
    drop(first);
    orchestrator_e2e::soon("a place", async {
        while server
            .api
            .request(Method::GET, "/projects/p/events")
            .send()
            .await
            .is_ok_and(|answer| answer.status() == 429)
        {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

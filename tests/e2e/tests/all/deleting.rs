//! Runs and projects deleted over HTTP, and what is left of them.

use orchestrator_e2e::{EventStream, Server, Setup, label};
use reqwest::Method;
use serde_json::{Value, json};
use std::fs;

const HOLD: &str = "[[reply]]\nagent = 'echo'\nhold = true";

async fn server() -> Server {
    let server = Setup::new().grants("echo", &["write-files", "model"]).guest("echo").start().await;
    server.api.workflow("w", json!([{"agent_type": "echo", "name": "Say"}])).await;
    server
}

fn run(project: &str, metadata: Value) -> Value {
    json!({"user_request": "hello", "project_id": project, "workflow_name": "w", "metadata": metadata})
}

fn kind(problem: &Value) -> &str {
    problem["type"].as_str().expect("a type").rsplit(':').next().expect("a kind")
}

async fn ids(server: &Server, query: &str) -> Vec<String> {
    let runs = server.api.list(&format!("/runs{query}")).await;
    let runs = runs.as_array().expect("a list").iter();
    runs.map(|run| run["run_id"].as_str().expect("an id").to_owned()).collect()
}

async fn actions(server: &Server, query: &str) -> Vec<String> {
    let entries = server.api.list(&format!("/audit{query}")).await;
    let entries = entries.as_array().expect("a list").iter();
    entries.map(|entry| entry["action"].as_str().expect("an action").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_over_can_be_deleted_and_its_key_used_again() {
    let server = server().await;
    let keyed =
        |body: &Value| server.api.request(Method::POST, "/execute").header("Idempotency-Key", "k").json(body);
    let asked = run("shop", json!({"write": "a.txt"}));
    let first = EventStream::open(keyed(&asked)).await.transcript().await;
    first.complete();
    let id = first.run_id().to_owned();
    let gone = server.api.delete(&format!("/runs/{id}")).await;
    assert_eq!((gone.status.as_u16(), gone.text.as_str()), (204, ""));
    for path in [format!("/runs/{id}"), format!("/runs/{id}/events")] {
        assert_eq!(kind(&server.api.get(&path).await.problem(404)), "unknown-run");
    }
    server.api.delete(&format!("/runs/{id}")).await.problem(404);
    server.api.delete("/runs/none").await.problem(404);
    assert_eq!(ids(&server, "").await, [""; 0]);
    assert_eq!(server.api.get("/projects/shop/files/a.txt").await.text, "hello", "what it wrote stays");

    let told = server.api.list(&format!("/audit?run_id={id}")).await;
    assert_eq!((&told[0]["action"], &told[0]["actor"]), (&json!("run.delete"), &json!("local")));
    assert_eq!(told[0]["detail"], json!({"project": "shop", "workflow": "w"}));
    assert_eq!(told[1]["action"], "run.start", "that there was the run is still told: {told}");

    let again = EventStream::open(keyed(&asked)).await.transcript().await;
    assert_ne!(again.run_id(), id);
    let server = server.stop().await.start().await;
    assert_eq!(ids(&server, "").await, [again.run_id()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_not_over_is_not_deleted_and_the_way_out_is_told() {
    let server = Setup::new().script(HOLD).guest("echo").start().await;
    server.api.workflow("w", json!([{"agent_type": "echo", "name": "Say"}])).await;
    let mut stream = server.api.execute(&run("shop", json!({"model": true}))).await;
    let events = stream.until(|event| label(event) == "status:snapshot_taken").await;
    let id = events[0]["run_id"].as_str().expect("an id").to_owned();
    let problem = server.api.delete(&format!("/runs/{id}")).await.problem(409);
    assert_eq!((kind(&problem), problem["run_id"].as_str()), ("run-not-over", Some(id.as_str())));
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("/cancel")), "{problem}");
    server.api.post(&format!("/runs/{id}/cancel"), &json!({})).await.ok();
    assert_eq!(server.api.delete(&format!("/runs/{id}")).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_goes_with_its_files_snapshots_and_runs_and_its_name_is_free() {
    let server = server().await;
    server.api.run(&run("shop", json!({"write": "a.txt"}))).await.complete();
    server.api.run(&run("other", json!({"write": "a.txt"}))).await.complete();
    let kept = ids(&server, "?project_id=other").await;
    let snapshot = server.api.list("/projects/shop/snapshots").await[0]["id"].clone();
    assert_eq!(server.api.delete("/projects/shop").await.status, 204);
    assert_eq!(kind(&server.api.get("/projects/shop/files").await.problem(404)), "unknown-project");
    assert_eq!(kind(&server.api.delete("/projects/shop").await.problem(404)), "unknown-project");
    assert_eq!(ids(&server, "").await, kept);
    let folders: Vec<_> =
        fs::read_dir(server.orchestrator.projects_dir()).expect("a folder").flatten().collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    let told = server.api.list("/audit?action=project.delete").await;
    assert_eq!((&told[0]["subject"], &told[0]["detail"]), (&json!("shop"), &json!({"runs": 1})));
    assert_eq!(actions(&server, "?action=run.start").await.len(), 2);

    server.api.run(&run("shop", json!({"write": "b.txt"}))).await.complete();
    let files = server.api.list("/projects/shop/files").await;
    assert_eq!((files[0]["path"].as_str(), files.as_array().map(Vec::len)), (Some("b.txt"), Some(1)));
    server.api.post("/projects/shop/restore", &json!({"snapshot": snapshot})).await.problem(422);
    assert_eq!(ids(&server, "?project_id=shop").await.len(), 1);
}

/// What a kill leaves between writing it down and the end: the folder there or put aside, the runs and snapshots there.
#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_was_cut_short_is_finished_by_the_next_start() {
    for put_aside in [false, true] {
        let server = server().await;
        server.api.run(&run("shop", json!({"write": "a.txt"}))).await.complete();
        let projects = server.orchestrator.projects_dir().to_owned();
        let setup = server.stop().await;
        let journal = rusqlite::Connection::open(setup.data().join("journal.sqlite")).expect("opens");
        let sql = "INSERT INTO settings (key, version, value, time)
                   VALUES ('deleting/shop', 1, '{\"actor\":\"ada\"}', '2026-01-01T00:00:00.000Z')";
        journal.execute(sql, []).expect("written");
        drop(journal);
        if put_aside {
            fs::rename(projects.join("shop"), projects.join("+gone-1")).expect("renamed");
        }
        let server = setup.start().await;
        assert_eq!(kind(&server.api.get("/projects/shop/files").await.problem(404)), "unknown-project");
        assert_eq!(ids(&server, "").await, [""; 0]);
        let told = server.api.list("/audit?action=project.delete").await;
        assert_eq!((&told[0]["actor"], told.as_array().map(Vec::len)), (&json!("ada"), Some(1)));
        server.api.run(&run("shop", json!({"write": "b.txt"}))).await.complete();
        let server = server.stop().await.start().await;
        assert_eq!(server.api.get("/projects/shop/files/b.txt").await.text, "hello", "what is new stays");
        assert_eq!(actions(&server, "?action=project.delete").await.len(), 1);
    }
}

//! Everything that people and programs get wrong. Each answer is a problem document that says which field is meant and
//! what would be right.

use orchestrator_e2e::{Server, Setup};
use reqwest::Method;
use serde_json::{Map, Value, json};

/// Answers by what was wrong.
type Problems = Map<String, Value>;

fn request() -> Value {
    json!({"user_request": "hello", "project_id": "p", "workflow_name": "quick_iteration"})
}

fn with(field: &str, value: impl Into<Value>) -> Value {
    let mut request = request();
    request[field] = value.into();
    request
}

/// Nothing that was refused has begun a run or is in the way of one.
async fn assert_nothing_happened(server: &Server) {
    assert_eq!(server.api.list("/runs").await, json!([]));
    assert_eq!(server.api.get("/health").await.ok()["workflows_count"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_cannot_be_carried_out() {
    let server = Setup::new().start().await;
    let mut problems = Problems::new();
    let cases = [
        ("an unknown workflow", with("workflow_name", "bolt_turbo")),
        ("an empty request", with("user_request", "")),
        ("a blank request", with("user_request", " \n\t")),
        ("a request of 100 kB", with("user_request", "x".repeat(100_000))),
        ("metadata of 100 kB", with("metadata", json!({"note": "x".repeat(100_000)}))),
        ("metadata that is a list", with("metadata", json!([1]))),
        ("a misspelt field", with("workflow", "debug")),
        ("no request", json!({"project_id": "p"})),
        ("a number for the project", with("project_id", 7)),
        ("a misspelt if_busy", with("if_busy", "wait")),
    ];
    for (what, body) in cases {
        problems.insert(what.into(), server.api.post("/execute", &body).await.problem(422));
    }
    insta::assert_json_snapshot!(problems);
    assert_nothing_happened(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn project_ids_that_would_leave_their_folder_or_break_it() {
    let server = Setup::new().start().await;
    let mut problems = Problems::new();
    let long = "x".repeat(300);
    let ids = [
        "", "a/b", "../p", "..", ".", "a\\b", "a\0b", "C:", "NUL", "com1.txt", ".hidden", "-rf", "dot.", "å",
        "a b", "a\nb", &long,
    ];
    for id in ids {
        let problem = server.api.post("/execute", &with("project_id", id)).await.problem(422);
        assert_eq!(problem["field"], "project_id", "{id:?}: {problem}");
        problems.insert(format!("{id:?}").replace(&long, "300 times x"), problem["detail"].clone());
    }
    insta::assert_json_snapshot!(problems);
    assert_nothing_happened(&server).await;
    let projects = std::fs::read_dir(server.orchestrator.projects_dir()).expect("the folder is there");
    assert_eq!(projects.count(), 0, "no folder was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_not_what_they_should_be() {
    let server = Setup::new().start().await;
    let mut problems = Problems::new();
    let json_type = "application/json";
    let long = format!("{{\"user_request\": \"{}\"}}", "x".repeat(2 << 20));
    let cases = [
        ("broken JSON", json_type, "{\"user_request\": \"hello\",}", 400),
        ("JSON that ends early", json_type, "{\"user_request\": ", 400),
        ("nothing", json_type, "", 400),
        ("more than one value", json_type, "{\"user_request\": \"hello\"} {}", 400),
        ("a list", json_type, "[]", 422),
        ("a form", "application/x-www-form-urlencoded", "user_request=hello", 415),
        ("two megabytes", json_type, &long, 413),
    ];
    for (what, content_type, body, status) in cases {
        let sent = server
            .api
            .request(Method::POST, "/execute")
            .header("content-type", content_type)
            .body(body.to_owned());
        problems.insert(what.into(), server.api.send(sent).await.problem(status));
    }
    insta::assert_json_snapshot!(problems);
    assert_nothing_happened(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn things_that_are_not_there() {
    let server = Setup::new().start().await;
    let mut problems = Problems::new();
    let nobody = "/runs/01890a5d-ac96-774b-bcce-b302099a8057";
    let gets = ["/workflows/none", "/agents/none", "/runs/none", nobody, "/nothing"];
    for path in gets {
        problems.insert(format!("GET {path}"), server.api.get(path).await.problem(404));
    }
    let events = format!("{nobody}/events");
    problems.insert("GET its events".into(), server.api.get(&events).await.problem(404));
    let cancel = format!("{nobody}/cancel");
    problems.insert("POST its cancel".into(), server.api.post(&cancel, &Value::Null).await.problem(404));
    let delete = server.api.delete("/workflows/none").await;
    problems.insert("DELETE /workflows/none".into(), delete.problem(404));
    let prompt = server.api.put("/agents/none/prompt", &json!({"system_prompt": "x"})).await;
    problems.insert("PUT /agents/none/prompt".into(), prompt.problem(404));
    let disable = server.api.put_nothing("/agents/none/disable").await;
    problems.insert("PUT /agents/none/disable".into(), disable.problem(404));
    let method = server.api.delete("/health").await;
    problems.insert("DELETE /health".into(), method.problem(405));
    insta::assert_json_snapshot!(problems);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_make_no_sense() {
    let server = Setup::new().start().await;
    let mut problems = Problems::new();
    let cases = [
        ("an unknown model", "/agents/writer/model", json!({"model": "gpt-2"})),
        ("no model", "/agents/writer/model", json!({})),
        ("an empty prompt", "/agents/writer/prompt", json!({"system_prompt": "  "})),
        ("no prompt", "/agents/writer/prompt", json!({"prompt": "x"})),
        ("a prompt of 200 kB", "/agents/writer/prompt", json!({"system_prompt": "x".repeat(200_000)})),
    ];
    let before = server.api.get("/agents/writer").await.ok();
    for (what, path, body) in cases {
        problems.insert(what.into(), server.api.put(path, &body).await.problem(422));
    }
    insta::assert_json_snapshot!(problems);
    assert_eq!(server.api.get("/agents/writer").await.ok(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_that_make_no_sense() {
    let server = Setup::new().start().await;
    let mut problems = Problems::new();
    for query in ["status=done", "limit=-1", "limit=201", "after=yesterday", "project_id=a%2Fb", "page=2"] {
        problems.insert(query.into(), server.api.get(&format!("/runs?{query}")).await.problem(422));
    }
    insta::assert_json_snapshot!(problems);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_event_id_that_is_no_number() {
    let server = Setup::new().guest("echo").start().await;
    server.api.workflow("w", json!([{"agent_type": "echo", "name": "Say"}])).await;
    let run = server.api.run(&json!({"user_request": "x", "project_id": "p", "workflow_name": "w"})).await;
    let path = format!("/runs/{}/events", run.run_id());
    let mut problems = Problems::new();
    for id in ["soon", "-1", "1.5"] {
        let sent = server.api.request(Method::GET, &path).header("last-event-id", id);
        problems.insert(id.into(), server.api.send(sent).await.problem(422));
    }
    insta::assert_json_snapshot!(problems);
}

fn workflow(steps: Value) -> Value {
    json!({"name": "mine", "steps": steps})
}

/// A step that can run, with one field changed.
fn step(field: &str, value: impl Into<Value>) -> Value {
    let mut step = json!({"agent_type": "planner", "name": "Plan"});
    step[field] = value.into();
    workflow(json!([step]))
}

#[tokio::test(flavor = "multi_thread")]
async fn workflows_that_could_not_run() {
    let server = Setup::new().start().await;
    let mut problems = Problems::new();
    let plan = json!({"agent_type": "planner", "name": "Plan"});
    let cases = [
        ("no steps", workflow(json!([]))),
        ("no list of steps", json!({"name": "mine"})),
        ("duplicate names", workflow(json!([plan, plan]))),
        ("an empty name", step("name", "")),
        ("an unknown agent", step("agent_type", "magician")),
        ("an unknown condition", step("condition", "always")),
        ("too few arguments", step("condition", json!({"name": "plan-mentions", "args": []}))),
        ("a negative timeout", step("timeout", -1)),
        ("a timeout of zero", step("timeout", 0)),
        ("a timeout of a week", step("timeout", 604_800)),
        ("a thousand retries", step("retry_count", 1000)),
        ("half a retry", step("retry_count", 0.5)),
        ("a loop without a bound", step("loop_back", json!({"to": "Plan"}))),
        ("a loop of no rounds", step("loop_back", json!({"to": "Plan", "max_rounds": 0}))),
        ("a loop to nowhere", step("loop_back", json!({"to": "Lunch", "max_rounds": 1}))),
        ("a misspelt field", step("retries", 3)),
        ("a name that is no name", json!({"name": "a/b", "steps": [plan]})),
    ];
    for (what, body) in cases {
        problems.insert(what.into(), server.api.post("/workflows", &body).await.problem(422));
    }
    insta::assert_json_snapshot!(problems);
    assert_nothing_happened(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workflows_that_are_taken_or_built_in() {
    let server = Setup::new().start().await;
    let plan = json!([{"agent_type": "planner", "name": "Plan"}]);
    server.api.workflow("mine", plan.clone()).await;
    let mut problems = Problems::new();
    let named = |name: &str| json!({"name": name, "steps": plan});
    problems
        .insert("POST mine again".into(), server.api.post("/workflows", &named("mine")).await.problem(409));
    problems.insert("POST debug".into(), server.api.post("/workflows", &named("debug")).await.problem(409));
    problems
        .insert("PUT debug".into(), server.api.put("/workflows/debug", &named("debug")).await.problem(409));
    problems.insert("DELETE debug".into(), server.api.delete("/workflows/debug").await.problem(409));
    insta::assert_json_snapshot!(problems);
    assert_eq!(server.api.delete("/workflows/mine").await.status, 204);
    server.api.get("/workflows/mine").await.problem(404);
}

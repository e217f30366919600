//! How a run goes through a workflow: conditions, skipped steps, loops, retries, timeouts.

use orchestrator_e2e::{Server, Setup, Transcript};
use serde_json::{Value, json};

async fn run(server: &Server, steps: Value, metadata: Value) -> Transcript {
    server.api.workflow("custom", steps).await;
    let request =
        json!({"user_request": "hello", "project_id": "p", "workflow_name": "custom", "metadata": metadata});
    server.api.run(&request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_gets_what_the_steps_before_it_left() {
    let server = Setup::new().grants("echo", &["write-files"]).guest("echo").start().await;
    let steps = json!([{"agent_type": "echo", "name": "First"}, {"agent_type": "echo", "name": "Second"}]);
    let run = run(&server, steps, json!({"write": "note.txt"})).await;
    assert_eq!(run.complete()["data"]["files"], json!(["note.txt"]));

    let (first, second) = (run.output("First"), run.output("Second"));
    assert_eq!(
        (&first["step_number"], &first["step_count"], &first["files"]),
        (&json!(1), &json!(2), &json!([]))
    );
    assert_eq!((&second["step_number"], &second["files"]), (&json!(2), &json!(["note.txt"])));
    assert_eq!(second["user_request"], "hello");
    assert_eq!(second["project_id"], "p");
    assert_eq!(second["workflow"], "custom");
    assert_eq!(second["metadata"], json!({"write": "note.txt"}));
    assert_eq!(second["outputs"][0][0], "First");
    assert_eq!(second["outputs"][0][2], "echoed: hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_with_arguments_decides_whether_its_step_is_done() {
    const PLAN: &str = r#"
        [[reply]]
        agent = "planner"
        text = '''{"summary": "A page.", "stack": "React and TypeScript", "commands": [],
                   "files": [{"path": "a.ts", "purpose": "x"}], "acceptance_criteria": ["It shows."]}'''
    "#;
    let server = Setup::new().script(PLAN).guest("echo").start().await;
    let asks = |word: &str| json!({"name": "plan-mentions", "args": [word]});
    let steps = json!([
        {"agent_type": "planner", "name": "Plan"},
        {"agent_type": "echo", "name": "For React", "condition": asks("React")},
        {"agent_type": "echo", "name": "For Angular", "condition": asks("Angular")},
    ]);
    let run = run(&server, steps, json!({})).await;
    run.complete();
    assert_eq!(run.output("For React")["plan"], "A page.");
    let skipped = run.only("status:step_skipped");
    assert_eq!(skipped["step_name"], "For Angular");
    assert_eq!(skipped["data"]["reason"], json!({"kind": "condition_false", "condition": "plan-mentions"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_from_code_sees_the_run_and_its_arguments() {
    let server = Setup::new().grants("echo", &["write-files"]).guest("echo").start().await;
    server.orchestrator.workflow_engine.register_condition("wrote", |context, args| {
        args.iter().all(|path| context.files.iter().any(|file| file.path == *path))
    });
    let wrote = |path: &str| json!({"name": "wrote", "args": [path]});
    let steps = json!([
        {"agent_type": "echo", "name": "Write"},
        {"agent_type": "echo", "name": "After", "condition": wrote("note.txt")},
        {"agent_type": "echo", "name": "Never", "condition": wrote("other.txt")},
    ]);
    let run = run(&server, steps, json!({"write": "note.txt"})).await;
    run.complete();
    let done: Vec<_> =
        run.all("status:step_succeeded").iter().map(|event| event["step_name"].clone()).collect();
    assert_eq!(done, ["Write", "After"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_agents_step_is_skipped_until_it_is_enabled_again() {
    let server = Setup::new().guest("echo").start().await;
    server.api.put_nothing("/agents/echo/disable").await.ok();
    let run_one = run(&server, json!([{"agent_type": "echo", "name": "Say"}]), json!({})).await;
    run_one.complete();
    assert_eq!(run_one.only("status:step_skipped")["data"]["reason"], json!({"kind": "agent_disabled"}));

    server.api.put_nothing("/agents/echo/enable").await.ok();
    let again = json!({"user_request": "hello", "project_id": "p", "workflow_name": "custom"});
    let run_two = server.api.run(&again).await;
    assert_eq!(run_two.all("status:step_skipped").len(), 0);
    assert_eq!(run_two.output("Say")["user_request"], "hello");
}

fn looping(on_exhausted: &str) -> Value {
    let back = json!({"to": "Say", "max_rounds": 2, "on_exhausted": on_exhausted});
    json!([
        {"agent_type": "echo", "name": "Say"},
        {"agent_type": "echo", "name": "Again", "loop_back": back},
        {"agent_type": "echo", "name": "After"},
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loop_takes_its_rounds_and_not_one_more() {
    let server = Setup::new().guest("echo").start().await;
    let run = run(&server, looping("continue"), json!({})).await;
    run.complete();
    let rounds: Vec<_> =
        run.all("status:looped_back").iter().map(|event| event["data"]["round"].clone()).collect();
    assert_eq!(rounds, [1, 2]);
    let exhausted = &run.only("status:loop_exhausted")["data"];
    assert_eq!((&exhausted["reason"], &exhausted["rounds"]), (&json!("max_rounds"), &json!(2)));
    assert_eq!(run.output("Say")["round"], 2);
    assert_eq!(
        run.output("After")["outputs"].as_array().map(Vec::len),
        Some(5),
        "Say, Again, Say, Again, Say"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loop_that_must_succeed_ends_the_run_when_its_rounds_are_used_up() {
    let server = Setup::new().guest("echo").start().await;
    let run = run(&server, looping("fail"), json!({})).await;
    run.failed("limit_exceeded");
    assert!(run.all("status:step_started").iter().all(|event| event["step_name"] != "After"), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_may_pass_is_tried_again_after_a_pause() {
    const SCRIPT: &str = r#"
        [[reply]]
        agent = "echo"
        attempt = 1
        error = { code = "unavailable", message = "come back later" }

        [[reply]]
        agent = "echo"
        attempt = 2
        text = "here I am"
    "#;
    let server = Setup::new().script(SCRIPT).guest("echo").start().await;
    let steps = json!([{"agent_type": "echo", "name": "Ask", "retry_count": 1}]);
    let run = run(&server, steps, json!({"model": true})).await;
    run.complete();
    assert_eq!(run.output("Ask")["answer"], "here I am");
    assert_eq!(run.output("Ask")["attempt"], 2);
    let error = run.only("error");
    assert!(error["message"].as_str().is_some_and(|message| message.contains("come back later")), "{error}");
    assert_eq!(
        error["data"],
        json!({"code": "unavailable", "terminal": false, "retryable": true, "attempt": 1})
    );
    let waiting = &run.only("status:waiting")["data"];
    assert_eq!(waiting["next_attempt"], 2);
    assert!(
        (500..=1000).contains(&waiting["delay_ms"].as_u64().unwrap_or(0)),
        "half a second to one: {waiting}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_cannot_pass_ends_the_run_at_once() {
    const SCRIPT: &str = r#"
        [[reply]]
        agent = "echo"
        error = { code = "denied", message = "not for you" }
    "#;
    let server = Setup::new().script(SCRIPT).guest("echo").start().await;
    let steps = json!([{"agent_type": "echo", "name": "Ask", "retry_count": 5}]);
    let run = run(&server, steps, json!({"model": true})).await;
    let error = &run.failed("denied")["data"];
    assert_eq!(*error, json!({"code": "denied", "terminal": true, "retryable": false, "attempt": 1}));
    assert_eq!(run.all("status:waiting").len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_takes_too_long_is_ended_and_tried_again_as_often_as_it_may() {
    const SCRIPT: &str = r#"
        [[reply]]
        agent = "echo"
        hold = true
    "#;
    let server = Setup::new().script(SCRIPT).guest("echo").start().await;
    let steps = json!([{"agent_type": "echo", "name": "Ask", "retry_count": 1, "timeout": 0.2}]);
    let run = run(&server, steps, json!({"model": true})).await;
    let last = run.failed("timeout");
    assert!(
        last["message"]
            .as_str()
            .is_some_and(|message| message.contains("'Ask'") && message.contains("0.2 s"))
    );
    let attempts: Vec<_> = run.all("error").iter().map(|event| event["data"]["attempt"].clone()).collect();
    assert_eq!(attempts, [1, 2]);
}

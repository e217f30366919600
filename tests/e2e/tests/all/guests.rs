//! Plugins in other languages, built from the bare contract with no SDK: they do their part in a workflow like any.

use orchestrator_e2e::{Language, Setup, guest_if_built};
use serde_json::json;

const HAIKU: &str = r#"
[[reply]]
agent = "haiku"
text = "An old silent pond\n  a frog jumps into the pond\n\nsplash! Silence again"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_in_python_asks_the_model_and_writes_a_file() {
    let Some(haiku) = guest_if_built("haiku-agent", Language::Python) else { return };
    let server = Setup::new()
        .grants("haiku", &["model", "write-files"])
        .script(HAIKU)
        .plugin("haiku-agent.wasm", &haiku)
        .start()
        .await;
    let agent = server.api.get("/agents/haiku").await.ok();
    assert_eq!((&agent["name"], &agent["capabilities"]), (&json!("Haiku Agent"), &json!(["poetry"])));
    server.api.workflow("poem", json!([{"agent_type": "haiku", "name": "Write"}])).await;

    let request = json!({"user_request": "ponds", "project_id": "p", "workflow_name": "poem"});
    let run = server.api.run(&request).await;
    assert_eq!(run.complete()["data"]["files"], json!(["HAIKU.md"]));
    assert_eq!(run.only("thinking_step")["message"], "Counting syllables");
    assert_eq!(run.only("status:agent")["data"]["detail"]["lines"], 3);
    let lines = ["An old silent pond", "a frog jumps into the pond", "splash! Silence again"];
    assert_eq!(run.output("Write")["lines"], json!(lines));
    let poem = std::fs::read_to_string(server.project("p").join("HAIKU.md"));
    assert_eq!(poem.ok(), Some(lines.map(|line| format!("{line}\n")).concat()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_python_raises_is_the_steps_error() {
    let Some(haiku) = guest_if_built("haiku-agent", Language::Python) else { return };
    let refusing = "[[reply]]\nagent = 'haiku'\ntext = 'no'\nstop_reason = 'refusal'";
    let server = Setup::new().script(refusing).plugin("haiku-agent.wasm", &haiku).start().await;
    server.api.workflow("poem", json!([{"agent_type": "haiku", "name": "Write"}])).await;
    let request = json!({"user_request": "ponds", "project_id": "p", "workflow_name": "poem"});
    let run = server.api.run(&request).await;
    assert_eq!(run.failed("refused")["message"], "the model declined to write a haiku");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_in_javascript_decides_by_its_argument() {
    let Some(condition) = guest_if_built("metadata-has", Language::JavaScript) else { return };
    let server = Setup::new().guest("echo").plugin("metadata-has.wasm", &condition).start().await;
    let asks = |key: &str| json!({"name": "metadata-has", "args": [key]});
    let steps = json!([
        {"agent_type": "echo", "name": "Present", "condition": asks("colour")},
        {"agent_type": "echo", "name": "Absent", "condition": asks("size")},
    ]);
    server.api.workflow("choose", steps).await;
    let metadata = json!({"colour": "green"});
    let request =
        json!({"user_request": "x", "project_id": "p", "workflow_name": "choose", "metadata": metadata});
    let run = server.api.run(&request).await;
    run.complete();
    assert_eq!(run.only("status:step_skipped")["step_name"], "Absent");
    assert_eq!(run.output("Present")["step"], "Present");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_javascript_throws_ends_the_run_instead_of_deciding() {
    let Some(condition) = guest_if_built("metadata-has", Language::JavaScript) else { return };
    let server = Setup::new().guest("echo").plugin("metadata-has.wasm", &condition).start().await;
    let asks = json!({"name": "metadata-has", "args": [""]});
    server.api.workflow("choose", json!([{"agent_type": "echo", "name": "Say", "condition": asks}])).await;
    let request = json!({"user_request": "x", "project_id": "p", "workflow_name": "choose"});
    let run = server.api.run(&request).await;
    assert_eq!(run.failed("invalid_input")["message"], "metadata-has takes a key, and got an empty one");
}

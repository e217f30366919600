//! The plugins folder while the program runs: what is dropped in serves the next run, what is broken takes nothing
//! away, and a run that is under way keeps what it began with.

use orchestrator::{Origin, PluginState, PluginView};
use orchestrator_e2e::{Server, Setup, builtin, components, guest, label, models, soon};
use orchestrator_fake_provider::{Answer, FakeProvider};
use serde_json::{Value, json};

const AGENT: &str = "orchestrator:plugin/agent-plugin@0.1.0";
const CONDITION: &str = "orchestrator:plugin/condition-plugin@0.1.0";

fn serves(name: &str) -> impl Fn(&PluginView) -> bool {
    move |view| view.name == name && view.state == PluginState::Serving
}

fn failed(file: &str) -> impl Fn(&PluginView) -> bool {
    move |view| view.last_error.as_ref().is_some_and(|error| error.file == file)
}

fn digest(view: &PluginView) -> String {
    view.digest.clone().expect("a plugin that serves has a digest")
}

/// A run that may queue: a project is let go a moment after the last event of a run.
fn request(workflow: &str) -> Value {
    json!({"user_request": "hello", "project_id": "p", "workflow_name": workflow, "if_busy": "queue"})
}

/// The entry of `GET /plugins` for a file.
async fn listed(server: &Server, file: &str) -> Value {
    let plugins = server.api.list("/plugins").await;
    let plugins = plugins.as_array().expect("a list");
    plugins
        .iter()
        .find(|plugin| plugin["file"] == file)
        .unwrap_or_else(|| panic!("no {file} in {plugins:#?}"))
        .clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_is_dropped_in_serves_the_next_run_and_goes_with_its_file() {
    let server = Setup::new().start().await;
    let steps = json!({"name": "w", "steps": [{"agent_type": "echo", "name": "Say"}]});
    server.api.post("/workflows", &steps).await.problem(422);

    server.drop_plugin("echo.wasm", &guest("echo"));
    let view = server.plugin("echo to serve", serves("echo")).await;
    assert_eq!((view.origin, view.file.as_deref()), (Origin::Folder, Some("echo.wasm")));
    assert_eq!(view.size, Some(guest("echo").len()));
    assert!(view.imports.iter().any(|import| import == "orchestrator:plugin/events@0.1.0"), "{view:?}");
    server.api.workflow("w", steps["steps"].clone()).await;
    let run = server.api.run(&request("w")).await;
    run.complete();
    assert_eq!(run.digest("echo"), digest(&view));

    server.remove_plugin("echo.wasm");
    let mut generations = server.orchestrator.plugin_generations();
    soon("echo to go", generations.wait_for(|_| server.orchestrator.agent_registry.get("echo").is_err()))
        .await
        .expect("the plugins outlive the wait");
    let problem = server.api.post("/execute", &request("w")).await.problem(422);
    assert!(problem.to_string().contains("there is no agent 'echo'"), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_replaces_a_built_in_plugin_until_it_is_deleted() {
    let server = Setup::new().start().await;
    let built_in = server.plugin("the built-in planner", serves("planner")).await;
    assert_eq!(built_in.origin, Origin::BuiltIn);

    server.drop_plugin("mine.wasm", &components::another_version_of(&builtin("planner"), "mine"));
    let is_mine = |view: &PluginView| view.origin == Origin::Folder && serves("planner")(view);
    let mine = server.plugin("the new planner", is_mine).await;
    assert_ne!(digest(&mine), digest(&built_in));
    let agents = server.api.get("/agents/planner").await.ok();
    assert_eq!(agents["digest"], digest(&mine));
    let replaced = |view: &PluginView| view.origin == Origin::BuiltIn && view.name == "planner";
    assert_eq!(server.plugin("the built-in planner", replaced).await.state, PluginState::Replaced);

    server.remove_plugin("mine.wasm");
    let is_built_in = |view: &PluginView| view.origin == Origin::BuiltIn && serves("planner")(view);
    let again = server.plugin("the built-in planner again", is_built_in).await;
    assert_eq!(digest(&again), digest(&built_in));
    assert_eq!(server.api.get("/agents/planner").await.ok()["digest"], digest(&built_in));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_settings_outlive_the_plugin_they_are_for() {
    let server = Setup::new().guest("echo").start().await;
    server.api.put("/agents/echo/prompt", &json!({"system_prompt": "Shout."})).await.ok();
    server.drop_plugin("echo.wasm", &components::another_version_of(&guest("echo"), "two"));
    let before = server.api.get("/agents/echo").await.ok()["digest"].clone();
    server.plugin("the new echo", |view| serves("echo")(view) && digest(view) != before).await;
    assert_eq!(server.api.get("/agents/echo").await.ok()["system_prompt"], "Shout.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_is_refused_with_the_reason_and_the_earlier_version_stays() {
    let server = Setup::new().guest("echo").start().await;
    let whole = guest("echo");
    let good = server.plugin("echo to serve", serves("echo")).await;

    let half = &whole[..whole.len() / 2];
    for (what, bytes) in [("half of it", half), ("garbage", b"not WebAssembly".as_slice()), ("nothing", b"")]
    {
        server.drop_plugin("echo.wasm", bytes);
        let view = server.plugin(what, failed("echo.wasm")).await;
        let reason = view.last_error.map(|error| error.message).unwrap_or_default();
        assert!(reason.contains("not a valid WebAssembly component"), "{what}: {reason}");
        assert_eq!((view.state, view.digest), (PluginState::Serving, good.digest.clone()), "{what}");
        let entry = listed(&server, "echo.wasm").await;
        assert_eq!((&entry["state"], &entry["last_error"]["message"]), (&json!("serving"), &json!(reason)));
        // Whole again, so that the next broken one meets a plugin without an error.
        server.drop_plugin("echo.wasm", &whole);
        server.plugin("echo to be whole", |view| serves("echo")(view) && view.last_error.is_none()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_plugin_is_refused_with_the_reason() {
    let cases = [
        ("module.wasm", components::core_module(), "not a valid WebAssembly component"),
        (
            "wrong-world.wasm",
            components::importing(&["wasi:cli/environment@0.2.6"], "wasi:cli/run@0.2.6"),
            "build it for the world `agent` or `condition`",
        ),
        (
            "other-version.wasm",
            components::importing(&["wasi:cli/environment@0.2.6"], "orchestrator:plugin/agent-plugin@9.0.0"),
            "this host knows contract version 0.1.0",
        ),
        (
            "wants-a-model.wasm",
            components::importing(&["orchestrator:plugin/model@0.1.0"], CONDITION),
            "may not import orchestrator:plugin/model@0.1.0",
        ),
        (
            "wants-the-network.wasm",
            components::importing(&["wasi:http/outgoing-handler@0.2.6"], AGENT),
            "may not import wasi:http/outgoing-handler@0.2.6",
        ),
    ];
    let server = Setup::new().start().await;
    let agents = server.api.get("/agents").await.ok();
    for (file, bytes, reason) in &cases {
        server.drop_plugin(file, bytes);
        let view = server.plugin(file, failed(file)).await;
        let message = view.last_error.map(|error| error.message).unwrap_or_default();
        assert!(message.contains(reason), "{file}: {message}");
        assert_eq!((view.state, view.digest), (PluginState::Refused, None), "{file}");
        let entry = listed(&server, file).await;
        assert_eq!((&entry["state"], &entry["last_error"]["message"]), (&json!("refused"), &json!(message)));
    }
    assert_eq!(server.api.get("/agents").await.ok(), agents, "nothing was taken away");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_files_for_one_agent_the_first_by_name_serves_and_the_other_says_so() {
    let server = Setup::new().guest("echo").start().await;
    server.drop_plugin("z.wasm", &components::another_version_of(&guest("echo"), "z"));
    let loser = server.plugin("the second echo", failed("z.wasm")).await;
    assert_eq!(loser.state, PluginState::Refused);
    let reason = loser.last_error.map(|error| error.message).unwrap_or_default();
    assert!(reason.contains("served by echo.wasm"), "{reason}");
    let winner = server.plugin("the first echo", serves("echo")).await;
    assert_eq!(winner.file.as_deref(), Some("echo.wasm"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_under_way_keeps_its_plugins_and_the_next_one_gets_the_new() {
    let stall = Answer::stream().then_stall().then_text("go on");
    let provider = FakeProvider::answering(move |_| stall.clone()).await.expect("a port is free");
    let model = models::anthropic(&provider);
    let server = Setup::new().model(model).guest("echo").guest("panicker").start().await;
    let steps = json!([
        {"agent_type": "echo", "name": "Wait"},
        {"agent_type": "panicker", "name": "Panic"},
    ]);
    server.api.workflow("w", steps).await;
    let mut wait = request("w");
    wait["metadata"] = json!({"model": true});

    let old = digest(&server.plugin("the panicker", serves("panicker")).await);
    let mut stream = server.api.execute(&wait).await;
    let events = stream.until(|event| label(event) == "status:step_started").await;
    let id = events[0]["run_id"].as_str().expect("every event has a run id").to_owned();
    soon("the model to be asked", provider.wait_for_requests(1)).await;

    server.drop_plugin("panicker.wasm", &components::another_version_of(&guest("panicker"), "two"));
    let is_new = |view: &PluginView| serves("panicker")(view) && digest(view) != old;
    let new = digest(&server.plugin("the new panicker", is_new).await);
    provider.release();

    let under_way = server.api.events(&id, None).await.transcript().await;
    assert_eq!(under_way.digest("panicker"), old);
    assert_eq!(under_way.failed("trap")["data"]["trap"]["digest"], old, "the code that ran was the old one");
    let next = server.api.run(&wait).await;
    assert_eq!(next.digest("panicker"), new);
    assert_eq!(next.failed("trap")["data"]["trap"]["digest"], new);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_change_during_a_run_are_for_the_next_one() {
    let stall = Answer::stream().then_stall().then_text("go on");
    let provider = FakeProvider::answering(move |_| stall.clone()).await.expect("a port is free");
    let server = Setup::new().model(models::anthropic(&provider)).guest("echo").start().await;
    server
        .api
        .workflow("w", json!([{"agent_type": "echo", "name": "A"}, {"agent_type": "echo", "name": "B"}]))
        .await;
    let mut wait = request("w");
    wait["metadata"] = json!({"model": true});
    let mut stream = server.api.execute(&wait).await;
    let id = stream.next().await.expect("a first event").json()["run_id"].as_str().map(str::to_owned);
    soon("the model to be asked", provider.wait_for_requests(1)).await;

    server.api.put("/agents/echo/prompt", &json!({"system_prompt": "Shout."})).await.ok();
    server.api.put("/agents/echo/model", &json!({"model": "opus"})).await.ok();
    server.api.put_nothing("/agents/echo/disable").await.ok();
    provider.release();
    let id = id.expect("every event has a run id");
    let under_way = server.api.events(&id, None).await.transcript().await;
    under_way.complete();
    assert_eq!(
        (&under_way.output("B")["prompt"], &under_way.output("B")["model"]),
        (&json!("Say what you hear."), &json!("haiku"))
    );

    server.api.put_nothing("/agents/echo/enable").await.ok();
    let next = server.api.run(&wait).await;
    assert_eq!((&next.output("B")["prompt"], &next.output("B")["model"]), (&json!("Shout."), &json!("opus")));
}

//! What plugins may do, as an operator sees it: nobody gets more than somebody granted, a change reaches the next run
//! and not the one under way, and a mistake in the file opens nothing.

use orchestrator_e2e::{Server, Setup, Transcript, builtin, components, guest, label, models, soon};
use orchestrator_fake_provider::{Answer, FakeProvider};
use serde_json::{Value, json};

async fn echo(setup: Setup) -> Server {
    let server = setup.guest("echo").start().await;
    server.api.workflow("w", json!([{"agent_type": "echo", "name": "Say", "retry_count": 0}])).await;
    server
}

/// A run that writes a file. It may queue: a project is let go a moment after the last event of a run.
async fn write(server: &Server, project: &str) -> Transcript {
    let request = json!({
        "user_request": "hello", "project_id": project, "workflow_name": "w", "if_busy": "queue", "metadata": {"write": "note.txt"},
    });
    server.api.run(&request).await
}

async fn listed(server: &Server, name: &str) -> Value {
    let plugins = server.api.list("/plugins").await;
    let found = plugins
        .as_array()
        .expect("a list")
        .iter()
        .find(|plugin| plugin["name"] == name && plugin["state"] == "serving");
    found.unwrap_or_else(|| panic!("no {name} in {plugins:#?}")).clone()
}

fn denial(run: &Transcript) -> String {
    run.failed("denied")["message"].as_str().expect("a message").to_owned()
}

fn policy_digest(run: &Transcript) -> String {
    run.0[0]["data"]["policy"].as_str().expect("a digest").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_plugin_waits_for_a_grant_and_the_denial_shows_how_to_give_it() {
    let server = echo(Setup::new()).await;
    let view = listed(&server, "echo").await;
    assert_eq!(
        (&view["asked"]["write_files"], &view["permissions"]["write_files"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        (&view["permissions"]["model"], &view["permissions"]["read_files"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(view["waiting"]["permissions"], json!(["write-files"]));
    let message = denial(&write(&server, "p").await);
    assert!(
        message.contains("[plugin.echo]: permissions = [\"model\", \"read-files\", \"write-files\"]"),
        "{message}"
    );
    assert!(message.contains("or grant it 'write-files' over the API"), "{message}");
    let request = view["waiting"]["request"].as_str().unwrap();
    assert!(
        request.contains("/plugins/echo/grants") && request.contains(r#"{"permissions": ["write-files"]}"#),
        "{request}"
    );
    assert!(!server.project("p").join("note.txt").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_over_the_api_reaches_the_next_run_survives_a_restart_and_is_taken_back() {
    let server = echo(Setup::new()).await;
    let before = policy_digest(&write(&server, "p").await);
    let grant = server.api.post("/plugins/echo/grants", &json!({"permissions": ["write-files"]})).await.ok();
    assert_eq!((&grant["permissions"], &grant["by"]), (&json!(["write-files"]), &json!("local")));
    let run = write(&server, "p").await;
    run.complete();
    assert_ne!(policy_digest(&run), before, "a run's record tells that other rules held");
    assert_eq!(listed(&server, "echo").await["waiting"], Value::Null);

    let server = server.stop().await.start().await;
    write(&server, "q").await.complete();
    // Where there is nothing to take back, nothing changes.
    for project in ["r", "s"] {
        assert_eq!(server.api.delete("/plugins/echo/grants").await.status.as_u16(), 204);
        denial(&write(&server, project).await);
    }
    assert_eq!(audited(&server, "grant", 2).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn swapped_wasm_does_not_inherit_a_grant_over_the_api() {
    let server = echo(Setup::new()).await;
    server.api.post("/plugins/echo/grants", &json!({"permissions": ["write-files"]})).await.ok();
    let old = listed(&server, "echo").await["digest"].clone();
    server.drop_plugin("echo.wasm", &components::another_version_of(&guest("echo"), "swapped"));
    server
        .plugin("the swapped echo", |view| view.name == "echo" && view.digest.as_deref() != old.as_str())
        .await;
    denial(&write(&server, "p").await);
    server.drop_plugin("echo.wasm", &guest("echo"));
    server
        .plugin("the first echo", |view| view.name == "echo" && view.digest.as_deref() == old.as_str())
        .await;
    write(&server, "p").await.complete();
}

#[tokio::test(flavor = "multi_thread")]
async fn swapped_builtin_does_not_inherit_what_the_program_grants_its_own() {
    let server = Setup::new().start().await;
    assert_eq!(listed(&server, "writer").await["permissions"]["write_files"], true);
    server.drop_plugin("writer.wasm", &components::another_version_of(&builtin("writer"), "swapped"));
    server.plugin("the swapped writer", |view| view.name == "writer" && view.file.is_some()).await;
    let view = listed(&server, "writer").await;
    assert_eq!(view["permissions"]["write_files"], false, "{view}");
    assert_eq!(view["waiting"]["permissions"], json!(["write-files"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_the_file_grants_at_once_and_a_broken_file_leaves_the_last_good_one_in_force() {
    let server = echo(Setup::new()).await;
    let granting = "version = 1\n[plugin.echo]\npermissions = [\"write-files\"]\n";
    server.write_policy(granting).await;
    write(&server, "p").await.complete();
    let problem =
        server.api.post("/plugins/echo/grants", &json!({"permissions": ["model"]})).await.problem(409);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("policy.toml:3")), "{problem}");

    server.write_policy("version = 1\n[plugin.echo]\npermission = []\n").await;
    let health = server.api.get("/health").await.ok();
    assert_eq!(health["status"], "healthy");
    assert!(
        health["notices"].to_string().contains("policy.toml:3: [plugin.echo] has no key 'permission'"),
        "{health}"
    );
    write(&server, "p").await.complete();

    server.write_policy("version = 1\n[plugin.echo]\npermissions = []\n").await;
    assert!(!server.api.get("/health").await.ok()["notices"].to_string().contains("policy"));
    let message = denial(&write(&server, "p").await);
    assert!(message.contains("policy.toml:3") && !message.contains("curl"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_under_way_keeps_the_policy_that_it_began_with() {
    let stall = Answer::stream().then_text("1").then_stall();
    let provider = FakeProvider::answering(move |_| stall.clone()).await.expect("a port is free");
    let setup = Setup::new().model(models::anthropic(&provider)).grants("echo", &["model", "write-files"]);
    let server = setup.guest("echo").start().await;
    let step = json!({"agent_type": "echo", "name": "Write", "retry_count": 1, "timeout": 2.0});
    server.api.workflow("w", json!([step])).await;
    let request = json!({
        "user_request": "hello", "project_id": "p", "workflow_name": "w", "if_busy": "queue",
        "metadata": {"model": true, "write": "note.txt"},
    });
    let mut stream = server.api.execute(&request).await;
    // Each attempt writes and then waits for the model until its time is over.
    stream.until(|event| label(event) == "file_complete").await;
    server.write_policy("version = 1\n[plugin.echo]\npermissions = [\"model\"]\n").await;
    let events = stream.until(|event| event["data"]["terminal"] == true).await;
    assert!(events.iter().any(|event| event["data"]["attempt"] == 2), "{events:#?}");
    let end = &events[events.len() - 1];
    assert_eq!(end["data"]["code"], "timeout", "the second attempt wrote under the first rules: {end}");
    denial(&write(&server, "p").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_granted_is_told() {
    let server = echo(Setup::new()).await;
    let unknown =
        server.api.post("/plugins/nobody/grants", &json!({"permissions": ["model"]})).await.problem(404);
    assert!(unknown["valid"].as_array().is_some_and(|valid| valid.contains(&json!("echo"))), "{unknown}");
    for (body, field) in [
        (json!({}), "permissions"),
        (json!({"permissions": ["root"]}), "permissions"),
        (json!({"permissions": ["command"], "programs": ["npm te*t"]}), "programs"),
    ] {
        assert_eq!(
            server.api.post("/plugins/echo/grants", &body).await.problem(422)["field"],
            field,
            "{body}"
        );
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_program_starts_only_when_a_pattern_accepts_its_arguments() {
    let server = Setup::new().guest("sleeper").start().await;
    server
        .api
        .workflow("w", json!([{"agent_type": "sleeper", "name": "Sleep", "retry_count": 0, "timeout": 30.0}]))
        .await;
    let request = json!({"user_request": "x", "project_id": "p", "workflow_name": "w", "if_busy": "queue"});
    let message = denial(&server.api.run(&request).await);
    assert!(message.contains("has no permission 'command'"), "{message}");
    let grant = json!({"permissions": ["command"], "programs": ["sleep 5"]});
    server.api.post("/plugins/sleeper/grants", &grant).await.ok();
    let message = denial(&server.api.run(&request).await);
    assert!(
        message.contains("'sleeper' may not start 'sleep 1000'") && message.contains("\"sleep 1000\"]"),
        "{message}"
    );
    server.api.post("/plugins/sleeper/grants", &json!({"programs": ["sleep {number}"]})).await.ok();
    let mut stream = server.api.execute(&request).await;
    let events = stream.until(|event| event["data"]["status"] == "started").await;
    let cancel = format!("/runs/{}/cancel", events[0]["run_id"].as_str().unwrap_or_default());
    server.api.post(&cancel, &Value::Null).await.ok();
}

/// The entries of one family in the audit, the oldest first, once there are as many. Loadings of plugins apart.
async fn audited(server: &Server, family: &str, count: usize) -> Vec<Value> {
    soon("the entries of the audit", async {
        loop {
            let entries = server.api.list(&format!("/audit?action={family}&limit=200")).await;
            let entries = entries.as_array().expect("a list").iter().rev();
            let entries: Vec<_> = entries.filter(|entry| entry["action"] != "plugin.load").cloned().collect();
            if entries.len() >= count {
                return entries;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_denials_and_changes_of_the_file_are_in_the_audit() {
    let server = echo(Setup::new()).await;
    let run = write(&server, "p").await;
    denial(&run);
    let denied = audited(&server, "policy.deny", 1).await.remove(0);
    assert_eq!((&denied["actor"], &denied["subject"]), (&json!("system"), &json!("echo")));
    assert_eq!(denied["detail"], json!({"denied": "write-files", "step": "Say"}));
    assert_eq!(denied["run_id"], run.0[0]["run_id"]);
    server.api.post("/plugins/echo/grants", &json!({"permissions": ["write-files"]})).await.ok();
    assert_eq!(server.api.delete("/plugins/echo/grants").await.status.as_u16(), 204);
    let grants = audited(&server, "grant", 2).await;
    let told = |entry: &Value| {
        (entry["actor"].clone(), entry["action"].clone(), entry["detail"]["permissions"].clone())
    };
    assert_eq!(told(&grants[0]), ("local".into(), "grant.add".into(), json!(["write-files"])));
    assert_eq!(told(&grants[1]), ("local".into(), "grant.remove".into(), json!(["write-files"])));
    server.write_policy("version = 1\n[plugin.echo]\npermissions = []\n").await;
    let loaded = audited(&server, "policy.load", 1).await.remove(0);
    assert_eq!((&loaded["actor"], &loaded["subject"]), (&json!("system"), &json!("policy.toml")));
    server.write_policy("version = 1\n[plugin.echo]\npermission = []\n").await;
    let refused = audited(&server, "policy.refuse", 1).await.remove(0);
    assert!(refused["detail"]["reason"].to_string().contains("policy.toml:3"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn trap_storm_is_quarantined_and_released_while_others_go_on() {
    let server = echo(Setup::new().guest("panicker")).await;
    server.api.workflow("storm", json!([{"agent_type": "panicker", "name": "Trap", "retry_count": 0}])).await;
    let request =
        json!({"user_request": "x", "project_id": "storm", "workflow_name": "storm", "if_busy": "queue"});
    for _ in 0..2 {
        server.api.run(&request).await.failed("trap");
    }
    let third = server.api.run(&request).await;
    third.failed("trap");
    let told = third.0.iter().find(|event| event["data"]["code"] == "plugin_quarantined");
    assert!(
        told.is_some_and(|event| event["message"].to_string().contains("an admin releases it")),
        "{third}"
    );

    let refused = server.api.post("/execute", &request).await.problem(409);
    assert_eq!(refused["type"], "urn:problem-type:orchestrator:plugin-quarantined");
    let detail = refused["detail"].to_string();
    assert!(detail.contains("'panicker' is quarantined until 20"), "{refused}");
    assert!(detail.contains("POST /plugins/panicker/release"), "{refused}");
    assert_eq!(listed(&server, "panicker").await["quarantine"]["times"], 1);
    let health = server.api.get("/health").await.ok();
    assert_eq!(health["status"], "healthy");
    assert!(health["notices"].to_string().contains("'panicker' is quarantined"), "{health}");
    let say =
        json!({"user_request": "hello", "project_id": "quiet", "workflow_name": "w", "if_busy": "queue"});
    server.api.run(&say).await.complete();

    let released = server.api.post("/plugins/panicker/release", &Value::Null).await.ok();
    assert_eq!((&released["name"], &released["quarantine"]), (&json!("panicker"), &Value::Null));
    server.api.run(&request).await.failed("trap");
    assert_eq!(listed(&server, "panicker").await["quarantine"], Value::Null);
    let run = third.0[0]["run_id"].clone();
    let [quarantined, released] = &audited(&server, "plugin", 2).await[..] else { panic!("two entries") };
    let of = |entry: &Value| (entry["actor"].clone(), entry["action"].clone(), entry["subject"].clone());
    assert_eq!(of(quarantined), ("system".into(), "plugin.quarantine".into(), "panicker".into()));
    assert_eq!(quarantined["run_id"], run);
    assert_eq!(of(released), ("local".into(), "plugin.release".into(), "panicker".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repaired_version_is_not_quarantined() {
    let server = Setup::new().policy("[quarantine]\nstrikes = 1\n").guest("panicker").start().await;
    server.api.workflow("w", json!([{"agent_type": "panicker", "name": "Trap", "retry_count": 0}])).await;
    let request = json!({"user_request": "x", "project_id": "p", "workflow_name": "w", "if_busy": "queue"});
    server.api.run(&request).await.failed("trap");
    server.api.post("/execute", &request).await.problem(409);
    let old = listed(&server, "panicker").await["digest"].clone();
    server.drop_plugin("panicker.wasm", &components::another_version_of(&guest("panicker"), "repaired"));
    server
        .plugin("the repaired one", |view| view.name == "panicker" && view.digest.as_deref() != old.as_str())
        .await;
    server.api.run(&request).await.failed("trap");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_is_held_to_the_limits_of_its_policy() {
    let limits =
        "[plugin.memory-bomb.limits]\nmemory = \"32MiB\"\n[plugin.infinite-loop.limits]\ncpu = \"100ms\"\n";
    let server = Setup::new().policy(limits).guest("memory-bomb").guest("infinite-loop").start().await;
    for (guest, said) in [("memory-bomb", "33554432 bytes"), ("infinite-loop", "100ms")] {
        server.api.workflow(guest, json!([{"agent_type": guest, "name": "X", "retry_count": 0}])).await;
        let request =
            json!({"user_request": "x", "project_id": guest, "workflow_name": guest, "if_busy": "queue"});
        let run = server.api.run(&request).await;
        assert!(run.failed("trap")["message"].to_string().contains(said), "{run}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn event_flood_is_ended_by_a_typed_error() {
    let server = echo(Setup::new().policy("[plugin.echo.limits]\nevents_per_second = 10\n")).await;
    let request = json!({
        "user_request": "flood", "project_id": "p", "workflow_name": "w", "if_busy": "queue", "metadata": {"events": 50_000, "bytes": 1},
    });
    let run = server.api.run(&request).await;
    assert!(run.failed("limit_exceeded")["message"].to_string().contains("events_per_second"), "{run}");
    assert!(run.0.len() < 5_000, "{} events", run.0.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_the_host_is_not_charged_as_computing() {
    let stall = Answer::stream().then_text("a").then_stall();
    let provider = FakeProvider::answering(move |_| stall.clone()).await.expect("a port is free");
    let limits = "[defaults.limits]\ncpu = \"300ms\"\n";
    let setup = Setup::new().model(models::anthropic(&provider)).policy(limits).guest("infinite-loop");
    let server = echo(setup).await;
    server
        .api
        .workflow("loop", json!([{"agent_type": "infinite-loop", "name": "X", "retry_count": 0}]))
        .await;
    let request = json!({
        "user_request": "wait", "project_id": "p", "workflow_name": "w", "if_busy": "queue", "metadata": {"model": true},
    });
    let mut waiting = server.api.execute(&request).await;
    waiting.until(|event| label(event) == "status:step_started").await;
    soon("the model to be asked", provider.wait_for_requests(1)).await;
    // Another guest uses up the same limit by computing, while the first one waits for longer than that.
    let request = json!({"user_request": "x", "project_id": "q", "workflow_name": "loop"});
    server.api.run(&request).await.failed("trap");
    provider.release();
    let events = waiting.until(|event| event["data"]["terminal"] == true || label(event) == "complete").await;
    assert_eq!(label(&events[events.len() - 1]), "complete", "{events:#?}");
}

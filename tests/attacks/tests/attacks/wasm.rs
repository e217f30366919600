//! Turns of a component on the sandbox that it is in.

use orchestrator_attacks::{Scene, Setup, step};
use orchestrator_e2e::Transcript;
use serde_json::json;

/// A server that holds the attacker to these limits.
async fn limited(limits: &str) -> Scene {
    let table = format!("[plugin.attacker.limits]\n{limits}\n");
    Setup::new().granting_everything_and(&table).start().await
}

async fn attack(scene: &Scene, what: &str) -> Transcript {
    scene.attack_to_the_end(&[step::wasm(what)]).await
}

/// Why a run ended in a trap.
fn trap(run: &Transcript) -> String {
    run.failed("trap")["data"]["trap"]["trap"].as_str().expect("a trap has a reason").to_owned()
}

/// Checks that an attack traps for a reason that has `reason` in it, that the next call is a fresh one, and that the
/// same done by less succeeds.
async fn traps(scene: Scene, what: &str, reason: &str, by_less: &str) {
    let run = attack(&scene, what).await;
    assert!(trap(&run).contains(reason), "{run}");
    scene.attack(&[step::wasm(by_less)]).await.all_done();
    scene.unharmed().await;
}

/// The control of a limit: with another one the same attack goes through.
async fn goes_through(limits: &str, what: &str) {
    limited(limits).await.attack(&[step::wasm(what)]).await.all_done();
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_infinite_loop_is_ended() {
    traps(limited("cpu = \"200ms\"").await, "turns:0", "computed for longer than 200ms", "turns:1000").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_loop_in_bulk_operations_is_ended() {
    let scene = limited("cpu = \"300ms\"").await;
    traps(scene, "moves-of-memory:0", "computed for longer than 300ms", "moves-of-memory:1").await;
}

/// With 30 s of time both are still at it when the step's own second is over: what ended them above was the limit.
#[tokio::test(flavor = "multi_thread")]
async fn w2_control_loops_with_time_go_on() {
    let scene = Scene::start().await;
    scene.workflow("short", "attacker", 1.0).await;
    for what in ["turns:0", "moves-of-memory:0"] {
        let metadata = json!({"steps": [step::wasm(what)]});
        scene.run("short", "p", "attack", &metadata).await.failed("timeout");
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_memory_beyond_the_limit_is_denied() {
    let scene = limited("memory = \"64MiB\"").await;
    let run = attack(&scene, "grow-memory:128").await;
    assert!(run.failed("trap").to_string().contains("the limit is 67108864 bytes for one call"), "{run}");
    scene.attack(&[step::wasm("grow-memory:16")]).await.all_done();
    scene.unharmed().await;
}

/// Eight at once, each with all that the default lets it have.
#[tokio::test(flavor = "multi_thread")]
async fn w3_memory_of_several_calls_is_given_back() {
    let scene = limited("memory = \"64MiB\"\n[quarantine]\nstrikes = 100").await;
    let calls = (0..8).map(|number| {
        let (scene, metadata) = (&scene, json!({"steps": [step::wasm("grow-memory:4096")]}));
        async move { scene.run("attack", &format!("p{number}"), "attack", &metadata).await }
    });
    for run in futures::future::join_all(calls).await {
        run.failed("trap");
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_control_memory_within_the_limit_is_given() {
    goes_through("memory = \"256MiB\"", "grow-memory:128").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_endless_recursion_traps() {
    traps(Scene::start().await, "recursion:1000000000", "out of bounds memory", "recursion:1000").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_string_beyond_the_payload_traps_before_it_is_copied() {
    traps(Scene::start().await, "string-of-mib:100", "fuel", "string-of-mib:1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_list_beyond_the_payload_traps_before_it_is_copied() {
    let scene = Scene::start().await;
    let run = attack(&scene, "list-of-strings:8000000").await;
    assert!(trap(&run).contains("fuel"), "{run}");
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_control_string_within_the_payload_arrives() {
    goes_through("payload = \"256MiB\"", "string-of-mib:100").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w7_string_that_is_no_text_traps() {
    traps(Scene::start().await, "bytes-that-are-no-text:255", "utf-8", "bytes-that-are-no-text:65").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w8_handles_that_are_kept_end_at_the_size_of_the_table() {
    traps(Scene::start().await, "handles:5000", "table", "handles:500").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w8_control_handles_within_the_limit_are_given() {
    goes_through("handles = 10000", "handles:5000").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w9_forged_handle_traps() {
    traps(Scene::start().await, "handle:11259375", "handle", "handle:1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w9_handle_that_was_given_back_traps() {
    traps(Scene::start().await, "handle:2", "handle", "handle:1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w10_trap_storm_is_quarantined_and_others_go_on() {
    let scene = Setup::new().guest("echo").start().await;
    scene.workflow("echo", "echo", 60.0).await;
    for _ in 0..3 {
        attack(&scene, "trap").await.failed("trap");
    }
    let request = json!({"user_request": "x", "project_id": "p", "workflow_name": "attack"});
    let refused = scene.api.post("/execute", &request).await.problem(409);
    assert!(refused["type"].to_string().contains("plugin-quarantined"), "{refused}");
    scene.run("echo", "q", "hello", &json!({})).await.complete();
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w10_control_with_more_strikes_it_goes_on() {
    let scene = Setup::new().granting_everything_and("[quarantine]\nstrikes = 100\n").start().await;
    for _ in 0..5 {
        attack(&scene, "trap").await.failed("trap");
    }
    scene.attack(&[step::wasm("turns:1")]).await.all_done();
}

#[tokio::test(flavor = "multi_thread")]
async fn w13_random_bytes_beyond_measure_trap() {
    traps(Scene::start().await, "random-bytes:4294967295", "exceeds limit", "random-bytes:65536").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w13_poll_of_millions_traps() {
    traps(Scene::start().await, "poll:8000000", "fuel", "poll:100").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w15_calls_that_are_left_in_the_middle_harm_no_other() {
    let scene = Scene::start().await;
    for number in 0..10 {
        let request = json!({
            "user_request": "x", "project_id": format!("p{number}"), "workflow_name": "attack",
            "metadata": {"steps": [step::wasm("sleep-ms:86400000")]},
        });
        let mut stream = scene.api.execute(&request).await;
        let events = stream.until(|event| event["data"]["state"] == "step_started").await;
        let run = events[0]["run_id"].as_str().expect("an id").to_owned();
        // The client is gone, and then so is the run, in the middle of a call of the host.
        drop(stream);
        scene.api.post(&format!("/runs/{run}/cancel"), &json!(null)).await.ok();
        scene.attack(&[step::wasm("sleep-ms:1"), step::write("a.txt", "a")]).await.all_done();
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w16_waiting_in_the_host_ends_with_the_steps_time() {
    let scene = limited("wall = \"2s\"").await;
    scene.workflow("short", "attacker", 0.5).await;
    let metadata = json!({"steps": [step::wasm("sleep-ms:86400000")]});
    scene.run("short", "p", "attack", &metadata).await.failed("timeout");
    // And with the time that the policy gives a call, where the step has more.
    let run = scene.run("attack", "p", "attack", &metadata).await;
    assert!(run.failed("limit_exceeded").to_string().contains("took longer than 2s"), "{run}");
    // The control: a shorter wait comes to its end.
    let metadata = json!({"steps": [step::wasm("sleep-ms:1")]});
    scene.run("short", "p", "attack", &metadata).await.complete();
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w17_probe_finds_nothing_of_the_machine() {
    let scene = Setup::new().guest("hostile").start().await;
    scene.workflow("probe", "hostile", 60.0).await;
    let run = scene.run("probe", "p", "probe", &json!({})).await;
    run.complete();
    let found = run.output("Attack");
    assert_eq!((&found["environment"], &found["arguments"]), (&json!([]), &json!([])));
    assert_eq!(found["folders"], json!(["/project"]));
    for closed in ["root", "connection", "listener"] {
        assert!(found[closed]["Err"].is_string(), "{closed}: {found:#}");
    }
    // The control: there is something to be found.
    let environment = std::fs::read(format!("/proc/{}/environ", scene.program.id())).expect("it is ours");
    assert_eq!(scene.canaries.in_bytes(&environment), Some(scene.canaries.key()));
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w18_printing_without_end_is_kept_within_bounds() {
    let scene = Scene::start().await;
    let run = attack(&scene, "print-mib:64").await;
    let kept = run.failed("trap").to_string();
    assert!(kept.contains("nnnn") && kept.len() < 64 << 10, "{} bytes", kept.len());
    assert!(scene.program.log().len() < 1 << 20);
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w18_events_without_end_are_stopped() {
    let scene = limited("events_per_second = 10").await;
    let report = scene.attack(&[step::wasm("events:50000")]).await;
    assert!(report.last().refusal().contains("events_per_second"), "{report:?}");
    assert!(report.run.0.len() < 1000, "{} events", report.run.0.len());
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w18_control_events_within_the_limit_arrive() {
    let scene = Scene::start().await;
    let report = scene.attack(&[step::wasm("events:2000")]).await;
    report.all_done();
    assert!(report.run.0.len() > 2000, "{} events", report.run.0.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn w21_two_runs_on_one_project_do_not_meet() {
    let scene = Scene::start().await;
    let request = |project: &str| {
        json!({
            "user_request": "x", "project_id": project, "workflow_name": "attack",
            "metadata": {"steps": [step::wasm("sleep-ms:86400000")]},
        })
    };
    let mut first = scene.api.execute(&request("p")).await;
    let events = first.until(|event| event["data"]["state"] == "step_started").await;
    let busy = scene.api.post("/execute", &request("p")).await.problem(409);
    assert!(busy["type"].to_string().contains("project-busy"), "{busy}");
    // The control: what keeps it back is the project and nothing else.
    scene.run("attack", "q", "x", &json!({"steps": [step::write("a", "b")]})).await.complete();
    let run = events[0]["run_id"].as_str().expect("an id");
    scene.api.post(&format!("/runs/{run}/cancel"), &json!(null)).await.ok();
    scene.unharmed().await;
}

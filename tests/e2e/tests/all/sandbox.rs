//! Guests that mean harm, each named after its attack. Whatever they do, their run ends with a reason, other runs go on
//! and the server answers.

use orchestrator_e2e::{Server, Setup, Transcript, label, models, processes, soon};
use orchestrator_fake_provider::{Answer, FakeProvider};
use serde_json::{Value, json};
use std::{fs, time::Duration};

/// A server with one hostile guest, and the workflow `attack` whose only step calls it.
async fn attacked(guest: &str, timeout: f64) -> Server {
    attack(Setup::new(), guest, timeout).await
}

async fn attack(setup: Setup, guest: &str, timeout: f64) -> Server {
    let server = setup.guest(guest).start().await;
    let step = json!({"agent_type": guest, "name": "Attack", "timeout": timeout, "retry_count": 0});
    server.api.workflow("attack", json!([step])).await;
    server
}

fn request(project: &str) -> Value {
    json!({"user_request": "attack", "project_id": project, "workflow_name": "attack"})
}

async fn run(server: &Server) -> Transcript {
    let transcript = server.api.run(&request("p")).await;
    assert_eq!(server.api.get("/health").await.ok()["status"], "healthy");
    transcript
}

fn message(event: &Value) -> &str {
    event["message"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn infinite_loop_is_ended_by_the_steps_timeout() {
    let server = attacked("infinite-loop", 0.3).await;
    let transcript = run(&server).await;
    let error = transcript.failed("timeout");
    assert!(message(error).contains("'Attack'"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn infinite_loop_is_ended_by_cancelling() {
    let server = attacked("infinite-loop", 600.0).await;
    let mut stream = server.api.execute(&request("p")).await;
    let events = stream.until(|event| label(event) == "status:step_started").await;
    let cancel = format!("/runs/{}/cancel", events[0]["run_id"].as_str().unwrap_or_default());
    assert_eq!(server.api.post(&cancel, &Value::Null).await.ok()["status"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn infinite_loop_is_ended_by_the_cpu_limit_when_the_timeout_is_far() {
    let cpu = |limits: &mut orchestrator::OrchestratorLimits| limits.sandbox.cpu = Duration::from_millis(200);
    let server = attack(Setup::new().limits(cpu), "infinite-loop", 600.0).await;
    let transcript = run(&server).await;
    let error = transcript.failed("trap");
    assert!(message(error).contains("which is the limit"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn infinite_loops_on_every_core_leave_room_for_other_runs() {
    let server = attack(Setup::new().guest("echo"), "infinite-loop", 600.0).await;
    server.api.workflow("echo", json!([{"agent_type": "echo", "name": "Say"}])).await;
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let mut loops = Vec::new();
    for number in 0..cores * 2 {
        let mut stream = server.api.execute(&request(&format!("loop-{number}"))).await;
        let events = stream.until(|event| label(event) == "status:step_started").await;
        loops.push(events[0]["run_id"].as_str().expect("every event has a run id").to_owned());
    }
    let say = json!({"user_request": "hello", "project_id": "quiet", "workflow_name": "echo"});
    server.api.run(&say).await.complete();
    for id in loops {
        assert_eq!(server.api.get(&format!("/runs/{id}")).await.ok()["status"], "running");
        server.api.post(&format!("/runs/{id}/cancel"), &Value::Null).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_bomb_hits_its_own_limit() {
    let memory = |limits: &mut orchestrator::OrchestratorLimits| limits.sandbox.memory = 64 << 20;
    let server = attack(Setup::new().limits(memory), "memory-bomb", 60.0).await;
    let transcript = run(&server).await;
    let error = transcript.failed("trap");
    assert!(message(error).contains("the limit is 67108864 bytes for one call"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn panicker_leaves_a_report_that_its_author_can_use() {
    let server = attacked("panicker", 60.0).await;
    let transcript = run(&server).await;
    let error = transcript.failed("trap");
    assert_eq!((&error["step_name"], &error["agent"]), (&json!("Attack"), &json!("panicker")));
    let report = &error["data"]["trap"];
    assert_eq!((&report["plugin"], &report["version"]), (&json!("panicker"), &json!("0.1.0")));
    assert_eq!(report["digest"], transcript.digest("panicker"));
    let panic = report["panic"].as_str().unwrap_or_default();
    assert!(panic.contains("the answer is 41, not 42") && panic.contains("lib.rs:"), "{report}");
    assert_eq!(report["stderr"][0], "about to give up");
    assert!(report["trap"].as_str().is_some_and(|trap| trap.contains("unreachable")), "{report}");
    assert!(message(error).contains("the answer is 41, not 42"), "{error}");
    assert_eq!(error["data"]["retryable"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn deep_recursion_exhausts_its_own_stack() {
    let server = attacked("deep-recursion", 60.0).await;
    let transcript = run(&server).await;
    let report = &transcript.failed("trap")["data"]["trap"];
    // Rust keeps a guest's stack at the low end of its memory: running over it is an access out of bounds.
    assert!(report["trap"].as_str().is_some_and(|trap| trap.contains("out of bounds memory")), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stderr_flood_costs_a_bounded_number_of_bytes() {
    let server = attacked("stderr-flood", 60.0).await;
    let transcript = run(&server).await;
    assert!(server.journal_bytes().len() < 4 << 20, "the flood is not in the journal");
    assert!(transcript.0.iter().all(|event| event.to_string().len() < 64 << 10), "nor in an event");
}

#[tokio::test(flavor = "multi_thread")]
async fn huge_event_is_refused_and_never_stored() {
    let server = attacked("huge-event", 60.0).await;
    let transcript = run(&server).await;
    assert!(server.journal_bytes().len() < 4 << 20, "{} bytes", server.journal_bytes().len());
    assert!(transcript.0.iter().all(|event| event.to_string().len() < 64 << 10));
    assert_eq!(transcript.all("status:agent").len(), 0, "{transcript}");
}

#[tokio::test(flavor = "multi_thread")]
async fn path_escape_finds_no_way_out() {
    let server = attack(Setup::new().grants("path-escape", &["write-files"]), "path-escape", 60.0).await;
    let outside = server.orchestrator.projects_dir().join("outside.txt");
    fs::write(&outside, "as it was").expect("the projects folder can be written");
    let transcript = run(&server).await;
    transcript.complete();
    let tries = transcript.output("Attack").as_object().expect("what came of each try");
    assert!(tries.len() > 50, "{} tries", tries.len());
    let escaped: Vec<_> =
        tries.iter().filter(|(_, came)| came.as_str().is_none_or(|came| came.contains("ESCAPED"))).collect();
    assert!(escaped.is_empty(), "{escaped:#?}");
    assert_eq!(fs::read_to_string(outside).ok().as_deref(), Some("as it was"));
    let beside: Vec<_> = fs::read_dir(server.orchestrator.projects_dir())
        .expect("it can be read")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(beside.len(), 2, "the project and the file beside it: {beside:?}");
}

/// A server on which the guest of that name may start its program.
#[cfg(target_os = "linux")]
fn sleeper() -> Setup {
    Setup::new().grants("sleeper", &["command"]).policy("programs = [\"sleep {number}\"]\n")
}

/// Waits until a program works in the project: its sandbox is made first.
#[cfg(target_os = "linux")]
async fn at_work(server: &Server) {
    let working = async {
        while processes::working_in(&server.project("p")).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    soon("the program to be at work", working).await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn sleeper_does_not_outlive_the_steps_timeout() {
    let server = attack(sleeper(), "sleeper", 2.0).await;
    let mut stream = server.api.execute(&request("p")).await;
    stream.until(|event| event["data"]["status"] == "started").await;
    at_work(&server).await;
    let events = stream.until(|event| event["data"]["terminal"] == true).await;
    assert_eq!(events[events.len() - 1]["data"]["code"], "timeout");
    assert_eq!(processes::working_in(&server.project("p")), [0; 0], "and gone");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn sleeper_does_not_outlive_cancelling() {
    let server = attack(sleeper(), "sleeper", 600.0).await;
    let mut stream = server.api.execute(&request("p")).await;
    let events = stream.until(|event| event["data"]["status"] == "started").await;
    at_work(&server).await;
    let cancel = format!("/runs/{}/cancel", events[0]["run_id"].as_str().unwrap_or_default());
    assert_eq!(server.api.post(&cancel, &Value::Null).await.ok()["status"], "cancelled");
    assert_eq!(processes::working_in(&server.project("p")), [0; 0], "and gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_model_that_is_cancelled_drops_its_request() {
    let stall = Answer::stream().then_text("1, 2").then_stall();
    let provider = FakeProvider::answering(move |_| stall.clone()).await.expect("a port is free");
    let server = attack(Setup::new().model(models::anthropic(&provider)), "slow-model", 600.0).await;
    let mut stream = server.api.execute(&request("p")).await;
    let events = stream.until(|event| label(event) == "status:agent").await;
    let cancel = format!("/runs/{}/cancel", events[0]["run_id"].as_str().unwrap_or_default());
    server.api.post(&cancel, &Value::Null).await.ok();
    soon("the request to be dropped", provider.wait_for_departures(1)).await;
    assert_eq!(provider.requests().len(), 1, "and not sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_model_that_times_out_drops_its_request() {
    let stall = Answer::stream().then_text("1, 2").then_stall();
    let provider = FakeProvider::answering(move |_| stall.clone()).await.expect("a port is free");
    let server = attack(Setup::new().model(models::anthropic(&provider)), "slow-model", 2.0).await;
    run(&server).await.failed("timeout");
    soon("the request to be dropped", provider.wait_for_departures(1)).await;
}

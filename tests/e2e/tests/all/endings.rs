//! Every run ends and says how: by what a guest returns, by a defect of the program, by a client that hangs up, by a
//! step that is cut off. What a full disk does is in the program's own tests, which give it a disk to fill.

use orchestrator::WorkflowEngine;
use orchestrator_core::AgentType;
use orchestrator_e2e::{Api, Server, Setup, Transcript, label, models, soon};
use orchestrator_fake_provider::{Answer, FakeProvider, Wire};
use rusqlite::Connection;
use serde_json::{Value, json};

/// Room for one run at a time, so that each one has to free it.
fn one_at_a_time() -> Setup {
    Setup::new().limits(|limits| limits.runs = 1)
}

fn request(said: &str, workflow: &str) -> Value {
    json!({"user_request": said, "project_id": "p", "workflow_name": workflow})
}

async fn attacked() -> Server {
    let server = one_at_a_time().guest("hostile").start().await;
    let step = json!({"agent_type": "hostile", "name": "Attack", "timeout": 60, "retry_count": 3});
    server.api.workflow("attack", json!([step])).await;
    server
}

/// Runs an attack; the project and the only place are free afterwards, and every event is of a size that a client takes.
async fn attack(server: &Server, said: &str) -> Transcript {
    let transcript = server.api.run(&request(said, "attack")).await;
    assert!(transcript.0.iter().all(|event| event.to_string().len() < 256 << 10), "{said}");
    let run = server.api.get(&format!("/runs/{}", transcript.run_id())).await.ok();
    assert_eq!(run["last_seq"], transcript.last()["seq"]);
    transcript
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guest_returns_never_keeps_a_run_from_its_end() {
    let server = attacked().await;
    let summary = attack(&server, "huge-summary").await;
    summary.complete();
    let told = summary.only("status:step_succeeded")["message"].as_str().unwrap().to_owned();
    assert!(told.starts_with("xxx") && told.ends_with("(cut)"), "{} bytes", told.len());
    let data = attack(&server, "huge-data").await;
    let refused = data.failed("limit_exceeded")["message"].as_str().unwrap().to_owned();
    assert!(refused.contains("bytes of data") && refused.contains("file of the project"), "{refused}");
    let error = attack(&server, "huge-error").await;
    assert!(error.failed("invalid_input")["message"].as_str().unwrap().ends_with("(cut)"));
}

/// Stores a workflow whose only step asks a condition from code.
async fn with_condition(server: &Server, holds: impl Fn() -> bool + Send + Sync + 'static) {
    let engine: &WorkflowEngine = &server.orchestrator.workflow_engine;
    engine.register_condition("from_code", move |_: &_, _: &[String]| holds());
    let steps = json!([{
        "agent_type": AgentType::new("echo").unwrap(), "name": "Say", "condition": "from_code",
    }]);
    server.api.workflow("asking", steps).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_the_task_of_a_run_ends_that_run_and_nothing_else() {
    let server = one_at_a_time().guest("echo").start().await;
    let well = std::sync::atomic::AtomicBool::new(false);
    with_condition(&server, move || {
        // The first run meets the defect, those after it do not.
        if well.swap(true, std::sync::atomic::Ordering::Relaxed) {
            true
        } else {
            panic!("a defect of the embedder")
        }
    })
    .await;
    let broken = server.api.run(&request("hello", "asking")).await;
    let told = broken.failed("internal")["message"].as_str().unwrap().to_owned();
    assert!(told.contains("defect") && !told.contains("embedder"), "{told}");
    let run = server.api.get(&format!("/runs/{}", broken.run_id())).await.ok();
    assert_eq!(run["status"], "failed");
    server.api.run(&request("hello", "asking")).await.complete();
    assert_eq!(server.api.get("/health").await.ok()["status"], "healthy");
}

/// A server whose agent waits for a model that stalls after a first piece.
async fn stalling(wire: Wire, timeout: f64) -> (FakeProvider, Server) {
    let answer = Answer::stream().then_text("a first piece").then_stall().then_text("more");
    let provider = FakeProvider::answering(move |_| answer.clone()).await.expect("a port is free");
    let model = match wire {
        Wire::Anthropic => models::anthropic(&provider),
        Wire::OpenAi => models::openai(&provider),
    };
    let setup = one_at_a_time().model(model).grants("echo", &["model", "write-files"]);
    let server = setup.guest("echo").start().await;
    let step = json!({"agent_type": "echo", "name": "Ask", "timeout": timeout, "retry_count": 0});
    server.api.workflow("ask", json!([step])).await;
    (provider, server)
}

fn ask() -> Value {
    let wish = json!({"model": true});
    json!({"user_request": "hello", "project_id": "p", "workflow_name": "ask", "metadata": wish})
}

/// The moments at which the files were recorded.
fn recorded(transcript: &Transcript) -> Vec<&Value> {
    transcript.all("status:snapshot_taken").into_iter().map(|event| &event["data"]["moment"]).collect()
}

async fn tokens_sent(api: &Api, transcript: &Transcript) -> u64 {
    let run = api.get(&format!("/runs/{}", transcript.run_id())).await.ok();
    run["usage"]["input_tokens"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_ran_out_of_time_is_recorded_and_billed() {
    for wire in [Wire::Anthropic, Wire::OpenAi] {
        let (_provider, server) = stalling(wire, 1.0).await;
        let transcript = server.api.run(&ask()).await;
        transcript.failed("timeout");
        assert_eq!(recorded(&transcript), ["before", "after"], "{transcript}");
        assert!(tokens_sent(&server.api, &transcript).await > 0, "{wire:?}: {transcript}");
        assert_eq!(transcript.all("status:model_used").len(), 1, "{transcript}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_was_cancelled_is_recorded_and_billed() {
    let (provider, server) = stalling(Wire::Anthropic, 600.0).await;
    let mut stream = server.api.execute(&ask()).await;
    let seen = stream.until(|event| label(event) == "status:step_started").await;
    let id = seen[0]["run_id"].as_str().unwrap().to_owned();
    soon("the model to be asked", async {
        while provider.requests().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    server.api.post(&format!("/runs/{id}/cancel"), &Value::Null).await.ok();
    let transcript = server.api.events(&id, None).await.transcript().await;
    transcript.failed("cancelled");
    assert_eq!(recorded(&transcript), ["before", "after"], "{transcript}");
    assert!(tokens_sent(&server.api, &transcript).await > 0, "{transcript}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_takes_effect_before_its_audit_entry_and_though_the_client_hangs_up() {
    let (_provider, server) = stalling(Wire::Anthropic, 600.0).await;
    let mut stream = server.api.execute(&ask()).await;
    let seen = stream.until(|event| label(event) == "status:step_started").await;
    let path = format!("/runs/{}", seen[0]["run_id"].as_str().unwrap());

    // Somebody else writes to the journal, so no audit entry can be stored.
    let other = Connection::open(server.data().join("journal.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let api = server.api.clone();
    let cancel = format!("{path}/cancel");
    let cancelling = tokio::spawn(async move { api.post(&cancel, &Value::Null).await });
    soon("the run to be cancelled", async {
        while server.api.get(&path).await.ok()["status"] != "cancelled" {
            tokio::task::yield_now().await;
        }
    })
    .await;
    cancelling.abort();
    assert!(cancelling.await.is_err(), "it was not answered yet");
    other.execute_batch("ROLLBACK").unwrap();

    let rest = stream.until(|event| event["type"] == "error").await;
    assert_eq!(rest.last().unwrap()["data"]["code"], "cancelled");
    let audited = async {
        loop {
            let entries = server.api.list("/audit?action=run.cancel").await;
            if entries.as_array().is_some_and(|entries| !entries.is_empty()) {
                return;
            }
        }
    };
    soon("the audit entry", audited).await;
}

//! Attacks of one guest, chosen by the request. Each ends with a reason, in bounded memory, while the server answers.

use orchestrator_e2e::{Server, Setup, Transcript};
use serde_json::{Value, json};
use std::fs;

/// More memory than the program may gain while it is attacked. A call may have 512 MiB.
#[cfg(target_os = "linux")]
const GAIN_MAX: u64 = 1 << 30;

async fn attacked(setup: Setup, timeout: f64) -> Server {
    let server = setup.guest("hostile").start().await;
    let step = json!({"agent_type": "hostile", "name": "Attack", "timeout": timeout, "retry_count": 0});
    server.api.workflow("attack", json!([step])).await;
    server
}

/// Runs the attack; the server has to be well while it goes on and after it.
async fn attack(server: &Server, name: &str) -> Transcript {
    let before = resident();
    let request = json!({
        "user_request": name, "project_id": "p", "workflow_name": "attack", "if_busy": "queue",
    });
    let stream = server.api.execute(&request).await;
    assert_eq!(server.api.get("/health").await.ok()["status"], "healthy");
    let transcript = stream.transcript().await;
    assert_eq!(server.api.get("/health").await.ok()["status"], "healthy");
    let gained = resident().saturating_sub(before);
    assert!(gained < GAIN_MAX, "{name}: {gained} bytes more than before");
    transcript
}

#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it tells this as well");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}

#[cfg(not(target_os = "linux"))]
const GAIN_MAX: u64 = 1;

#[cfg(not(target_os = "linux"))]
fn resident() -> u64 {
    0
}

fn trap(run: &Transcript) -> String {
    run.failed("trap")["data"]["trap"]["trap"].as_str().expect("a trap has a name").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn w02_bulk_memory_loop_is_ended_by_the_cpu_limit() {
    let setup = Setup::new().policy("[plugin.hostile.limits]\ncpu = \"200ms\"\n");
    let run = attack(&attacked(setup, 600.0).await, "bulk-memory-loop").await;
    assert!(trap(&run).contains("computed for longer than 200ms"), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn w08_handle_leak_ends_at_the_size_of_the_table() {
    let run = attack(&attacked(Setup::new(), 60.0).await, "handle-leak").await;
    assert!(trap(&run).contains("table"), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn w09_forged_handle_traps() {
    let run = attack(&attacked(Setup::new(), 60.0).await, "forged-handle").await;
    assert!(trap(&run).contains("handle"), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn w11_component_beyond_its_size_is_refused_before_it_is_read_as_one() {
    let small = |limits: &mut orchestrator::OrchestratorLimits| limits.sandbox.component_size = 1 << 20;
    let setup = Setup::new().limits(small).plugin("huge.wasm", &vec![0; (1 << 20) + 1]);
    let server = attacked(setup, 60.0).await;
    let refused = server.plugin("it to be refused", |view| view.file.as_deref() == Some("huge.wasm")).await;
    let message = refused.last_error.expect("the reason").message;
    assert_eq!(message, "it is 1048577 bytes; at most 1048576 are taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn w13_random_bytes_and_polls_beyond_measure_trap() {
    let server = attacked(Setup::new().policy("[quarantine]\nstrikes = 100\n"), 60.0).await;
    let run = attack(&server, "random-bytes").await;
    assert!(trap(&run).contains("len 4294967296 exceeds limit 1048576"), "{run}");
    trap(&attack(&server, "poll-of-many").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn w16_long_sleep_in_the_host_is_ended_by_the_steps_timeout_or_the_policy() {
    let server = attacked(Setup::new(), 0.5).await;
    attack(&server, "long-sleep").await.failed("timeout");
    let server = attacked(Setup::new().policy("[plugin.hostile.limits]\nwall = \"300ms\"\n"), 600.0).await;
    let run = attack(&server, "long-sleep").await;
    assert!(run.failed("limit_exceeded")["message"].to_string().contains("took longer than 300ms"), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn w17_probe_finds_clocks_and_its_own_project_alone() {
    let server = attacked(Setup::new(), 60.0).await;
    let run = attack(&server, "probe").await;
    run.complete();
    let found = run.output("Attack");
    assert_eq!((&found["environment"], &found["arguments"]), (&json!([]), &json!([])));
    assert_eq!(found["folders"], json!(["/project"]));
    for closed in ["root", "connection", "listener"] {
        assert!(found[closed]["Err"].is_string(), "{closed}: {found:#}");
    }
    assert!(found["input"]["Ok"].as_str().is_none_or(str::is_empty), "{found:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn w18_log_flood_is_thinned_out() {
    let server =
        attacked(Setup::new().policy("[plugin.hostile.limits]\nevents_per_second = 10\n"), 60.0).await;
    attack(&server, "log-flood").await.complete();
}

#[tokio::test(flavor = "multi_thread")]
async fn w19_bytes_that_are_no_component_are_refused() {
    let setup = Setup::new().plugin("native.wasm", b"\x7fELF\x02\x01\x01\0 compiled elsewhere");
    let server = setup.start().await;
    let refused = server.plugin("it to be refused", |view| view.file.as_deref() == Some("native.wasm")).await;
    assert!(
        refused.last_error.is_some_and(|error| error.message.contains("not a valid WebAssembly component"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn leave_to_read_is_no_way_to_write() {
    let server = attacked(Setup::new(), 60.0).await;
    attack(&server, "read-only-files").await;
    let kept = server.project("p").join("kept.txt");
    fs::write(&kept, "as it was").expect("a project can be written");
    let run = attack(&server, "read-only-files").await;
    run.complete();
    let tries = run.output("Attack").as_object().expect("what came of each try").clone();
    assert_eq!(tries["read"], json!({"Ok": "as it was"}), "{tries:#?}");
    let done: Vec<_> = tries.iter().filter(|(name, came)| *name != "read" && came["Err"].is_null()).collect();
    assert!(done.is_empty(), "{done:#?}");
    assert_eq!(fs::read_to_string(&kept).ok().as_deref(), Some("as it was"));
    let files: Vec<_> = fs::read_dir(server.project("p")).expect("it can be read").flatten().collect();
    assert_eq!(files.len(), 1, "{files:?}");
}

/// The control: the same guest with leave to write does write, so the test above can fail.
#[tokio::test(flavor = "multi_thread")]
async fn control_leave_to_write_writes() {
    let server = attacked(Setup::new().grants("hostile", &["write-files"]), 60.0).await;
    let run = attack(&server, "read-only-files").await;
    let tries = run.output("Attack");
    assert!(tries["room"]["Err"].is_null() && tries["create"]["Err"].is_null(), "{tries:#}");
    assert!(server.project("p").join("create.txt").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_argument_that_the_pattern_forbids_is_denied_before_anything_starts() {
    let policy = "[plugin.hostile]\npermissions = [\"command\"]\nprograms = [\"npm test {path}*\"]\n";
    let server = attacked(Setup::new().policy(policy), 60.0).await;
    let run = attack(&server, "program-argument").await;
    let said: &Value = &run.output("Attack")["Err"];
    assert!(said.as_str().is_some_and(|said| said.contains("may not start 'npm test --prefix=/'")), "{said}");
    assert!(run.all("command_execute").is_empty());
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn w22_fifo_in_the_project_blocks_nobody_but_its_reader() {
    let server = attacked(Setup::new(), 1.0).await;
    attack(&server, "probe").await.complete();
    let fifo = server.project("p").join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo is here");
    assert!(made.success());
    let request = json!({
        "user_request": "fifo", "project_id": "p", "workflow_name": "attack", "if_busy": "queue",
    });
    let run = server.api.run(&request).await;
    assert_eq!(server.api.get("/health").await.ok()["status"], "healthy");
    assert!(run.0.len() > 1, "{run}");
    // Lets go of whoever waits for a writer, so that the program can end.
    let _ = fs::OpenOptions::new().read(true).write(true).open(&fifo);
}

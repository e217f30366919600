//! Commands that want to stay, and to end others.

use crate::wall::refused_behind_the_wall_alone;
use orchestrator_attacks::{Came, Scene, Setup, can_confine_commands, step};
use orchestrator_e2e::soon;
use serde_json::json;
use std::{fs, path::Path};
use uuid::Uuid;

/// A word to find a process by.
fn mark() -> String {
    format!("mark-{}", Uuid::now_v7().simple())
}

/// Whether a process has this word in its command line.
fn runs(mark: &str) -> bool {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines.any(|line| String::from_utf8_lossy(&line).contains(mark))
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    soon(what, async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

async fn file(path: &Path) {
    until(&format!("{}", path.display()), || path.exists()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c9_daemon_is_gone_with_its_command() {
    if !can_confine_commands() {
        return;
    }
    let (scene, name) = (Scene::start().await, mark());
    scene.verdict("C9_daemon.py", std::slice::from_ref(&name)).await.succeeded();
    assert!(!runs(&name));
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c10_output_that_is_held_does_not_hold_the_command() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let came = scene.script("C10_output_held.py", &[]).await;
    assert!(matches!(came, Came::Ended { exit_code: Some(0), timed_out: false, .. }), "{came:?}");
    came.verdict().succeeded();
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c12_killing_everything_reaches_nobody_else() {
    let server = |scene: &Scene| vec![scene.program.id().to_string(), std::process::id().to_string()];
    refused_behind_the_wall_alone("C12_kill.py", |scene| vec![scene.program.id().to_string()]).await;
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let all = [server(&scene), vec!["all".to_owned()]].concat();
    scene.script("C12_kill.py", &all).await;
    scene.unharmed().await;
}

/// Starts a run whose command waits for a file, and kills the server meanwhile.
async fn kill_the_server(scene: &mut Scene, name: &str) {
    let wait = "import os, time\nopen('up', 'w').close()\nwhile not os.path.exists('end'): time.sleep(0.02)";
    let request = json!({
        "user_request": "attack", "project_id": "p", "workflow_name": "attack",
        "metadata": {"steps": [step::start(&["python3", "-c", wait, name])]},
    });
    let _stream = scene.api.execute(&request).await;
    file(&scene.project().join("up")).await;
    assert!(runs(name));
    scene.program.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn c28_nothing_outlives_a_server_that_is_killed() {
    if !can_confine_commands() {
        return;
    }
    let (mut scene, name) = (Scene::start().await, mark());
    kill_the_server(&mut scene, &name).await;
    until("the command to be gone", || !runs(&name)).await;
    assert_eq!(scene.left_running(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn c28_control_in_the_open_it_outlives_the_server() {
    if !can_confine_commands() {
        return;
    }
    let mut open = Setup::new().in_the_open().start().await;
    let name = mark();
    kill_the_server(&mut open, &name).await;
    assert!(runs(&name));
    fs::write(open.project().join("end"), "").expect("the data folder can be written");
    until("it to end by itself", || !runs(&name)).await;
}

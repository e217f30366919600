//! Commands that use up the machine.

use crate::wall::{nothing, refused_behind_the_wall_alone};
use orchestrator_attacks::{Came, Scene, Setup, can_confine_commands, step};
use serde_json::json;

const MIB: u64 = 1 << 20;

/// A script in the project and a step that starts it with so much time.
fn timed(file: &str, arguments: &[&str], timeout_ms: u64) -> [serde_json::Value; 2] {
    let text = super::words::script(file);
    let argv: Vec<_> = ["python3", file].iter().chain(arguments).copied().collect();
    [step::write(file, &text), step::start_with(&argv, &json!({"timeout_ms": timeout_ms}))]
}

#[tokio::test(flavor = "multi_thread")]
async fn c5_fork_bomb_ends_at_the_limit() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let verdict = scene.verdict("C5_fork_bomb.py", &["300".to_owned(), "leave".to_owned()]).await;
    assert!(
        verdict.refused().detail.as_u64().is_some_and(|count| (100..256).contains(&count)),
        "{verdict:?}"
    );
    scene.unharmed().await;
    let open = Setup::new().in_the_open().start().await;
    open.verdict("C5_fork_bomb.py", &["300".to_owned()]).await.succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn c6_memory_of_a_process_is_bounded() {
    refused_behind_the_wall_alone("C6_memory.py", nothing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c6_folders_in_memory_are_bounded() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let sizes = [("/tmp", 260), ("/dev/shm", 65), ("~", 520), ("/", 1), ("/dev", 1), ("/run", 1)];
    let arguments: Vec<_> =
        sizes.into_iter().flat_map(|(folder, size)| [folder.to_owned(), (size * MIB).to_string()]).collect();
    scene.verdict("C6_folders.py", &arguments).await.refused();
    // Less than the bound is no matter, so what was refused is the size.
    scene.verdict("C6_folders.py", &["/tmp".to_owned(), MIB.to_string()]).await.succeeded();
    scene.unharmed().await;
    let open = Setup::new().in_the_open().start().await;
    open.verdict("C6_folders.py", &["/tmp".to_owned(), (260 * MIB).to_string()]).await.succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn c7_no_file_is_too_large() {
    refused_behind_the_wall_alone("C7_large_file.py", nothing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c8_computing_on_every_core_ends_with_its_time() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let report = scene.attack(&timed("C8_spin.py", &["60"], 1000)).await;
    assert!(matches!(report.last(), Came::Ended { timed_out: true, .. }), "{report:?}");
    // With time enough for what it wants to compute, it does.
    scene.attack(&timed("C8_spin.py", &["0.1"], 30_000)).await.last().verdict().succeeded();
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_one_that_ignores_everything_ends_with_its_time() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let report = scene.attack(&timed("C11_deaf.py", &[], 1000)).await;
    assert!(matches!(report.last(), Came::Ended { timed_out: true, .. }), "{report:?}");
    assert!(report.last().output().contains("deaf"), "it was at work: {report:?}");
    scene.unharmed().await;
}

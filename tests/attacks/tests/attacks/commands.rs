//! Turns of a command on the machine.

mod kernel;
mod output;
mod processes;
mod projects;
mod usage;
pub(crate) mod words;

use crate::wall::{nothing, refused_behind_the_wall_alone};
use orchestrator_attacks::{Scene, Setup, can_confine_commands};
use std::fs;

/// The path of the file that nobody may read.
fn secret(scene: &Scene) -> Vec<String> {
    vec![scene.canaries.file().display().to_string()]
}

#[tokio::test(flavor = "multi_thread")]
async fn c13_environments_of_other_processes_hold_no_secrets() {
    refused_behind_the_wall_alone("C13_environments.py", nothing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c14_folders_of_processes_lead_nowhere() {
    refused_behind_the_wall_alone("C14_roots.py", secret).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c15_no_descriptor_is_left_open() {
    if !can_confine_commands() {
        return;
    }
    // As if whatever started the server had left a folder open for it.
    let left = tempfile::tempdir().expect("a temporary folder");
    fs::write(left.path().join("left-open.txt"), "x").expect("it can be written");
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(left.path(), readable).expect("it is ours");
    let folder = fs::File::open(left.path()).expect("it is there");
    let folder = rustix::io::fcntl_dupfd_cloexec(&folder, 200).expect("numbers are free");
    rustix::io::fcntl_setfd(&folder, rustix::io::FdFlags::empty()).expect("it is ours");
    let scene = Scene::start().await;
    // The control: the server did inherit it.
    let open = fs::read_dir(format!("/proc/{}/fd", scene.program.id())).expect("it runs").flatten();
    let mut targets = open.filter_map(|entry| fs::read_link(entry.path()).ok());
    assert!(targets.any(|target| target == left.path()));
    scene.verdict("C15_descriptors.py", &["left-open.txt".to_owned()]).await.refused();
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c27_nothing_asks_for_less_of_a_sandbox() {
    use orchestrator_attacks::step;
    use serde_json::json;
    if !can_confine_commands() {
        return;
    }
    let policy = |scene: &Scene| vec![scene.data().join("policy.toml").display().to_string()];
    let scene = Scene::start().await;
    for (name, value) in [("ORCHESTRATOR_ALLOW_ISOLATION", "none"), ("ORCHESTRATOR_POLICY", "policy.toml")] {
        let with = json!({"environment": {name: value}});
        scene.attack(&[step::start_with(&["python3", "-c", "0"], &with)]).await.all_refused();
    }
    let asked = json!({
        "steps": [step::start(&["sh", "-c", "grep Seccomp: /proc/self/status"])],
        "isolation": "none", "allow_isolation": "none", "sandbox": false, "unsandboxed": true,
    });
    let run = scene.run("attack", "p", "without a sandbox, please", &asked).await;
    let report = orchestrator_attacks::Report::of(run);
    assert_eq!(report.last().output().trim(), "Seccomp:\t2", "the metadata of a run is for agents alone");
    scene.verdict("C27_less_sandbox.py", &policy(&scene)).await.refused();
    assert_eq!(scene.api.get("/health").await.ok()["sandbox"]["actual"], "namespaces");
    scene.unharmed().await;
    let open = Setup::new().in_the_open().start().await;
    assert_eq!(open.api.get("/health").await.ok()["sandbox"]["actual"], "none");
    open.verdict("C27_less_sandbox.py", &policy(&open)).await.succeeded();
}

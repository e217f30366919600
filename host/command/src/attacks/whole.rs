//! The sandbox as a whole: what it reports, what ordinary work in it looks like, and how it is missing.

use super::scene::*;
use crate::{CommandLine, Isolation, Launcher, SandboxConfig, SandboxLauncher};
use orchestrator_core::ErrorCode;
use std::{fs, os::unix::fs::MetadataExt, path::Path, process::Command};

#[tokio::test]
async fn on_a_machine_that_has_it_the_sandbox_holds() {
    if !can_run() {
        return;
    }
    let launcher = SandboxLauncher::open(config()).await.expect("opens");
    let report = launcher.report();
    assert_eq!(report.probe_failures, [""; 0], "{report:?}");
    assert_eq!((report.actual, report.required), (Isolation::Namespaces, Isolation::Namespaces));
    assert!(report.seccomp && report.userns_disabled && report.uid.is_some_and(|uid| uid != 0), "{report:?}");
    assert_eq!(launcher.warning(), None);
    let outcome = Scene::of(launcher).run(&["true"]).await;
    assert_eq!(outcome.exit_code, Some(0), "{}", outcome.output);
}

#[tokio::test]
async fn ordinary_work_goes_on() {
    if !can_run() {
        return;
    }
    let scene = Scene::new();
    scene.write("input", "from the host\n");
    let outcome = scene
        .sh("set -e; pwd; cat input; echo changed > input; mkdir -p a/b; echo x > a/b/c; echo err >&2; \
             echo out > /dev/stdout; id -un; echo $HOME; touch $HOME/x /tmp/y; python3 -c 'import ssl'")
        .await;
    assert_eq!(outcome.exit_code, Some(0), "{}", outcome.output);
    let root = scene.root().display().to_string();
    for text in [root.as_str(), "from the host\n", "err\n", "out\n", "agent\n", "/home/agent\n"] {
        assert!(outcome.output.contains(text), "{text:?} in {}", outcome.output);
    }
    assert_eq!(fs::read_to_string(scene.root().join("input")).expect("reads"), "changed\n");
    // What the host writes afterwards can be changed by the next command again.
    fs::remove_file(scene.root().join("a/b/c")).expect("the host may");
    fs::write(scene.root().join("a/b/d"), "host").expect("writes");
    let outcome = scene.sh("echo again >> a/b/d && cat a/b/d && rm -r a").await;
    assert_eq!((outcome.exit_code, outcome.output.as_str()), (Some(0), "hostagain\n"));
}

#[tokio::test]
async fn exit_codes_and_signals_come_through() {
    if !can_run() {
        return;
    }
    let scene = Scene::new();
    let outcome = scene.sh("exit 7").await;
    assert_eq!((outcome.exit_code, outcome.signal), (Some(7), None));
    let outcome = scene.sh("kill -9 $$").await;
    assert_eq!((outcome.exit_code, outcome.signal, outcome.limit), (None, Some(9), None));
    let missing = scene.commands.run(line(&["no-such-program"])).await.expect_err("is missing");
    assert_eq!(missing.code, ErrorCode::NotFound);
    let nowhere = CommandLine { directory: Some("nowhere".into()), ..line(&["true"]) };
    assert_eq!(scene.commands.run(nowhere).await.expect_err("is missing").code, ErrorCode::NotFound);
}

#[tokio::test]
async fn files_that_a_command_makes_belong_to_nobody_with_rights() {
    if !can_run() {
        return;
    }
    let scene = Scene::new();
    scene.sh("touch mine; cp /usr/bin/id copy").await;
    let owner = fs::metadata(scene.root().join("mine")).expect("is there").uid();
    let own = rustix::process::geteuid().as_raw();
    assert!(owner != 0 && (own == 0 || owner == own), "{owner}");
}

#[tokio::test]
async fn a_machine_without_bubblewrap_refuses_commands_and_says_how_to_get_it() {
    let config = SandboxConfig { bubblewrap: "/no/such/bwrap".into(), ..config() };
    let launcher = SandboxLauncher::open(config).await.expect("everything else works");
    assert_eq!((launcher.level(), launcher.report().backend), (Isolation::None, None));
    let warning = launcher.warning().expect("warns");
    assert!(warning.contains("apt install bubblewrap"), "{warning}");
    let refused = Scene::of(launcher).commands.run(line(&["true"])).await.expect_err("is refused");
    assert_eq!((refused.code, refused.message), (ErrorCode::Denied, warning));
}

#[tokio::test]
async fn bubblewrap_is_taken_from_an_absolute_path_only() {
    let config = SandboxConfig { bubblewrap: "bwrap".into(), ..config() };
    let refused = SandboxLauncher::open(config).await.map(drop).expect_err("is refused");
    assert!(refused.to_string().contains("absolute path"), "{refused}");
}

#[tokio::test]
async fn a_sandbox_that_nobody_can_check_is_none() {
    if !can_run() {
        return;
    }
    for helper in [None, Some(crate::sandbox::Helper { program: "/bin/true".into(), arguments: Vec::new() })]
    {
        let launcher = SandboxLauncher::open(SandboxConfig { helper, ..config() }).await.expect("opens");
        assert_eq!(launcher.level(), Isolation::None);
        assert!(!launcher.report().probe_failures.is_empty());
    }
}

#[tokio::test]
async fn without_a_sandbox_only_by_the_operators_word_and_never_as_root() {
    let config = SandboxConfig { bubblewrap: "/no/such/bwrap".into(), allow_none: true, ..config() };
    let opened = SandboxLauncher::open(config).await;
    if rustix::process::geteuid().is_root() {
        let refused = opened.map(drop).expect_err("root may not");
        assert!(refused.to_string().contains("not allowed to root"), "{refused}");
        return;
    }
    let launcher = opened.expect("opens");
    assert!(launcher.warning().is_some_and(|warning| warning.contains("without a sandbox")));
    assert_eq!(Scene::of(launcher).run(&["true"]).await.exit_code, Some(0));
}

/// The attacks once more as an ordinary user, when these tests are run by root.
#[test]
fn an_ordinary_user_is_as_safe() {
    if !can_run() || !rustix::process::geteuid().is_root() {
        return;
    }
    // The test program may lie where others cannot reach it.
    let place = tempfile::tempdir().expect("a folder");
    let program = place.path().join("attacks");
    fs::copy(std::env::current_exe().expect("is known"), &program).expect("copies");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(place.path(), mode).expect("sets");
    let output = Command::new("/usr/bin/setpriv")
        .args(["--reuid=54321", "--regid=54321", "--clear-groups"])
        .arg(&program)
        .args(["attacks::", "--test-threads=2"])
        .env("TMPDIR", "/tmp")
        .current_dir(Path::new("/"))
        .output()
        .expect("starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains(" 0 passed"), "{text}");
}

//! What commands reach, on a whole server: nothing without a grant, a package mirror with one, and nothing beside it.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

mod common;
#[path = "network/mirror.rs"]
mod mirror;
#[path = "network/scene.rs"]
mod scene;
#[path = "common/serving.rs"]
mod serving;

use scene::{Scene, Told};
use serde_json::Value;
use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    process::Command,
};

/// A user that no account has.
const ORDINARY: u32 = 54_321;

/// Whether commands can be put into a sandbox and node is there. Where not, that has to be known to whoever runs the tests.
fn can_run() -> bool {
    let told = std::env::var("ORCHESTRATOR_LEFT_OUT").unwrap_or_default();
    let left_out = |name: &str| told.split(',').any(|left_out| left_out == name);
    if left_out("bubblewrap") {
        println!("LEFT OUT: there is no sandbox of commands here");
        return false;
    }
    if Command::new("npm").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "npm is missing, and with CI set everything must run");
    println!("LEFT OUT: package installations need npm");
    false
}

const REFUSED: &str = "ECONNREFUSED";

/// What holds of a plugin with `npm`: its packages come from the mirror, and nothing else is reached.
fn installs_from_the_mirror(scene: &Scene, told: &Told) {
    let install = told.outcome("npm install");
    assert_eq!(install["exit_code"], 0, "{install}\n{}", told.log);
    assert!(scene.data().join("projects/p/node_modules/other/package.json").exists());
    let network = &install["network"];
    assert!(network["allowed"].as_u64() >= Some(2) && network["received"].as_u64() > Some(100), "{network}");
    assert_eq!(fs::read_dir(scene.temporary()).unwrap().count(), 0, "a proxy ends with its command");
    let test = told.outcome("npm test");
    let (mirror, canary) = (scene.mirror.port, scene.canary_port());
    let by = |target: String| told.probed(test, &target);
    let never = format!("by the proxy 403 directly {REFUSED}");
    assert_eq!(by(format!("127.0.0.1:{mirror}")), never, "a mirror in clear is asked for packages alone");
    assert_eq!(by(format!("localhost:{mirror}")), never, "the exact name counts");
    assert_eq!(by(format!("127.0.0.1:{canary}")), never);
    assert_eq!(test["network"]["refused"], 4, "{test}");
    let refusals = test["network"]["refusals"].to_string();
    assert!(refusals.contains(&format!("127.0.0.1:{canary} is not among the hosts")), "{refusals}");
    assert!(test["output"].as_str().unwrap().contains("[refused by the host: "), "{test}");
    scene.nobody_came_by();
    assert!(told.denied.contains(&format!("network: 127.0.0.1:{canary} is not among")), "{}", told.denied);
    assert!(told.log.contains("a connection of a command was refused"), "{}", told.log);
}

#[test]
fn npm_installs_from_a_mirror_and_reaches_nothing_beside_it() {
    if !can_run() {
        return;
    }
    let scene = Scene::new().tested_by_npm(true);
    let told = scene.test("network = [\"npm\"]");
    installs_from_the_mirror(&scene, &told);
}

#[test]
fn npm_installs_for_an_ordinary_users_server_as_well() {
    if !can_run() || !rustix::process::geteuid().is_root() {
        // Every other test here is this one then.
        return;
    }
    let scene = Scene::new().tested_by_npm(true);
    // What is compiled is this user's own business, and this program may lie where others cannot reach it.
    fs::remove_file(scene.data().join("cache")).unwrap();
    let program = scene.place.path().join("orchestrator");
    fs::copy(env!("CARGO_BIN_EXE_orchestrator"), &program).unwrap();
    fs::set_permissions(scene.place.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let projects = scene.data().join("projects");
    let files = fs::read_dir(projects.join("p")).unwrap().map(|entry| entry.unwrap().path());
    let folders = [
        scene.place.path().to_owned(),
        scene.temporary(),
        scene.data(),
        projects.clone(),
        projects.join("p"),
    ];
    for path in files.chain(folders) {
        chown(path, Some(ORDINARY), Some(ORDINARY)).unwrap();
    }
    let mut serve = Command::new(program);
    serve.current_dir("/").uid(ORDINARY).gid(ORDINARY);
    let told = scene.test_by("network = [\"npm\"]", serve);
    installs_from_the_mirror(&scene, &told);
}

#[test]
fn without_a_grant_nothing_is_installed_and_there_is_no_proxy() {
    if !can_run() {
        return;
    }
    let scene = Scene::new().tested_by_npm(true);
    let install = scene.test("network = \"none\"");
    let install = install.outcome("npm install");
    assert_ne!(install["exit_code"], 0, "{install}");
    assert_eq!(install["network"], Value::Null, "{install}");

    let scene = Scene::new().tested_by_npm(false);
    let told = scene.test("network = \"none\"");
    no_way_out(&scene, &told, "npm test");
}

#[test]
fn a_registry_is_no_way_out_for_programs_that_are_not_its_client() {
    if !can_run() {
        return;
    }
    let scene = Scene::new();
    let told = scene.test("network = [\"npm\", \"crates\"]");
    no_way_out(&scene, &told, "node probe.mjs");
}

fn no_way_out(scene: &Scene, told: &Told, command: &str) {
    let test = told.outcome(command);
    for port in [scene.mirror.port, scene.canary_port()] {
        let probed = told.probed(test, &format!("127.0.0.1:{port}"));
        assert_eq!(probed, format!("by the proxy {REFUSED} directly {REFUSED}"));
    }
    assert_eq!(told.probed(test, "proxy is"), "nowhere");
    assert_eq!(test["network"], Value::Null, "{test}");
    assert_eq!(scene.mirror.visits(), 0);
    scene.nobody_came_by();
    assert_eq!(told.denied.trim(), r#"{"items":[],"next":null}"#);
}

#[test]
fn n3_a_host_by_name_is_for_every_program_and_leads_to_no_address_of_this_machine() {
    if !can_run() {
        return;
    }
    let scene = Scene::new();
    let canary = scene.canary_port();
    let told = scene.test(&format!("network = [\"localhost:{canary}\"]"));
    let test = told.outcome("node probe.mjs");
    for target in [format!("localhost:{canary}"), format!("127.0.0.1:{}", scene.mirror.port)] {
        assert_eq!(told.probed(test, &target), format!("by the proxy 403 directly {REFUSED}"));
    }
    assert_eq!(told.probed(test, "proxy is"), "http://127.0.0.1:3128");
    assert_eq!(scene.mirror.visits(), 0);
    scene.nobody_came_by();
    assert!(told.denied.contains(&format!("network: localhost:{canary} leads to ")), "{}", told.denied);
    assert!(told.denied.contains("is not among the hosts"), "{}", told.denied);
}

#[test]
fn a_registry_that_is_not_known_is_told_and_the_command_runs() {
    if !can_run() {
        return;
    }
    let scene = Scene::new().tested_by_npm(false);
    fs::write(scene.place.path().join(".npmrc"), "registry=file:///srv/packages\n").unwrap();
    let told = scene.test("network = [\"npm\"]");
    no_way_out(&scene, &told, "npm test");
    assert_eq!(told.outcome("npm test")["exit_code"], 0);
    let notice = told.events.iter().find(|event| event["data"]["code"] == "network_unknown");
    let notice = notice.unwrap_or_else(|| panic!("{:#?}", told.events))["message"].as_str().unwrap();
    assert!(notice.contains("'npm'") && notice.contains("policy's key 'network'"), "{notice}");
    assert!(told.log.contains("a registry is not opened"), "{}", told.log);
}

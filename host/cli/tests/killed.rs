//! What is left of a server that is stopped or killed, and what the next one makes of it.

#![allow(clippy::unwrap_used, reason = "what goes wrong in a test fails it")]

mod common;
#[path = "common/serving.rs"]
mod serving;

use serde_json::json;
use serving::{HOLD, Place, Server};
use std::{
    fs,
    io::{BufRead, Read},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

#[cfg(unix)]
#[test]
fn a_polite_stop_ends_runs_as_interrupted_and_the_program_well() {
    let place = Place::new();
    let script = place.script(HOLD);
    let serve = || place.program(["serve".as_ref(), "--script".as_ref(), script.as_os_str()]);
    let mut server = Server::start(serve());
    let run = server.begin_run();
    let program = rustix::process::Pid::from_child(&server.process);
    rustix::process::kill_process(program, rustix::process::Signal::TERM).unwrap();
    assert_eq!(server.process.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    server.stdout.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("Stopped\n"), "{rest}");

    let server = Server::start(serve());
    assert_eq!(server.get(&format!("/runs/{run}"))["error"]["code"], "interrupted");
}

#[test]
fn a_run_that_a_killed_server_left_is_ended_by_the_next() {
    let place = Place::new();
    let script = place.script(HOLD);
    let serve = || place.program(["serve".as_ref(), "--script".as_ref(), script.as_os_str()]);
    let mut server = Server::start(serve());
    let run = server.begin_run();
    server.process.kill().unwrap();
    server.process.wait().unwrap();

    let server = Server::start(serve());
    let run = server.get(&format!("/runs/{run}"));
    assert_eq!((&run["status"], &run["error"]["code"]), (&json!("failed"), &json!("interrupted")));
    let after = server.begin_run();
    assert_eq!(server.get(&format!("/runs/{after}"))["status"], "running", "the project is free again");
}

/// The temporary folders and cgroups that a program holds, by their locks.
#[cfg(target_os = "linux")]
fn held_by(process: u32) -> Vec<PathBuf> {
    let is_one = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with("orchestrator-scratch-"))
            || (path.starts_with("/sys/fs/cgroup")
                && name.is_some_and(|name| name.starts_with("orchestrator-")))
    };
    let files = fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let files = files.filter_map(|file| fs::read_link(file.unwrap().path()).ok());
    files.filter_map(|file| file.ancestors().find(|path| is_one(path)).map(PathBuf::from)).collect()
}

/// Waits until something holds.
#[cfg(target_os = "linux")]
fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_killed_server_left_is_removed_by_the_next() {
    let place = Place::new();
    let script = place.script(
        r#"
[[reply]]
agent = "planner"
text = '''{"summary": "s", "stack": "sh", "files": [{"path": "Makefile", "purpose": "p"}],
           "commands": [{"argv": ["make", "test"], "purpose": "test"}], "acceptance_criteria": ["c"]}'''

[[reply]]
agent = "writer"
text = '''
<file-{{nonce}} path="Makefile">
test:
	sleep 600
</file-{{nonce}}>
'''

[[reply]]
agent = "tester"
text = '{"install": [], "test": [["make", "test"]]}'
"#,
    );
    let serve = || place.program(["serve".as_ref(), "--script".as_ref(), script.as_os_str()]);
    let mut server = Server::start(serve());
    let request = json!({"user_request": "a page", "project_id": "p", "workflow_name": "quick_iteration"});
    let mut events = server.send("POST", "/execute", &request).lines();
    let ran = events.any(|line| line.unwrap().contains("\"status\":\"started\""));
    assert!(ran, "a command is at work");
    let left = held_by(server.process.id());
    let staged = place.data().join("projects/p/.orchestrator-staged-0123-4");
    fs::write(&staged, "half a file").unwrap();
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    assert!(left.iter().all(|folder| folder.exists()), "nobody tidied up");

    let server = Server::start(serve());
    soon("the staged file goes", || !staged.exists());
    // Root holds one at the least, for what commands are shown.
    assert!(!left.is_empty() || !rustix::process::geteuid().is_root());
    soon("temporary folders and cgroups go", || !left.iter().any(|folder| folder.exists()));
    assert!(held_by(server.process.id()).iter().all(|folder| folder.exists()));
}

//! Deleting runs and projects, here and through a server: never without a yes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

mod common;
#[path = "common/said.rs"]
mod said;
#[path = "common/serving.rs"]
mod serving;

use said::{refused, text};
use serde_json::Value;
use serving::{HOLD, Place, Server};
use std::process::{Command, Output};

/// A run that is over, in a project with a file.
fn made(place: &Place) -> String {
    let script = place.script(include_str!("common/quick.toml"));
    let args = ["run", "a page", "--project", "page", "--workflow", "quick_iteration", "--json", "--script"];
    let output = place.program(args).arg(script).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let first: Value = serde_json::from_str(text(&output.stdout).lines().next().unwrap()).unwrap();
    first["run_id"].as_str().unwrap().to_owned()
}

fn ask(place: &Place, server: Option<&Server>, args: &[&str]) -> Output {
    let mut command = place.program(args);
    command.envs(server.map(|server| ("ORCHESTRATOR_SERVER", format!("http://{}", server.address))));
    command.output().unwrap()
}

fn delete_both(place: &Place, server: Option<&Server>, run: &str) {
    let says = |args: &[&str]| {
        let output = ask(place, server, args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        text(&output.stdout).to_owned()
    };
    for args in [["runs", "delete", run], ["projects", "delete", "page"]] {
        let output = ask(place, server, &args);
        assert!(
            refused(&output).contains("nothing takes back") && refused(&output).contains("--yes"),
            "{output:?}"
        );
    }
    assert!(says(&["runs", "delete", run, "--yes"]).contains("what it wrote is kept"));
    assert!(says(&["runs"]).contains("There is no run yet"));
    assert!(says(&["projects", "files", "page"]).contains("index.html"));
    assert!(refused(&ask(place, server, &["runs", "delete", run, "-y"])).contains("there is no run"));
    assert!(says(&["projects", "delete", "page", "-y"]).contains("Deleted the project page"));
    assert!(!place.data().join("projects/page").exists());
    assert!(
        refused(&ask(place, server, &["project", "delete", "page", "-y"])).contains("there is no project")
    );
}

#[test]
fn runs_and_projects_are_deleted_where_it_was_said_that_they_shall_be() {
    let place = Place::new();
    let run = made(&place);
    delete_both(&place, None, &run);
    let run = made(&place);
    let server = Server::start(place.program(["serve", "--model", "scripted"]));
    delete_both(&place, Some(&server), &run);
}

/// `script`, which is on every Debian, gives the program a terminal to ask at.
#[cfg(target_os = "linux")]
#[test]
fn at_a_terminal_it_asks_first() {
    use std::{io::Write as _, process::Stdio};

    let place = Place::new();
    let run = made(&place);
    let answer = |answer: &str| {
        let ask = format!("'{}' runs delete {run}", env!("CARGO_BIN_EXE_orchestrator"));
        let mut terminal = Command::new("script");
        terminal.args(["-qec", &ask, "/dev/null"]).env_clear().env("HOME", place.0.path());
        terminal.env("ORCHESTRATOR_DATA_DIR", place.data()).env("SHELL", "/bin/sh");
        terminal.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        let mut process = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        process.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
        let output = process.wait_with_output().unwrap();
        (output.status.code(), text(&output.stdout).to_owned())
    };
    let (code, said) = answer("n\n");
    assert!(code == Some(1) && said.contains("of project page") && said.contains("[y/N]"), "{said}");
    assert!(said.contains("nothing was deleted"), "{said}");
    let (code, said) = answer("y\n");
    assert!(code == Some(0) && said.contains("Deleted run"), "{said}");
}

#[test]
fn a_run_that_is_at_work_is_not_deleted_and_a_second_one_can_wait_in_line() {
    let place = Place::new();
    let script = place.script(HOLD);
    let server = Server::start(place.program(["serve".as_ref(), "--script".as_ref(), script.as_os_str()]));
    let run = server.begin_run();
    for args in [["runs", "delete", &run], ["projects", "delete", "p"]] {
        let output = ask(&place, Some(&server), &[&args[..], &["--yes"]].concat());
        assert!(refused(&output).contains("cancel it"), "{output:?}");
    }
    let busy = ask(&place, Some(&server), &["run", "more", "--project", "p"]);
    assert!(refused(&busy).contains(&run) && refused(&busy).contains("--if-busy queue"), "{busy:?}");
    let mut second = place.program(["run", "more", "--project", "p", "--if-busy", "queue", "--json"]);
    second.env("ORCHESTRATOR_SERVER", format!("http://{}", server.address));
    let mut second = second.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut events = std::io::BufRead::lines(std::io::BufReader::new(second.stdout.take().unwrap()));
    assert!(events.any(|event| event.unwrap().contains(r#""state":"queued""#)), "it waits");
    second.kill().unwrap();
    second.wait().unwrap();
    let output = ask(&place, Some(&server), &["run", "more", "--project", "p", "--if-busy", "wait"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

//! The whole of it: `bolt_standard` builds the todo app of the built-in script. Its test really runs, really fails, is
//! repaired by a diff, and passes.

use orchestrator_e2e::{Setup, Transcript};
use serde_json::{Value, json};
use std::process::Command;

/// Whether node is here. It must be where everything must run.
pub(crate) fn has_node() -> bool {
    if Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "node is missing, and with CI set everything must run");
    println!("LEFT OUT: the demo needs node");
    false
}

fn endings(transcript: &Transcript) -> Vec<&Value> {
    let finished =
        transcript.all("command_execute").into_iter().filter(|event| event["data"]["status"] == "finished");
    finished.map(|event| &event["data"]["outcome"]["exit_code"]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bolt_standard_builds_a_todo_app_whose_test_fails_once_and_is_repaired() {
    if !has_node() {
        return;
    }
    let server = Setup::new().start().await;
    let request =
        json!({"user_request": "Build a todo app", "project_id": "todo", "workflow_name": "bolt_standard"});
    let transcript = server.api.run(&request).await;
    let complete = transcript.complete();

    let codes = endings(&transcript);
    assert!(codes.first().is_some_and(|code| **code != 0), "the first run of the tests fails: {transcript}");
    assert_eq!(codes.last().map(|code| *code == 0), Some(true), "the last one passes: {transcript}");
    assert_eq!(transcript.all("status:looped_back").len(), 1, "one repair: {transcript}");
    let repaired = |event: &&&Value| event["agent"] == "fixer" && event["data"]["operation"] == "modify";
    assert!(
        transcript.all("file_complete").iter().any(|event| repaired(&event)),
        "by the fixer: {transcript}"
    );

    let files = complete["data"]["files"].as_array().expect("a list of files");
    assert!(files.iter().any(|file| file == "README.md"), "{files:?}");
    let project = server.project("todo");
    for file in files.iter().filter_map(Value::as_str) {
        assert!(project.join(file).is_file(), "{file}");
    }
    let again = Command::new("node").arg("--test").current_dir(&project).output().expect("node starts");
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(again.status.success(), "{said}");
    assert!(said.contains("pass") && !said.contains("# tests 0"), "tests really ran: {said}");

    let provider = &transcript.0[0]["data"]["provider"];
    assert_eq!(provider, "scripted");
    let notice = transcript.only("status:notice");
    assert_eq!(notice["data"]["code"], "scripted_model", "nobody takes the script for a model");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_without_a_fixer_leaves_the_mistake_of_the_script_and_was_said_to() {
    if !has_node() {
        return;
    }
    let server = Setup::new().start().await;
    let run = async |workflow: &str| {
        let request =
            json!({"user_request": "Build a todo app", "project_id": "todo", "workflow_name": workflow});
        server.api.run(&request).await
    };
    let quick = run("quick_iteration").await;
    let notice = quick.only("status:notice")["message"].to_string();
    assert!(notice.contains("quick_iteration, which has no fixer, ends with a failing test"), "{notice}");
    let verdict = &quick.complete()["data"]["verdict"];
    assert_eq!(verdict["kind"], "failed", "{verdict}");
    assert!(
        verdict["why"].to_string().contains("1 of 16 tests failed"),
        "as the page on scripts says: {verdict}"
    );
    assert!(notice.contains("debug on the same project"), "{notice}");
    assert_eq!(run("debug").await.complete()["data"]["verdict"]["kind"], "tested");
}

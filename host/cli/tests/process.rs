//! The program as a process: what it prints and what it exits with.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

mod common;
#[path = "common/said.rs"]
mod said;
#[path = "common/serving.rs"]
mod serving;

use said::{refused, text};
use serde_json::{Value, json};
use serving::{HOLD, Place, Server};
use std::{
    fs,
    io::BufRead,
    net::TcpListener,
    process::{Command, Output, Stdio},
};

const KEY: &str = "sk-process-5b1d70c2e94f4a38";

/// The whole of `quick_iteration`, without anything to run.
const QUICK: &str = include_str!("common/quick.toml");

/// Asserts that the program said why it ended in one sentence on standard error, with exit code 1, and returns it.
fn sentence(output: &Output) -> String {
    let said = refused(output).trim_end();
    said.strip_prefix("orchestrator: ").unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[test]
fn a_port_that_is_taken_is_one_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = sentence(&Place::new().program(["serve", "--listen", &address]).output().unwrap());
    assert!(said.contains(&address) && said.contains("another program does"), "{said}");
}

#[test]
fn an_address_that_is_none_is_one_sentence() {
    let said = sentence(&Place::new().program(["serve", "--listen", "here"]).output().unwrap());
    assert!(said.contains("'here'") && said.contains("--listen"), "{said}");
}

#[test]
fn a_data_folder_that_is_a_file_is_one_sentence() {
    let place = Place::new();
    let file = place.script("");
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--data-dir", file.to_str().unwrap()];
    let said = sentence(&place.program(arguments).output().unwrap());
    assert!(said.contains(file.to_str().unwrap()) && said.contains("another folder"), "{said}");
}

#[test]
fn a_data_folder_that_is_in_use_names_its_holder() {
    let place = Place::new();
    let server = Server::start(place.program(["serve"]));
    let said = sentence(&place.program(["run", "hello"]).output().unwrap());
    assert!(said.contains(&format!("process {}", server.process.id())), "{said}");
}

#[test]
fn a_plugins_folder_that_is_a_file_is_one_sentence() {
    let place = Place::new();
    let file = place.script("");
    let arguments = ["plugins", "--plugins-dir", file.to_str().unwrap()];
    let said = sentence(&place.program(arguments).output().unwrap());
    assert!(said.contains(file.to_str().unwrap()), "{said}");
}

#[test]
fn a_provider_without_its_key_names_the_variable() {
    let said = sentence(&Place::new().program(["run", "hello", "--model", "anthropic"]).output().unwrap());
    assert!(said.contains("ANTHROPIC_API_KEY"), "{said}");
}

#[test]
fn a_script_with_a_mistake_names_the_file() {
    let place = Place::new();
    let script = place.script("[[reply]]\nagent = 'planner'\ntxt = 'x'");
    let said =
        sentence(&place.program(["run", "hello", "--script", script.to_str().unwrap()]).output().unwrap());
    assert!(said.contains("script.toml") && said.contains("txt"), "{said}");
}

#[test]
fn an_unknown_workflow_names_the_known_ones() {
    let said =
        sentence(&Place::new().program(["run", "hello", "--workflow", "bolt_turbo"]).output().unwrap());
    assert!(said.contains("bolt_turbo") && said.contains("bolt_standard, quick_iteration, debug"), "{said}");
}

#[test]
fn a_run_prints_its_events_and_ends_well() {
    let place = Place::new();
    let script = place.script(QUICK);
    let arguments =
        ["run", "a page", "--project", "page", "--workflow", "quick_iteration", "--json", "--script"];
    let output = place.program(arguments).arg(script).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    let events: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.first().map(|event| event["seq"] == 1), Some(true));
    assert_eq!(events.last().map(|event| event["type"] == "complete"), Some(true));
    let page = fs::read_to_string(place.data().join("projects/page/index.html"));
    assert_eq!(page.unwrap(), "<p>Hello</p>\n");
}

#[test]
fn a_run_that_fails_ends_with_exit_code_1_and_the_reason() {
    let place = Place::new();
    let script =
        place.script("[[reply]]\nagent = 'planner'\nerror = { code = 'denied', message = 'not for you' }");
    let output = place.program(["run", "a page"]).arg("--script").arg(script).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(said.contains("not for you"), "{said}");
}

#[test]
fn no_key_is_in_what_is_printed_or_logged() {
    let place = Place::new();
    // A port that nobody listens on any more.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut program = place.program(["run", "a page", "--log", "trace"]);
    program.env("ANTHROPIC_API_KEY", KEY).env("ANTHROPIC_BASE_URL", format!("http://{closed}"));
    let output = program.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(said.contains("cannot be reached"), "it was tried: {said}");
    assert!(!said.contains(KEY));
    let show = place.program(["config"]).env("ANTHROPIC_API_KEY", KEY).output().unwrap();
    assert!(show.status.success() && !text(&show.stdout).contains(KEY), "{}", text(&show.stdout));
}

/// A user that no account has.
#[cfg(target_os = "linux")]
const ORDINARY: u32 = 54_321;

#[cfg(target_os = "linux")]
#[test]
fn an_ordinary_users_server_has_the_same_sandbox() {
    use std::os::unix::{
        fs::{PermissionsExt as _, chown},
        process::CommandExt as _,
    };
    if !rustix::process::geteuid().is_root() {
        // Every other test here is this one then.
        return;
    }
    let place = Place::new();
    // What is compiled is this user's own business, and this program may lie where others cannot reach it.
    fs::remove_file(place.data().join("cache")).unwrap();
    let program = place.0.path().join("orchestrator");
    fs::copy(env!("CARGO_BIN_EXE_orchestrator"), &program).unwrap();
    fs::set_permissions(place.0.path(), fs::Permissions::from_mode(0o755)).unwrap();
    for folder in [place.0.path(), &place.data()] {
        chown(folder, Some(ORDINARY), Some(ORDINARY)).unwrap();
    }
    let script = place.script(HOLD);
    let mut serve = Command::new(program);
    serve.args(["serve".as_ref(), "--script".as_ref(), script.as_os_str()]);
    serve.env_clear().env("HOME", place.0.path()).env("ORCHESTRATOR_DATA_DIR", place.data());
    serve.current_dir("/").stdin(Stdio::null()).uid(ORDINARY).gid(ORDINARY);
    let server = Server::start(serve);
    let sandbox = &server.get("/health")["sandbox"];
    assert_eq!(sandbox["required"], "namespaces");
    let told = std::env::var("ORCHESTRATOR_LEFT_OUT").unwrap_or_default();
    if !told.split(',').any(|left_out| left_out == "bubblewrap") {
        assert_eq!(
            (&sandbox["actual"], &sandbox["uid"]),
            (&json!("namespaces"), &json!(ORDINARY)),
            "{sandbox}"
        );
    }
    let run = server.begin_run();
    assert_eq!(server.get(&format!("/runs/{run}"))["sandbox"]["level"], sandbox["actual"]);
}

#[cfg(target_os = "linux")]
#[test]
fn as_many_runs_are_taken_as_the_limit_of_open_files_is_enough_for() {
    let place = Place::new();
    let script = place.script(HOLD);
    let program = place.program(["serve".as_ref(), "--script".as_ref(), script.as_os_str()]);
    let mut serve = Command::new("sh");
    serve.args(["-c", "ulimit -n 264 && exec \"$0\" \"$@\""]).arg(program.get_program());
    serve.args(program.get_args()).env_clear();
    serve.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut server = Server::start(serve);
    let mut note = String::new();
    server.stdout.read_line(&mut note).unwrap();
    assert!(note.contains("may open 264 files") && note.contains("enough for 2 runs"), "{note}");
    let run = |project: &str| {
        let request = json!({"user_request": "a page", "project_id": project});
        let mut answer = server.send("POST", "/execute", &request);
        let mut status = String::new();
        answer.read_line(&mut status).unwrap();
        (status, answer)
    };
    let (first, second, third) = (run("a"), run("b"), run("c"));
    assert!(first.0.contains("200") && second.0.contains("200"), "{}{}", first.0, second.0);
    assert!(third.0.contains("429"), "{}", third.0);
    assert_eq!(server.get("/health")["status"], "healthy");
}

#[test]
fn a_policy_is_checked_shown_and_described() {
    let place = Place::new();
    let file = place.0.path().join("policy.toml");
    let run =
        |arguments: &[&str]| place.program(std::iter::once(&"policy").chain(arguments)).output().unwrap();
    let clean = |bytes: &[u8]| text(bytes).replace(place.0.path().to_str().unwrap(), "DIR");
    fs::write(&file, "version = 1\n\n[plugin.haiku]\npermisions = [\"model\"]\n").unwrap();
    let broken = run(&["check", file.to_str().unwrap()]);
    assert_eq!(broken.status.code(), Some(1));
    insta::assert_snapshot!(clean(&broken.stderr), @"orchestrator: DIR/policy.toml:4: [plugin.haiku] has no key 'permisions' (did you mean 'permissions'?); it has permissions, programs, network, limits");
    assert_eq!(run(&["check", place.0.path().join("none.toml").to_str().unwrap()]).status.code(), Some(1));

    fs::write(&file, "version = 1\n\n[plugin.haiku]\npermissions = [\"model\"]\n").unwrap();
    assert!(run(&["check", file.to_str().unwrap()]).status.success());
    let shown = run(&["show", "--json", "--policy", file.to_str().unwrap()]);
    assert!(shown.status.success(), "{}", clean(&shown.stderr));
    let rows: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let row = |row: &Value| row["of"] == "haiku" && row["key"] == "permissions";
    let row = rows.as_array().unwrap().iter().find(|found| row(found)).unwrap();
    assert!(row["from"].as_str().unwrap().ends_with("policy.toml:4"), "{row}");

    let schema: Value = serde_json::from_slice(&run(&["schema"]).stdout).unwrap();
    assert_eq!(schema["additionalProperties"], false);
}

#[test]
fn a_broken_policy_keeps_the_program_from_starting() {
    let place = Place::new();
    fs::write(place.data().join("policy.toml"), "version = 1\nplugins = 1\n").unwrap();
    let refused = place.program(["plugins"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("policy.toml:2") && said.contains("did you mean 'plugin'?"), "{said}");
}

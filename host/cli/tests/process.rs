//! The program as a process: what it prints, what it exits with, and what is left when it is killed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

mod common;

use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Output, Stdio},
};
use tempfile::TempDir;

const KEY: &str = "sk-process-5b1d70c2e94f4a38";

/// A planner that never answers.
const HOLD: &str = "[[reply]]\nagent = 'planner'\nhold = true";

/// The whole of `quick_iteration`, without anything to run.
const QUICK: &str = r#"
delay_ms = 0

[[reply]]
agent = "planner"
text = '''{"summary": "A page.", "stack": "HTML", "files": [{"path": "index.html", "purpose": "the page"}],
           "commands": [], "acceptance_criteria": ["It says hello."]}'''

[[reply]]
agent = "writer"
text = '''
<file-{{nonce}} path="index.html">
<p>Hello</p>
</file-{{nonce}}>
'''

[[reply]]
agent = "tester"
text = '{"install": [], "test": []}'
"#;

/// A place of its own for one test: data folder, home folder, scripts.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(TempDir::new().unwrap());
        fs::create_dir(place.data()).unwrap();
        common::share_compiled_code(&place.data());
        place
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn script(&self, script: &str) -> PathBuf {
        let path = self.0.path().join("script.toml");
        fs::write(&path, script).unwrap();
        path
    }

    /// The program with these arguments and nothing of this process's environment that could change what it does.
    fn program<A: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orchestrator"));
        command.args(args).env_clear().env("HOME", self.0.path()).env("ORCHESTRATOR_DATA_DIR", self.data());
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.stdin(Stdio::null());
        command
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Asserts that the program said why it ended in one sentence on standard error, with exit code 1, and returns it.
fn sentence(output: &Output) -> String {
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let lines: Vec<_> = stderr.lines().collect();
    let [line] = lines.as_slice() else { panic!("not one line: {stderr}") };
    line.strip_prefix("orchestrator: ").unwrap_or_else(|| panic!("{line}")).to_owned()
}

/// A server at work, killed when the test ends.
struct Server {
    process: Child,
    address: String,
    stdout: BufReader<ChildStdout>,
}

impl Server {
    fn start(mut command: Command) -> Self {
        let mut process = command
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}")).to_owned();
        Self { process, address, stdout }
    }

    /// Sends a request and returns the connection, to read the answer from.
    fn send(&self, method: &str, path: &str, body: &Value) -> BufReader<TcpStream> {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        connection.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
        // A body that the server does not read would make it reset the connection.
        let body = if body.is_null() { String::new() } else { body.to_string() };
        write!(
            connection,
            "{method} /api/v1/orchestrator{path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        BufReader::new(connection)
    }

    /// The body of an answer, which is whole because the connection is closed after it.
    fn get(&self, path: &str) -> Value {
        let mut answer = String::new();
        self.send("GET", path, &Value::Null).read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error} in {answer}"))
    }

    /// Starts a run of the standard workflow and reads its events up to the beginning of its first step.
    fn begin_run(&self) -> String {
        let request = json!({"user_request": "a page", "project_id": "p"});
        for line in self.send("POST", "/execute", &request).lines() {
            let line = line.unwrap();
            let Some(event) = line.strip_prefix("data: ") else { continue };
            let event: Value = serde_json::from_str(event).unwrap();
            if event["data"]["state"] == "step_started" {
                return event["run_id"].as_str().unwrap().to_owned();
            }
        }
        panic!("the run did not begin");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already, which is as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
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

#[cfg(unix)]
#[test]
fn a_polite_stop_ends_runs_as_interrupted_and_the_program_well() {
    let place = Place::new();
    let script = place.script(HOLD);
    let serve = || place.program(["serve".as_ref(), "--script".as_ref(), script.as_os_str()]);
    let mut server = Server::start(serve());
    let run = server.begin_run();
    let stop = Command::new("kill").arg(server.process.id().to_string()).status().unwrap();
    assert!(stop.success());
    assert_eq!(server.process.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    server.stdout.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("Stopped\n"), "{rest}");

    let server = Server::start(serve());
    assert_eq!(server.get(&format!("/runs/{run}"))["error"]["code"], "interrupted");
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
    let is_one = |path: &std::path::Path| {
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
fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !holds() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{what}");
        std::thread::sleep(std::time::Duration::from_millis(10));
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

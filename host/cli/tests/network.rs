//! What commands reach, on a whole server: nothing without a grant, a package mirror with one, and nothing beside it.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

mod common;
#[path = "network/mirror.rs"]
mod mirror;

use mirror::Mirror;
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};
use tempfile::TempDir;

/// A user that no account has.
const ORDINARY: u32 = 54_321;

/// Asks the proxy for each port, and then the port itself.
const PROBE: &str = r#"
import { connect } from "node:net";
const say = (port, text) => new Promise((done) => {
  const socket = connect(port, "127.0.0.1", () => socket.write(text));
  socket.on("data", (data) => { done(String(data).split(" ")[1]); socket.destroy(); });
  socket.on("error", (error) => done(error.code));
});
for (const target of ["localhost:MIRROR", "127.0.0.1:MIRROR", "localhost:CANARY", "127.0.0.1:CANARY"]) {
  const asked = await say(3128, `CONNECT ${target} HTTP/1.1\r\n\r\n`);
  console.log(target, "by the proxy", asked, "directly", await say(Number(target.split(":")[1]), "GET / HTTP/1.0\r\n\r\n"));
}
console.log("proxy is", process.env.HTTPS_PROXY ?? "nowhere");
"#;

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

/// A server, a project, a mirror that the server's user has configured, and a listener that nobody may reach.
struct Scene {
    place: TempDir,
    mirror: Mirror,
    canary: TcpListener,
}

impl Scene {
    fn new() -> Self {
        let canary = TcpListener::bind("127.0.0.1:0").unwrap();
        canary.set_nonblocking(true).unwrap();
        let scene = Self { place: TempDir::new().unwrap(), mirror: Mirror::start(), canary };
        fs::create_dir_all(scene.data().join("projects/p")).unwrap();
        fs::create_dir(scene.temporary()).unwrap();
        common::share_compiled_code(&scene.data());
        let settings = format!("registry=http://127.0.0.1:{}/\n", scene.mirror.port);
        fs::write(scene.place.path().join(".npmrc"), settings).unwrap();
        scene.write(".npmrc", "fetch-retries=0\naudit=false\nfund=false\nupdate-notifier=false\n");
        let probe = PROBE.replace("MIRROR", &scene.mirror.port.to_string());
        scene.write("probe.mjs", &probe.replace("CANARY", &scene.canary_port().to_string()));
        scene
    }

    /// The project is tested by `npm test`, after it was installed when it depends on something.
    fn tested_by_npm(self, depends: bool) -> Self {
        let dependencies = if depends { json!({"other": "1.0.0"}) } else { json!({}) };
        let manifest = json!({"scripts": {"test": "node probe.mjs"}, "dependencies": dependencies});
        self.write("package.json", &manifest.to_string());
        self
    }

    fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    /// Where the server puts temporary files.
    fn temporary(&self) -> PathBuf {
        self.place.path().join("tmp")
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.data().join("projects/p").join(path), text).unwrap();
    }

    fn canary_port(&self) -> u16 {
        self.canary.local_addr().unwrap().port()
    }

    fn nobody_came_by(&self) {
        let came = self.canary.accept();
        assert_eq!(came.err().map(|error| error.kind()), Some(ErrorKind::WouldBlock), "somebody reached it");
    }

    /// Runs the tester on the project, with these lines for it in the policy.
    fn test(&self, policy: &str) -> Told {
        self.test_by(policy, Command::new(env!("CARGO_BIN_EXE_orchestrator")))
    }

    fn test_by(&self, policy: &str, mut program: Command) -> Told {
        let policy = format!("version = 1\n[plugin.tester]\n{policy}\n");
        fs::write(self.data().join("policy.toml"), policy).unwrap();
        let script = self.place.path().join("script.toml");
        let test = "[[reply]]\nagent = 'tester'\ntext = '{\"install\": [], \"test\": [[\"node\", \"probe.mjs\"]]}'\n";
        fs::write(&script, test).unwrap();
        program.args(["serve", "--log", "info", "--listen", "127.0.0.1:0", "--script"]).arg(script);
        program.env_clear().env("HOME", self.place.path()).env("ORCHESTRATOR_DATA_DIR", self.data());
        program.env("TMPDIR", self.temporary());
        program.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        let server = Server::start(program, &self.place.path().join("log"));
        let step = json!({"agent_type": "tester", "name": "Test", "retry_count": 0});
        let workflow = json!({"name": "test", "steps": [step], "description": "tests"});
        server.ask("POST", "/workflows", &workflow);
        let request = json!({"user_request": "test", "project_id": "p", "workflow_name": "test"});
        let stream = server.ask("POST", "/execute", &request);
        let events = stream.lines().filter_map(|line| line.strip_prefix("data: "));
        let events: Vec<Value> = events.map(|event| serde_json::from_str(event).unwrap()).collect();
        let denied = server.ask("GET", "/audit?action=policy.deny", &Value::Null);
        let log = fs::read_to_string(self.place.path().join("log")).unwrap();
        Told { events, denied, log }
    }
}

/// What came of a run.
struct Told {
    events: Vec<Value>,
    denied: String,
    log: String,
}

impl Told {
    /// The outcome of the command with this word in it.
    fn outcome(&self, word: &str) -> &Value {
        let is_it = |event: &&Value| {
            event["data"]["status"] == "finished"
                && event["data"]["command"].as_str().is_some_and(|command| command.contains(word))
        };
        let found = self.events.iter().find(is_it);
        &found.unwrap_or_else(|| panic!("no command '{word}': {:#?}\n{}", self.events, self.log))["data"]["outcome"]
    }

    /// What the probe said of a target.
    fn probed(&self, outcome: &Value, target: &str) -> String {
        let output = outcome["output"].as_str().unwrap();
        let line = output.lines().find_map(|line| line.strip_prefix(target));
        line.unwrap_or_else(|| panic!("nothing of {target}: {output}\n{}", self.log)).trim().to_owned()
    }
}

/// A server at work, killed when the test ends.
struct Server {
    process: Child,
    address: String,
    /// Held open, so that what it prints has somewhere to go.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    fn start(mut program: Command, log: &Path) -> Self {
        program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(fs::File::create(log).unwrap());
        let mut process = program.spawn().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.unwrap_or_else(|| panic!("no address: {}", fs::read_to_string(log).unwrap()));
        Self { process, address: address.to_owned(), _stdout: stdout }
    }

    /// The body of the answer.
    fn ask(&self, method: &str, path: &str, body: &Value) -> String {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        let (address, body) = (&self.address, body.to_string());
        let head = format!(
            "{method} /api/v1/orchestrator{path} HTTP/1.0\r\nHost: {address}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        connection.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(" 200 ") || head.contains(" 201 "), "{method} {path}: {answer}");
        body.to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already, which is as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
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
    assert_eq!(by(format!("127.0.0.1:{mirror}")), format!("by the proxy 200 directly {REFUSED}"));
    assert_eq!(by(format!("localhost:{mirror}")), never, "the exact name counts");
    assert_eq!(by(format!("127.0.0.1:{canary}")), never);
    assert_eq!(test["network"]["refused"], 3, "{test}");
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

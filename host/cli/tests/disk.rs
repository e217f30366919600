//! The program on a disk that is full, and has room again: a small file system of its own, which takes root to make.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Lines, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A planner that thinks aloud for a minute, and a writer that never says anything.
const SCRIPT: &str = "
[[reply]]
agent = 'planner'
thinking = '''THOUGHTS'''
text = '{}'
delay_ms = 10
chunk_chars = 24

[[reply]]
agent = 'writer'
hold = true

[[reply]]
agent = 'documenter'
text = 'A page.'
";
/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, with its data on a disk of 16 MiB that nobody else sees.
struct Machine {
    process: Child,
    /// Kept open: a program whose output nobody takes ends.
    _stdout: BufReader<ChildStdout>,
    address: String,
    disk: PathBuf,
    _place: TempDir,
}

impl Machine {
    fn start() -> Self {
        let place = TempDir::new().unwrap();
        let mount = place.path().join("disk");
        fs::create_dir(&mount).unwrap();
        let script = place.path().join("script.toml");
        fs::write(&script, SCRIPT.replace("THOUGHTS", &"I wonder. ".repeat(15_000))).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_orchestrator"));
        let compiled = program.ancestors().nth(2).unwrap().join("test-cache");
        fs::create_dir_all(&compiled).unwrap();
        let prepare = "mount -t tmpfs -o size=16m none \"$0\" && mkdir \"$0/data\" && ln -s \"$1\" \"$0/data/cache\" \
                       && shift && exec \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", prepare]).arg(&mount).arg(compiled).arg(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(mount.join("data"));
        command.arg("--script").arg(script).env("HOME", place.path());
        let mut process =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}")).to_owned();
        // Only the program's own view of the file system has the disk.
        let root = PathBuf::from(format!("/proc/{}/root", process.id()));
        let disk = root.join(mount.strip_prefix("/").unwrap());
        Self { process, _stdout: stdout, address, disk, _place: place }
    }

    /// Writes until nothing fits any more.
    fn fill(&self) {
        let mut filler = File::create(self.disk.join("filler")).unwrap();
        while filler.write_all(&[0; 4096]).is_ok() {}
    }

    fn make_room(&self) {
        fs::remove_file(self.disk.join("filler")).unwrap();
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> BufReader<TcpStream> {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        // A body that the server does not read would make it reset the connection.
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (address, length) = (&self.address, body.len());
        write!(
            connection,
            "{method} /api/v1/orchestrator{path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
        .unwrap();
        BufReader::new(connection)
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut answer = String::new();
        if let Err(error) = self.send(method, path, body).read_to_string(&mut answer) {
            panic!("{error} after {answer:?}");
        }
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        // It may come in chunks; it is one object or list, and one chunk.
        let begin = body.find(['{', '[']).unwrap_or_default();
        let body = &body[begin..body.rfind(['}', ']']).map_or(body.len(), |end| end + 1)];
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error} in {answer}"))
    }

    fn get(&self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null)
    }

    /// Starts a run of a workflow with this agent alone.
    fn run(&self, agent: &str) -> Events {
        let steps = json!([{"agent_type": agent, "name": "Work", "timeout": 600, "retry_count": 0}]);
        self.ask("POST", "/workflows", &json!({"name": agent, "steps": steps}));
        let request = json!({"user_request": "a page", "project_id": agent, "workflow_name": agent});
        Events(self.send("POST", "/execute", &request).lines())
    }

    /// Waits until the program says that it is well, or not.
    fn is(&self, status: &str) -> Value {
        let begun = Instant::now();
        loop {
            let health = self.get("/health");
            if health["status"] == status {
                return health;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not become {status}: {health}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // It may be gone already, which is as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A run's events as they arrive.
struct Events(Lines<BufReader<TcpStream>>);

impl Events {
    /// Reads on until an event of which `wanted` holds.
    fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        for line in &mut self.0 {
            let line = line.unwrap();
            let Some(event) = line.strip_prefix("data: ") else { continue };
            let event: Value = serde_json::from_str(event).unwrap();
            if wanted(&event) {
                return event;
            }
        }
        panic!("the stream ended before the event that was waited for");
    }

    fn last(&mut self) -> Value {
        self.until(|event| event["type"] == "complete" || event["data"]["terminal"] == true)
    }
}

#[test]
fn a_full_disk_ends_runs_and_room_ends_the_trouble() {
    if !rustix::process::geteuid().is_root() {
        println!("LEFT OUT: making a small disk takes root");
        return;
    }
    let machine = Machine::start();
    let (mut talking, mut silent) = (machine.run("planner"), machine.run("writer"));
    talking.until(|event| event["type"] == "thinking_step");
    let held = silent.until(|event| event["data"]["state"] == "step_started");
    machine.fill();

    // The one that talks meets the full disk by itself, and whoever watches learns its end on the same connection.
    let end = talking.last();
    assert_eq!(end["data"]["code"], "internal", "{end}");
    assert!(end["message"].as_str().unwrap().contains("the disk is full"), "{end}");
    let health = machine.is("degraded");
    assert!(health["notices"].to_string().contains("the disk is full"), "{health}");
    let failed = format!("/runs/{}", end["run_id"].as_str().unwrap());
    assert_eq!(machine.get(&failed)["status"], "failed");
    assert_eq!(machine.get("/runs?status=failed")["items"].as_array().unwrap().len(), 1);

    // The one that waits can be cancelled, though neither the audit nor its end can be stored.
    let cancelled = format!("/runs/{}", held["run_id"].as_str().unwrap());
    let answer = machine.ask("POST", &format!("{cancelled}/cancel"), &Value::Null);
    assert_eq!(answer["status"], "cancelled", "{answer}");
    assert_eq!(silent.last()["data"]["code"], "cancelled");

    // What would have to be written is refused, and the refusal says what is in the way.
    let steps = json!([{"agent_type": "planner", "name": "Work"}]);
    let request = json!({"user_request": "a page", "project_id": "other", "workflow_name": "planner"});
    for (method, path, body) in [
        ("POST", "/execute", &request),
        ("POST", "/workflows", &json!({"name": "another", "steps": steps})),
        ("PUT", "/agents/planner/model", &json!({"model": "scripted"})),
        ("POST", "/tokens", &json!({"name": "ci", "role": "viewer"})),
        ("DELETE", "/workflows/planner", &Value::Null),
    ] {
        let refused = machine.ask(method, path, body);
        assert_eq!(refused["status"], 507, "{method} {path}: {refused}");
        assert_eq!(refused["type"], "urn:problem-type:orchestrator:disk-full", "{method} {path}: {refused}");
    }

    // Whoever comes late is told the same.
    let mut late = Events(machine.send("GET", &format!("{failed}/events"), &Value::Null).lines());
    assert_eq!(late.last(), end);

    machine.make_room();
    machine.is("healthy");
    let mut stored = Events(machine.send("GET", &format!("{failed}/events"), &Value::Null).lines());
    assert_eq!(stored.last(), end, "what was told is what is stored");
    assert_eq!(machine.get(&cancelled)["status"], "cancelled");
    assert_eq!(machine.run("documenter").last()["type"], "complete", "it goes on without a restart");
    let again = json!({"user_request": "a page", "project_id": "planner", "workflow_name": "planner"});
    let mut again = Events(machine.send("POST", "/execute", &again).lines());
    again.until(|event| event["type"] == "thinking_step");
}

//! A server with a project, a mirror and a listener, and what came of a run there.

use crate::{common, mirror::Mirror, serving::Server};
use serde_json::{Value, json};
use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::Command,
};
use tempfile::TempDir;

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

/// A server, a project, a mirror that the server's user has configured, and a listener that nobody may reach.
pub(crate) struct Scene {
    pub(crate) place: TempDir,
    pub(crate) mirror: Mirror,
    canary: TcpListener,
}

impl Scene {
    pub(crate) fn new() -> Self {
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
    pub(crate) fn tested_by_npm(self, depends: bool) -> Self {
        let dependencies = if depends { json!({"other": "1.0.0"}) } else { json!({}) };
        let manifest = json!({"scripts": {"test": "node probe.mjs"}, "dependencies": dependencies});
        self.write("package.json", &manifest.to_string());
        self
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    /// Where the server puts temporary files.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.place.path().join("tmp")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.data().join("projects/p").join(path), text).unwrap();
    }

    pub(crate) fn canary_port(&self) -> u16 {
        self.canary.local_addr().unwrap().port()
    }

    pub(crate) fn nobody_came_by(&self) {
        let came = self.canary.accept();
        assert_eq!(came.err().map(|error| error.kind()), Some(ErrorKind::WouldBlock), "somebody reached it");
    }

    /// Runs the tester on the project, with these lines for it in the policy.
    pub(crate) fn test(&self, policy: &str) -> Told {
        self.test_by(policy, Command::new(env!("CARGO_BIN_EXE_orchestrator")))
    }

    pub(crate) fn test_by(&self, policy: &str, mut program: Command) -> Told {
        let policy = format!("version = 1\n[plugin.tester]\n{policy}\n");
        fs::write(self.data().join("policy.toml"), policy).unwrap();
        let script = self.place.path().join("script.toml");
        let test = "[[reply]]\nagent = 'tester'\ntext = '{\"install\": [], \"test\": [[\"node\", \"probe.mjs\"]]}'\n";
        fs::write(&script, test).unwrap();
        program.args(["serve", "--log", "info", "--listen", "127.0.0.1:0", "--script"]).arg(script);
        program.env_clear().env("HOME", self.place.path()).env("ORCHESTRATOR_DATA_DIR", self.data());
        program.env("TMPDIR", self.temporary());
        program.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        let log = self.place.path().join("log");
        program.stderr(fs::File::create(&log).unwrap());
        let server = Server::start_as_told(program);
        let step = json!({"agent_type": "tester", "name": "Test", "retry_count": 0});
        let workflow = json!({"name": "test", "steps": [step], "description": "tests"});
        ask(&server, "POST", "/workflows", &workflow);
        let request = json!({"user_request": "test", "project_id": "p", "workflow_name": "test"});
        let stream = ask(&server, "POST", "/execute", &request);
        let events = stream.lines().filter_map(|line| line.strip_prefix("data: "));
        let events: Vec<Value> = events.map(|event| serde_json::from_str(event).unwrap()).collect();
        let denied = ask(&server, "GET", "/audit?action=policy.deny", &Value::Null);
        let log = fs::read_to_string(log).unwrap();
        Told { events, denied, log }
    }
}

/// The body of the answer, a stream to its end.
fn ask(server: &Server, method: &str, path: &str, body: &Value) -> String {
    let mut connection = TcpStream::connect(&server.address).unwrap();
    let (address, body) = (&server.address, body.to_string());
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

/// What came of a run.
pub(crate) struct Told {
    pub(crate) events: Vec<Value>,
    pub(crate) denied: String,
    pub(crate) log: String,
}

impl Told {
    /// The outcome of the command with this word in it.
    pub(crate) fn outcome(&self, word: &str) -> &Value {
        let is_it = |event: &&Value| {
            event["data"]["status"] == "finished"
                && event["data"]["command"].as_str().is_some_and(|command| command.contains(word))
        };
        let found = self.events.iter().find(is_it);
        &found.unwrap_or_else(|| panic!("no command '{word}': {:#?}\n{}", self.events, self.log))["data"]["outcome"]
    }

    /// What the probe said of a target.
    pub(crate) fn probed(&self, outcome: &Value, target: &str) -> String {
        let output = outcome["output"].as_str().unwrap();
        let line = output.lines().find_map(|line| line.strip_prefix(target));
        line.unwrap_or_else(|| panic!("nothing of {target}: {output}\n{}", self.log)).trim().to_owned()
    }
}

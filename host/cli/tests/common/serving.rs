//! A place for one program, and a server at work in it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]
#![allow(dead_code, reason = "no test takes all of it")]

use super::common;
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::DirBuilderExt,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// A planner that never answers.
pub(crate) const HOLD: &str = "[[reply]]\nagent = 'planner'\nhold = true";

/// A place of its own for one test: data folder, home folder, scripts.
pub(crate) struct Place(pub(crate) TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self(TempDir::new().unwrap());
        fs::DirBuilder::new().mode(0o700).create(place.data()).unwrap();
        common::share_compiled_code(&place.data());
        place
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    pub(crate) fn script(&self, script: &str) -> PathBuf {
        let path = self.0.path().join("script.toml");
        fs::write(&path, script).unwrap();
        path
    }

    /// The program with these arguments and nothing of this process's environment that could change what it does.
    pub(crate) fn program<A: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orchestrator"));
        command.args(args).env_clear().env("HOME", self.0.path()).env("ORCHESTRATOR_DATA_DIR", self.data());
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.stdin(Stdio::null());
        command
    }
}

/// A server at work, killed when the test ends.
pub(crate) struct Server {
    pub(crate) process: Child,
    pub(crate) address: String,
    pub(crate) stdout: BufReader<ChildStdout>,
}

impl Server {
    pub(crate) fn start(mut command: Command) -> Self {
        command.args(["--listen", "127.0.0.1:0"]).stderr(Stdio::null());
        Self::start_as_told(command)
    }

    /// The same, where the command says itself where to listen, and where its log goes.
    pub(crate) fn start_as_told(mut command: Command) -> Self {
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}")).to_owned();
        Self { process, address, stdout }
    }

    /// Sends a request and returns the connection, to read the answer from.
    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> BufReader<TcpStream> {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
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
    pub(crate) fn get(&self, path: &str) -> Value {
        let mut answer = String::new();
        self.send("GET", path, &Value::Null).read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error} in {answer}"))
    }

    /// Starts a run of the standard workflow and reads its events up to the beginning of its first step.
    pub(crate) fn begin_run(&self) -> String {
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

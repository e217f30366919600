//! Tokens and the audit on the command line, beside a server at work.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
};
use tempfile::TempDir;

/// A data folder of its own for one test.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(TempDir::new().unwrap());
        // Compiled code depends on nothing in the data folder, so the tests share it instead of compiling it each.
        #[cfg(unix)]
        {
            let program = Path::new(env!("CARGO_BIN_EXE_orchestrator"));
            let shared = program.ancestors().nth(2).unwrap().join("test-cache");
            fs::create_dir_all(&shared).unwrap();
            fs::create_dir(place.0.path().join("data")).unwrap();
            std::os::unix::fs::symlink(shared, place.0.path().join("data/cache")).unwrap();
        }
        place
    }

    fn program(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orchestrator"));
        command.args(args).env_clear().env("HOME", self.0.path());
        command.env("ORCHESTRATOR_DATA_DIR", self.0.path().join("data"));
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.stdin(Stdio::null());
        command
    }

    /// What the program prints when all goes well.
    fn prints(&self, args: &[&str]) -> String {
        let output = self.program(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
        text(&output.stdout).to_owned()
    }

    /// The one sentence that it says when it does not.
    fn sentence(&self, args: &[&str]) -> String {
        let Output { status, stderr, .. } = self.program(args).output().unwrap();
        let lines: Vec<_> = text(&stderr).lines().collect();
        let [line] = lines.as_slice() else { panic!("not one line: {lines:?}") };
        assert_eq!(status.code(), Some(1), "{line}");
        (*line).to_owned()
    }

    fn serve(&self, args: &[&str]) -> Server {
        let mut process = self
            .program(&["serve", "--model", "scripted", "--log", "trace"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::from(fs::File::create(self.0.path().join("log")).unwrap()))
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}")).to_owned();
        Server { process, address, _stdout: stdout }
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A server at work, killed when the test ends.
struct Server {
    process: Child,
    address: String,
    /// Held open, so that what it prints has somewhere to go.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    fn status(&self, path: &str, token: &str) -> String {
        let port = self.address.rsplit(':').next().unwrap();
        let mut connection = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        let token =
            if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
        let head = format!("Host: localhost\r\nConnection: close\r\n{token}\r\n");
        write!(connection, "GET /api/v1/orchestrator{path} HTTP/1.1\r\n{head}").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap_or_else(|| panic!("{answer}")).to_owned()
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
fn tokens_are_made_and_revoked_while_a_server_runs() {
    let place = Place::new();
    let server = place.serve(&["--listen", "127.0.0.1:0"]);
    assert_eq!(server.status("/runs", ""), "200");
    let token = place.prints(&["token", "create", "ada", "--role", "viewer", "--expires", "90d"]);
    let token = token.trim_end();
    assert!(
        token.starts_with("dorc_") && !token.contains(char::is_whitespace),
        "the token and nothing else: {token}"
    );
    assert_eq!((server.status("/runs", ""), server.status("/runs", token)), ("401".into(), "200".into()));
    assert_eq!(server.status("/audit", token), "403");
    let listed = place.prints(&["token", "list"]);
    assert!(listed.contains("ada") && listed.contains("viewer") && !listed.contains(token), "{listed}");
    place.prints(&["token", "revoke", "ada"]);
    assert_eq!(server.status("/runs", token), "401");
    let told: Vec<Value> = place
        .prints(&["audit", "--json", "--action", "token", "--since", "1h"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told: Vec<_> = told.iter().map(|entry| format!("{} {}", entry["actor"], entry["action"])).collect();
    assert_eq!(told, [r#""cli" "token.create""#, r#""cli" "token.revoke""#]);
    let log = fs::read_to_string(place.0.path().join("log")).unwrap();
    assert!(log.contains("/api/v1/orchestrator/runs"), "requests are logged: {log}");
    assert!(!log.contains(token.rsplit_once('_').unwrap().1), "and tokens are not");
}

#[test]
fn plugins_can_be_looked_at_while_a_server_runs() {
    let place = Place::new();
    let _server = place.serve(&["--listen", "127.0.0.1:0"]);
    assert!(place.prints(&["plugins"]).contains("planner"));
}

#[test]
fn an_address_that_others_reach_takes_a_token() {
    let place = Place::new();
    let said = place.sentence(&["serve", "--listen", "0.0.0.0:0", "--log", "error"]);
    assert!(
        said.contains("orchestrator token create NAME --role admin") && said.contains("127.0.0.1"),
        "{said}"
    );
    let token = place.prints(&["token", "create", "ada", "--role", "admin"]);
    let server = place.serve(&["--listen", "0.0.0.0:0"]);
    assert_eq!(
        (server.status("/runs", ""), server.status("/runs", token.trim_end())),
        ("401".into(), "200".into())
    );
    place.prints(&["token", "revoke", "ada"]);
    assert_eq!(server.status("/runs", ""), "401", "it does not open when the last token goes");
}

#[test]
fn mistakes_are_one_sentence_with_the_way_out() {
    let place = Place::new();
    place.prints(&["token", "create", "ada", "--role", "admin"]);
    let said = place.sentence(&["token", "create", "ada", "--role", "admin"]);
    assert!(said.contains("there is a token 'ada' already"), "{said}");
    let said = place.sentence(&["token", "revoke", "bob"]);
    assert!(said.contains("valid: ada"), "{said}");
    let said = place.sentence(&["token", "create", "cli", "--role", "admin"]);
    assert!(said.contains("choose another name"), "{said}");
    let said = place.sentence(&["serve", "--listen", "127.0.0.1:0", "--tls-cert", "/nonexistent"]);
    assert!(said.contains("--tls-key"), "{said}");
}

#[test]
fn the_audit_names_who_started_a_run() {
    let place = Place::new();
    let script = place.0.path().join("script.toml");
    fs::write(&script, "[[reply]]\nagent = 'planner'\nerror = { code = 'denied', message = 'no' }").unwrap();
    let run =
        place.program(&["run", "a page", "--project", "page", "--json", "--script"]).arg(script).output();
    assert_eq!(run.unwrap().status.code(), Some(1));
    let told = place.prints(&["audit", "--action", "run.start"]);
    assert!(told.contains("cli") && told.contains("run.start") && told.contains("page"), "{told}");
}

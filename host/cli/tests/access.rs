//! Tokens and the audit on the command line, beside a server at work.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

mod common;
#[path = "common/said.rs"]
mod said;
#[path = "common/serving.rs"]
mod serving;

use said::{refused, text};
use serde_json::Value;
use serving::{Place, Server};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
};

/// What the program prints when all goes well.
fn prints(place: &Place, args: &[&str]) -> String {
    let output = place.program(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    text(&output.stdout).to_owned()
}

/// The one sentence that it says when it does not.
fn sentence(place: &Place, args: &[&str]) -> String {
    refused(&place.program(args).output().unwrap()).to_owned()
}

/// A server that listens there and logs everything into the file `log`.
fn serve(place: &Place, listen: &str) -> Server {
    let mut command = place.program(["serve", "--model", "scripted", "--log", "trace", "--listen", listen]);
    command.stderr(fs::File::create(place.0.path().join("log")).unwrap());
    Server::start_as_told(command)
}

/// The status of what is answered to whoever shows this token, or none.
fn status(server: &Server, path: &str, token: &str) -> String {
    let port = server.address.rsplit(':').next().unwrap();
    let mut connection = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let token = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    let head = format!("Host: localhost\r\nConnection: close\r\n{token}\r\n");
    write!(connection, "GET /api/v1/orchestrator{path} HTTP/1.1\r\n{head}").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[test]
fn tokens_are_made_and_revoked_while_a_server_runs() {
    let place = Place::new();
    let server = serve(&place, "127.0.0.1:0");
    assert_eq!(status(&server, "/runs", ""), "200");
    let token = prints(&place, &["token", "create", "ada", "--role", "viewer", "--expires", "90d"]);
    let token = token.trim_end();
    assert!(
        token.starts_with("dorc_") && !token.contains(char::is_whitespace),
        "the token and nothing else: {token}"
    );
    assert_eq!((status(&server, "/runs", ""), status(&server, "/runs", token)), ("401".into(), "200".into()));
    assert_eq!(status(&server, "/audit", token), "403");
    let listed = prints(&place, &["token", "list"]);
    assert!(listed.contains("ada") && listed.contains("viewer") && !listed.contains(token), "{listed}");
    prints(&place, &["token", "revoke", "ada"]);
    assert_eq!(status(&server, "/runs", token), "401");
    let told: Vec<Value> = prints(&place, &["audit", "--json", "--action", "token", "--since", "1h"])
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
    let _server = serve(&place, "127.0.0.1:0");
    assert!(prints(&place, &["plugins"]).contains("planner"));
}

#[test]
fn an_address_that_others_reach_takes_a_token() {
    let place = Place::new();
    let said = sentence(&place, &["serve", "--listen", "0.0.0.0:0", "--log", "error"]);
    assert!(
        said.contains("orchestrator token create NAME --role admin") && said.contains("127.0.0.1"),
        "{said}"
    );
    let token = prints(&place, &["token", "create", "ada", "--role", "admin"]);
    let server = serve(&place, "0.0.0.0:0");
    assert_eq!(
        (status(&server, "/runs", ""), status(&server, "/runs", token.trim_end())),
        ("401".into(), "200".into())
    );
    prints(&place, &["token", "revoke", "ada"]);
    assert_eq!(status(&server, "/runs", ""), "401", "it does not open when the last token goes");
}

#[test]
fn mistakes_are_one_sentence_with_the_way_out() {
    let place = Place::new();
    prints(&place, &["token", "create", "ada", "--role", "admin"]);
    let said = sentence(&place, &["token", "create", "ada", "--role", "admin"]);
    assert!(said.contains("there is a token 'ada' already"), "{said}");
    let said = sentence(&place, &["token", "revoke", "bob"]);
    assert!(said.contains("valid: ada"), "{said}");
    let said = sentence(&place, &["token", "create", "cli", "--role", "admin"]);
    assert!(said.contains("choose another name"), "{said}");
    let said = sentence(&place, &["serve", "--listen", "127.0.0.1:0", "--tls-cert", "/nonexistent"]);
    assert!(said.contains("--tls-key"), "{said}");
}

#[test]
fn the_audit_names_who_started_a_run() {
    let place = Place::new();
    let script = place.0.path().join("script.toml");
    fs::write(&script, "[[reply]]\nagent = 'planner'\nerror = { code = 'denied', message = 'no' }").unwrap();
    let run =
        place.program(["run", "a page", "--project", "page", "--json", "--script"]).arg(script).output();
    assert_eq!(run.unwrap().status.code(), Some(1));
    let told = prints(&place, &["audit", "--action", "run.start"]);
    assert!(told.contains("cli") && told.contains("run.start") && told.contains("page"), "{told}");
}

//! What is said of a server that goes away in the middle of a run, and of a proxy that answers in its place.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

mod common;
#[path = "common/said.rs"]
mod said;
#[path = "common/serving.rs"]
mod serving;

use said::refused;
use serving::{HOLD, Place, Server};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    process::Stdio,
};

#[test]
fn a_server_that_is_killed_leaves_its_followers_with_what_is_known() {
    let place = Place::new();
    let script = place.script(HOLD);
    let mut server =
        Server::start(place.program(["serve".as_ref(), "--script".as_ref(), script.as_os_str()]));
    let address = format!("http://{}", server.address);
    let mut run = place.program(["run", "a page", "--project", "p", "--json", "--server", &address]);
    let mut process = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(process.stdout.take().unwrap());
    let mut first = String::new();
    told.read_line(&mut first).unwrap();
    let id =
        serde_json::from_str::<serde_json::Value>(&first).unwrap()["run_id"].as_str().unwrap().to_owned();
    server.process.kill().unwrap();
    let rest: Vec<_> = told.lines().map(Result::unwrap).collect();
    let output = process.wait_with_output().unwrap();
    let said = refused(&output);
    assert!(said.contains("was lost: ") && !said.contains("goes on"), "{said}");
    let after = rest.len() + 1;
    assert!(said.contains(&format!("`orchestrator runs events {id} --after {after} --follow`")), "{said}");
}

#[test]
fn a_proxy_that_answers_for_the_server_is_told_as_one() {
    let place = Place::new();
    let answered = |head: &str, body: &str, args: &[&str]| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let head = format!("HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
        let answer = head + body;
        let proxy = std::thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let mut asked = BufReader::new(connection.try_clone().unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while asked.read_line(&mut line).unwrap() > 2 {
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            asked.read_exact(&mut vec![0; length]).unwrap();
            connection.write_all(answer.as_bytes()).unwrap();
        });
        let output = place.program(args).args(["--server", &address]).output().unwrap();
        proxy.join().unwrap();
        refused(&output).to_owned()
    };
    let page = "<html>413</html>";
    let html = |status: &str| format!("{status}\r\nContent-Type: text/html");
    let said =
        answered(&html("413 Request Entity Too Large"), page, &["agents", "set-prompt", "writer", "Hi"]);
    assert!(said.contains("client_max_body_size"), "{said}");
    assert!(answered(&html("502 Bad Gateway"), page, &["runs"]).contains("the server behind it"));
    assert!(answered(&html("200 OK"), page, &["runs"]).contains("a web page"));
    assert!(answered(&html("200 OK"), page, &["run", "a page"]).contains("no stream of events"));
    let said = answered("200 OK\r\nContent-Type: text/event-stream", ": ping\n\n", &["run", "a page"]);
    assert!(said.contains("was lost: the stream ended before the run did"), "{said}");
}

#[test]
fn an_address_with_the_wrong_scheme_is_told_as_one() {
    let place = Place::new();
    let asked = |scheme: &str, answer: &'static [u8]| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("{scheme}://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            assert!(connection.read(&mut [0; 1024]).unwrap() > 0);
            connection.write_all(answer).unwrap();
        });
        let output = place.program(["runs", "--server", &address]).output().unwrap();
        server.join().unwrap();
        refused(&output).to_owned()
    };
    let said = asked("https", b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    assert!(said.contains("give the address with http://"), "{said}");
    // A TLS alert, which is what a handshake that is none is answered with.
    let said = asked("http", &[21, 3, 3, 0, 2, 2, 10]);
    assert!(said.contains("give the address with https://"), "{said}");
}

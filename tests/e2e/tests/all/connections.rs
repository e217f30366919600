//! What comes over the wire: bytes that no honest client sends, clients that are slow on purpose, and TLS.

use crate::projects::archive;
use orchestrator::{Actor, Desk, Role, TokenName, archive::Format};
use orchestrator_e2e::{Server, Setup, soon};
use orchestrator_server::Tls;
use reqwest::{Certificate, Client};
use serde_json::Value;
use std::{fs, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// How long the servers of these tests wait for heads and bodies.
const PATIENCE: Duration = Duration::from_millis(300);
/// Between two bytes of a client that drips.
const DRIP: Duration = Duration::from_millis(20);

/// A server that does not wait for long.
async fn impatient() -> Server {
    Setup::new()
        .server(|config| (config.header_timeout, config.body_timeout) = (PATIENCE, PATIENCE))
        .start()
        .await
}

async fn connect(server: &Server) -> TcpStream {
    let address = server.api.base().trim_start_matches("http://").split('/').next().expect("an address");
    TcpStream::connect(address).await.expect("connects")
}

/// What a server answers to bytes that no client library would send.
async fn raw(server: &Server, bytes: &[u8]) -> String {
    let mut connection = connect(server).await;
    // It may answer, and close, before it has read everything.
    let _ = connection.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = soon("an answer", connection.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_no_honest_client_sends_are_refused() {
    let server = Setup::new().start().await;
    let get = |path: &str, headers: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n").into_bytes()
    };
    let health = "/api/v1/orchestrator/health";
    let many = "X-A: b\r\n".repeat(200);
    let cases = [
        ("a header of 20 kB", get(health, &format!("X-Long: {}\r\n", "x".repeat(20_000))), "HTTP/1.1 431"),
        ("a header of 200 kB", get(health, &format!("X-Long: {}\r\n", "x".repeat(200_000))), "HTTP/1.1 431"),
        ("200 headers", get(health, &many), "HTTP/1.1 431"),
        ("an address of 9 kB", get(&format!("/{}", "x".repeat(9000)), ""), "HTTP/1.1 414"),
        ("a second host", get(health, "Host: evil.example\r\n"), "HTTP/1.1 400"),
        ("a line that ends in the middle", get(health, "X: a\rSet-Cookie: b\r\n"), "HTTP/1.1 400"),
        ("a token with a line end", get(health, "Authorization: Bearer dorc_\nX: y\r\n"), "HTTP/1.1 "),
        ("two lengths", get(health, "Content-Length: 1\r\nContent-Length: 2\r\n"), "HTTP/1.1 400"),
    ];
    for (what, bytes, wanted) in cases {
        let answer = raw(&server, &bytes).await;
        assert!(answer.starts_with(wanted), "{what}: {answer}");
        assert!(!answer.to_ascii_lowercase().contains("set-cookie"), "{what}: {answer}");
    }
    server.api.get("/health").await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_speaks_the_old_http_need_not_say_whom_it_is_for_and_others_do() {
    let server = Setup::new().start().await;
    let health = "/api/v1/orchestrator/health";
    let cases = [
        ("a load balancer's check", format!("GET {health} HTTP/1.0\r\n\r\n"), 200),
        ("the same with a name", format!("GET {health} HTTP/1.0\r\nHost: localhost\r\n\r\n"), 200),
        ("the same with a foreign name", format!("GET {health} HTTP/1.0\r\nHost: evil.example\r\n\r\n"), 421),
        ("no name", format!("GET {health} HTTP/1.1\r\nConnection: close\r\n\r\n"), 400),
    ];
    for (what, request, status) in cases {
        let answer = raw(&server, request.as_bytes()).await;
        let line = answer.lines().next().unwrap_or_default();
        assert!(line.starts_with("HTTP/1.") && line.contains(&format!(" {status} ")), "{what}: {answer}");
        assert_eq!(
            answer.contains("urn:problem-type:orchestrator:no-host"),
            status == 400,
            "{what}: {answer}"
        );
    }
}

/// A proxy may serve all of it below a prefix that it takes off.
#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_the_page_is_relative() {
    let server = Setup::new().start().await;
    for path in ["/", "/docs"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = raw(&server, request.as_bytes()).await;
        assert!(
            answer.starts_with("HTTP/1.1 30") && answer.contains("\r\nlocation: docs/\r\n"),
            "{path}: {answer}"
        );
    }
    let request = "GET /docs/swagger-initializer.js HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let page = raw(&server, request.as_bytes()).await;
    assert!(page.contains("\"../openapi.json\""), "{page}");
}

/// A client that looks at the answer once it has sent everything, as most do. It is told that the connection ends: whoever
/// passes requests on, and whose client goes away in the middle of the upload, must not use it for another's.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_refused_is_answered_and_a_small_one_lets_the_connection_go_on() {
    let server = Setup::new().start().await;
    let cases = [
        ("a wrong type", "POST", "/projects/p/import", "Content-Type: text/plain\r\n", 415),
        ("no JSON by its type", "POST", "/execute", "Content-Type: text/plain\r\n", 415),
        ("too large a request", "POST", "/execute", "Content-Type: application/json\r\n", 413),
        ("too large a file", "PUT", "/projects/p/files/a", "", 413),
        ("a condition that does not hold", "PUT", "/projects/p/files/a", "If-Match: x\r\n", 422),
        ("a misspelt parameter", "PUT", "/projects/p/files/a?x=1", "", 422),
        ("nothing there", "POST", "/nothing", "", 404),
        ("a method that does not work", "POST", "/projects", "", 405),
        ("a foreign page", "PUT", "/projects/p/files/a", "Origin: https://evil.example\r\n", 403),
    ];
    for ((what, method, path, headers, status), size) in
        cases.into_iter().flat_map(|case| [(case, 12 << 20), (case, 12 << 10)])
    {
        let is_small = size < 64 << 10;
        // That it is too large is seen by the length alone, and what is small is not.
        if is_small && status == 413 {
            continue;
        }
        let mut connection = connect(&server).await;
        let head = format!(
            "{method} /api/v1/orchestrator{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n{headers}\r\n"
        );
        connection.write_all(head.as_bytes()).await.expect("is sent");
        let sent = soon("an upload", connection.write_all(&vec![b' '; size])).await;
        sent.unwrap_or_else(|error| panic!("{what}: {error}"));
        if is_small {
            let next =
                b"GET /api/v1/orchestrator/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            connection.write_all(next).await.expect("is sent");
        }
        let mut answers = String::new();
        soon("the answers", connection.read_to_string(&mut answers)).await.expect("are read");
        assert!(answers.starts_with(&format!("HTTP/1.1 {status} ")), "{what}: {answers}");
        let (head, _) = answers.split_once("\r\n\r\n").expect("a head");
        assert_eq!(head.contains("\r\nconnection: close"), !is_small, "{what}: {answers}");
        assert_eq!(answers.contains("HTTP/1.1 200 OK"), is_small, "{what}: {answers}");
    }
}

/// A client that waits to be told to go on is refused before it sends anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_waits_to_be_told_is_told_no() {
    let server = Setup::new().start().await;
    let head = "POST /api/v1/orchestrator/projects/p/import HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\
                Content-Type: text/plain\r\nExpect: 100-continue\r\n\r\n";
    let answer = raw(&server, head.as_bytes()).await;
    // Apache asks for the body all the same unless it is told that nobody will read it.
    assert!(answer.starts_with("HTTP/1.1 415 ") && answer.contains("\r\nconnection: close\r\n"), "{answer}");
}

/// What a server answers to a client that sends `begin` and then one byte after the other, without end.
async fn drip(server: &Server, begin: &str) -> String {
    let (mut answers, mut requests) = connect(server).await.into_split();
    requests.write_all(begin.as_bytes()).await.expect("is sent");
    let dripping = async {
        while requests.write_all(b"x").await.is_ok() {
            tokio::time::sleep(DRIP).await;
        }
        std::future::pending::<()>().await;
    };
    let mut answer = Vec::new();
    let ended = async {
        tokio::select! {
            // A server that is rid of a client may say so by a reset.
            _ = answers.read_to_end(&mut answer) => {}
            () = dripping => {}
        }
    };
    soon("the server to hang up", ended).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_drips_is_given_up() {
    let server = impatient().await;
    for begin in ["", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nX: "] {
        let answer = drip(&server, begin).await;
        assert!(!answer.contains("200 OK"), "{begin}: {answer}");
    }
    // A head that never begins, and one that never ends.
    for begin in ["", "GET / HTTP/1.1\r\n"] {
        raw(&server, begin.as_bytes()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_drips_is_given_up_with_an_answer() {
    let server = impatient().await;
    let head = |path: &str, media_type: &str| {
        format!(
            "POST /api/v1/orchestrator/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media_type}\r\n\
             Content-Length: 100000\r\n\r\n"
        )
    };
    for head in [head("execute", "application/json"), head("projects/p/import", "application/zip")] {
        let answer = drip(&server, &head).await;
        assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("body-timeout"), "{head}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_whose_length_is_a_lie_changes_nothing() {
    let server = impatient().await;
    let zip = archive(Format::Zip, &[("a.txt", "a")]);
    let mut request = format!(
        "POST /api/v1/orchestrator/projects/p/import HTTP/1.1\r\nHost: localhost\r\n\
         Content-Type: application/zip\r\nContent-Length: {}\r\n\r\n",
        zip.len() + 1
    )
    .into_bytes();
    request.extend(zip);
    let answer = raw(&server, &request).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert_eq!(server.api.list("/projects").await, Value::Array(Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_clients_that_say_nothing_keep_nobody_out() {
    let server = Setup::new().start().await;
    let mut silent = Vec::new();
    for _ in 0..300 {
        silent.push(connect(&server).await);
    }
    server.api.get("/health").await.ok();
    drop(silent);
}

/// A server that speaks TLS, what it shows, and where it is.
async fn with_tls() -> (Server, Certificate, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let pem = made.cert.pem();
    let setup = Setup::new();
    let tls = Tls { certificate: setup.data().join("cert.pem"), key: setup.data().join("key.pem") };
    fs::write(&tls.certificate, &pem).expect("is written");
    fs::write(&tls.key, made.signing_key.serialize_pem()).expect("is written");
    let server =
        setup.server(|config| (config.tls, config.header_timeout) = (Some(tls), PATIENCE)).start().await;
    let address = server.api.base().replace("http://127.0.0.1", "https://localhost");
    (server, Certificate::from_pem(pem.as_bytes()).expect("is PEM"), address)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_knows_the_certificate_talks_in_secret() {
    let (server, certificate, address) = with_tls().await;
    let desk = Desk::open(server.data()).expect("the data folder is shared");
    let name = TokenName::new("ada").expect("a name");
    let made = desk.tokens().create(Actor::CLI, name, Role::Runner, None).await.expect("is made");
    let client = Client::builder().no_proxy().tls_certs_only([certificate]).build().expect("a client");
    let answer = soon("an answer", client.get(format!("{address}/runs")).send()).await.expect("is trusted");
    assert_eq!(answer.status(), 401);
    let request = client.post(format!("{address}/execute")).bearer_auth(made.token.reveal());
    let run = request.json(&serde_json::json!({"user_request": "x", "project_id": "p"})).send();
    let stream = soon("an answer", run).await.expect("is trusted");
    assert_eq!(stream.status(), 200);
    let text = soon("the end of the run", stream.text()).await.expect("ends in order");
    assert!(text.contains("\"type\":\"complete\""), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_know_the_certificate_or_speaks_no_tls_gets_nothing() {
    let (server, _, address) = with_tls().await;
    let stranger = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let other = Certificate::from_pem(stranger.cert.pem().as_bytes()).expect("is PEM");
    let client = Client::builder().no_proxy().tls_certs_only([other]).build().expect("a client");
    let refused = soon("an end", client.get(format!("{address}/health")).send()).await;
    assert!(refused.is_err(), "{refused:?}");
    let answer = raw(&server, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    // But for the way to better.
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("https-needed"), "{answer}");
    assert!(!answer.contains("healthy") && answer.matches("HTTP/1.1").count() == 1, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_never_ends_is_given_up_and_holds_nobody_up() {
    let (server, certificate, address) = with_tls().await;
    let mut silent = connect(&server).await;
    let client = Client::builder().no_proxy().tls_certs_only([certificate]).build().expect("a client");
    let answer = soon("an answer", client.get(format!("{address}/health")).send()).await.expect("answers");
    assert_eq!(answer.status(), 200);
    let mut nothing = Vec::new();
    let ended = soon("the server to hang up", silent.read_to_end(&mut nothing)).await;
    assert!(ended.is_err() || nothing.is_empty(), "{nothing:?}");
}

//! HTTP/2 through TLS: many streams over one connection, and clients that make the most of one.

use h2::{RecvStream, client::SendRequest};
use http::Request;
use orchestrator_e2e::{Server, Setup, soon};
use orchestrator_server::Tls;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName},
};
use std::{fs, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

type Client = SendRequest<bytes::Bytes>;

const HEALTH: &str = "/api/v1/orchestrator/health";
const EVENTS: &str = "/api/v1/orchestrator/projects/p/events";

/// A server that speaks TLS, and what it shows.
struct Secret {
    server: Server,
    certificate: CertificateDer<'static>,
}

impl Secret {
    async fn start(patience: Duration) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let setup = Setup::new();
        let tls = Tls { certificate: setup.data().join("cert.pem"), key: setup.data().join("key.pem") };
        fs::write(&tls.certificate, made.cert.pem()).expect("is written");
        fs::write(&tls.key, made.signing_key.serialize_pem()).expect("is written");
        let server =
            setup.server(|config| (config.tls, config.header_timeout) = (Some(tls), patience)).start().await;
        Self { server, certificate: made.cert.der().clone() }
    }

    fn address(&self) -> &str {
        self.server.api.base().trim_start_matches("http://").split('/').next().expect("an address")
    }

    async fn connect(&self, protocols: &[&[u8]]) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a certificate");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let mut config = config.expect("versions").with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let socket = TcpStream::connect(self.address()).await.expect("connects");
        let name = ServerName::try_from("localhost").expect("a name");
        let stream = TlsConnector::from(Arc::new(config)).connect(name, socket);
        soon("a handshake", stream).await.expect("is trusted")
    }

    async fn client(&self) -> (Client, JoinHandle<Result<(), h2::Error>>) {
        let stream = self.connect(&[b"h2", b"http/1.1"]).await;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        // As large as a browser's: all streams of a connection share it, those that nobody reads as well.
        let mut builder = h2::client::Builder::new();
        builder.initial_window_size(1 << 20).initial_connection_window_size(64 << 20);
        let (client, connection) = builder.handshake(stream).await.expect("both speak HTTP/2");
        (client, tokio::spawn(connection))
    }
}

fn get(path: &str) -> Request<()> {
    Request::get(format!("https://localhost{path}")).body(()).expect("a request")
}

async fn send(client: &Client, request: Request<()>) -> http::Response<RecvStream> {
    let mut client = client.clone().ready().await.expect("takes requests");
    let (answer, _) = client.send_request(request, true).expect("takes requests");
    soon("an answer", answer).await.expect("answers")
}

/// Reads a body until its text has `wanted` in it, or to its end.
async fn until(body: &mut RecvStream, wanted: &str) -> String {
    let mut text = String::new();
    while !text.contains(wanted) {
        let Some(piece) = soon("the body", body.data()).await else { break };
        let piece = piece.expect("the stream does not break");
        body.flow_control().release_capacity(piece.len()).expect("was received");
        text.push_str(std::str::from_utf8(&piece).expect("text"));
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_streams_and_everything_else_go_over_one_connection() {
    let secret = Secret::start(Duration::from_secs(30)).await;
    let (client, _connection) = secret.client().await;
    let mut streams = Vec::new();
    for _ in 0..60 {
        let answer = send(&client, get(EVENTS)).await;
        assert_eq!(
            (answer.status(), &answer.headers()["content-type"]),
            (http::StatusCode::OK, &"text/event-stream".parse().unwrap())
        );
        streams.push(answer.into_body());
    }
    assert_eq!(send(&client, get(HEALTH)).await.status(), 200);
    let body = serde_json::json!({"user_request": "Build a todo app", "project_id": "p", "workflow_name": "quick_iteration"});
    let request = Request::post("https://localhost/api/v1/orchestrator/execute")
        .header("content-type", "application/json");
    let mut starting = client.clone().ready().await.expect("takes requests");
    let (answer, mut sending) =
        starting.send_request(request.body(()).expect("a request"), false).expect("takes requests");
    sending.send_data(body.to_string().into(), true).expect("is sent");
    let mut run = soon("an answer", answer).await.expect("answers").into_body();
    let own = until(&mut run, "never").await;
    let events = |text: &str| {
        text.lines().filter(|line| line.starts_with("data: ")).map(str::to_owned).collect::<Vec<_>>()
    };
    let last = events(&own).pop().expect("an end");
    for stream in &mut streams {
        let text = until(stream, &last).await;
        assert_eq!(events(&text), events(&own));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_too_many_waits_for_its_turn() {
    let secret = Secret::start(Duration::from_secs(30)).await;
    let (client, _connection) = secret.client().await;
    let mut streams = Vec::new();
    for _ in 0..128 {
        streams.push(send(&client, get(EVENTS)).await);
    }
    let mut more = client.clone();
    let (mut answer, _) = more.send_request(get(HEALTH), true).expect("takes requests");
    let waits = tokio::time::timeout(Duration::from_millis(100), &mut answer);
    assert!(waits.await.is_err(), "128 streams are the limit");
    drop(streams.pop());
    assert_eq!(soon("an answer", answer).await.expect("answers").status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_streams_in_order_and_says_goodbye() {
    let secret = Secret::start(Duration::from_secs(30)).await;
    let (client, connection) = secret.client().await;
    let mut stream = send(&client, get(EVENTS)).await.into_body();
    until(&mut stream, "retry").await;
    secret.server.stop().await;
    assert_eq!(until(&mut stream, "never").await, "", "an end and no error");
    drop(client);
    match soon("the connection to end", connection).await.expect("no panic") {
        Ok(()) => {}
        // The server was gone before the client's own goodbye, which says nothing about the end of the stream.
        Err(error) => {
            assert_eq!(error.get_io().map(std::io::Error::kind), Some(std::io::ErrorKind::BrokenPipe))
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_in_a_request_is_looked_at_as_in_http_1() {
    let secret = Secret::start(Duration::from_secs(30)).await;
    let (client, _connection) = secret.client().await;
    let foreign = Request::get(format!("https://evil.example{HEALTH}")).header("host", "localhost").body(());
    assert_eq!(send(&client, foreign.expect("a request")).await.status(), 421);
    let cancel = "/api/v1/orchestrator/runs/01890a5d-ac96-774b-bcce-b302099a8057/cancel";
    for (origin, status) in
        [("https://localhost:1", 404), ("https://evil.example", 403), ("https://localhost:2", 403)]
    {
        let request = Request::post(format!("https://localhost:1{cancel}")).header("origin", origin);
        assert_eq!(send(&client, request.body(()).expect("a request")).await.status(), status, "{origin}");
    }
    let long =
        Request::get(format!("https://localhost{HEALTH}")).header("x-long", "x".repeat(20_000)).body(());
    assert_eq!(send(&client, long.expect("a request")).await.status(), 431);
}

/// Sends all of a body, and then looks at the answer, as most clients do.
async fn upload(client: &Client, request: Request<()>, size: usize) -> http::StatusCode {
    let mut client = client.clone().ready().await.expect("takes requests");
    let (answer, mut sending) = client.send_request(request, false).expect("takes requests");
    let mut left = size;
    while left > 0 {
        sending.reserve_capacity(left);
        let room = std::future::poll_fn(|context| sending.poll_capacity(context));
        let room = soon("room to send", room).await.expect("goes on").expect("the stream is not reset");
        left -= room;
        sending.send_data(vec![b' '; room].into(), left == 0).expect("is sent");
    }
    soon("an answer", answer).await.expect("answers").status()
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_are_refused_are_answered_and_the_next_request_is_too() {
    let secret = Secret::start(Duration::from_secs(30)).await;
    let (client, _connection) = secret.client().await;
    for _ in 0..4 {
        for (method, path, status) in [
            ("POST", "/projects/p/import", 415),
            ("PUT", "/projects/p/files/a", 413),
            ("POST", "/nothing", 404),
        ] {
            let address = format!("https://localhost/api/v1/orchestrator{path}");
            let request = Request::builder().method(method).uri(address).header("content-type", "text/plain");
            assert_eq!(
                upload(&client, request.body(()).expect("a request"), 6 << 20).await,
                status,
                "{path}"
            );
        }
        assert_eq!(send(&client, get(HEALTH)).await.status(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_clear_and_without_the_wish_it_stays_http_1() {
    let secret = Secret::start(Duration::from_secs(30)).await;
    let mut stream = secret.connect(&[]).await;
    stream
        .write_all(
            format!("GET {HEALTH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes(),
        )
        .await
        .expect("is sent");
    let mut answer = String::new();
    soon("an answer", stream.read_to_string(&mut answer)).await.expect("ends in order");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let server = Setup::new().start().await;
    let address = server.api.base().trim_start_matches("http://").split('/').next().expect("an address");
    let mut socket = TcpStream::connect(address).await.expect("connects");
    socket.write_all(PREFACE).await.expect("is sent");
    let mut answer = Vec::new();
    let _ = soon("an end", socket.read_to_end(&mut answer)).await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&answer));
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// A frame as it goes over the wire.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// The head of a GET, compressed as little as can be.
fn head(path: &str) -> Vec<u8> {
    let text = |index: u8, text: &str| {
        let mut field = vec![index, u8::try_from(text.len()).expect("a short text")];
        field.extend(text.as_bytes());
        field
    };
    // `:method: GET` and `:scheme: https` are in the table, the names of the other two as well.
    [vec![0x82, 0x87], text(0x04, path), text(0x01, "localhost")].concat()
}

/// What a client begins with that gives the server so much room for each answer.
fn opening(window: u32) -> Vec<u8> {
    let setting = [&[0, 4][..], &window.to_be_bytes()].concat();
    [PREFACE.to_vec(), frame(SETTINGS, 0, 0, &setting)].concat()
}

/// Sends all of it, and reads until the server hangs up. The reasons in its GOAWAY frames.
async fn until_thrown_out(stream: TlsStream<TcpStream>, bytes: Vec<u8>) -> Vec<u8> {
    let (mut answers, mut requests) = tokio::io::split(stream);
    let sending = tokio::spawn(async move {
        let _ = requests.write_all(&bytes).await;
        std::future::pending::<()>().await;
    });
    let mut all = Vec::new();
    let _ = soon("the server to hang up", answers.read_to_end(&mut all)).await;
    sending.abort();
    let (mut rest, mut reasons) = (&all[..], Vec::new());
    while let Some((&[a, b, c, kind, ..], _)) = rest.split_first_chunk::<9>() {
        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        let Some(payload) = rest.get(9..9 + length) else { break };
        if kind == GOAWAY {
            reasons.push(payload[7]);
        }
        rest = &rest[9 + length..];
    }
    reasons
}

const ENHANCE_YOUR_CALM: u8 = 11;

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_taken_back_at_once_end_their_connection() {
    let secret = Secret::start(Duration::from_secs(30)).await;
    let mut flood = opening(65_535);
    for at in 0..20_000_u32 {
        let stream = at * 2 + 1;
        flood.extend(frame(HEADERS, END_HEADERS | END_STREAM, stream, &head(HEALTH)));
        flood.extend(frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]));
    }
    let reasons = until_thrown_out(secret.connect(&[b"h2"]).await, flood).await;
    assert!(reasons.contains(&ENHANCE_YOUR_CALM), "{reasons:?}");
    // A few are nothing: a page that is left takes back what it asked for.
    let (client, _connection) = secret.client().await;
    for _ in 0..10 {
        let mut client = client.clone().ready().await.expect("takes requests");
        let (_, mut request) = client.send_request(get(HEALTH), true).expect("takes requests");
        request.send_reset(h2::Reason::CANCEL);
    }
    assert_eq!(send(&client, get(HEALTH)).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_without_an_end_is_given_up() {
    let secret = Secret::start(Duration::from_secs(30)).await;
    let mut flood = opening(65_535);
    flood.extend(frame(HEADERS, END_STREAM, 1, &head(HEALTH)));
    let field = [&[0x00, 1, b'x', 0x7f, 0x81, 0x1f][..], &[b'y'; 4096]].concat();
    for _ in 0..2_000 {
        flood.extend(frame(CONTINUATION, 0, 1, &field));
    }
    let reasons = until_thrown_out(secret.connect(&[b"h2"]).await, flood).await;
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    // One that goes on over several frames, and ends, is read and answered: it is too long for the API.
    let (client, _connection) = secret.client().await;
    let answer = send(&client, with_head(40 << 10)).await;
    assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].as_bytes()), (431, PROBLEM));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_beyond_its_size_is_refused_and_its_connection_goes_on() {
    let secret = Secret::start(Duration::from_secs(30)).await;
    let (client, _connection) = secret.client().await;
    // Beyond what is read at all, and beyond what the API takes.
    let unread = send(&client, with_head(80 << 10)).await;
    assert_eq!((unread.status().as_u16(), unread.headers().get("content-type")), (431, None));
    assert_eq!(send(&client, with_head(20 << 10)).await.status(), 431);
    assert_eq!(send(&client, with_head(12 << 10)).await.status(), 200);
}

const PROBLEM: &[u8] = b"application/problem+json";

/// A request whose head has so many bytes and some more.
fn with_head(bytes: usize) -> Request<()> {
    let mut request = get(HEALTH);
    request.headers_mut().insert("x-padding", "y".repeat(bytes).parse().expect("a value"));
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_do_nothing_are_hung_up_on() {
    let secret = Secret::start(Duration::from_millis(300)).await;
    // One that does not even begin, one that asks for nothing, and one that lets its answers wait and does not say that it is there.
    let mut waiting = opening(0);
    for at in 0..100_u32 {
        waiting.extend(frame(HEADERS, END_HEADERS | END_STREAM, at * 2 + 1, &head("/openapi.json")));
    }
    for bytes in [Vec::new(), opening(65_535), waiting] {
        until_thrown_out(secret.connect(&[b"h2"]).await, bytes).await;
    }
}

/// A handshake that fails tells whoever asks nothing; an answer does.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_the_clear_is_told_to_come_through_tls() {
    let secret = Secret::start(Duration::from_secs(30)).await;
    for _ in 0..2 {
        let problem = secret.server.api.get("/health").await.problem(400);
        assert_eq!(problem["type"], "urn:problem-type:orchestrator:https-needed");
        assert!(problem["detail"].to_string().contains("https://"), "{problem}");
    }
    let (mut client, _connection) = secret.client().await;
    let (answer, _) = client.send_request(get(HEALTH), true).expect("sends");
    assert_eq!(soon("an answer", answer).await.expect("answers").status(), 200);
}

//! What gets through the proxy, and what does not, by the names of the attacks.

#![cfg(target_os = "linux")]

#[path = "proxy/limits.rs"]
mod limits;
mod world;

use orchestrator_egress::{
    Allow, ConnectionOutcome, Egress, EgressLimits, End, Endpoint, Entry, Reach, Refusal,
};
use std::{
    future::Future as _,
    os::unix::fs::PermissionsExt,
    sync::{Arc, atomic::Ordering},
    task::{Context, Waker},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use world::{Host, Names, Proxy, far, near, rest};

const OPENED: &str = "HTTP/1.1 200 Connection established";

#[tokio::test]
async fn bytes_go_both_ways_and_are_counted() {
    let (mut proxy, host) = Proxy::to_one_host(EgressLimits::default()).await;
    let (answer, mut stream) = proxy.connect(&format!("ALLOWED.example:{}", host.port)).await;
    assert_eq!(answer, OPENED);
    stream.write_all(b"hello").await.unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await, "hello");
    let connection = proxy.ended().await;
    assert_eq!(connection.target.unwrap().to_string(), format!("allowed.example:{}", host.port));
    assert_eq!(
        (connection.outcome, connection.up, connection.down),
        (ConnectionOutcome::Allowed(End::Closed), 5, 5)
    );
}

#[tokio::test]
async fn n6_what_is_not_on_the_list_is_refused_and_nobody_is_called() {
    let (mut proxy, host) = Proxy::to_one_host(EgressLimits::default()).await;
    for target in [
        format!("other.example:{}", host.port),
        format!("allowed.example.evil:{}", host.port),
        format!("xn--allowed-8ya.example:{}", host.port),
        format!("127.0.0.1:{}", host.port),
        format!("[::ffff:127.0.0.1]:{}", host.port),
        "allowed.example:1".to_owned(),
    ] {
        let answer = proxy.say(format!("CONNECT {target} HTTP/1.1\r\n\r\n").as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{target}: {answer}");
        assert!(answer.contains("the policy's key 'network'"), "{answer}");
        assert!(matches!(proxy.ended().await.outcome, ConnectionOutcome::Refused(Refusal::NotAllowed(_))));
    }
    assert_eq!(host.visits(), 0);
}

#[tokio::test]
async fn n6_hostile_heads_reach_nobody() {
    let (proxy, host) = Proxy::to_one_host(EgressLimits::default()).await;
    let port = host.port;
    for head in [
        format!("CONNECT evil.example\0.allowed.example:{port} HTTP/1.1\r\n\r\n"),
        format!("CONNECT allowed.example.:{port} HTTP/1.1\r\n\r\n"),
        format!("CONNECT evil@allowed.example:{port} HTTP/1.1\r\n\r\n"),
        format!("CONNECT allowed.example:{port} HTTP/1.1\r\n\r\nCONNECT evil.example:1 HTTP/1.1\r\n\r\n"),
        format!("CONNECT allowed.example:{port} HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        format!("CONNECT allowed.example:{port} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
    ] {
        let answer = proxy.say(head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{head:?}: {answer}");
    }
    assert_eq!(host.visits(), 0);
}

#[tokio::test]
async fn n6_a_head_that_drips_is_cut_off_however_it_drips() {
    let limits = EgressLimits { head_time: Duration::from_millis(100), ..EgressLimits::default() };
    let (mut proxy, host) = Proxy::to_one_host(limits).await;
    let mut stream = proxy.open().await;
    // A byte every so often does not begin the time anew.
    let mut head = b"CONNECT ".iter().chain([b'a'; 2000].iter());
    let mut tick = tokio::time::interval(Duration::from_millis(5));
    while stream.try_read(&mut [0; 1]).is_err() {
        tick.tick().await;
        if stream.write_u8(*head.next().expect("it was not cut off")).await.is_err() {
            break;
        }
    }
    assert_eq!(proxy.ended().await.outcome, ConnectionOutcome::Refused(Refusal::HeadTooSlow));
    assert_eq!(host.visits(), 0);
}

#[tokio::test]
async fn n6_a_head_without_end_is_cut_off() {
    let (mut proxy, _) = Proxy::to_one_host(EgressLimits { head: 4096, ..EgressLimits::default() }).await;
    let mut stream = proxy.open().await;
    // The other side stops reading at some point.
    let _ = stream.write_all(&[b'a'; 100_000]).await;
    assert_eq!(proxy.ended().await.outcome, ConnectionOutcome::Refused(Refusal::HeadTooLarge(4096)));
}

#[tokio::test]
async fn n7_a_name_that_leads_inside_is_refused() {
    let host = Host::start().await;
    let target = format!("allowed.example:{}", host.port);
    for answer in [
        &["127.0.0.1"][..],
        &["10.0.0.1"],
        &["169.254.169.254"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["fd00::1"],
        &["203.0.113.1", "127.0.0.1"],
    ] {
        let names = Names::of("allowed.example", &[answer]);
        let mut proxy = Proxy::start(Allow::new(far(target.clone())), EgressLimits::default(), names);
        let said = proxy.say(format!("CONNECT {target} HTTP/1.1\r\n\r\n").as_bytes()).await;
        assert!(said.starts_with("HTTP/1.1 403 "), "{answer:?}: {said}");
        assert!(matches!(proxy.ended().await.outcome, ConnectionOutcome::Refused(Refusal::Internal { .. })));
    }
    assert_eq!(host.visits(), 0);
    // Without the refusal it would have got there.
    let names = Names::of("allowed.example", &[&["127.0.0.1"]]);
    let proxy = Proxy::start(Allow::new(near(target.clone())), EgressLimits::default(), names);
    assert_eq!(proxy.connect(&target).await.0, OPENED);
    assert_eq!(host.visits(), 1);
}

#[tokio::test]
async fn n7_a_name_is_resolved_once_and_a_mirror_is_held_to_its_address() {
    let host = Host::start().await;
    let target = format!("allowed.example:{}", host.port);
    let names = Names::of("allowed.example", &[&["127.0.0.1"], &["127.0.0.2"]]);
    let mut proxy =
        Proxy::start(Allow::new(near(target.clone())), EgressLimits::default(), Arc::clone(&names));
    let (answer, stream) = proxy.connect(&target).await;
    assert_eq!((answer.as_str(), names.asked.load(Ordering::SeqCst)), (OPENED, 1));
    drop(stream);
    proxy.ended().await;
    assert!(proxy.connect(&target).await.0.starts_with("HTTP/1.1 403"));
    assert!(matches!(proxy.ended().await.outcome, ConnectionOutcome::Refused(Refusal::Internal { .. })));
}

#[tokio::test]
async fn n8_a_second_request_within_a_connection_is_bytes_for_the_allowed_host() {
    let (proxy, allowed) = Proxy::to_one_host(EgressLimits::default()).await;
    let other = Host::start().await;
    let (_, mut stream) = proxy.connect(&format!("allowed.example:{}", allowed.port)).await;
    let second = format!("CONNECT 127.0.0.1:{} HTTP/1.1\r\n\r\n", other.port);
    stream.write_all(second.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await, second);
    assert_eq!(other.visits(), 0);
}

#[tokio::test]
async fn n11_a_list_that_grows_elsewhere_does_not_grow_here() {
    let (first, second) = (Host::start().await, Host::start().await);
    let mut allow = Allow::new(near(format!("127.0.0.1:{}", first.port)));
    let proxy = Proxy::start(allow.clone(), EgressLimits::default(), Arc::default());
    let target = format!("127.0.0.1:{}", second.port);
    allow.add(near(target.clone()));
    assert!(proxy.connect(&target).await.0.starts_with("HTTP/1.1 403"));
    assert_eq!(second.visits(), 0);
    assert_eq!(proxy.connect(&format!("127.0.0.1:{}", first.port)).await.0, OPENED);
}

#[tokio::test]
async fn a_host_that_is_not_there_is_told_apart_from_one_that_is_refused() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mut allow = Allow::new(near(format!("127.0.0.1:{free}")));
    allow.add(far("nowhere.example:443".into()));
    let mut proxy = Proxy::start(allow, EgressLimits::default(), Arc::default());
    assert!(proxy.connect(&format!("127.0.0.1:{free}")).await.0.starts_with("HTTP/1.1 502"));
    assert!(matches!(proxy.ended().await.outcome, ConnectionOutcome::Refused(Refusal::Unreachable { .. })));
    assert!(proxy.connect("nowhere.example:443").await.0.starts_with("HTTP/1.1 502"));
    assert!(matches!(proxy.ended().await.outcome, ConnectionOutcome::Refused(Refusal::Unknown { .. })));
}

#[tokio::test]
async fn n6_a_mirror_in_clear_gets_one_request_written_anew_and_others_get_none() {
    let mirror = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = mirror.local_addr().unwrap().port();
    let endpoint = Endpoint::parse(&format!("127.0.0.1:{port}")).unwrap();
    let reach = Reach { tunnel: false, plain: true, internal: vec!["127.0.0.1".parse().unwrap()] };
    let mut allow = Allow::new(Entry { endpoint, reach });
    let other = Host::start().await;
    allow.add(near(format!("127.0.0.1:{}", other.port)));
    let mut proxy = Proxy::start(allow, EgressLimits::default(), Arc::default());

    let mut client = proxy.open().await;
    let request =
        format!("GET http://127.0.0.1:{port}/a HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: b\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    let (mut server, _) = mirror.accept().await.unwrap();
    let mut head = vec![0; 4096];
    let length = server.read(&mut head).await.unwrap();
    let wanted =
        format!("GET /a HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: b\r\nConnection: close\r\n\r\n");
    assert_eq!(String::from_utf8_lossy(&head[..length]), wanted);
    server.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").await.unwrap();
    let mut answer = vec![0; 40];
    client.read_exact(&mut answer).await.unwrap();
    assert!(answer.ends_with(b"hi"));
    // The mirror keeps the connection open; a second request on it reaches nobody.
    client.write_all(b"GET http://evil.example/ HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(rest(&mut client).await, "");
    assert_eq!(server.read(&mut head).await.unwrap(), 0);
    assert_eq!(proxy.ended().await.outcome, ConnectionOutcome::Allowed(End::Closed));

    let answer = proxy.say(format!("GET http://127.0.0.1:{}/ HTTP/1.1\r\n\r\n", other.port).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert!(matches!(proxy.ended().await.outcome, ConnectionOutcome::Refused(Refusal::InClear(_))));
    assert_eq!(other.visits(), 0);

    // A tunnel to the mirror would carry any request, a PUT for instance.
    assert!(proxy.connect(&format!("127.0.0.1:{port}")).await.0.starts_with("HTTP/1.1 403"));
    assert!(matches!(proxy.ended().await.outcome, ConnectionOutcome::Refused(Refusal::OnlyInClear(_))));
    let mut visit = Box::pin(mirror.accept());
    assert!(visit.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "nobody came");
}

#[tokio::test]
async fn dropping_ends_connections_and_takes_the_socket_away() {
    let (proxy, host) = Proxy::to_one_host(EgressLimits::default()).await;
    let (_, mut stream) = proxy.connect(&format!("allowed.example:{}", host.port)).await;
    let (waiting, socket) = (proxy.open().await, proxy.egress.socket().to_owned());
    let Proxy { egress, .. } = proxy;
    drop(egress);
    assert!(!socket.exists());
    for stream in [&mut stream, &mut { waiting }] {
        assert_eq!(rest(stream).await, "");
    }
}

#[tokio::test]
async fn closing_tells_of_every_connection_before_it_returns() {
    let (mut proxy, host) = Proxy::to_one_host(EgressLimits::default()).await;
    let (_, mut stream) = proxy.connect(&format!("allowed.example:{}", host.port)).await;
    stream.write_all(b"abc").await.unwrap();
    stream.read_exact(&mut [0; 3]).await.unwrap();
    let other = tempfile::tempdir().unwrap();
    let observer = Arc::new(|_: &orchestrator_egress::Connection| {});
    let allow = Allow::new(far("a.example:1".into()));
    let replaced = Egress::listen(allow, EgressLimits::default(), other.path(), observer).unwrap();
    std::mem::replace(&mut proxy.egress, replaced).close().await;
    let connection = proxy.ended().await;
    assert_eq!(
        (connection.outcome, connection.up, connection.down),
        (ConnectionOutcome::Allowed(End::Dropped), 3, 3)
    );
}

#[tokio::test]
async fn only_the_programs_own_user_may_connect_and_one_folder_is_for_one_command() {
    let (proxy, _) = Proxy::to_one_host(EgressLimits::default()).await;
    let mode = proxy.egress.socket().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let observer = Arc::new(|_: &orchestrator_egress::Connection| {});
    let second = Egress::listen(
        Allow::new(far("a.example:1".into())),
        EgressLimits::default(),
        proxy.dir.path(),
        observer,
    );
    assert!(second.unwrap_err().to_string().contains("egress.sock"));
    assert!(proxy.egress.socket().exists());
}

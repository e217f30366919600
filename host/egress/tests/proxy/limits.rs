//! What a command may use up of the way out, and that it ends there.

use crate::{
    OPENED,
    world::{Proxy, rest},
};
use orchestrator_egress::{ConnectionOutcome, EgressLimits, End, Refusal};
use std::time::Duration;
use tokio::{io::AsyncWriteExt, net::UnixStream};

#[tokio::test]
async fn n12_a_command_sends_no_more_than_it_may_over_all_connections() {
    let (mut proxy, host) = Proxy::to_one_host(EgressLimits { up: 1000, ..EgressLimits::default() }).await;
    let target = format!("allowed.example:{}", host.port);
    let (_, mut stream) = proxy.connect(&target).await;
    stream.write_all(&[b'a'; 600]).await.unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await.len(), 600);
    assert_eq!(proxy.ended().await.up, 600);
    let (_, mut stream) = proxy.connect(&target).await;
    stream.write_all(&[b'a'; 600]).await.unwrap();
    rest(&mut stream).await;
    let connection = proxy.ended().await;
    assert_eq!((connection.outcome, connection.up), (ConnectionOutcome::Allowed(End::Up), 400));
    assert!(proxy.connect(&target).await.0.starts_with("HTTP/1.1 403"));
    assert_eq!(proxy.ended().await.outcome, ConnectionOutcome::Refused(Refusal::UsedUp));
}

#[tokio::test]
async fn n12_a_command_receives_no_more_than_it_may() {
    let (mut proxy, host) = Proxy::to_one_host(EgressLimits { down: 1000, ..EgressLimits::default() }).await;
    let (_, mut stream) = proxy.connect(&format!("allowed.example:{}", host.port)).await;
    stream.write_all(&[b'a'; 5000]).await.unwrap();
    assert!(rest(&mut stream).await.len() <= 1000);
    let connection = proxy.ended().await;
    assert_eq!((connection.outcome, connection.down), (ConnectionOutcome::Allowed(End::Down), 1000));
}

#[tokio::test]
async fn n12_connections_at_once_are_bounded_and_places_are_given_back() {
    let (mut proxy, host) =
        Proxy::to_one_host(EgressLimits { connections: 2, ..EgressLimits::default() }).await;
    let target = format!("allowed.example:{}", host.port);
    let (first, second) = (proxy.connect(&target).await, proxy.connect(&target).await);
    assert!(rest(&mut proxy.open().await).await.starts_with("HTTP/1.1 503"));
    assert_eq!(proxy.ended().await.outcome, ConnectionOutcome::Refused(Refusal::Crowded(2)));
    drop((first, second));
    proxy.ended().await;
    proxy.ended().await;
    while !proxy.connect(&target).await.0.starts_with(OPENED) {}
}

#[tokio::test]
async fn n12_ten_thousand_connections_end_in_nobody_listening() {
    let limits = EgressLimits { connections_total: 10_000, ..EgressLimits::default() };
    let (mut proxy, host) = Proxy::to_one_host(limits).await;
    for _ in 0..10_000 {
        // It may be closed while this side still connects.
        let _ = UnixStream::connect(proxy.egress.socket()).await;
    }
    let mut outcome = proxy.ended().await.outcome;
    while outcome != ConnectionOutcome::Refused(Refusal::Exhausted(10_000)) {
        outcome = proxy.ended().await.outcome;
    }
    assert!(UnixStream::connect(proxy.egress.socket()).await.is_err());
    assert_eq!(host.visits(), 0);
}

#[tokio::test]
async fn n12_a_silent_connection_is_ended() {
    let limits = EgressLimits { idle: Duration::from_millis(50), ..EgressLimits::default() };
    let (mut proxy, host) = Proxy::to_one_host(limits).await;
    let (_, mut stream) = proxy.connect(&format!("allowed.example:{}", host.port)).await;
    assert_eq!(rest(&mut stream).await, "");
    assert_eq!(proxy.ended().await.outcome, ConnectionOutcome::Allowed(End::Idle));
}

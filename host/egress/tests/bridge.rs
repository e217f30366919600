//! The bridge: how it begins, carries and ends.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

mod world;

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use orchestrator_egress::{EgressLimits, bridge};
use std::{
    net::TcpListener,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Output, Stdio},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::Command,
};
use world::Proxy;

/// The bridge before a command, with a socket that may not be there.
fn bridge(port: u16, socket: &Path, command: &[&str]) -> Command {
    let mut bridge = Command::new(env!("CARGO_BIN_EXE_egress-bridge"));
    bridge.args(bridge::arguments(port, socket)).args(command).kill_on_drop(true);
    bridge
}

async fn output(command: &[&str]) -> Output {
    bridge(0, Path::new("/nonexistent"), command).output().await.unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// What talks to the bridge's port: python's standard library, as a client would.
fn client(port: u16, say: &str) -> String {
    format!(
        "import socket\ns = socket.create_connection(('127.0.0.1', {port}))\ns.sendall({say})\n\
         s.shutdown(socket.SHUT_WR)\nwhile (b := s.recv(4096)): print(b.decode(), end='')"
    )
}

#[tokio::test]
async fn the_commands_end_is_the_bridges_end() {
    let said = output(&["sh", "-c", "echo out; echo err >&2; exit 7"]).await;
    assert_eq!(
        (said.status.code(), &said.stdout[..], &said.stderr[..]),
        (Some(7), &b"out\n"[..], &b"err\n"[..])
    );
    assert_eq!(output(&["true"]).await.status.code(), Some(0));
    for signal in [Signal::SIGTERM, Signal::SIGKILL, Signal::SIGUSR1] {
        let said = output(&["sh", "-c", &format!("kill -{} $$", signal as i32)]).await;
        assert_eq!(said.status.signal(), Some(signal as i32));
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_is_told_apart() {
    let said = output(&["no-such-program"]).await;
    assert_eq!(said.status.code(), Some(127));
    assert!(String::from_utf8_lossy(&said.stderr).starts_with("no-such-program: "));
    assert_eq!(output(&["/etc"]).await.status.code(), Some(126));
}

#[tokio::test]
async fn a_bridge_that_cannot_listen_starts_nothing() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let said = bridge(port, Path::new("/nonexistent"), &["echo", "ran"]).output().await.unwrap();
    assert_eq!((said.status.code(), said.stdout.len()), (Some(125), 0));
    let mut bare = Command::new(env!("CARGO_BIN_EXE_egress-bridge"));
    assert_eq!(bare.args([bridge::ASKED, "0"]).output().await.unwrap().status.code(), Some(125));
}

#[tokio::test]
async fn signals_are_passed_on_and_the_command_may_answer_them() {
    let script = "trap 'echo term; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
    let mut running =
        bridge(0, Path::new("/nonexistent"), &["sh", "-c", script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("ready"));
    kill(Pid::from_raw(running.id().unwrap().cast_signed()), Signal::SIGTERM).unwrap();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("term"));
    assert_eq!(running.wait().await.unwrap().code(), Some(3));
}

#[tokio::test]
async fn the_command_does_not_outlive_a_bridge_that_is_killed() {
    let mut running = bridge(0, Path::new("/nonexistent"), &["sh", "-c", "echo $$; exec sleep 600"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(running.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).await.unwrap();
    running.kill().await.unwrap();
    // Its end of the pipe is closed when it is gone.
    assert_eq!(stdout.read_to_string(&mut line).await.unwrap(), 0);
}

#[tokio::test]
async fn a_commands_signal_mask_is_the_usual_one() {
    let said = output(&["grep", "SigBlk", "/proc/self/status"]).await;
    assert_eq!(String::from_utf8_lossy(&said.stdout).split_whitespace().last(), Some("0000000000000000"));
}

#[tokio::test]
async fn bytes_are_carried_and_half_closed_connections_get_their_answer() {
    let (proxy, host) = Proxy::to_one_host(EgressLimits::default()).await;
    let port = free_port();
    // The answer to CONNECT has to be awaited before more is sent.
    let script = format!(
        "import socket\ns = socket.create_connection(('127.0.0.1', {port}))\n\
         s.sendall(b'CONNECT allowed.example:{} HTTP/1.1\\r\\n\\r\\n')\nprint(s.recv(4096).decode().split()[1])\n\
         s.sendall(b'x' * 300000)\ns.shutdown(socket.SHUT_WR)\nn = 0\nwhile (b := s.recv(65536)): n += len(b)\nprint(n)",
        host.port
    );
    let said = bridge(port, proxy.egress.socket(), &["python3", "-c", &script]).output().await.unwrap();
    assert_eq!(String::from_utf8_lossy(&said.stdout), "200\n300000\n", "{said:?}");
}

#[tokio::test]
async fn n8_whoever_connects_inside_gets_the_same_verdict() {
    let (proxy, host) = Proxy::to_one_host(EgressLimits::default()).await;
    let port = free_port();
    let script = client(port, &format!("b'CONNECT 127.0.0.1:{} HTTP/1.1\\r\\n\\r\\n'", host.port));
    // A process of a process of the command, as an agent's own relay would be.
    let nested = ["sh", "-c", "sh -c 'python3 -c \"$1\"' sh \"$1\"", "sh", &script];
    let said = bridge(port, proxy.egress.socket(), &nested).output().await.unwrap();
    assert!(String::from_utf8_lossy(&said.stdout).starts_with("HTTP/1.1 403 "), "{said:?}");
    assert_eq!(host.visits(), 0);
}

#[tokio::test]
async fn n12_more_connections_than_places_wait_their_turn() {
    let (proxy, host) = Proxy::to_one_host(EgressLimits::default()).await;
    let port = free_port();
    let script = format!(
        "import socket, threading\n\
         def one():\n s = socket.create_connection(('127.0.0.1', {port}))\n \
         s.sendall(b'CONNECT allowed.example:{} HTTP/1.1\\r\\n\\r\\n')\n assert b' 200 ' in s.recv(4096)\n \
         s.sendall(b'x')\n assert s.recv(1) == b'x'\n s.close()\n print('x', end='', flush=True)\n\
         ts = [threading.Thread(target=one) for _ in range(100)]\n[t.start() for t in ts]\n[t.join() for t in ts]",
        host.port
    );
    let said = bridge(port, proxy.egress.socket(), &["python3", "-c", &script]).output().await.unwrap();
    assert_eq!(said.stdout.len(), 100, "{said:?}");
}

#[test]
fn the_environment_names_the_bridge_and_leaves_loopback_to_the_command() {
    let of = |mirror| {
        bridge::environment(3128, mirror).into_iter().map(|(name, value)| format!("{name}={value}\n"))
    };
    insta::assert_snapshot!(of(false).collect::<String>());
    assert!(of(true).any(|line| line == "NO_PROXY=\n"));
}

//! The way out of a sandbox: what was opened for a command, and nothing beside it.

use super::scene::*;
use crate::{CommandLine, Gateway, HOME, Network, Open, PROXY};
use async_trait::async_trait;
use orchestrator_core::{Failure, NetworkUse};
use std::{
    fs,
    io::{Read, Write},
    os::unix::{fs::PermissionsExt, net::UnixListener},
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// Asks the socket, prints what it said, and becomes the command.
const BRIDGE: &str = r"#!/usr/bin/python3 -I
import os, socket, sys
way = socket.socket(socket.AF_UNIX)
way.connect(sys.argv[1])
way.sendall(b'who?\n')
print('bridge:', way.recv(99).decode().strip(), flush=True)
way.close()
os.execv(sys.argv[2], sys.argv[2:])
";

/// A proxy that answers every question, in a folder that no other user may enter.
struct Answering {
    folder: TempDir,
}

impl Answering {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let bridge = folder.path().join("bridge");
        fs::write(&bridge, BRIDGE).expect("writes");
        fs::set_permissions(&bridge, fs::Permissions::from_mode(0o755)).expect("sets");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).expect("sets");
        Self { folder }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }
}

/// Says that something was refused.
struct Told;

#[async_trait]
impl Open for Told {
    async fn close(self: Box<Self>) -> NetworkUse {
        NetworkUse { refused: 1, refusals: vec!["evil.example:443: no".into()], ..NetworkUse::default() }
    }
}

#[async_trait]
impl Gateway for Answering {
    async fn open(&self, _command: &CommandLine, uid: Option<u32>) -> Result<Option<Network>, Failure> {
        let listener = UnixListener::bind(self.socket()).expect("binds");
        fs::set_permissions(self.socket(), fs::Permissions::from_mode(0o600)).expect("sets");
        std::os::unix::fs::chown(self.socket(), uid, None).expect("gives");
        std::thread::spawn(move || {
            let (mut client, _) = listener.accept().expect("somebody comes");
            let mut question = [0; 5];
            client.read_exact(&mut question).expect("asks");
            client.write_all(b"the proxy\n").expect("answers");
        });
        Ok(Some(Network {
            socket: self.socket(),
            bridge: self.folder.path().join("bridge"),
            arguments: vec![PROXY.into()],
            environment: vec![("HTTPS_PROXY".into(), "http://127.0.0.1:3128".into())],
            files: vec![(Path::new(HOME).join(".client/settings"), b"told\n".to_vec())],
            open: Box::new(Told),
        }))
    }
}

#[tokio::test]
async fn a_command_reaches_the_proxy_that_was_opened_for_it_and_nothing_else() {
    if !can_run() {
        return;
    }
    let Scene { project, commands } = Scene::new();
    let gateway = Arc::new(Answering::new());
    let outside = gateway.folder.path().display().to_string();
    let scene = Scene { project, commands: commands.reaching(gateway) };
    let program = format!(
        "echo $HTTPS_PROXY; ls {outside} 2>&1; ls /run/orchestrator; rm {PROXY} 2>&1; cd; cat .client/settings; (echo x > .client/settings) 2>&1; touch .client/own && echo beside"
    );
    let outcome = scene.sh(&program).await;
    let lines: Vec<_> = outcome.output.lines().collect();
    assert_eq!(lines[..2], ["bridge: the proxy", "http://127.0.0.1:3128"], "{}", outcome.output);
    assert!(lines[2].contains("No such file"), "{}", outcome.output);
    assert_eq!(lines[3..5], ["bridge", "proxy.sock"], "{}", outcome.output);
    assert!(lines[5].contains("cannot remove"), "{}", outcome.output);
    assert_eq!(lines[6], "told", "{}", outcome.output);
    assert!(
        lines[7].contains("settings") && lines[8] == "beside",
        "its home stays its own: {}",
        outcome.output
    );
    assert!(outcome.output.ends_with("[refused by the host: evil.example:443: no]\n"), "{}", outcome.output);
    assert_eq!(outcome.network.map(|network| network.refused), Some(1));
}

#[tokio::test]
async fn without_a_grant_there_is_no_socket() {
    if !can_run() {
        return;
    }
    let outcome = Scene::new().sh("echo $HTTPS_PROXY; ls /run/orchestrator 2>&1").await;
    assert!(
        outcome.output.starts_with("\n") && outcome.output.contains("No such file"),
        "{}",
        outcome.output
    );
}

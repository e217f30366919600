//! The data folder and the other accounts of the machine.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

mod common;
#[path = "common/serving.rs"]
mod serving;

use serving::{HOLD, Place, Server};
use std::{
    fs,
    io::{BufRead, Read},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::Command,
};

/// An account that owns nothing.
const NOBODY: u32 = 65534;

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

/// A server that was started where new files are everybody's, on a data folder that is not there yet.
fn open_handed(place: &Place) -> Server {
    fs::remove_dir_all(place.data()).unwrap();
    let script = place.script(HOLD);
    let program = place.program(["serve", "--model", "scripted", "--script", script.to_str().unwrap()]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 0; exec \"$0\" \"$@\""]).arg(program.get_program()).args(program.get_args());
    shell.env_clear();
    shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Server::start(shell)
}

#[test]
fn no_other_account_may_enter_whatever_the_umask() {
    let place = Place::new();
    let server = open_handed(&place);
    server.begin_run();
    assert_eq!(mode(&place.data()), 0o700);
    for name in
        ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm", "journal.lock", "snapshots.sqlite"]
    {
        assert_eq!(mode(&place.data().join(name)), 0o600, "{name}");
    }
}

#[test]
fn another_account_neither_reads_nor_locks_even_where_the_folder_is_open() {
    if fs::metadata("/proc/self").map(|this| std::os::unix::fs::MetadataExt::uid(&this)).ok() != Some(0) {
        println!("left out: only root can become another account");
        return;
    }
    let place = Place::new();
    let _server = open_handed(&place);
    for folder in [place.0.path(), &place.data()] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let open = place.data().join("open");
    fs::write(&open, "everybody's").unwrap();
    let as_nobody = |program: &str, words: &[&str]| {
        let mut command = Command::new(program);
        command.args(words).uid(NOBODY).gid(NOBODY);
        command.output().unwrap().status.success()
    };
    let readable = |path: &Path| as_nobody("cat", &[path.to_str().unwrap()]);
    let lockable = |path: &Path| as_nobody("flock", &["--nonblock", path.to_str().unwrap(), "true"]);
    // The control: the other account gets as far as the folder.
    assert!(readable(&open) && lockable(&open));
    for name in ["journal.sqlite", "journal.sqlite-wal", "journal.lock", "snapshots.sqlite"] {
        let path = place.data().join(name);
        assert!(path.exists() && !readable(&path) && !lockable(&path), "{name}");
    }
}

#[test]
fn a_folder_that_others_may_enter_is_told_with_what_closes_it() {
    let place = Place::new();
    fs::set_permissions(place.data(), fs::Permissions::from_mode(0o755)).unwrap();
    let script = place.script(HOLD);
    let program = place.program(["serve", "--model", "scripted", "--script", script.to_str().unwrap()]);
    let mut server = Server::start(program);
    let closes = format!("chmod 700 {}", place.data().display());
    let note = server
        .stdout
        .by_ref()
        .lines()
        .map(Result::unwrap)
        .take(5)
        .find(|line| line.ends_with(&closes))
        .unwrap();
    assert!(note.starts_with("Note: ") && note.contains("755"), "{note}");
}

//! The part inside of the sandbox: loopback TCP to the proxy's socket, and the command beside it.
//!
//! It is this program again, started with a first argument that nobody types by accident, so that there is no second
//! program to install or forget. It listens, starts the command, and ends with it and as it did. It is written with
//! threads and without a runtime: it begins in a millisecond, and a command has only so many threads in its sandbox.

mod command;
mod forward;

use std::{
    ffi::OsString,
    net::TcpListener,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The first argument of this program as a bridge.
pub const ASKED: &str = "__egress";
/// The exit code when the bridge itself failed, as of `env` and others that start programs.
const FAILED: u8 = 125;

/// The arguments that have this program be the bridge of a command: `port` is on the sandbox's loopback, `socket` is
/// where the sandbox has the proxy's socket. The command's own arguments follow.
#[must_use]
pub fn arguments(port: u16, socket: &Path) -> Vec<OsString> {
    vec![ASKED.into(), port.to_string().into(), socket.into(), "--".into()]
}

/// The environment that has programs use the bridge at `port`. What is on loopback itself is connected to directly, so
/// that tests reach the servers that they start; unless a mirror is there, `mirror_on_loopback`, which only the proxy
/// reaches.
#[must_use]
pub fn environment(port: u16, mirror_on_loopback: bool) -> Vec<(String, String)> {
    let proxy = format!("http://127.0.0.1:{port}");
    let direct = if mirror_on_loopback { "" } else { "localhost,127.0.0.1,::1" };
    let pairs = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"].map(|name| (name, proxy.as_str()));
    let pairs = pairs.into_iter().chain(["NO_PROXY", "no_proxy"].map(|name| (name, direct)));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Is the bridge if the arguments say so; none when this program was started for anything else. Has to come first in
/// `main`, before there are threads. Ends with the command's exit code, or by the signal that ended the command; 127
/// when there is no such program, 126 when it cannot be started, 125 when the bridge itself failed.
#[must_use]
pub fn run_if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    (arguments.next()? == ASKED).then(|| {
        run(arguments).unwrap_or_else(|problem| {
            eprintln!("network of the command: {problem}");
            ExitCode::from(FAILED)
        })
    })
}

fn run(mut arguments: impl Iterator<Item = OsString>) -> Result<ExitCode, String> {
    let usage =
        || "this is not for people: the program starts itself so in the sandbox of commands".to_owned();
    let port = arguments.next().and_then(|text| text.to_str()?.parse::<u16>().ok()).ok_or_else(usage)?;
    let socket = PathBuf::from(arguments.next().ok_or_else(usage)?);
    arguments.next().filter(|text| text == "--").ok_or_else(usage)?;
    let program = arguments.next().ok_or_else(usage)?;
    // Before the command is there, so that its first connection finds something.
    let listener = TcpListener::bind(("127.0.0.1", port))
        .map_err(|error| format!("listening on 127.0.0.1:{port} in the sandbox: {error}"))?;
    command::run(&program, arguments, || forward::start(listener, socket))
}

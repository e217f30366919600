//! The attempts: each does what a hostile program would, and is content when it fails.

use super::{Check, Targets};
use std::{
    fs, io,
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixStream},
    },
};

/// Variables that a sandbox's processes may have.
const VARIABLES: &[&str] = &["PATH", "HOME", "TMPDIR", "USER", "LANG", "CI", "TERM", "NO_COLOR", "PWD"];
/// More processes than the sandbox's own are others'.
const PROCESSES: usize = 8;
/// Families that a program may not open sockets of: packets, the kernel's ciphers, virtual machines.
const FAMILIES: [i32; 3] = [libc::AF_PACKET, libc::AF_ALG, libc::AF_VSOCK];

/// Makes every attempt.
pub(super) fn all(targets: &Targets) -> Vec<Check> {
    vec![
        check("environment", environment()),
        check("host-loopback", fails("connected", TcpStream::connect((Ipv4Addr::LOCALHOST, targets.port)))),
        check("host-socket", fails("connected", abstract_socket(&targets.socket))),
        check("host-files", fails("it was read", fs::read(&targets.file))),
        check("rights", rights()),
        check("user-namespaces", user_namespaces()),
        check("socket-families", families()),
        check("tracing", tracing()),
        check("read-only", read_only()),
        check("descriptors", descriptors()),
        check("processes", processes()),
        check("own-loopback", own_loopback().map_err(|error| format!("its own loopback is not up: {error}"))),
    ]
}

fn check(name: &str, outcome: Result<(), String>) -> Check {
    let (passed, found) = match outcome {
        Ok(()) => (true, "it held".to_owned()),
        Err(found) => (false, found),
    };
    Check { name: name.to_owned(), passed, found }
}

/// Content with an error.
fn fails<T>(otherwise: &str, outcome: io::Result<T>) -> Result<(), String> {
    match outcome {
        Ok(_) => Err(otherwise.to_owned()),
        Err(_) => Ok(()),
    }
}

/// Content with an error of a system call.
fn refused(otherwise: &str, outcome: libc::c_long) -> Result<(), String> {
    if outcome == -1 { Ok(()) } else { Err(otherwise.to_owned()) }
}

fn environment() -> Result<(), String> {
    let entries = fs::read_dir("/proc").map_err(|error| format!("/proc cannot be listed: {error}"))?;
    for entry in entries.flatten() {
        // Not every folder there is a process, and one may be gone already.
        let Ok(environment) = fs::read(entry.path().join("environ")) else { continue };
        for variable in environment.split(|byte| *byte == 0).filter(|variable| !variable.is_empty()) {
            let name = variable.split(|byte| *byte == b'=').next().unwrap_or_default();
            let name = String::from_utf8_lossy(name);
            if !VARIABLES.contains(&name.as_ref()) {
                return Err(format!("the variable {name} is seen in {}", entry.path().display()));
            }
        }
    }
    Ok(())
}

fn abstract_socket(name: &str) -> io::Result<UnixStream> {
    UnixStream::connect_addr(&SocketAddr::from_abstract_name(name)?)
}

fn rights() -> Result<(), String> {
    let status = fs::read_to_string("/proc/self/status").map_err(|error| error.to_string())?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_default().trim().to_owned()
    };
    if field("Uid").split_whitespace().any(|uid| uid == "0") {
        return Err("it runs as user 0".into());
    }
    let wanted = [("CapEff", "0000000000000000"), ("NoNewPrivs", "1"), ("Seccomp", "2")];
    match wanted.iter().find(|(name, value)| field(name) != *value) {
        Some((name, value)) => Err(format!("{name} is '{}' and has to be '{value}'", field(name))),
        None => Ok(()),
    }
}

fn user_namespaces() -> Result<(), String> {
    // SAFETY: the call takes an integer; when it succeeds, this process has less rights than before.
    let outcome = unsafe { libc::syscall(libc::SYS_unshare, libc::CLONE_NEWUSER) };
    refused("a user namespace could be made", outcome)
}

fn families() -> Result<(), String> {
    for family in FAMILIES {
        // SAFETY: the call takes integers and returns a new file, which the end of this process closes.
        let outcome = unsafe { libc::syscall(libc::SYS_socket, family, libc::SOCK_DGRAM, 0) };
        // An unknown family is as good as a refused one.
        refused(&format!("a socket of family {family} could be made"), outcome)?;
    }
    Ok(())
}

fn tracing() -> Result<(), String> {
    // SAFETY: the call takes integers; asking to be traced by one's parent changes this process alone.
    let outcome = unsafe { libc::syscall(libc::SYS_ptrace, libc::PTRACE_TRACEME, 0, 0, 0) };
    refused("ptrace is allowed", outcome)
}

fn read_only() -> Result<(), String> {
    for path in ["/probe", "/dev/probe", "/usr/probe", "/etc/probe"] {
        fails(&format!("{path} could be written"), fs::write(path, "x"))?;
    }
    let setting = "/proc/sys/kernel/core_pattern";
    fails(&format!("{setting} could be opened for writing"), fs::OpenOptions::new().write(true).open(setting))
}

fn descriptors() -> Result<(), String> {
    let open = |number: &i32| {
        // SAFETY: the call takes integers and changes nothing.
        let outcome = unsafe { libc::fcntl(*number, libc::F_GETFD) };
        outcome != -1
    };
    match (3..1024).find(open) {
        Some(number) => Err(format!("the open file {number} was inherited")),
        None => Ok(()),
    }
}

fn processes() -> Result<(), String> {
    let entries = fs::read_dir("/proc").map_err(|error| format!("/proc cannot be listed: {error}"))?;
    let seen = entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.parse::<u32>().is_ok()));
    match seen.count() {
        count if count > PROCESSES => Err(format!("{count} processes are seen")),
        _ => Ok(()),
    }
}

fn own_loopback() -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    TcpStream::connect(listener.local_addr()?).map(drop)
}

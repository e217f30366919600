//! What bubblewrap is told: the sandbox's files, namespaces and environment.
//!
//! These arguments are the wall. Bubblewrap does what they say and nothing more, so whatever is not here is open.
//!
//! The root is built up from nothing rather than taken from the host and cut down: `/usr`, a handful of files of
//! `/etc`, temporary folders in memory, and the one project, at the path that it has outside, so that what a build
//! writes into its files stays true. A host's root bound read-only would be simpler and would show every key, every
//! `.env` and every UNIX socket of the machine.
//!
//! They go through a file (`--args`), so that the command behind `--` can never be read as an option, and no list of
//! processes shows a project's paths.

use super::{guards::Guards, layout::Layout};
use crate::{
    CommandLimits,
    network::{HOME, PROXY},
};
use std::{
    ffi::OsString,
    os::{fd::RawFd, unix::ffi::OsStrExt},
    path::{Path, PathBuf},
};

/// Where this program is found inside, when it is needed there.
pub(super) const HELPER: &str = "/run/orchestrator/helper";
/// Where the program that leads to the proxy is found inside.
pub(super) const BRIDGE: &str = "/run/orchestrator/bridge";

/// Files of `/etc` that programs read to find libraries, names, certificates and the time zone. None holds a secret.
const ETC: &[&str] = &[
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "alternatives",
    "nsswitch.conf",
    "ssl/certs",
    "ssl/openssl.cnf",
    "pki/tls/certs",
    "pki/ca-trust",
    "ca-certificates",
    "localtime",
    "mime.types",
];

/// Where a folder or file comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// Opened already.
    Open(RawFd),
    /// A path that only this sandbox's starter sees.
    Path(PathBuf),
}

/// What differs from one sandbox to the next.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) guards: Guards,
    pub(super) layout: &'a Layout,
    pub(super) limits: &'a CommandLimits,
    /// The project's path and where it comes from.
    pub(super) project: (&'a Path, Source),
    /// Where the program starts, absolute.
    pub(super) directory: PathBuf,
    /// The whole environment.
    pub(super) environment: Vec<(String, String)>,
    /// This program, to be found at [`HELPER`].
    pub(super) helper: Option<Source>,
    /// The proxy's socket and the bridge to it, to be found at [`PROXY`] and [`BRIDGE`].
    pub(super) network: Option<[Source; 2]>,
    /// Further files inside, read-only: where, and what is in them.
    pub(super) shown: Vec<(PathBuf, RawFd)>,
    /// Files with the two system call filters.
    pub(super) filters: [RawFd; 2],
    /// Where bubblewrap says what became of the program.
    pub(super) status: RawFd,
    /// Files that become `/etc/passwd` and `/etc/group`.
    pub(super) accounts: [RawFd; 2],
}

/// The arguments, as `--args` reads them.
pub(super) fn of(plan: &Plan<'_>) -> Vec<u8> {
    let mut arguments = Arguments(Vec::new());
    namespaces(&mut arguments, plan);
    match plan.guards.files {
        true => files(&mut arguments, plan),
        // Only for a test's comparison: everything of the host, to read.
        false => arguments.add(["--ro-bind", "/", "/", "--tmpfs", "/home", "--tmpfs", "/run"]),
    }
    special(&mut arguments, plan);
    temporary(&mut arguments, plan);
    own(&mut arguments, plan);
    if plan.guards.read_only_root {
        arguments.add(["--remount-ro", "/dev"]);
        if plan.guards.files {
            arguments.add(["--remount-ro", "/"]);
        }
    }
    arguments.path("--chdir", &plan.directory);
    for (name, value) in &plan.environment {
        arguments.add(["--setenv", name, value]);
    }
    arguments.0
}

fn namespaces(arguments: &mut Arguments, plan: &Plan<'_>) {
    let guards = plan.guards;
    arguments.add(["--unshare-user", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]);
    arguments.add(["--hostname", "sandbox", "--die-with-parent", "--cap-drop", "ALL", "--clearenv"]);
    arguments.add_if(guards.processes, ["--unshare-pid"]);
    arguments.add_if(guards.network, ["--unshare-net"]);
    arguments.add_if(guards.session, ["--new-session"]);
    arguments.add_if(guards.no_user_namespaces, ["--disable-userns"]);
    if guards.seccomp {
        for filter in plan.filters {
            arguments.add(["--add-seccomp-fd", &filter.to_string()]);
        }
    }
    arguments.add(["--json-status-fd", &plan.status.to_string()]);
}

fn files(arguments: &mut Arguments, plan: &Plan<'_>) {
    arguments.add(["--ro-bind", "/usr", "/usr"]);
    for (folder, target) in &plan.layout.merged {
        match target {
            Some(target) => arguments.add(["--symlink", target, folder]),
            None => arguments.add(["--ro-bind", folder, folder]),
        }
    }
    arguments.add(["--dir", "/etc"]);
    for name in ETC {
        let path = format!("/etc/{name}");
        arguments.add(["--ro-bind-try", &path, &path]);
    }
    let [passwd, group] = plan.accounts.map(|file| file.to_string());
    arguments.add(["--perms", "0444", "--file", &passwd, "/etc/passwd"]);
    arguments.add(["--perms", "0444", "--file", &group, "/etc/group"]);
    for toolchain in &plan.layout.toolchains {
        arguments.path("--ro-bind", toolchain);
        arguments.bytes(toolchain.as_os_str().as_bytes());
    }
}

/// What is no file on a disk.
fn special(arguments: &mut Arguments, plan: &Plan<'_>) {
    arguments.add(["--proc", "/proc"]);
    // Bubblewrap covers it by itself, but not for every user.
    arguments.add_if(plan.guards.kernel_settings, ["--ro-bind", "/proc/sys", "/proc/sys"]);
    arguments.add(["--dev", "/dev"]);
}

fn temporary(arguments: &mut Arguments, plan: &Plan<'_>) {
    let limits = plan.limits;
    let folders = [
        ("/dev/shm", "1777", limits.shared_memory),
        ("/tmp", "1777", limits.temporary),
        (HOME, "0700", limits.home),
    ];
    for (folder, mode, size) in folders {
        // Size and mode are about the next folder, so they come first.
        arguments.add_if(plan.guards.temporary, ["--size", &size.to_string()]);
        arguments.add(["--perms", mode, "--tmpfs", folder]);
    }
}

/// What belongs to this command alone.
fn own(arguments: &mut Arguments, plan: &Plan<'_>) {
    let (path, source) = &plan.project;
    bind(arguments, ["--bind", "--bind-fd"], source, path);
    if let Some(helper) = &plan.helper {
        bind(arguments, ["--ro-bind", "--ro-bind-fd"], helper, Path::new(HELPER));
    }
    if let Some([proxy, bridge]) = &plan.network {
        bind(arguments, ["--ro-bind", "--ro-bind-fd"], proxy, Path::new(PROXY));
        bind(arguments, ["--ro-bind", "--ro-bind-fd"], bridge, Path::new(BRIDGE));
    }
    for (at, file) in &plan.shown {
        arguments.add(["--perms", "0444", "--ro-bind-data", &file.to_string()]);
        arguments.bytes(at.as_os_str().as_bytes());
    }
}

fn bind(arguments: &mut Arguments, [by_path, by_fd]: [&str; 2], source: &Source, at: &Path) {
    match source {
        Source::Open(fd) => arguments.add([by_fd, &fd.to_string()]),
        Source::Path(path) => arguments.path(by_path, path),
    }
    arguments.bytes(at.as_os_str().as_bytes());
}

/// The command as bubblewrap starts it, behind the words of those that take part. Limits of processes come first: they
/// can only be set where the user namespace is there already.
pub(super) fn command(
    limits: &CommandLimits,
    guards: Guards,
    before: Vec<OsString>,
    program: &Path,
    arguments: &[String],
) -> Vec<OsString> {
    let mut command: Vec<OsString> = Vec::new();
    if guards.limits {
        let processes = format!("--nproc={0}:{0}", limits.processes);
        command.extend([super::layout::PRLIMIT, &processes, "--"].map(OsString::from));
    }
    command.extend(before);
    command.push(program.into());
    command.extend(arguments.iter().map(OsString::from));
    command
}

/// Arguments, each ended by a zero byte. None of them can have one inside: paths and checked texts do not.
struct Arguments(Vec<u8>);

impl Arguments {
    fn bytes(&mut self, argument: &[u8]) {
        self.0.extend_from_slice(argument);
        self.0.push(0);
    }

    fn add<'a>(&mut self, arguments: impl IntoIterator<Item = &'a str>) {
        arguments.into_iter().for_each(|argument| self.bytes(argument.as_bytes()));
    }

    fn add_if<'a>(&mut self, condition: bool, arguments: impl IntoIterator<Item = &'a str>) {
        if condition {
            self.add(arguments);
        }
    }

    fn path(&mut self, option: &str, path: &Path) {
        self.bytes(option.as_bytes());
        self.bytes(path.as_os_str().as_bytes());
    }
}

#[cfg(test)]
mod tests;

//! Whether the sandbox holds on this machine: it is built, and attacked from inside.
//!
//! Which kernel, which settings, which version of bubblewrap: too many things decide what a sandbox is worth to read
//! it off any of them. So a command is started on the same way as any other, and this program tries in there what must
//! not work (see [`super::inside`]). Around it stand things to be found: a listener on the loopback address, a socket
//! with a name of its own, a file. Whatever is reached, or is not tried for whatever reason, counts as open.

use super::{
    SandboxReport, Shared,
    inside::{Check, Targets},
    start,
    start::Inside,
};
use crate::{CommandLine, Isolation, Launched, OutputPipe, Project, launcher::Exit};
use orchestrator_core::Failure;
use orchestrator_core::Timestamp;
use std::{
    io::Write,
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixListener},
    },
    process::Stdio,
    sync::Arc,
    time::Duration,
};
use tokio::{io::AsyncReadExt, net::TcpListener, time::timeout};

/// How long a check may take, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most bytes that are read of what is printed.
const OUTPUT_MAX: u64 = 256 * 1024;
/// What has to be fine for the level [`Isolation::Namespaces`].
const CHECKS: [&str; 12] = [
    "environment",
    "host-loopback",
    "host-socket",
    "host-files",
    "rights",
    "user-namespaces",
    "socket-families",
    "tracing",
    "read-only",
    "descriptors",
    "processes",
    "own-loopback",
];

/// Checks the sandbox and reports.
pub(super) async fn check(shared: &Arc<Shared>, required: Isolation) -> SandboxReport {
    let backend = version(shared).await;
    let attempts = match &backend {
        Ok(_) => attack(shared).await,
        Err(problem) => Err(problem.clone()),
    };
    report_of(shared, required, backend.ok(), attempts)
}

/// What the attempts say about the sandbox.
pub(super) fn report_of(
    shared: &Shared,
    required: Isolation,
    backend: Option<String>,
    attempts: Result<Vec<Check>, String>,
) -> SandboxReport {
    let (checks, failures) = match attempts {
        Ok(checks) => {
            let failures = judge(&checks);
            (checks, failures)
        }
        Err(problem) => (Vec::new(), vec![problem]),
    };
    let passed = |name: &str| checks.iter().any(|check| check.name == name && check.passed);
    let cgroup = shared.cgroups.report();
    let actual = if failures.is_empty() { Isolation::Namespaces } else { Isolation::None };
    SandboxReport {
        required,
        actual,
        backend,
        uid: (actual == Isolation::Namespaces).then(|| shared.account.uid().as_raw()),
        seccomp: passed("rights") && passed("tracing"),
        userns_disabled: passed("user-namespaces"),
        network: "none".into(),
        cgroup,
        last_probe: Timestamp::now(),
        probe_failures: failures,
        caveats: caveats(cgroup.memory),
    }
}

fn caveats(memory: bool) -> Vec<String> {
    let mut caveats = vec![
        "commands share the kernel of this machine".to_owned(),
        "the size of a project is looked at every few seconds, so it can be overrun in between".to_owned(),
    ];
    if !memory {
        caveats.push(
            "memory is limited for each process and not for all of a command together: no cgroup".into(),
        );
    }
    caveats
}

/// What is open, or was not tried.
fn judge(checks: &[Check]) -> Vec<String> {
    let failure = |name: &&str| match checks.iter().find(|check| check.name == **name) {
        Some(check) if check.passed => None,
        Some(check) => Some(format!("{name}: {}", check.found)),
        None => Some(format!("{name}: it was not tried")),
    };
    CHECKS.iter().filter_map(failure).collect()
}

/// Bubblewrap's version and where it is.
async fn version(shared: &Shared) -> Result<String, String> {
    let path = shared.bubblewrap.display();
    let output = tokio::process::Command::new(&shared.bubblewrap)
        .arg("--version")
        .env_clear()
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output =
        timeout(PATIENCE, output).await.map_err(|_| format!("{path} does not answer"))?.map_err(|error| {
            format!(
                "bubblewrap cannot be started at {path}: {error}; install it (Debian: apt install bubblewrap)"
            )
        })?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(format!("{} ({path})", text.trim()))
}

/// Runs this program inside; returns what it found.
async fn attack(shared: &Arc<Shared>) -> Result<Vec<Check>, String> {
    let Some(helper) = &shared.helper else {
        return Err("there is no program to check it with".into());
    };
    let scene = Scene::new().await.map_err(|error| format!("the check could not be prepared: {error}"))?;
    let mut words = helper.arguments.clone();
    words.push("probe".into());
    words.push(serde_json::to_string(&scene.targets).map_err(|error| error.to_string())?);
    let inside = Inside { helper: Some(words), ..Inside::default() };
    // The helper does not start it; but a command there must be.
    let command = CommandLine { argv: vec!["true".into()], ..CommandLine::default() };
    let (with, project) = (Arc::clone(shared), scene.project.clone());
    let launched =
        tokio::task::spawn_blocking(move || start::command(&with, &project, &command, &with.limits, &inside));
    let launched = launched.await.map_err(|error| error.to_string())?.map_err(|failure| failure.message)?;
    let (output, exit) =
        timeout(PATIENCE, watch(launched)).await.map_err(|_| "the check took too long".to_owned())?;
    match exit {
        Ok(Exit { code: Some(0), .. }) => {}
        Ok(exit) => return Err(not_run(&output, &format!("the check ended by {exit:?}"))),
        Err(failure) => return Err(not_run(&output, &failure.message)),
    }
    let lines = output.lines().filter_map(|line| line.strip_prefix(super::inside::FOUND));
    let mut checks: Vec<Check> = lines.filter_map(|line| serde_json::from_str(line).ok()).collect();
    // The listeners' side of it: nobody came.
    for check in &mut checks {
        if check.name == "host-loopback" && scene.reached().await {
            *check =
                Check { passed: false, found: "the listener outside was reached".into(), ..check.clone() };
        }
    }
    Ok(checks)
}

/// What bubblewrap said, and what helps against it.
fn not_run(output: &str, problem: &str) -> String {
    let said: Vec<_> = output.lines().filter(|line| line.starts_with("bwrap:")).collect();
    let advice = match said.iter().any(|line| line.contains("ermission") || line.contains("ermitted")) {
        true => {
            "; this system keeps users from making namespaces: allow it for bubblewrap (Ubuntu: its AppArmor profile; \
             in a container: a security profile that allows user namespaces)"
        }
        false => "",
    };
    match said.is_empty() {
        true => problem.to_owned(),
        false => format!("{}{advice}", said.join("; ")),
    }
}

async fn watch(launched: Launched) -> (String, Result<Exit, Failure>) {
    let Launched { process, stdout, stderr, .. } = launched;
    let (out, err, exit) = tokio::join!(text(stdout), text(stderr), process.wait());
    (format!("{out}\n{err}"), exit)
}

async fn text(pipe: OutputPipe) -> String {
    let mut bytes = Vec::new();
    // What a broken pipe leaves out is missing in the checks, which then count as not tried.
    let _ = pipe.take(OUTPUT_MAX).read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What stands around the sandbox to be found.
struct Scene {
    listener: TcpListener,
    _socket: UnixListener,
    _file: tempfile::NamedTempFile,
    project: Project,
    _folder: tempfile::TempDir,
    targets: Targets,
}

impl Scene {
    async fn new() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let name = format!("orchestrator-probe-{}", uuid::Uuid::now_v7());
        let socket = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name)?)?;
        // Not where the sandbox has a folder of its own, which would hide it anyway.
        let mut file = tempfile::Builder::new().prefix("orchestrator-probe-").tempfile_in("/var/tmp")?;
        file.write_all(b"to be found")?;
        // Every user may read it: that it is not seen is what counts.
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        std::fs::set_permissions(file.path(), permissions)?;
        let folder = tempfile::tempdir()?;
        Ok(Self {
            targets: Targets {
                port: listener.local_addr()?.port(),
                socket: name,
                file: file.path().to_owned(),
            },
            listener,
            _socket: socket,
            _file: file,
            project: Project::open(folder.path())?,
            _folder: folder,
        })
    }

    /// Whether somebody has come to the listener.
    async fn reached(&self) -> bool {
        timeout(Duration::ZERO, self.listener.accept()).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_tried_counts_as_open() {
        let check = |name: &str, passed| Check { name: name.into(), passed, found: "it was read".into() };
        let all: Vec<_> = CHECKS.iter().map(|name| check(name, true)).collect();
        assert_eq!(judge(&all), [""; 0]);
        assert_eq!(judge(&all[1..]), ["environment: it was not tried"]);
        let mut one = all;
        one[3] = check("host-files", false);
        assert_eq!(judge(&one), ["host-files: it was read"]);
    }
}

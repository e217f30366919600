//! Starting a command in a sandbox: everything from the project's folder to the running process.

use super::{
    Shared, arguments,
    arguments::{Plan, Source},
    child::{self, Preparation, memory_file},
    process::SandboxedProcess,
    seccomp, spawner,
    status::Status,
};
use crate::{CommandLimits, CommandLine, HOME, Network, Project, launcher::Launched, plain::program};
use orchestrator_core::{ErrorCode, Failure};
use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open};
use std::{
    ffi::{CString, OsString},
    fs::File,
    io,
    os::{
        fd::OwnedFd,
        unix::{ffi::OsStrExt, process::CommandExt},
    },
    path::PathBuf,
    process::{Command, Stdio},
};
use tokio::process::{ChildStderr, ChildStdout};

/// What goes on inside besides the command.
#[derive(Debug, Clone, Default)]
pub(super) struct Inside {
    /// Arguments of this program in front of the command, when it takes part.
    pub(super) helper: Option<Vec<String>>,
    /// The way out.
    pub(super) way: Option<Way>,
}

/// What of a [`Network`] is needed to start a command with it.
#[derive(Debug, Clone)]
pub(super) struct Way {
    socket: PathBuf,
    bridge: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl From<&Network> for Way {
    fn from(network: &Network) -> Self {
        let Network { socket, bridge, arguments, environment, files, open: _ } = network;
        let (socket, bridge, files) = (socket.clone(), bridge.clone(), files.clone());
        Self { socket, bridge, arguments: arguments.clone(), environment: environment.clone(), files }
    }
}

impl Inside {
    /// The words in front of the command.
    fn words(&self) -> Vec<OsString> {
        let helper = self.helper.iter().flat_map(|words| [arguments::HELPER].into_iter().chain(strs(words)));
        let way = self.way.iter().flat_map(|way| [arguments::BRIDGE].into_iter().chain(strs(&way.arguments)));
        helper.chain(way).map(OsString::from).collect()
    }
}

fn strs(words: &[String]) -> impl Iterator<Item = &str> {
    words.iter().map(String::as_str)
}

/// Starts a command that [`locate`](program::locate) has to find. Blocks.
pub(super) fn command(
    shared: &Shared,
    project: &Project,
    command: &CommandLine,
    limits: &CommandLimits,
    inside: &Inside,
) -> Result<Launched, Failure> {
    let place = program::locate(&shared.search_path, project, command)?;
    let directory = project.path().join(command.directory.as_deref().unwrap_or("."));
    let rest = command.argv.get(1..).unwrap_or_default();
    let failed = |error: io::Error| {
        let message = format!("starting '{}' in a sandbox: {error}", command.shown_program());
        Failure::new(ErrorCode::Internal, message)
    };
    shared.account.take_over(project).map_err(|error| {
        failed(io::Error::new(error.kind(), format!("giving the project to the sandbox's user: {error}")))
    })?;
    let mut environment = environment(shared, inside);
    environment.extend(command.environment.iter().cloned());
    let mut start = Start { shared, limits, preparation: shared.preparation(limits) };
    let plan = start.plan(project, directory, environment, inside).map_err(failed)?;
    let words = arguments::command(limits, shared.guards, inside.words(), &place.program, rest);
    start.run(project, plan, words).map_err(failed)
}

/// What every program finds in its environment, before what the command itself sets.
fn environment(shared: &Shared, inside: &Inside) -> Vec<(String, String)> {
    let path = shared.search_path.join();
    let fixed = [
        ("PATH", path.as_str()),
        ("HOME", HOME),
        ("TMPDIR", "/tmp"),
        ("USER", "agent"),
        ("LANG", "C.UTF-8"),
        ("CI", "1"),
        ("TERM", "dumb"),
        ("NO_COLOR", "1"),
    ];
    let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let way = inside.way.iter().flat_map(|way| way.environment.iter().cloned());
    fixed.into_iter().chain(way).collect()
}

/// One start under way.
struct Start<'a> {
    shared: &'a Shared,
    limits: &'a CommandLimits,
    preparation: Preparation,
}

/// Bubblewrap's arguments, and the pipe in which it answers.
struct Told {
    arguments: Vec<u8>,
    status: Status,
}

impl Start<'_> {
    /// Opens what the sandbox is made of and puts the arguments together.
    fn plan(
        &mut self,
        project: &Project,
        directory: PathBuf,
        environment: Vec<(String, String)>,
        inside: &Inside,
    ) -> io::Result<Told> {
        let shared = self.shared;
        let project_source =
            self.source(project.directory().try_clone()?.into_std_file().into(), "project")?;
        let helper = match (&inside.helper, &shared.helper) {
            (Some(_), Some(helper)) => Some(self.source(File::open(&helper.program)?.into(), "helper")?),
            (Some(_), None) => {
                return Err(io::Error::other("the program that takes part inside is not known"));
            }
            (None, _) => None,
        };
        let network = match &inside.way {
            Some(way) => Some([
                self.source(open(&way.socket, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?, "proxy")?,
                self.source(File::open(&way.bridge)?.into(), "bridge")?,
            ]),
            None => None,
        };
        let files = inside.way.iter().flat_map(|way| &way.files);
        let shown: Vec<_> = files
            .map(|(at, bytes)| Ok((at.clone(), memory_file("shown", bytes)?)))
            .collect::<io::Result<_>>()?;
        let [refused, absent] = seccomp::filters().map_err(io::Error::other)?;
        let filters = [memory_file("refused", &refused)?, memory_file("absent", &absent)?];
        let [passwd, group] = shared.account.files();
        let accounts = [memory_file("passwd", passwd.as_bytes())?, memory_file("group", group.as_bytes())?];
        let (reader, writer) = io::pipe()?;
        let reader = File::from(OwnedFd::from(reader));
        fcntl_setfl(&reader, fcntl_getfl(&reader)? | OFlags::NONBLOCK)?;
        let mut keep = |file| self.preparation.hand_over(file);
        let arguments = arguments::of(&Plan {
            guards: shared.guards,
            layout: &shared.layout,
            limits: self.limits,
            project: (project.path(), project_source),
            directory,
            environment,
            helper,
            network,
            shown: shown.into_iter().map(|(at, file)| (at, keep(file))).collect(),
            filters: filters.map(&mut keep),
            status: keep(OwnedFd::from(writer)),
            accounts: accounts.map(&mut keep),
        });
        Ok(Told { arguments, status: Status::new(reader) })
    }

    /// How bubblewrap gets at an opened file or folder: as it is, or by way of a place that its user may reach.
    fn source(&mut self, file: OwnedFd, name: &str) -> io::Result<Source> {
        match &self.shared.stage {
            None => Ok(Source::Open(self.preparation.hand_over(file))),
            Some(stage) => {
                let path = stage.path().join(name);
                let target = CString::new(path.as_os_str().as_bytes())?;
                self.preparation.mounts.push((file, target));
                Ok(Source::Path(path))
            }
        }
    }

    fn run(mut self, project: &Project, told: Told, words: Vec<OsString>) -> io::Result<Launched> {
        let shared = self.shared;
        let Told { arguments, status } = told;
        let arguments = self.preparation.hand_over(memory_file("arguments", &arguments)?);
        let cgroup = if shared.guards.limits { shared.cgroups.make(self.limits)? } else { None };
        if let Some(cgroup) = &cgroup {
            self.preparation.cgroups = cgroup.entrances()?;
        }
        let mut builder = Command::new(&shared.bubblewrap);
        builder.args(["--args", &arguments.to_string(), "--"]).args(words);
        if shared.guards.environment {
            builder.env_clear();
        }
        builder.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).current_dir("/");
        let preparation = self.preparation;
        // SAFETY: it makes system calls alone; see the module's words.
        unsafe {
            builder.pre_exec(move || preparation.run());
        }
        let mut child = spawner::spawn(builder)?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        // From here on the sandbox is ended whatever fails.
        let process = SandboxedProcess::new(child, status, cgroup, shared.stage.clone())?;
        let (Some(stdout), Some(stderr)) = (stdout, stderr) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        Ok(Launched {
            process: Box::new(process),
            stdout: Box::new(ChildStdout::from_std(stdout)?),
            stderr: Box::new(ChildStderr::from_std(stderr)?),
            project: project.clone(),
        })
    }
}

impl Shared {
    fn preparation(&self, limits: &CommandLimits) -> Preparation {
        Preparation {
            guards: self.guards,
            parent: rustix::process::getpid(),
            mounts: Vec::new(),
            become_account: self.account.drops.then_some(self.account),
            limits: child::resources(limits, self.guards),
            cgroups: Vec::new(),
            kept: Vec::new(),
        }
    }
}

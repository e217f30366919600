//! What the attacks share: a project, a launcher with all guards or all but one, and what stands around to be found.

use super::helper::helper;
use crate::{
    CommandLimits, CommandLine, Commands, Launcher, Project, SandboxConfig, SandboxLauncher, sandbox::Guards,
};
use async_trait::async_trait;
use orchestrator_core::{CommandOutcome, EventSink, Failure, NewEvent};
use std::{fs, path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::time::Instant;

/// Names what this machine has not got, separated by commas; set by whoever runs all tests.
const LEFT_OUT: &str = "ORCHESTRATOR_LEFT_OUT";

/// Whether the attacks can be run. Where they cannot, that has to be known to whoever runs the tests.
pub(super) fn can_run() -> bool {
    let told = std::env::var(LEFT_OUT).unwrap_or_default();
    let left_out = |name: &str| told.split(',').any(|left_out| left_out == name);
    for (name, path) in [("bubblewrap", "/usr/bin/bwrap"), ("python", "/usr/bin/python3")] {
        if left_out(name) {
            eprintln!("left out: {name} is missing, or does not work here");
            return false;
        }
        assert!(
            Path::new(path).exists(),
            "{path} is missing: install it, or run the tests by `make test`, which says what it leaves out"
        );
    }
    true
}

struct Deaf;

#[async_trait]
impl EventSink for Deaf {
    async fn emit(&self, _event: NewEvent) -> Result<(), Failure> {
        Ok(())
    }

    fn post(&self, _event: NewEvent) {}

    fn progress(&self, _fraction: f32) {}
}

pub(super) fn config() -> SandboxConfig {
    SandboxConfig { helper: Some(helper()), ..SandboxConfig::default() }
}

/// A project in a sandbox.
pub(super) struct Scene {
    pub(super) project: TempDir,
    pub(super) commands: Commands,
}

impl Scene {
    /// Behind the whole wall.
    pub(super) fn new() -> Self {
        Self::with(Guards::ALL)
    }

    /// Behind a wall with a part missing.
    pub(super) fn with(guards: Guards) -> Self {
        Self::limited(guards, CommandLimits::default())
    }

    pub(super) fn limited(guards: Guards, limits: CommandLimits) -> Self {
        Self::of(SandboxLauncher::unchecked(SandboxConfig { limits, ..config() }, guards))
    }

    pub(super) fn of(launcher: impl Launcher + 'static) -> Self {
        let project = tempfile::tempdir().expect("a project");
        let opened = Project::open(project.path()).expect("opens");
        let deadline = Instant::now() + Duration::from_secs(120);
        let commands = Commands::new(Arc::new(launcher), opened, Arc::new(Deaf), deadline);
        Self { project, commands }
    }

    pub(super) fn root(&self) -> &Path {
        self.project.path()
    }

    pub(super) async fn run(&self, argv: &[&str]) -> CommandOutcome {
        self.commands.run(line(argv)).await.expect("runs")
    }

    pub(super) async fn python(&self, program: &str) -> CommandOutcome {
        self.run(&["python3", "-I", "-c", program]).await
    }

    pub(super) async fn sh(&self, program: &str) -> CommandOutcome {
        self.run(&["sh", "-c", program]).await
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.root().join(name), text).expect("writes");
    }

    /// Waits until the project has a file of this name with a whole line in it; returns that.
    pub(super) async fn file(&self, name: &str) -> String {
        loop {
            match fs::read_to_string(self.root().join(name)) {
                Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    }
}

pub(super) fn line(argv: &[&str]) -> CommandLine {
    CommandLine { argv: argv.iter().map(|&argument| argument.into()).collect(), ..CommandLine::default() }
}

/// Whether a process has this text in its command line.
pub(super) fn survives(mark: &str) -> bool {
    let processes = fs::read_dir("/proc").expect("lists").flatten();
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines.map(|line| String::from_utf8_lossy(&line).into_owned()).any(|line| line.contains(mark))
}

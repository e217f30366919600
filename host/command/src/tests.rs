//! Real programs, the well-behaved and the others. What the tests share is here.

use crate::{CommandLine, Commands, PlainLauncher, Project, plain::program::SearchPath};
use async_trait::async_trait;
use orchestrator_core::{CommandOutcome, EventKind, EventSink, Failure, NewEvent, event::CommandStage};
use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;
use tokio::time::Instant;

mod confinement;
mod host;
mod lifetime;
mod output;

/// Collects events.
#[derive(Default)]
struct Collector {
    events: Mutex<Vec<NewEvent>>,
    /// How many events it takes before it refuses.
    most: Option<usize>,
}

#[async_trait]
impl EventSink for Collector {
    async fn emit(&self, event: NewEvent) -> Result<(), Failure> {
        let mut events = self.events.lock().unwrap();
        if self.most.is_some_and(|most| events.len() >= most) {
            return Err(Failure::new(orchestrator_core::ErrorCode::Cancelled, "the run is over"));
        }
        events.push(event);
        Ok(())
    }

    fn post(&self, event: NewEvent) {
        self.events.lock().unwrap().push(event);
    }

    fn progress(&self, _fraction: f32) {}
}

impl Collector {
    fn stages(&self) -> Vec<CommandStage> {
        let events = self.events.lock().unwrap();
        let stage = |event: &NewEvent| match &event.kind {
            EventKind::CommandExecute(event) => event.stage.clone(),
            other => panic!("not about a command: {other:?}"),
        };
        events.iter().map(stage).collect()
    }

    /// What the output events show, put together.
    fn shown(&self) -> String {
        let piece = |stage| match stage {
            CommandStage::Output { chunk, .. } => Some(chunk),
            CommandStage::Started { .. } | CommandStage::Finished { .. } => None,
        };
        self.stages().into_iter().filter_map(piece).collect()
    }
}

/// A project and the programs started in it.
struct Scene {
    project: TempDir,
    events: Arc<Collector>,
    commands: Commands,
}

impl Scene {
    fn new() -> Self {
        Self::with(PlainLauncher::with(SearchPath::of_process(), Vec::new()), Collector::default())
    }

    fn with(launcher: PlainLauncher, events: Collector) -> Self {
        let project = tempfile::tempdir().expect("a project");
        let events = Arc::new(events);
        let deadline = Instant::now() + Duration::from_secs(60);
        let sink: Arc<dyn EventSink> = Arc::<Collector>::clone(&events);
        let commands = Commands::new(Arc::new(launcher), opened(project.path()), sink, deadline);
        Self { project, events, commands }
    }

    fn root(&self) -> &Path {
        self.project.path()
    }

    async fn run(&self, line: CommandLine) -> CommandOutcome {
        self.commands.run(line).await.expect("runs")
    }

    /// Waits until the project has a file of this name with something in it; returns that.
    async fn file(&self, name: &str) -> String {
        loop {
            match fs::read_to_string(self.root().join(name)) {
                Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    }
}

fn opened(path: &Path) -> Project {
    Project::open(path).expect("opens")
}

fn argv(argv: &[&str]) -> CommandLine {
    CommandLine { argv: argv.iter().map(|&argument| argument.into()).collect(), ..CommandLine::default() }
}

/// A script for `sh`; tests may say what users may not.
fn sh(script: &str) -> CommandLine {
    argv(&["sh", "-c", script])
}

/// Whether a process lives; a zombie does not.
fn lives(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

//! What the tests of this crate share: a project on the disk, a recorder of events, a completion from a script.

use orchestrator_core::{
    CompletionChunk, CompletionEnd, CompletionStream, ErrorCode, EventKind, EventSink, Failure, NewEvent,
    ProjectId, RelativePath, StopReason, Usage, event::FileOperationStatus,
};
use orchestrator_workspace::Workspace;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;

/// A project in a folder of its own.
pub(crate) struct Project {
    pub(crate) workspace: Arc<Workspace>,
    _projects: TempDir,
}

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let projects = TempDir::new().expect("a folder");
        let id = ProjectId::new("shop").expect("a name");
        let workspace = Arc::new(Workspace::open(projects.path(), &id).expect("a workspace"));
        for (path, content) in files {
            workspace.write(&RelativePath::parse(path).expect("a path"), *content).expect("written");
        }
        Self { workspace, _projects: projects }
    }

    pub(crate) fn content(&self, path: &str) -> Option<String> {
        self.workspace.read_text(&RelativePath::parse(path).expect("a path")).ok()
    }

    pub(crate) fn files(&self) -> Vec<String> {
        self.workspace.list().expect("a listing").into_iter().map(|file| file.path.to_string()).collect()
    }
}

/// Keeps events, each as one short line.
#[derive(Default)]
pub(crate) struct Recorder(Mutex<Vec<String>>);

#[async_trait::async_trait]
impl EventSink for Recorder {
    async fn emit(&self, event: NewEvent) -> Result<(), Failure> {
        self.0.lock().expect("a lock").push(short(&event));
        Ok(())
    }

    fn post(&self, event: NewEvent) {
        self.0.lock().expect("a lock").push(short(&event));
    }

    fn progress(&self, _: f32) {}
}

impl Recorder {
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("a lock"))
    }
}

fn short(event: &NewEvent) -> String {
    match &event.kind {
        EventKind::ThinkingStep(_) => format!("think {}", event.message),
        EventKind::FileOperation(operation) => match operation.status {
            FileOperationStatus::Started => {
                let inferred = if operation.inferred { " (inferred)" } else { "" };
                format!("{:?} {}{inferred}", operation.operation, operation.path)
            }
            FileOperationStatus::Discarded => format!("discard {}", operation.path),
        },
        EventKind::FileContent(content) => format!("{} += {}", content.path, content.chunk),
        EventKind::FileComplete(change) => format!("complete {}", change.path),
        EventKind::Status(_) => format!("status {}", event.message),
        other => other.name().into(),
    }
}

/// What a scripted completion does next.
pub(crate) enum Act {
    Text(String),
    Think(&'static str),
    Pause(u64),
    Break,
    /// Ends the answer, for this reason.
    Stop(StopReason),
}

pub(crate) fn text(text: &str) -> Act {
    Act::Text(text.to_owned())
}

/// A completion that does as it is told.
pub(crate) struct Script {
    acts: VecDeque<Act>,
    end: Option<CompletionEnd>,
}

impl Script {
    pub(crate) fn new(acts: impl IntoIterator<Item = Act>) -> Self {
        Self { acts: acts.into_iter().collect(), end: None }
    }
}

#[async_trait::async_trait]
impl CompletionStream for Script {
    async fn next(&mut self) -> Result<Option<CompletionChunk>, Failure> {
        loop {
            match self.acts.pop_front() {
                Some(Act::Text(text)) => return Ok(Some(CompletionChunk::Text(text))),
                Some(Act::Think(text)) => return Ok(Some(CompletionChunk::Thinking(text.into()))),
                Some(Act::Pause(millis)) => tokio::time::sleep(Duration::from_millis(millis)).await,
                Some(Act::Break) => return Err(Failure::new(ErrorCode::Unavailable, "the line broke")),
                stop @ (None | Some(Act::Stop(_))) => {
                    let stop_reason = match stop {
                        Some(Act::Stop(reason)) => reason,
                        _ => StopReason::EndTurn,
                    };
                    let usage = Usage { input_tokens: 7, cached_input_tokens: 0, output_tokens: 3 };
                    let end = CompletionEnd { model: "script".into(), stop_reason, usage };
                    self.end = Some(end);
                    return Ok(None);
                }
            }
        }
    }

    fn end(&self) -> Option<&CompletionEnd> {
        self.end.as_ref()
    }
}

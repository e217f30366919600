//! A journal, and an agent that does as it is told.

use crate::driver::*;
use orchestrator_core::{
    AgentType, Event, EventKind, FileChange, FileChangeKind, FileOperation, ProjectId, RunId, RunRequest,
    Usage, Workflow, WorkflowName,
    event::{FileOperationStatus, Status},
};
use orchestrator_journal::{Journal, RunRecord};

pub(super) struct Bench {
    pub(super) journal: Journal,
    pub(super) recorder: Arc<Recorder>,
    pub(super) chance: Chance,
    _folder: tempfile::TempDir,
}

pub(super) async fn bench(steps: Vec<Step>) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let run_id = RunId::generate();
    let name = WorkflowName::new("w").unwrap();
    let request = RunRequest::new("build it", ProjectId::new("p").unwrap()).workflow(name.clone());
    journal.create_run(RunRecord::new(run_id, request.clone())).await.unwrap();
    let accepted = EventKind::Status(Status::Accepted {
        request: Box::new(request),
        workflow: Box::new(Workflow { name, description: String::new(), steps }),
        plugins: vec![],
        disabled: vec![],
        provider: "none".into(),
        sandbox: Default::default(),
        actor: None,
        policy: String::new(),
    });
    let writer = journal.writer(run_id).await.unwrap();
    let recorder = Recorder::begin(writer, run_id, NewEvent::new(accepted, "")).await.unwrap();
    Bench { journal, recorder, chance: Chance::seeded(1), _folder: folder }
}

impl Bench {
    pub(super) async fn events(&self) -> Vec<Event> {
        self.journal.all_events(self.recorder.run_id()).await.unwrap()
    }
}

/// Emits two files, the second of which stays open, and then does as told. Recording the files takes a moment, and tells
/// itself by a notice.
pub(super) struct Agent(pub(super) Behaviour);

/// Longer than the short steps below may take.
pub(super) const RECORDING: Duration = Duration::from_millis(20);

/// Posts what it owes when it is dropped, as a completion does.
pub(super) struct Owing(pub(super) Arc<dyn EventSink>);

impl Drop for Owing {
    fn drop(&mut self) {
        let usage = Usage { input_tokens: 7, ..Usage::default() };
        let kind = EventKind::Status(Status::ModelUsed { model: "m".into(), usage });
        self.0.post(NewEvent::new(kind, ""));
    }
}

pub(super) enum Behaviour {
    Succeed,
    Hang,
    Fail,
    Flood,
}

#[async_trait]
impl Performer for Agent {
    async fn call(&self, call: StepCall) -> Result<StepOutcome, CallFailure> {
        let _owing = Owing(Arc::clone(&call.events));
        let detail = serde_json::Value::Null;
        call.events.emit(NewEvent::new(EventKind::Status(Status::Agent { detail }), "at work")).await?;
        for (path, whole) in [("whole.js", true), ("half.js", false)] {
            call.events.emit(started(path)).await?;
            if whole {
                call.events.emit(complete(path)).await?;
            }
        }
        match self.0 {
            Behaviour::Succeed => Ok(StepOutcome { summary: "done".into(), data: serde_json::Value::Null }),
            Behaviour::Hang => std::future::pending().await,
            Behaviour::Flood => {
                Ok(StepOutcome { summary: "x".repeat(9 << 20), data: serde_json::Value::Null })
            }
            Behaviour::Fail => Err(Failure::new(ErrorCode::Unavailable, "the line broke").into()),
        }
    }

    async fn record_files(
        &self,
        events: &Arc<dyn EventSink>,
        _: &ExecutionContext,
        moment: Moment,
    ) -> Result<(), Failure> {
        tokio::time::sleep(RECORDING).await;
        let kind = EventKind::Status(Status::Notice { code: format!("{moment:?}") });
        events.emit(NewEvent::new(kind, "recorded")).await
    }

    async fn holds(&self, _: &ConditionRef, _: Arc<ExecutionContext>) -> Result<bool, CallFailure> {
        Ok(true)
    }
}

pub(super) fn started(path: &str) -> NewEvent {
    let operation = FileOperation {
        path: path.into(),
        operation: FileChangeKind::Create,
        status: FileOperationStatus::Started,
        from: None,
        inferred: false,
    };
    NewEvent::new(EventKind::FileOperation(operation), "")
}

pub(super) fn complete(path: &str) -> NewEvent {
    let change = FileChange {
        path: path.into(),
        operation: FileChangeKind::Create,
        size: 0,
        sha256: String::new(),
        from: None,
    };
    NewEvent::new(EventKind::FileComplete(change), "")
}

/// The files that were given up, each with the event that came next.
pub(super) fn given_up(events: &[Event]) -> Vec<(String, &Event)> {
    let pairs = events.iter().zip(events.iter().skip(1));
    let given_up = pairs.filter_map(|(event, next)| match &event.kind {
        EventKind::FileOperation(file) if file.status == FileOperationStatus::Discarded => {
            Some((file.path.clone(), next))
        }
        _ => None,
    });
    given_up.collect()
}

pub(super) fn step(timeout: f64) -> Step {
    Step::new(AgentType::new("writer").unwrap(), "write").timeout(timeout).retry_count(0)
}

pub(super) fn cancelled() -> Failure {
    Failure::new(ErrorCode::Cancelled, "cancelled")
}

/// The labels of the notices, in order.
pub(super) fn recorded(events: &[Event]) -> Vec<&str> {
    let labels = events.iter().filter_map(|event| match &event.kind {
        EventKind::Status(Status::Notice { code }) => Some(code.as_str()),
        _ => None,
    });
    labels.collect()
}

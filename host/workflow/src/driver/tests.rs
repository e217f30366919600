//! The driver with a real journal and a scripted performer.

use super::*;
use orchestrator_core::{
    AgentType, Event, EventKind, ProjectId, RunId, RunRequest, Workflow, WorkflowName, event::Status,
};
use orchestrator_journal::{Journal, RunRecord};

struct Bench {
    journal: Journal,
    recorder: Arc<Recorder>,
    _folder: tempfile::TempDir,
}

async fn bench(steps: Vec<Step>) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let run_id = RunId::generate();
    let name = WorkflowName::new("w").unwrap();
    let request = RunRequest::new("build it", ProjectId::new("p").unwrap()).workflow(name.clone());
    journal.create_run(RunRecord::new(run_id, request.clone())).await.unwrap();
    let accepted = EventKind::Status(Status::Accepted {
        request,
        workflow: Workflow { name, description: String::new(), steps },
        plugins: vec![],
        disabled: vec![],
        provider: "none".into(),
        sandbox: Default::default(),
    });
    let writer = journal.writer(run_id).await.unwrap();
    let recorder = Recorder::begin(writer, run_id, NewEvent::new(accepted, "")).await.unwrap();
    Bench { journal, recorder, _folder: folder }
}

impl Bench {
    async fn events(&self) -> Vec<Event> {
        self.journal.all_events(self.recorder.run_id()).await.unwrap()
    }
}

/// Emits one event and then does as told.
struct Agent(Behaviour);

enum Behaviour {
    Succeed,
    Hang,
}

#[async_trait]
impl Performer for Agent {
    async fn call(&self, call: StepCall) -> Result<Outcome, CallFailure> {
        let detail = serde_json::Value::Null;
        call.events.emit(NewEvent::new(EventKind::Status(Status::Agent { detail }), "at work")).await?;
        match self.0 {
            Behaviour::Succeed => Ok(Outcome { summary: "done".into(), data: serde_json::Value::Null }),
            Behaviour::Hang => std::future::pending().await,
        }
    }

    async fn holds(&self, _: &ConditionRef, _: Arc<ExecutionContext>) -> Result<bool, CallFailure> {
        Ok(true)
    }
}

fn step(timeout: f64) -> Step {
    Step::new(AgentType::new("writer").unwrap(), "write").timeout(timeout).retry_count(0)
}

fn cancelled() -> Failure {
    Failure::new(ErrorCode::Cancelled, "cancelled")
}

#[tokio::test]
async fn the_journal_folds_to_the_state_that_the_run_had() {
    let bench = bench(vec![step(5.0)]).await;
    let agent = Agent(Behaviour::Succeed);
    let status = drive(&bench.recorder, &agent, &CancellationToken::new(), cancelled).await.unwrap();
    assert_eq!(status, RunStatus::Succeeded);
    let events = bench.events().await;
    let folded = crate::RunState::fold(bench.recorder.run_id(), &events).unwrap();
    assert_eq!(folded, bench.recorder.with_state(Clone::clone).await);
    assert_eq!(
        events.iter().map(|event| event.seq).collect::<Vec<_>>(),
        (1..=events.len() as u64).collect::<Vec<_>>()
    );
    assert_eq!(events.iter().filter(|event| event.is_terminal()).count(), 1);
    assert_eq!((events[0].progress, events[events.len() - 1].progress), (0, 100));
}

#[tokio::test]
async fn a_step_that_takes_too_long_is_ended() {
    let bench = bench(vec![step(0.01)]).await;
    let agent = Agent(Behaviour::Hang);
    let status = drive(&bench.recorder, &agent, &CancellationToken::new(), cancelled).await.unwrap();
    assert_eq!(status, RunStatus::Failed);
    let last = bench.events().await.pop().unwrap();
    assert!(
        matches!(last.kind, EventKind::Error(error) if error.code == ErrorCode::Timeout && error.terminal)
    );
}

#[tokio::test]
async fn cancelling_ends_a_run_that_waits() {
    let bench = bench(vec![step(60.0)]).await;
    let cancel = CancellationToken::new();
    let agent = Agent(Behaviour::Hang);
    let (status, ()) = tokio::join!(drive(&bench.recorder, &agent, &cancel, cancelled), async {
        while bench.recorder.with_state(|state| state.seq).await < 4 {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    });
    assert_eq!(status.unwrap(), RunStatus::Cancelled);
}

#[tokio::test]
async fn a_straggler_cannot_write_after_its_call() {
    let bench = bench(vec![step(5.0)]).await;
    let sink = bench.recorder.call_sink();
    sink.close();
    let late = NewEvent::new(EventKind::Status(Status::Started), "late");
    assert_eq!(sink.emit(late).await.unwrap_err().code, ErrorCode::Cancelled);
}

//! The journal as its users see it, on real files. What they share is here; the tests are below, by subject.

use crate::{EventParts, Journal, RunRecord, RunWriter, Subscription, tail::TailLimits};
use orchestrator_core::{
    CompleteEvent, EventKind, IfBusy, ProjectId, RunId, RunRequest, Thinking, Usage, WorkflowName,
};
use tempfile::TempDir;

mod appending;
mod damage;
mod failures;
mod following;
mod formats;
mod interleavings;
mod ledger;
mod projection;
mod removal;
mod rows;
mod runs;
mod settings;
mod subscribing;

/// Small, so that a few events are enough to fall out of it.
const SMALL_TAIL: TailLimits = TailLimits { events: 4, bytes: 4096 };

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn open(folder: &TempDir) -> Journal {
    Journal::open_with(folder.path(), SMALL_TAIL, |_| Ok(())).expect("opens")
}

fn record(project: &str, workflow: &str) -> RunRecord {
    let request = RunRequest {
        user_request: "Build a clock".into(),
        project_id: ProjectId::new(project).expect("a name"),
        workflow_name: WorkflowName::new(workflow).expect("a name"),
        metadata: serde_json::Map::new(),
        if_busy: IfBusy::Reject,
    };
    RunRecord::new(RunId::generate(), request)
}

/// A new run and its pen.
async fn begin(journal: &Journal) -> RunWriter {
    let record = record("clock", "build");
    let id = record.run_id;
    journal.create_run(record).await.expect("creates");
    journal.writer(id).await.expect("opens")
}

fn parts(kind: EventKind, message: &str) -> EventParts {
    EventParts { kind, message: message.into(), step: None, step_name: None, agent: None, progress: 0 }
}

fn thought(message: &str) -> EventParts {
    parts(EventKind::ThinkingStep(Thinking { partial: false }), message)
}

fn end() -> EventParts {
    parts(
        EventKind::Complete(CompleteEvent {
            files: Vec::new(),
            usage: Usage::default(),
            duration_ms: 1,
            verdict: None,
        }),
        "done",
    )
}

async fn append_many(writer: &RunWriter, count: u64) {
    for _ in 0..count {
        writer.append(thought("hm")).await.expect("appends");
    }
}

/// The numbers of everything that a subscription hands out until it ends.
async fn drain(subscription: &mut Subscription) -> Vec<u64> {
    let mut numbers = Vec::new();
    while let Some(batch) = subscription.next_batch().await.expect("reads") {
        numbers.extend(batch.iter().map(|event| event.seq));
    }
    numbers
}

//! What an operator reads in the log of a run: one line when it starts, waits and ends.
//!
//! Made where every event of a run passes, so that whoever starts or ends one, and by whatever door, it is in the log
//! once. The line names the run so that its events can be found, and holds nothing of what it was asked for, which may
//! be anybody's secret.

use crate::state::RunState;
use orchestrator_core::{
    Event, EventKind, RunId, RunStatus, Timestamp,
    event::{Status, VerdictKind},
};
use std::time::Duration;

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// The run is in line behind another one on its project.
    Queued { behind: RunId },
    /// It begins to work.
    Started,
    /// A step is to be tried again after a pause.
    Waiting { step: String, delay: Duration },
    /// It is over.
    Ended { status: RunStatus, verdict: Option<&'static str>, error: Option<String>, duration: Duration },
}

/// A line for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    run_id: RunId,
    project: String,
    workflow: String,
    actor: String,
    what: What,
}

impl Line {
    /// The line that an event is worth, in the state after it.
    pub(crate) fn of(state: &RunState, event: &Event) -> Option<Self> {
        let what = match &event.kind {
            EventKind::Status(Status::Queued { behind }) => What::Queued { behind: *behind },
            EventKind::Status(Status::Started) => What::Started,
            EventKind::Status(Status::Waiting { delay_ms, .. }) => What::Waiting {
                step: state.step().map(|step| step.name.clone()).unwrap_or_default(),
                delay: Duration::from_millis(*delay_ms),
            },
            EventKind::Complete(complete) => What::Ended {
                status: state.status(),
                verdict: complete.verdict.as_ref().map(|verdict| name(verdict.kind)),
                error: None,
                duration: since(state.created, event.time),
            },
            EventKind::Error(error) if error.terminal => What::Ended {
                status: state.status(),
                verdict: None,
                error: Some(event.message.clone()),
                duration: since(state.created, event.time),
            },
            _ => return None,
        };
        Some(Self {
            run_id: state.run_id,
            project: state.request.project_id.to_string(),
            workflow: state.request.workflow_name.to_string(),
            actor: state.actor.as_ref().map_or("unknown", |actor| actor.as_str()).to_owned(),
            what,
        })
    }

    /// Writes it.
    pub(crate) fn write(&self) {
        let Self { run_id, project, workflow, actor, what } = self;
        match what {
            What::Queued { behind } => {
                tracing::info!(%run_id, project, workflow, actor, %behind, "run waits for its project");
            }
            What::Started => tracing::info!(%run_id, project, workflow, actor, "run started"),
            What::Waiting { step, delay } => {
                let pause_ms = delay.as_millis() as u64;
                tracing::info!(%run_id, project, workflow, actor, step, pause_ms, "run waits to try a step again");
            }
            What::Ended { status, verdict, error, duration } => {
                let (status, duration_ms) = (status.as_str(), duration.as_millis() as u64);
                let error = error.as_deref();
                tracing::info!(
                    %run_id, project, workflow, actor, status, duration_ms, verdict, error, "run ended"
                );
            }
        }
    }
}

fn name(verdict: VerdictKind) -> &'static str {
    match verdict {
        VerdictKind::Tested => "tested",
        VerdictKind::Built => "built",
        VerdictKind::Untested => "untested",
        VerdictKind::Failed => "failed",
    }
}

fn since(begin: Timestamp, end: Timestamp) -> Duration {
    Duration::try_from(end.duration_since(begin)).unwrap_or_default()
}

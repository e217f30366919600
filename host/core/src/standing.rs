//! Where a run stands, in a few numbers: the small fold of a run's events that lists are made of.
//!
//! The journal keeps it in columns beside the run, written in the transaction that writes the events, so that a list
//! costs the rows that it shows and not the events behind them. It is a projection and no second truth: it can be made
//! again from the events at any time, and a test holds it against the whole fold.

use crate::Timestamp;
use crate::{
    event::{Event, EventKind, Status},
    run::{RunStatus, Usage},
};

/// Where a run stands after its event number `seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Where it is in its life.
    pub status: RunStatus,
    /// Highest progress so far, 0 to 100.
    pub progress: u8,
    /// Place in the workflow, from 1, of the step that an event last belonged to; none before the first.
    pub step: Option<u32>,
    /// What the models cost so far.
    pub usage: Usage,
    /// When the last event came.
    pub updated: Timestamp,
    /// Number of the last event.
    pub seq: u64,
}

impl Standing {
    /// Where a run stands after `event`, having stood at `before` until then. One that is over stays as it ended.
    #[must_use]
    pub fn after(before: Option<Self>, event: &Event) -> Self {
        let mut usage = before.map(|before| before.usage).unwrap_or_default();
        if let EventKind::Status(Status::ModelUsed { usage: more, .. }) = &event.kind {
            usage += *more;
        }
        let ended = before.map(|before| before.status).filter(|status| status.is_terminal());
        let told = ended.or_else(|| told(&event.kind)).or(before.map(|before| before.status));
        Self {
            status: told.unwrap_or(RunStatus::Queued),
            progress: event.progress.max(before.map_or(0, |before| before.progress)),
            step: event.step.or(before.and_then(|before| before.step)),
            usage,
            updated: event.time,
            seq: event.seq,
        }
    }
}

/// The status that an event brings; none where it leaves the status as it is.
fn told(kind: &EventKind) -> Option<RunStatus> {
    match kind {
        EventKind::Complete(complete) => Some(complete.status()),
        EventKind::Error(error) => error.status(),
        EventKind::Status(status) => match status {
            Status::Accepted { .. } | Status::Queued { .. } => Some(RunStatus::Queued),
            Status::Waiting { .. } => Some(RunStatus::Waiting),
            Status::Started
            | Status::StepStarted { .. }
            | Status::StepSucceeded { .. }
            | Status::StepSkipped { .. }
            | Status::LoopedBack { .. }
            | Status::LoopExhausted { .. } => Some(RunStatus::Running),
            Status::ModelUsed { .. }
            | Status::SnapshotTaken { .. }
            | Status::Notice { .. }
            | Status::Damaged { .. }
            | Status::Agent { .. } => None,
        },
        _ => None,
    }
}

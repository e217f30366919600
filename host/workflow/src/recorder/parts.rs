//! What a run adds to an event: the step and the agent that it belongs to, and how far the run has come.

use crate::{
    machine,
    state::{Phase, RunState},
};
use orchestrator_core::{EventKind, NewEvent};
use orchestrator_journal::EventParts;

/// A run's first event, before there is a state: it belongs to no step.
pub(super) fn of_acceptance(event: NewEvent) -> EventParts {
    let NewEvent { kind, message } = event;
    EventParts { kind, message, step: None, step_name: None, agent: None, progress: 0 }
}

/// An event of a run in `state`. `fraction`, 0 to 1, is how much of the step at hand is done.
pub(super) fn parts(state: &RunState, event: NewEvent, fraction: f32) -> EventParts {
    let NewEvent { kind, message } = event;
    let progress = machine::progress_of(state, &kind, fraction);
    let outside =
        matches!(state.phase, Phase::NotStarted | Phase::Queued) || matches!(kind, EventKind::Complete(_));
    let step = state.step().filter(|_| !outside);
    EventParts {
        kind,
        message,
        step: step.and_then(|_| u32::try_from(state.position + 1).ok()),
        step_name: step.map(|step| step.name.clone()),
        agent: step.map(|step| step.agent_type.clone()),
        progress,
    }
}

//! What a run does next: the pure half of the engine.
//!
//! [`next`] maps a state to one action. An action that needs the outside world (a condition, an agent, a pause) comes
//! back as a call to one of the functions below it, which turn the result into the event to append. Together with
//! [`crate::state::RunState::apply`] they are the whole transition table; the driver adds nothing to it.
//!
//! A run succeeds in one place alone: in [`next`], once every step is behind it. Whatever should not have come about (an
//! answer that nobody asked for, a step that is not there) ends the run by [`defect`], which is a failure.

use crate::{
    progress, retry,
    state::{Phase, RunState},
};
use orchestrator_core::event::{
    CompleteEvent, ErrorEvent, EventKind, ExhaustedReason, SkipReason, Status, TrapReport, VerdictKind,
};
use orchestrator_core::{ConditionRef, ErrorCode, Failure, NewEvent, RunStatus, Step};
use std::time::Duration;

/// Most bytes of the names that the last event of a run tells; the run itself has all of them.
const FILES_NAMED_MAX: usize = 1 << 20;

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Append this event.
    Append(Box<NewEvent>),
    /// Ask the condition, then append what [`condition_answered`] says.
    Ask(ConditionRef),
    /// Call the step's agent, then append what [`agent_returned`] says.
    Call {
        /// Which try, from 1.
        attempt: u32,
    },
    /// Wait, then append what [`pause_ended`] says.
    Pause(Duration),
    /// Nothing: the run is over.
    End(RunStatus),
}

/// What to do in `state`. `jitter`, 0 to 1, is where within its bounds a pause lies.
#[must_use]
pub fn next(state: &RunState, jitter: f64) -> Action {
    if let (Some(what), false) = (&state.unexpected, state.is_over()) {
        return append(defect(what));
    }
    match &state.phase {
        Phase::NotStarted | Phase::Queued => {
            let workflow = &state.workflow;
            let message = format!("Running {}: {} steps", workflow.name, workflow.steps.len());
            append(status(Status::Started, message))
        }
        Phase::Pending => match state.step() {
            Some(step) => enter(state, step),
            None if state.is_through() => append(complete(state)),
            None => append(defect("there is no step to go on with")),
        },
        Phase::Running { attempt } => Action::Call { attempt: *attempt },
        Phase::Failed { attempt, retry_after } => append(wait(state, *attempt, *retry_after, jitter)),
        Phase::Waiting { delay, .. } => Action::Pause(*delay),
        Phase::LoopDue => append(loop_back(state)),
        Phase::Exhausted => append(exhausted(state)),
        Phase::Ended(status) => Action::End(*status),
    }
}

fn append(event: NewEvent) -> Action {
    Action::Append(Box::new(event))
}

/// A step that has not begun: skip it, ask its condition, or begin.
fn enter(state: &RunState, step: &Step) -> Action {
    if state.disabled.contains(&step.agent_type) {
        let message = format!("Skipped '{}': the agent '{}' is disabled", step.name, step.agent_type);
        return append(status(Status::StepSkipped { reason: SkipReason::AgentDisabled }, message));
    }
    match &step.condition {
        Some(condition) => Action::Ask(condition.clone()),
        None => append(begin(state, step)),
    }
}

/// The event that follows from a condition's answer.
#[must_use]
pub fn condition_answered(state: &RunState, holds: bool) -> NewEvent {
    let asked = state.step().and_then(|step| Some((step, step.condition.as_ref()?)));
    let (Phase::Pending, Some((step, condition))) = (&state.phase, asked) else {
        return defect("a condition was answered that the run did not ask");
    };
    if holds {
        return begin(state, step);
    }
    let condition = condition.name.clone();
    let message = format!("Skipped '{}': {condition} does not hold", step.name);
    status(Status::StepSkipped { reason: SkipReason::ConditionFalse { condition } }, message)
}

/// The event that follows when a condition could not be asked. It decided nothing, so a run that went on either way
/// would be a guess.
#[must_use]
pub fn condition_failed(failure: crate::CallFailure) -> NewEvent {
    error(failure.failure, true, None, failure.trap)
}

/// The first attempt of a step, unless its loop has come to nothing.
fn begin(state: &RunState, step: &Step) -> NewEvent {
    if let Some((reason, rounds)) = loop_spent(state, step) {
        let why = match reason {
            ExhaustedReason::MaxRounds => format!("no success after {rounds} rounds"),
            ExhaustedReason::SameFailure => {
                format!("the same failure came twice, round {rounds} changed nothing")
            }
        };
        return status(
            Status::LoopExhausted { reason, rounds },
            format!("Gave up on '{}': {why}", step.name),
        );
    }
    step_started(state, step, 1)
}

fn loop_spent(state: &RunState, step: &Step) -> Option<(ExhaustedReason, u32)> {
    let back = step.loop_back.as_ref()?;
    let taken = state.loops.get(&state.position)?;
    if taken.failure.is_some() && taken.failure == state.current_failure() {
        return Some((ExhaustedReason::SameFailure, taken.rounds));
    }
    (taken.rounds >= back.max_rounds).then_some((ExhaustedReason::MaxRounds, taken.rounds))
}

fn step_started(state: &RunState, step: &Step, attempt: u32) -> NewEvent {
    let before = state.outputs.iter().filter(|output| output.step == step.name).count();
    let message = match (attempt, before) {
        (1, 0) => step.name.clone(),
        (1, before) => format!("{} (round {})", step.name, before + 1),
        (attempt, _) => format!("{} (attempt {attempt})", step.name),
    };
    status(Status::StepStarted { attempt, round: state.round }, message)
}

/// The event that follows when a pause is over.
#[must_use]
pub fn pause_ended(state: &RunState) -> NewEvent {
    match (&state.phase, state.step()) {
        (Phase::Waiting { next_attempt, .. }, Some(step)) => step_started(state, step, *next_attempt),
        _ => defect("a pause ended that the run did not make"),
    }
}

/// The event that follows from what an agent returned.
#[must_use]
pub fn agent_returned(
    state: &RunState,
    attempt: u32,
    took: Duration,
    result: Result<crate::StepOutcome, crate::CallFailure>,
) -> NewEvent {
    let is_awaited = state.phase == Phase::Running { attempt } && state.step().is_some();
    match result {
        Ok(_) if !is_awaited => defect("an agent returned that the run did not call"),
        Ok(outcome) => {
            let duration_ms = millis(took);
            status(Status::StepSucceeded { attempt, duration_ms, output: outcome.data }, outcome.summary)
        }
        Err(crate::CallFailure { failure, trap }) => {
            let retryable = failure.is_worth_repeating();
            let left = is_awaited && state.step().map_or(0, |step| step.retry_count) >= attempt;
            error(failure, !(retryable && left), Some(attempt), trap)
        }
    }
}

/// The event that ends a run from outside of its steps: cancelled, or interrupted by a stop of the program.
#[must_use]
pub fn ended_by(failure: Failure) -> NewEvent {
    error(failure, true, None, None)
}

/// The event that ends a run because of a mistake in this program.
#[must_use]
pub fn defect(what: &str) -> NewEvent {
    let message = format!(
        "the program has a defect that ended the run: {what}; its files are kept; please report it with the run's events"
    );
    ended_by(Failure::new(ErrorCode::Internal, message))
}

fn wait(state: &RunState, attempt: u32, retry_after: Option<Duration>, jitter: f64) -> NewEvent {
    let delay = retry::delay(attempt, retry_after, jitter);
    let retries = state.step().map_or(0, |step| step.retry_count);
    let message = format!("Trying again in {:.1} s (retry {attempt} of {retries})", delay.as_secs_f64());
    status(Status::Waiting { next_attempt: attempt + 1, delay_ms: millis(delay) }, message)
}

fn loop_back(state: &RunState) -> NewEvent {
    let Some(back) = state.step().and_then(|step| step.loop_back.as_ref()) else {
        return defect("a loop is to be taken that the step does not have");
    };
    let round = state.loops.get(&state.position).map_or(0, |taken| taken.rounds) + 1;
    let message = format!("Back to '{}' (round {round} of {})", back.to, back.max_rounds);
    let failure = state.current_failure();
    status(Status::LoopedBack { to: back.to.clone(), round, max_rounds: back.max_rounds, failure }, message)
}

fn exhausted(state: &RunState) -> NewEvent {
    let command = state.last_command.as_ref().map(|command| command.argv.join(" "));
    let message = match command {
        Some(command) => {
            let given_up = state.evidence.loops.last().map(|given_up| format!("; {given_up}"));
            format!(
                "'{command}' still fails and the workflow's loop is used up{}; the files are kept: \
                 look at the last output, then run again with what you learned",
                given_up.unwrap_or_default()
            )
        }
        None => "the workflow's loop is used up without success".to_owned(),
    };
    error(Failure::new(ErrorCode::LimitExceeded, message), true, None, None)
}

/// The last event of a run whose steps are all behind it.
fn complete(state: &RunState) -> NewEvent {
    let mut room = FILES_NAMED_MAX;
    let files = state.files.iter().map(|file| file.path.clone());
    let files = files.take_while(|path| {
        room = room.saturating_sub(path.len());
        room > 0
    });
    let files = files.collect();
    let duration_ms = state.updated.duration_since(state.created).as_millis().try_into().unwrap_or(0);
    let verdict = state.evidence.verdict();
    let message = match verdict.kind {
        VerdictKind::Tested => "Workflow complete!".to_owned(),
        VerdictKind::Built => format!("Workflow complete, built and not tested: {}", verdict.why),
        VerdictKind::Untested => format!("Workflow complete, not tested: {}", verdict.why),
        VerdictKind::Failed => format!("Workflow complete, but what it made fails: {}", verdict.why),
    };
    let event = CompleteEvent { files, usage: state.usage, duration_ms, verdict: Some(verdict) };
    NewEvent::new(EventKind::Complete(event), message)
}

fn status(status: Status, message: String) -> NewEvent {
    NewEvent::new(EventKind::Status(status), message)
}

fn error(failure: Failure, terminal: bool, attempt: Option<u32>, trap: Option<Box<TrapReport>>) -> NewEvent {
    let retryable = failure.code.is_retryable();
    let retry_after_ms = failure.retry_after.map(millis);
    let event = ErrorEvent { code: failure.code, terminal, retryable, attempt, retry_after_ms, trap };
    NewEvent::new(EventKind::Error(event), failure.message)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The progress that belongs to an event of this kind, in this state.
#[must_use]
pub fn progress_of(state: &RunState, kind: &EventKind, fraction: f32) -> u8 {
    match kind {
        EventKind::Complete(_) => 100,
        EventKind::Status(Status::Accepted { .. } | Status::Queued { .. } | Status::Started) => {
            state.progress
        }
        _ => progress::percent(state.position, state.workflow.steps.len(), fraction).max(state.progress),
    }
}

#[cfg(test)]
mod tests;

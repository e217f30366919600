//! Performs what the machine says, one action at a time.
//!
//! A run is one task that owns its recorder. The loop is short on purpose: read the state, ask the machine, do it,
//! append what came of it. Cancellation is looked for where time passes, in the `select!` around an action; a cancelled
//! call is dropped, which ends guest, model request and process tree with the call's store.
//!
//! The project's files are recorded on both sides of a call, also of one that is cut off, and outside of the step's
//! time. The price: a run that is cancelled ends once its files are recorded.
//!
//! What a step comes to is bounded where it enters the host. An event that is too long for the journal all the same
//! ends the run by a short one that says so.

use crate::{
    call_sink::CallSink,
    machine::{self, Action},
    recorder::Recorder,
};
use async_trait::async_trait;
use orchestrator_core::{
    Chance, ConditionRef, ErrorCode, EventSink, ExecutionContext, Failure, NewEvent, RunStatus, Step,
    event::{Moment, TrapReport},
};
use orchestrator_journal::JournalError;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// One call of an agent.
pub struct StepCall {
    /// What the agent is told.
    pub context: Arc<ExecutionContext>,
    /// The step.
    pub step: Step,
    /// Where the call's events go.
    pub events: Arc<dyn EventSink>,
    /// Set when the run is cancelled.
    pub cancel: CancellationToken,
    /// When the step's time is over.
    pub deadline: Instant,
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq)]
pub struct StepOutcome {
    /// One sentence on what was done.
    pub summary: String,
    /// What later steps get.
    pub data: serde_json::Value,
}

/// How a call failed.
#[derive(Debug, Clone, PartialEq)]
pub struct CallFailure {
    /// The failure.
    pub failure: Failure,
    /// What is known about a trap, when it was one.
    pub trap: Option<Box<TrapReport>>,
}

impl From<Failure> for CallFailure {
    fn from(failure: Failure) -> Self {
        Self { failure, trap: None }
    }
}

/// Calls plugins. The driver knows no sandbox; whoever starts a run brings one.
#[async_trait]
pub trait Performer: Send + Sync {
    /// Calls the step's agent. Dropping the future ends the call and everything it started.
    async fn call(&self, call: StepCall) -> Result<StepOutcome, CallFailure>;

    /// Records the project's files before or after a call of the step that `context` is about.
    async fn record_files(
        &self,
        events: &Arc<dyn EventSink>,
        context: &ExecutionContext,
        moment: Moment,
    ) -> Result<(), Failure>;

    /// Asks a condition.
    async fn holds(
        &self,
        condition: &ConditionRef,
        context: Arc<ExecutionContext>,
    ) -> Result<bool, CallFailure>;
}

/// Carries a run to its end and returns how it ended.
///
/// `cancel` ends the run; what it ends with is `ended_by`'s answer, since only the caller knows whether a person
/// cancelled or the program is stopping. How long a pause before another attempt is lies with `chance`.
///
/// # Errors
/// When the journal cannot be written. The run has no last event then, and its state is ahead of what is stored.
pub async fn drive(
    recorder: &Arc<Recorder>,
    performer: &dyn Performer,
    cancel: &CancellationToken,
    chance: &Chance,
    ended_by: impl Fn() -> Failure,
) -> Result<RunStatus, JournalError> {
    loop {
        let action = recorder.with_state(|state| machine::next(state, chance.fraction()));
        if let Action::End(status) = action {
            recorder.flush().await?;
            return Ok(status);
        }
        let performed = match action {
            Action::Call { attempt } => call(recorder, performer, cancel, attempt).await,
            action => tokio::select! {
                biased;
                () = cancel.cancelled() => None,
                event = perform(recorder, performer, action) => Some(event),
            },
        };
        record(recorder, performed.unwrap_or_else(|| machine::ended_by(ended_by()))).await?;
    }
}

async fn record(recorder: &Recorder, event: NewEvent) -> Result<(), JournalError> {
    match recorder.record(event).await {
        Err(error @ JournalError::EventTooLarge { .. }) => {
            recorder.record(machine::ended_by(error.into())).await
        }
        recorded => recorded,
    }
}

async fn perform(recorder: &Arc<Recorder>, performer: &dyn Performer, action: Action) -> NewEvent {
    match action {
        Action::Append(event) => *event,
        Action::Ask(condition) => ask(recorder, performer, &condition).await,
        Action::Pause(delay) => {
            tokio::time::sleep(delay).await;
            recorder.with_state(machine::pause_ended)
        }
        Action::Call { .. } | Action::End(_) => machine::defect("an action was taken for another one"),
    }
}

async fn ask(recorder: &Arc<Recorder>, performer: &dyn Performer, condition: &ConditionRef) -> NewEvent {
    let context = recorder.with_state(|state| Arc::new(state.context(1)));
    match performer.holds(condition, context).await {
        Ok(holds) => recorder.with_state(|state| machine::condition_answered(state, holds)),
        Err(failure) => machine::condition_failed(failure),
    }
}

/// Calls the step's agent. None when the run was cancelled meanwhile.
async fn call(
    recorder: &Arc<Recorder>,
    performer: &dyn Performer,
    cancel: &CancellationToken,
    attempt: u32,
) -> Option<NewEvent> {
    let Some((context, step)) = recorder
        .with_state(|state| state.step().cloned().map(|step| (Arc::new(state.context(attempt)), step)))
    else {
        return Some(machine::defect("there is no step to call an agent for"));
    };
    let sink = CallSink::open(recorder);
    let guard = CloseOnDrop(Arc::clone(&sink));
    let events: Arc<dyn EventSink> = sink;
    let before = performer.record_files(&events, &context, Moment::Before).await;
    let started = Instant::now();
    let timeout = Duration::from_secs_f64(step.timeout.clamp(0.0, Step::TIMEOUT_MAX));
    let call = StepCall {
        context: Arc::clone(&context),
        events: Arc::clone(&events),
        cancel: cancel.clone(),
        deadline: started + timeout,
        step: step.clone(),
    };
    let result = match before {
        Err(failure) => Some(Err(failure.into())),
        Ok(()) => tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            result = tokio::time::timeout(timeout, performer.call(call)) => {
                Some(result.unwrap_or_else(|_| Err(timed_out(&step).into())))
            }
        },
    };
    let took = started.elapsed();
    let after = performer.record_files(&events, &context, Moment::After).await;
    drop(guard);
    let result = match (result?, after) {
        (Ok(_), Err(failure)) => Err(failure.into()),
        (result, _) => result,
    };
    Some(recorder.with_state(|state| machine::agent_returned(state, attempt, took, result)))
}

fn timed_out(step: &Step) -> Failure {
    let message = format!(
        "the step '{}' took longer than its {} s and was ended; give it a longer timeout or less to do",
        step.name, step.timeout
    );
    Failure::new(ErrorCode::Timeout, message)
}

/// Closes a call's sink however the call ends, cancellation included.
struct CloseOnDrop(Arc<CallSink>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests;

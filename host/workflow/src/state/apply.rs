//! What an event does to a run's state.
//!
//! An event says what happened, so it is taken as it says. A move that does not follow from where the run was is noted
//! beside ([`RunState::unexpected`]): nobody knows what such a state means, so the machine ends the run as failed and
//! goes no further from there. Where events of an old run cannot be read, what is left of it is folded as far as it goes.
//! A run that is over stays as it ended, whatever comes after.

use super::{Phase, RunState};
use orchestrator_core::{
    CommandOutcome, FileChange, FileChangeKind, FileOperation, OnExhausted, StepOutput,
    event::{
        CommandEvent, CommandStage, ErrorEvent, Event, EventKind, ExhaustedLoop, ExhaustedReason,
        FileOperationStatus, Status,
    },
};
use std::time::Duration;

impl RunState {
    /// The state after one more event.
    pub fn apply(&mut self, event: &Event) {
        self.progress = self.progress.max(event.progress);
        self.updated = event.time;
        self.seq = event.seq;
        if let EventKind::Status(Status::ModelUsed { usage, .. }) = &event.kind {
            self.usage += *usage;
        }
        if self.is_over() {
            return;
        }
        if self.unexpected.is_none() && !self.follows(&event.kind) {
            self.unexpected = Some(format!("{} does not follow {:?}", told(&event.kind), self.phase));
        }
        self.take(event);
    }

    /// Whether something of this kind can happen where the run is.
    fn follows(&self, kind: &EventKind) -> bool {
        match kind {
            EventKind::Status(status) => self.status_follows(status),
            EventKind::Complete(_) => self.is_through(),
            EventKind::Error(error) if error.terminal => true,
            EventKind::Error(error) => match (error.attempt, &self.phase) {
                (Some(failed), Phase::Running { attempt }) => failed == *attempt,
                (Some(_), _) => false,
                (None, _) => true,
            },
            EventKind::PlanCreated(_)
            | EventKind::FileOperation(_)
            | EventKind::FileContent(_)
            | EventKind::FileComplete(_)
            | EventKind::CommandExecute(_)
            | EventKind::ThinkingStep(_) => true,
        }
    }

    fn status_follows(&self, status: &Status) -> bool {
        let Self { phase, workflow, .. } = self;
        let step = self.step();
        let back = step.and_then(|step| step.loop_back.as_ref());
        match status {
            Status::Accepted { .. } => false,
            Status::Queued { .. } | Status::Started => {
                matches!(phase, Phase::NotStarted | Phase::Queued)
            }
            Status::StepStarted { attempt, .. } => match phase {
                Phase::Pending => step.is_some() && *attempt == 1,
                Phase::Waiting { next_attempt, .. } => step.is_some() && attempt == next_attempt,
                _ => false,
            },
            Status::StepSucceeded { attempt, .. } => {
                step.is_some() && *phase == Phase::Running { attempt: *attempt }
            }
            Status::StepSkipped { .. } => step.is_some() && *phase == Phase::Pending,
            Status::Waiting { .. } => matches!(phase, Phase::Failed { .. }),
            Status::LoopedBack { to, .. } => {
                let is_the_target = back.is_some_and(|back| back.to == *to);
                *phase == Phase::LoopDue
                    && is_the_target
                    && workflow.steps.iter().any(|step| step.name == *to)
            }
            Status::LoopExhausted { .. } => back.is_some() && *phase == Phase::Pending,
            Status::ModelUsed { .. }
            | Status::SnapshotTaken { .. }
            | Status::Notice { .. }
            | Status::Damaged { .. }
            | Status::Agent { .. } => true,
        }
    }

    fn take(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Status(status) => self.apply_status(status, event),
            EventKind::PlanCreated(plan) => self.plan = Some(plan.clone()),
            EventKind::FileComplete(change) => self.apply_change(change),
            EventKind::CommandExecute(CommandEvent { stage: CommandStage::Finished { outcome }, .. }) => {
                let step = self.step().map(|step| step.name.clone()).unwrap_or_default();
                self.evidence.command(&step, self.plan.as_ref(), outcome);
                self.last_command = Some(CommandOutcome::clone(outcome));
            }
            EventKind::Error(error) => self.apply_error(error, event),
            EventKind::Complete(complete) => {
                self.verdict = complete.verdict.clone();
                self.phase = Phase::Ended(complete.status());
            }
            EventKind::FileOperation(operation) => self.apply_operation(operation),
            EventKind::CommandExecute(_) | EventKind::ThinkingStep(_) | EventKind::FileContent(_) => {}
        }
    }

    fn apply_status(&mut self, status: &Status, event: &Event) {
        match status {
            Status::Queued { .. } => self.phase = Phase::Queued,
            Status::Started => self.phase = Phase::Pending,
            Status::StepStarted { attempt, .. } => {
                self.evidence.begin();
                self.phase = Phase::Running { attempt: *attempt };
            }
            Status::StepSucceeded { output, .. } => self.finish_step(output, event),
            Status::StepSkipped { .. } => self.advance(),
            Status::Waiting { next_attempt, delay_ms } => {
                self.phase =
                    Phase::Waiting { next_attempt: *next_attempt, delay: Duration::from_millis(*delay_ms) };
            }
            Status::LoopedBack { to, failure, .. } => self.loop_back(to, failure.clone()),
            Status::LoopExhausted { reason, rounds } => self.exhaust(*reason, *rounds),
            Status::Accepted { .. }
            | Status::ModelUsed { .. }
            | Status::SnapshotTaken { .. }
            | Status::Notice { .. }
            | Status::Damaged { .. }
            | Status::Agent { .. } => {}
        }
    }

    fn finish_step(&mut self, output: &serde_json::Value, event: &Event) {
        let Some(step) = self.step() else { return };
        let loops = step.loop_back.is_some();
        self.outputs.push(StepOutput {
            step: step.name.clone(),
            agent: step.agent_type.clone(),
            summary: event.message.clone(),
            data: output.clone(),
        });
        match loops {
            true => self.phase = Phase::LoopDue,
            false => self.advance(),
        }
    }

    fn advance(&mut self) {
        self.position += 1;
        self.phase = Phase::Pending;
    }

    fn loop_back(&mut self, to: &str, failure: Option<String>) {
        let taken = self.loops.entry(self.position).or_default();
        taken.rounds += 1;
        taken.failure = failure;
        self.round += 1;
        self.position = self.workflow.steps.iter().position(|step| step.name == to).unwrap_or(self.position);
        self.phase = Phase::Pending;
    }

    fn exhaust(&mut self, reason: ExhaustedReason, rounds: u32) {
        let step = self.step().map(|step| step.name.clone()).unwrap_or_default();
        self.evidence.exhaust(ExhaustedLoop { step, reason, rounds });
        let back = self.step().and_then(|step| step.loop_back.as_ref());
        match back.map(|back| back.on_exhausted) {
            Some(OnExhausted::Continue) => self.advance(),
            Some(OnExhausted::Fail) | None => self.phase = Phase::Exhausted,
        }
    }

    fn apply_operation(&mut self, operation: &FileOperation) {
        self.unfinished.retain(|open| open.path != operation.path);
        match operation.status {
            FileOperationStatus::Started => self.unfinished.push(operation.clone()),
            FileOperationStatus::Discarded => {}
        }
    }

    fn apply_change(&mut self, change: &FileChange) {
        self.unfinished.retain(|open| open.path != change.path);
        self.evidence.change(&change.path);
        if let Some(from) = &change.from {
            self.files.retain(|file| file.path != *from);
        }
        match (change.operation, self.files.iter_mut().find(|file| file.path == change.path)) {
            (FileChangeKind::Delete, _) => self.files.retain(|file| file.path != change.path),
            // A file that this run created stays a creation, however often it is changed afterwards.
            (_, Some(known)) => {
                let operation = known.operation;
                *known = FileChange { operation, ..change.clone() };
            }
            (_, None) => self.files.push(change.clone()),
        }
    }

    fn apply_error(&mut self, error: &ErrorEvent, event: &Event) {
        self.errors.push(event.message.clone());
        if let Some(ended) = error.status() {
            self.failure = Some(error.clone());
            self.phase = Phase::Ended(ended);
        } else if let (Some(attempt), Phase::Running { .. }) = (error.attempt, &self.phase) {
            self.phase =
                Phase::Failed { attempt, retry_after: error.retry_after_ms.map(Duration::from_millis) };
        }
    }
}

/// What happened, for a sentence about what should not have.
fn told(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Status(status) => match status {
            Status::Accepted { .. } => "that it was accepted",
            Status::Queued { .. } => "that it was put in line",
            Status::Started => "that it started",
            Status::StepStarted { .. } => "that a step began",
            Status::StepSucceeded { .. } => "that a step is done",
            Status::StepSkipped { .. } => "that a step was left out",
            Status::Waiting { .. } => "that it waits",
            Status::LoopedBack { .. } => "that it went back",
            Status::LoopExhausted { .. } => "that a loop is used up",
            _ => "a status",
        },
        EventKind::Error(_) => "that an attempt failed",
        EventKind::Complete(_) => "that it is complete",
        kind => kind.name(),
    }
}

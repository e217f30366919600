//! Any workflow, any answers, and events that nobody could expect: success is what it says.

use super::*;
use orchestrator_core::{RunStatus, event::ExhaustedReason};
use proptest::{collection::vec, option, prelude::*, sample::subsequence};
use std::collections::BTreeSet;

/// Longer than any run of these workflows: their loops end, and so do their retries.
const EVENTS_MAX: usize = 10_000;

const AGENTS: [&str; 3] = ["planner", "writer", "runner"];

/// Agent, whether there is a condition, retries, and a loop: to which step, how often, whether it fails the run.
type Drawn = (usize, bool, u32, Option<(usize, u32, bool)>);

fn any_step() -> impl Strategy<Value = Drawn> {
    let back = option::of((0..6usize, 1..4u32, any::<bool>()));
    (0..AGENTS.len(), any::<bool>(), 0..3u32, back)
}

/// Workflows that pass the validation: loops lead back.
fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    vec(any_step(), 1..6)
        .prop_map(|steps| steps.into_iter().enumerate().map(|(index, drawn)| build(index, drawn)).collect())
}

fn build(index: usize, (agent, asks, retries, back): Drawn) -> Step {
    let mut built = step(AGENTS[agent], &index.to_string()).retry_count(retries);
    if asks {
        built = built.condition("last-command-failed");
    }
    let Some((to, max_rounds, fails)) = back else { return built };
    let on_exhausted = if fails { OnExhausted::Fail } else { OnExhausted::Continue };
    built.loop_back(LoopBack { to: to.min(index).to_string(), max_rounds, on_exhausted })
}

/// Moves that a run may be told without having made them.
fn moves() -> Vec<NewEvent> {
    let statuses = [
        Status::Queued { behind: RunId::generate() },
        Status::Started,
        Status::StepStarted { attempt: 9, round: 0 },
        Status::StepSucceeded { attempt: 9, duration_ms: 1, output: serde_json::Value::Null },
        Status::StepSkipped { reason: SkipReason::AgentDisabled },
        Status::Waiting { next_attempt: 9, delay_ms: 1 },
        Status::LoopedBack { to: "nowhere".into(), round: 1, max_rounds: 1, failure: None },
        Status::LoopExhausted { reason: ExhaustedReason::MaxRounds, rounds: 1 },
    ];
    let statuses = statuses.into_iter().map(|moved| status(moved, "stray".into()));
    let failed = error(Failure::new(ErrorCode::Timeout, "stray"), false, Some(9), None);
    statuses.chain([failed]).collect()
}

/// Whether a run could make this move by itself now, told from what it is about to do.
fn could_happen(state: &RunState, stray: &NewEvent) -> bool {
    let EventKind::Status(stray) = &stray.kind else { return false };
    let has_loop = state.step().is_some_and(|step| step.loop_back.is_some());
    match (next(state, 0.5), stray) {
        (Action::Append(_), Status::Queued { .. } | Status::Started) => {
            matches!(state.phase, Phase::NotStarted | Phase::Queued)
        }
        (Action::Append(own), Status::Waiting { .. }) => {
            matches!(own.kind, EventKind::Status(Status::Waiting { .. }))
        }
        (Action::Append(_) | Action::Ask(_), Status::StepSkipped { .. }) => {
            state.phase == Phase::Pending && state.step().is_some()
        }
        (Action::Append(_) | Action::Ask(_), Status::LoopExhausted { .. }) => {
            state.phase == Phase::Pending && has_loop
        }
        _ => false,
    }
}

/// A run, and what an onlooker who knows nothing of phases makes of it.
struct Watched {
    run: Run,
    /// Steps that were done or left out, since the workflow last went back before them.
    passed: BTreeSet<usize>,
    /// Whether it was told what could not happen.
    is_astray: bool,
    completed: bool,
}

impl Watched {
    fn append(&mut self, event: NewEvent) {
        let position = self.run.state.position;
        match &event.kind {
            EventKind::Status(
                Status::StepSucceeded { .. } | Status::StepSkipped { .. } | Status::LoopExhausted { .. },
            ) => drop(self.passed.insert(position)),
            EventKind::Status(Status::LoopedBack { to, .. }) => {
                let target = to.parse().unwrap_or(0);
                self.passed.retain(|step| *step < target);
            }
            EventKind::Complete(_) => {
                let all: BTreeSet<_> = (0..self.run.state.workflow.steps.len()).collect();
                assert_eq!(self.passed, all, "complete without all of its steps");
                assert!(!self.is_astray, "complete after what could not happen");
                self.completed = true;
            }
            _ => {}
        }
        self.run.append(event);
    }

    /// Answers that nobody asked for are no way to success.
    fn answer_unasked(&self) {
        let state = &self.run.state;
        let answers = [
            condition_answered(state, true),
            condition_answered(state, false),
            pause_ended(state),
            agent_returned(state, 1, Duration::ZERO, done()),
            agent_returned(state, 9, Duration::ZERO, done()),
        ];
        assert!(answers.iter().all(|answer| !matches!(answer.kind, EventKind::Complete(_))));
    }

    fn finish(mut self, mut chance: impl FnMut() -> u8, strays: u8) -> Self {
        for _ in 0..EVENTS_MAX {
            self.answer_unasked();
            if chance() < strays {
                let known = moves();
                let stray = known[usize::from(chance()) % known.len()].clone();
                self.is_astray |= !self.run.state.is_over() && !could_happen(&self.run.state, &stray);
                self.append(stray);
            }
            let event = match next(&self.run.state, 0.5) {
                Action::Append(event) => *event,
                Action::Ask(_) => condition_answered(&self.run.state, chance().is_multiple_of(2)),
                Action::Pause(_) => pause_ended(&self.run.state),
                Action::Call { attempt } => {
                    let (exit_code, output) = (i32::from(chance().is_multiple_of(2)), chance() % 4);
                    self.run.command(exit_code, &"x".repeat(output.into()));
                    let result = match chance() % 8 {
                        0 => Err(Failure::new(ErrorCode::Denied, "no").into()),
                        1 | 2 => Err(Failure::new(ErrorCode::Unavailable, "busy").into()),
                        _ => done(),
                    };
                    agent_returned(&self.run.state, attempt, Duration::ZERO, result)
                }
                Action::End(_) => return self,
            };
            self.append(event);
        }
        panic!("the run does not end");
    }
}

proptest! {
    #[test]
    fn a_run_succeeds_when_all_of_its_steps_are_behind_it_and_in_no_other_way(
        steps in any_steps(),
        disabled in subsequence(AGENTS.to_vec(), 0..=2),
        chances in vec(any::<u8>(), 1..200),
        strays in prop_oneof![Just(0), Just(2), Just(20)],
    ) {
        let mut at = 0;
        let chance = || {
            at += 1;
            chances[at % chances.len()]
        };
        let run = Run::of(steps, &disabled);
        let watched = Watched { run, passed: BTreeSet::new(), is_astray: false, completed: false };
        let mut watched = watched.finish(chance, strays);
        let ended = watched.run.state.status();
        prop_assert!(ended.is_terminal());
        prop_assert!(watched.completed || ended != RunStatus::Succeeded);
        if watched.is_astray {
            prop_assert_eq!(ended, RunStatus::Failed);
        }
        // It stays so, whatever is told of it afterwards.
        let late = [complete(&watched.run.state), ended_by(Failure::new(ErrorCode::Cancelled, "late"))];
        for event in moves().into_iter().chain(late) {
            watched.run.append(event);
            prop_assert_eq!(watched.run.state.status(), ended);
            prop_assert_eq!(next(&watched.run.state, 0.5), Action::End(ended));
        }
    }
}

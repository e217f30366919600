//! Paths through the machine, told by the events that drive it.

mod random;

use super::*;
use crate::{CallFailure, StepOutcome};
use orchestrator_core::context::CommandOutcome;
use orchestrator_core::event::{CommandEvent, CommandStage};
use orchestrator_core::{
    AgentType, Event, LoopBack, OnExhausted, ProjectId, RunId, RunRequest, Standing, Usage, Workflow,
    WorkflowName,
};

/// A run driven by hand: what the driver does, without journal, plugins or time.
struct Run {
    state: RunState,
    standing: Standing,
    seq: u64,
}

impl Run {
    fn of(steps: Vec<Step>, disabled: &[&str]) -> Self {
        let name = WorkflowName::new("w").unwrap();
        let accepted = EventKind::Status(Status::Accepted {
            request: Box::new(
                RunRequest::new("build it", ProjectId::new("p").unwrap()).workflow(name.clone()),
            ),
            workflow: Box::new(Workflow { name, description: String::new(), steps }),
            plugins: vec![],
            disabled: disabled.iter().map(|agent| AgentType::new(*agent).unwrap()).collect(),
            provider: "scripted".into(),
            sandbox: Default::default(),
            actor: None,
            policy: String::new(),
        });
        let run_id = RunId::generate();
        let accepted = event(run_id, 1, 0, accepted, "");
        let (state, standing) = (RunState::begin(&accepted).unwrap(), Standing::after(None, &accepted));
        let mut run = Self { state, standing, seq: 1 };
        let notice = Status::Notice { code: "scripted_model".into() };
        run.append(NewEvent::new(EventKind::Status(notice), ""));
        run
    }

    /// Appends an event as the recorder does.
    fn append(&mut self, new: NewEvent) -> String {
        self.seq += 1;
        let progress = progress_of(&self.state, &new.kind, 0.0);
        let line = format!("{progress:>3} {}", describe(&new));
        let event = event(self.state.run_id, self.seq, progress, new.kind, &new.message);
        self.state.apply(&event);
        self.standing = Standing::after(Some(self.standing), &event);
        self.check();
        line
    }

    /// The journal's columns say of a run what the whole fold says, and what is kept of the fold is the fold.
    fn check(&self) {
        let RunState { progress, usage, updated, seq, .. } = self.state;
        let Standing { step, .. } = self.standing;
        let folded = Standing { status: self.state.status(), progress, step, usage, updated, seq };
        assert_eq!(self.standing, folded);
        let kept: RunState = serde_json::from_str(&self.state.keep().unwrap().json).unwrap();
        assert_eq!(kept, self.state);
    }

    fn model_used(&mut self) {
        let usage = Usage { input_tokens: 3, cached_input_tokens: 2, output_tokens: 1 };
        let used = Status::ModelUsed { model: "m".into(), usage };
        self.append(NewEvent::new(EventKind::Status(used), ""));
    }

    fn command(&mut self, exit_code: i32, output: &str) {
        let outcome = CommandOutcome {
            argv: vec!["npm".into(), "test".into()],
            exit_code: Some(exit_code),
            signal: None,
            timed_out: false,
            limit: None,
            truncated: false,
            output: output.into(),
            duration_ms: 1,
            network: None,
            tests: None,
        };
        let stage = CommandStage::Finished { outcome: Box::new(outcome) };
        self.append(NewEvent::new(
            EventKind::CommandExecute(CommandEvent { command: "npm test".into(), stage }),
            "",
        ));
    }

    /// Goes on to the end: `agent` answers calls, conditions hold while the last command failed.
    fn play(mut self, mut agent: impl FnMut(&mut Run, &Step) -> Result<StepOutcome, CallFailure>) -> String {
        let mut lines = Vec::new();
        for _ in 0..100 {
            let event = match next(&self.state, 0.5) {
                Action::Append(event) => *event,
                Action::Ask(_) => condition_answered(&self.state, self.state.current_failure().is_some()),
                Action::Call { attempt } => {
                    let step = self.state.step().cloned().unwrap();
                    let result = agent(&mut self, &step);
                    agent_returned(&self.state, attempt, Duration::ZERO, result)
                }
                Action::Pause(_) => pause_ended(&self.state),
                Action::End(status) => {
                    lines.push(format!("    {status:?}"));
                    return lines.join("\n");
                }
            };
            lines.push(self.append(event));
        }
        panic!("the run does not end:\n{}", lines.join("\n"));
    }
}

fn event(run_id: RunId, seq: u64, progress: u8, kind: EventKind, message: &str) -> Event {
    let time = orchestrator_core::Timestamp::from_second(i64::try_from(seq).unwrap()).unwrap();
    Event {
        kind,
        message: message.into(),
        step: None,
        step_name: None,
        agent: None,
        progress,
        run_id,
        seq,
        time,
    }
}

fn describe(event: &NewEvent) -> String {
    match &event.kind {
        EventKind::Status(Status::Waiting { next_attempt, .. }) => {
            format!("waiting for attempt {next_attempt}")
        }
        EventKind::Status(status) => {
            let json = serde_json::to_value(status).unwrap();
            format!("{}: {}", json["state"].as_str().unwrap(), event.message)
        }
        EventKind::Error(error) if error.terminal => format!("error (terminal): {}", event.message),
        kind => format!("{}: {}", kind.name(), event.message),
    }
}

fn step(agent: &str, name: &str) -> Step {
    Step::new(AgentType::new(agent).unwrap(), name)
}

fn done() -> Result<StepOutcome, CallFailure> {
    Ok(StepOutcome { summary: "done".into(), data: serde_json::Value::Null })
}

fn fix_loop(on_exhausted: OnExhausted) -> Vec<Step> {
    let back = LoopBack { to: "test".into(), max_rounds: 3, on_exhausted };
    vec![
        step("runner", "test"),
        step("fixer", "fix").condition("last-command-failed").loop_back(back),
        step("documenter", "docs"),
    ]
}

#[test]
fn a_repair_that_works_goes_on_after_one_round() {
    let mut tests = 0;
    let story = Run::of(fix_loop(OnExhausted::Fail), &[]).play(|run, step| {
        if step.name == "test" {
            tests += 1;
            run.command(i32::from(tests == 1), "one failed");
        }
        done()
    });
    insta::assert_snapshot!(story);
}

#[test]
fn the_same_failure_twice_ends_the_loop_early() {
    let story = Run::of(fix_loop(OnExhausted::Fail), &[]).play(|run, step| {
        if step.name == "test" {
            run.command(1, "cannot find x (took 12 ms)");
        }
        done()
    });
    insta::assert_snapshot!(story);
}

#[test]
fn three_rounds_are_the_bound_and_the_workflow_may_go_on() {
    let mut tests = 0;
    let story = Run::of(fix_loop(OnExhausted::Continue), &[]).play(|run, step| {
        if step.name == "test" {
            tests += 1;
            run.command(1, &"x".repeat(tests));
        }
        done()
    });
    insta::assert_snapshot!(story);
}

#[test]
fn only_what_a_retry_can_cure_is_tried_again() {
    let fail = |code| move |_: &mut Run, _: &Step| Err(Failure::new(code, "no").into());
    let steps = || vec![step("writer", "write").retry_count(2)];
    insta::assert_snapshot!("retryable", Run::of(steps(), &[]).play(fail(ErrorCode::Unavailable)));
    insta::assert_snapshot!("final", Run::of(steps(), &[]).play(fail(ErrorCode::Denied)));
}

#[test]
fn a_disabled_agents_step_is_skipped_and_says_so() {
    let steps = vec![step("planner", "plan"), step("documenter", "docs")];
    insta::assert_snapshot!(Run::of(steps, &["documenter"]).play(|_, _| done()));
}

proptest::proptest! {
    /// Whatever agents do, a run ends, its progress never falls, and 100 comes with success alone.
    #[test]
    fn every_run_ends_with_one_terminal_event(
        outcomes in proptest::collection::vec(0u8..5, 1..40),
        exits in proptest::collection::vec(0i32..2, 1..40),
    ) {
        let (mut outcomes, mut exits) = (outcomes.into_iter().cycle(), exits.into_iter().cycle());
        let mut output = 0;
        let story = Run::of(fix_loop(OnExhausted::Fail), &[]).play(|run, step| {
            if step.name == "test" {
                output += 1;
                run.command(exits.next().unwrap(), &"x".repeat(output));
            }
            run.model_used();
            match outcomes.next().unwrap() {
                0 => Err(Failure::new(ErrorCode::Unavailable, "busy").into()),
                1 => Err(Failure::new(ErrorCode::Timeout, "late").into()),
                _ => done(),
            }
        });
        let lines: Vec<_> = story.lines().collect();
        let progress: Vec<u8> = lines.iter().filter_map(|line| line.get(..3)?.trim().parse().ok()).collect();
        proptest::prop_assert!(progress.is_sorted());
        let terminal = lines.iter().filter(|line| line.contains("(terminal)") || line.contains(" complete:")).count();
        proptest::prop_assert_eq!(terminal, 1);
        proptest::prop_assert_eq!(progress.contains(&100), story.ends_with("Succeeded"));
    }
}

//! The driver with a real journal and a scripted performer.

mod bench;

use super::*;
use crate::RunState;
use bench::{Agent, Behaviour, Owing, RECORDING, bench, cancelled, given_up, recorded, started, step};
use orchestrator_core::{EventKind, event::Status};

#[tokio::test]
async fn a_file_that_a_call_left_open_is_given_up_before_its_failure_is_told() {
    for (behaviour, timeout, code) in
        [(Behaviour::Fail, 5.0, ErrorCode::Unavailable), (Behaviour::Hang, 0.01, ErrorCode::Timeout)]
    {
        let bench = bench(vec![step(timeout)]).await;
        drive(&bench.recorder, &Agent(behaviour), &CancellationToken::new(), &bench.chance, cancelled)
            .await
            .unwrap();
        let events = bench.events().await;
        let [(path, next)] = &given_up(&events)[..] else { panic!("{events:?}") };
        assert_eq!(path, "half.js");
        assert!(matches!(&next.kind, EventKind::Error(error) if error.code == code), "{next:?}");
        assert!(bench.recorder.with_state(|state| state.unfinished.is_empty()));
    }
}

#[tokio::test]
async fn a_file_that_is_open_when_the_run_is_cancelled_is_given_up_first() {
    let bench = bench(vec![step(60.0)]).await;
    let cancel = CancellationToken::new();
    let agent = Agent(Behaviour::Hang);
    let (status, ()) =
        tokio::join!(drive(&bench.recorder, &agent, &cancel, &bench.chance, cancelled), async {
            while bench.recorder.with_state(|state| state.unfinished.is_empty())
                || bench.recorder.with_state(|state| state.files.is_empty())
            {
                tokio::task::yield_now().await;
            }
            cancel.cancel();
        });
    assert_eq!(status.unwrap(), RunStatus::Cancelled);
    let events = bench.events().await;
    let [(path, next)] = &given_up(&events)[..] else { panic!("{events:?}") };
    assert_eq!(path, "half.js");
    assert!(next.is_terminal());
}

#[tokio::test]
async fn a_file_that_was_open_when_the_program_was_killed_is_given_up_by_the_next_start() {
    let bench = bench(vec![step(5.0)]).await;
    CallSink::open(&bench.recorder).emit(started("half.js")).await.unwrap();
    bench.recorder.flush().await.unwrap();
    let run_id = bench.recorder.run_id();
    let state = crate::RunState::fold(run_id, &bench.events().await).unwrap();
    let resumed = Recorder::resume(bench.journal.writer(run_id).await.unwrap(), state);
    let interrupted = Failure::new(ErrorCode::Interrupted, "the program was stopped");
    resumed.record(machine::ended_by(interrupted)).await.unwrap();
    resumed.flush().await.unwrap();
    let events = bench.events().await;
    let [(path, next)] = &given_up(&events)[..] else { panic!("{events:?}") };
    assert_eq!(path, "half.js");
    assert!(next.is_terminal());
}

#[tokio::test]
async fn the_journal_folds_to_the_state_that_the_run_had() {
    let bench = bench(vec![step(5.0)]).await;
    let agent = Agent(Behaviour::Succeed);
    let status =
        drive(&bench.recorder, &agent, &CancellationToken::new(), &bench.chance, cancelled).await.unwrap();
    assert_eq!(status, RunStatus::Succeeded);
    let events = bench.events().await;
    let folded = crate::RunState::fold(bench.recorder.run_id(), &events).unwrap();
    assert_eq!(folded, bench.recorder.with_state(Clone::clone));
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
    let status =
        drive(&bench.recorder, &agent, &CancellationToken::new(), &bench.chance, cancelled).await.unwrap();
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
    let (status, ()) =
        tokio::join!(drive(&bench.recorder, &agent, &cancel, &bench.chance, cancelled), async {
            while bench.recorder.with_state(|state| state.seq) < 4 {
                tokio::task::yield_now().await;
            }
            cancel.cancel();
        });
    assert_eq!(status.unwrap(), RunStatus::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_step_that_is_cut_off_is_recorded_and_billed_all_the_same() {
    for (behaviour, timeout, cancelled_after) in [
        (Behaviour::Hang, 0.01, None),
        (Behaviour::Hang, 60.0, Some(RECORDING * 2)),
        (Behaviour::Fail, 5.0, None),
        (Behaviour::Succeed, 0.01, None),
    ] {
        let bench = bench(vec![step(timeout)]).await;
        let cancel = CancellationToken::new();
        let (agent, token) = (Agent(behaviour), cancel.clone());
        let (driven, ()) =
            tokio::join!(drive(&bench.recorder, &agent, &cancel, &bench.chance, cancelled), async {
                if let Some(after) = cancelled_after {
                    tokio::time::sleep(after).await;
                    token.cancel();
                }
            });
        driven.unwrap();
        let events = bench.events().await;
        assert_eq!(recorded(&events), ["Before", "After"], "{events:?}");
        let usage = bench.recorder.with_state(|state| state.usage);
        assert_eq!(usage.input_tokens, 7, "{events:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn recording_does_not_take_a_steps_time() {
    let bench = bench(vec![step(0.01)]).await;
    let agent = Agent(Behaviour::Succeed);
    let status = drive(&bench.recorder, &agent, &CancellationToken::new(), &bench.chance, cancelled).await;
    assert_eq!(status, Ok(RunStatus::Succeeded));
    let events = bench.events().await;
    let took = events.iter().find_map(|event| match &event.kind {
        EventKind::Status(Status::StepSucceeded { duration_ms, .. }) => Some(*duration_ms),
        _ => None,
    });
    assert!(took.is_some_and(|took| u128::from(took) < RECORDING.as_millis()), "{took:?}");
}

#[tokio::test]
async fn an_event_that_the_journal_does_not_take_ends_the_run_by_a_short_one() {
    let bench = bench(vec![step(5.0)]).await;
    let agent = Agent(Behaviour::Flood);
    let status = drive(&bench.recorder, &agent, &CancellationToken::new(), &bench.chance, cancelled).await;
    assert_eq!(status, Ok(RunStatus::Failed));
    let last = bench.events().await.pop().unwrap();
    assert!(last.is_terminal() && last.message.contains("too long to be recorded"), "{last:?}");
}

#[tokio::test]
async fn what_is_posted_late_is_written_before_the_next_event_and_an_ending() {
    let bench = bench(vec![step(5.0)]).await;
    bench.recorder.record(NewEvent::new(EventKind::Status(Status::Started), "")).await.unwrap();
    let sink: Arc<dyn EventSink> = CallSink::open(&bench.recorder);
    sink.emit(started("half.js")).await.unwrap();
    drop(Owing(Arc::clone(&sink)));
    let ending = bench.recorder.end(machine::ended_by(cancelled())).await.unwrap();
    let names: Vec<_> = ending.events().iter().map(|event| event.kind.name()).collect();
    assert_eq!(names, ["status", "file_operation", "error"]);
    assert_eq!(bench.recorder.with_state(RunState::status), RunStatus::Cancelled);
    ending.write().await.unwrap();
    let folded = RunState::fold(bench.recorder.run_id(), &bench.events().await).unwrap();
    assert_eq!(folded, bench.recorder.with_state(Clone::clone));
}

#[tokio::test]
async fn a_straggler_cannot_write_after_its_call() {
    let bench = bench(vec![step(5.0)]).await;
    let sink = CallSink::open(&bench.recorder);
    sink.close();
    let late = NewEvent::new(EventKind::Status(Status::Started), "late");
    assert_eq!(sink.emit(late).await.unwrap_err().code, ErrorCode::Cancelled);
}

//! What it costs to look at runs: one run of a million events against one of a hundred, a page of a list against the
//! same page with few runs behind it, and a start with ten thousand runs in the journal against one with none.

use crate::{
    figure::{Aim, Amount, Figure},
    folder,
    sample::side_by_side,
};
use anyhow::{Context, Result, ensure};
use orchestrator_core::{
    EventKind, NewEvent, ProjectId, RunId, RunRequest, RunStatus, Status, Thinking, Workflow,
};
use orchestrator_journal::{Journal, RunFilter, RunRecord};
use orchestrator_workflow::{Recorder, RunState};
use std::path::Path;

const LONG: u64 = 1_000_000;
const SHORT: u64 = 100;
const FEW: usize = 200;
const MANY: usize = 12_000;
const PAGE: usize = 50;
const ROUNDS: usize = 15;

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let place = folder::new()?;
    let few = Journal::open(place.join("few"))?;
    let many = Journal::open(place.join("many"))?;
    let short = run(&few, SHORT).await?;
    let long = run(&many, LONG).await?;
    for _ in 1..FEW {
        run(&few, 3).await?;
    }
    for _ in 1..MANY {
        run(&many, 3).await?;
    }
    let mut figures = Vec::new();
    let (measured, reference) =
        side_by_side(ROUNDS, 20, async || look(&many, long).await, async || look(&few, short).await).await?;
    figures.push(figure("one run of 1,000,000 events", measured, "one of 100", reference));
    let (deep, shallow) = (last_page(&many).await?, last_page(&few).await?);
    for (what, status) in
        [("last page of 12,000 runs", None), ("the same, of a status", Some(RunStatus::Failed))]
    {
        let page = |before| RunFilter { status, before: Some(before), limit: PAGE, ..RunFilter::default() };
        let (measured, reference) = side_by_side(
            ROUNDS,
            20,
            async || {
                ensure!(many.runs(page(deep)).await?.len() == PAGE);
                Ok(())
            },
            async || {
                ensure!(few.runs(page(shallow)).await?.len() == PAGE);
                Ok(())
            },
        )
        .await?;
        figures.push(figure(what, measured, "of 200", reference));
    }
    drop((few, many));
    let empty = place.join("empty");
    let open = async |folder: &Path| {
        ensure!(Journal::open(folder)?.unfinished_runs().await?.is_empty());
        Ok(())
    };
    let many = place.join("many");
    let (measured, reference) =
        side_by_side(ROUNDS, 3, async || open(&many).await, async || open(&empty).await).await?;
    figures.push(figure("opening a journal of 12,000 runs", measured, "an empty one", reference));
    Ok(figures)
}

fn figure(what: &str, measured: f64, against: &str, reference: f64) -> Figure {
    Figure {
        what: what.into(),
        measured: Amount::Seconds(measured),
        against: against.into(),
        reference: Amount::Seconds(reference),
        aim: Aim::RatioAtMost(1.5),
    }
}

/// A run of `count` events that failed.
async fn run(journal: &Journal, count: u64) -> Result<RunId> {
    let run_id = RunId::generate();
    let request = RunRequest::new("Build a clock", ProjectId::new("clock")?);
    journal.create_run(RunRecord::new(run_id, request.clone())).await?;
    let workflow =
        Workflow { name: request.workflow_name.clone(), description: String::new(), steps: Vec::new() };
    let accepted = EventKind::Status(Status::Accepted {
        request: Box::new(request),
        workflow: Box::new(workflow),
        plugins: Vec::new(),
        disabled: Vec::new(),
        provider: "none".into(),
        sandbox: Default::default(),
        actor: None,
        policy: String::new(),
    });
    let recorder = Recorder::begin(journal.writer(run_id).await?, run_id, NewEvent::new(accepted, ""));
    let recorder = recorder.await?;
    for _ in 2..count {
        let thought = EventKind::ThinkingStep(Thinking { partial: true });
        recorder.record(NewEvent::new(thought, "a few words of a model")).await?;
    }
    let end = orchestrator_core::Failure::new(orchestrator_core::ErrorCode::Unavailable, "no");
    recorder.record(orchestrator_workflow::machine::ended_by(end)).await?;
    recorder.flush().await?;
    Ok(run_id)
}

async fn look(journal: &Journal, run_id: RunId) -> Result<()> {
    let state = RunState::read(journal, run_id).await?;
    ensure!(state.status() == RunStatus::Failed);
    Ok(())
}

/// Behind which run the last page begins.
async fn last_page(journal: &Journal) -> Result<RunId> {
    let all = journal.runs(RunFilter { limit: usize::MAX, ..RunFilter::default() }).await?;
    let before = all.len().checked_sub(PAGE + 1).and_then(|at| all.get(at));
    Ok(before.context("there are fewer runs than a page")?.record.run_id)
}

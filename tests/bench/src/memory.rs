//! What a run takes while it waits for a model.
//!
//! Runs wait most of their lives, so what one takes meanwhile decides how many fit on a machine. The model takes the
//! request and never answers; the runs are in different projects, so that none waits in line. The reference is a bare
//! instance of the same component that waits for the same import.

use crate::{
    bare::Bare,
    figure::{Aim, Amount, Figure},
    give, processes,
    server::{Program, WORKFLOW},
};
use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt, stream};
use orchestrator::{Orchestrator, ProjectId, RunRequest, SandboxLimits, WorkflowName};
use orchestrator_runtime::Runtime;
use std::{fs, sync::Arc, time::Duration};
use tokio::task::JoinSet;

const RUNS: u32 = 2_000;
/// Runs that wait before the first look: what the first few take is taken once.
const WARM_UP: u32 = 64;
/// How many are being started at the same time.
const AT_ONCE: usize = 16;
const AGENT: &str = "slow-model";
/// The status that the agent emits once the model has taken its request.
const STARTED: &str = "the completion has started";
const SCRIPT: &str = "[[reply]]\nagent = \"slow-model\"\nhold = true\n";

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let reference: f64 = processes::ask(&[processes::WAITING_MEMORY])?;
    let program = Program::open(give::agent(AGENT)?, &give::guest(AGENT)?, Some(SCRIPT)).await?;
    let orchestrator = &program.orchestrator;
    hold(orchestrator, 0..WARM_UP).await?;
    let before = settled().await?;
    hold(orchestrator, WARM_UP..WARM_UP + RUNS).await?;
    let after = settled().await?;
    Ok(vec![Figure {
        what: format!("memory of a run that waits for a model, {RUNS} at once"),
        measured: Amount::Bytes((after - before) / f64::from(RUNS)),
        against: "wasmtime alone: an instance that waits".into(),
        reference: Amount::Bytes(reference),
        aim: Aim::AtMost(Amount::Bytes(256.0 * 1024.0)),
    }])
}

/// Starts runs and returns once the model has taken a request from each.
async fn hold(orchestrator: &Orchestrator, numbers: std::ops::Range<u32>) -> Result<()> {
    let starts = numbers.map(|number| start(orchestrator, number));
    stream::iter(starts).buffer_unordered(AT_ONCE).try_collect().await
}

async fn start(orchestrator: &Orchestrator, number: u32) -> Result<()> {
    let request = RunRequest::new("Wait", ProjectId::new(format!("waiting-{number}"))?)
        .workflow(WorkflowName::new(WORKFLOW)?);
    let run_id = orchestrator.start(request).await?;
    let mut events = orchestrator.events(run_id, 0).await?;
    while let Some(batch) = events.next_batch().await? {
        if batch.iter().any(|event| event.json.contains(STARTED)) {
            return Ok(());
        }
        if let Some(last) = batch.iter().find(|event| event.terminal) {
            bail!("run {number} ended instead of waiting: {}", last.json);
        }
    }
    bail!("run {number} has no last event")
}

/// Bytes that a bare instance takes while it waits.
pub(crate) async fn of_bare_instances() -> Result<f64> {
    let runtime = Runtime::new(SandboxLimits::default(), None)?;
    let bare = Bare::new(runtime.engine(), &give::guest(AGENT)?, &give::context()?, &give::settings())?;
    let bare = Arc::new(bare);
    let mut waiting = JoinSet::new();
    let mut hold = async |count| {
        for _ in 0..count {
            let bare = Arc::clone(&bare);
            waiting.spawn(async move { bare.call().await });
        }
        bare.statuses.acquire_many(count).await.map(tokio::sync::SemaphorePermit::forget)
    };
    hold(WARM_UP).await?;
    let before = settled().await?;
    hold(RUNS).await?;
    Ok((settled().await? - before) / f64::from(RUNS))
}

/// Bytes of this process, once they have stopped to change: what was freed goes back a little later.
async fn settled() -> Result<f64> {
    let mut last = share("self")?;
    loop {
        tokio::time::sleep(Duration::from_millis(250)).await;
        let now = share("self")?;
        if (now - last).abs() < 256.0 * 1024.0 {
            return Ok(now);
        }
        last = now;
    }
}

/// Bytes of memory that a process takes: its pages, each divided by how often it is mapped (Linux's `Pss`).
///
/// Every instance of a plugin maps the pages of the plugin's memory image, of which there is one copy. The resident set
/// counts that copy anew for each of them, some 24 KiB that no run takes and that no machine has to have.
pub(crate) fn share(process: &str) -> Result<f64> {
    read(process, "smaps_rollup", "Pss")
}

/// What Linux says about this process in its `status`, in bytes.
pub(crate) fn of_this_process(entry: &str) -> Result<f64> {
    read("self", "status", entry)
}

/// Bytes of a process that are in memory, those that it maps several times counted as often.
pub(crate) fn resident(process: &str) -> Result<f64> {
    read(process, "smaps_rollup", "Rss")
}

/// An entry of one of the files in which Linux describes the memory of a process, in bytes.
fn read(process: &str, file: &str, entry: &str) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/{file}"))
        .context("reading a process's memory; needs Linux")?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(entry)?.strip_prefix(':'))
        .with_context(|| format!("Linux does not say {entry}"))?;
    let kilobytes: f64 =
        line.trim().trim_end_matches(" kB").parse().with_context(|| format!("reading {entry}"))?;
    Ok(kilobytes * 1024.0)
}

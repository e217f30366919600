//! What a whole run costs: the real server, four calls of a model over HTTP, three files, every event read by a client.
//!
//! The reference is a server that passes the same model traffic on: the same requests to the same model, its answers to
//! the same client as they come. What a run costs beyond it is everything that makes it a run: sandboxes, the journal,
//! files, snapshots.

use crate::{
    figure::{Aim, Amount, Figure},
    folder,
    processes::PASS_THROUGH,
    sample::median,
    served::Served,
    traffic,
};
use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use reqwest::Client;
use serde_json::json;
use std::{fs, time::Instant};

const RUNS: usize = 320;
const AT_ONCE: usize = 16;
const ROUNDS: usize = 5;

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let model = traffic::model().await?;
    let client = Client::builder().no_proxy().build()?;
    let program = Served::program(&model.anthropic_url())?;
    program.create_workflow(&client, &traffic::workflow()).await?;
    let execute = program.api("/execute");
    run(&client, &execute, "first").await.context("the first run")?;
    let bodies = folder::new()?.join("bodies.json");
    fs::write(&bodies, serde_json::to_vec(&traffic::bodies(&model))?)?;
    let reference = Served::reference(&[PASS_THROUGH, &model.anthropic_url(), &bodies.to_string_lossy()])?;
    let pass = format!("{}/execute", reference.base);
    let (mut rates, mut cpus) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    // The round that warms up does not count.
    for round in 0..=ROUNDS {
        let ours = batch(&client, &program, &execute, round).await?;
        let theirs = batch(&client, &reference, &pass, round).await?;
        if round > 0 {
            rates.0.push(ours.rate);
            rates.1.push(theirs.rate);
            cpus.0.push(ours.cpu);
            cpus.1.push(theirs.cpu);
        }
    }
    let against = "axum alone: the same model traffic passed on".to_owned();
    Ok(vec![
        Figure {
            what: format!("runs of {} model calls, {AT_ONCE} at once", traffic::CALLS),
            measured: Amount::PerSecond(median(rates.0)),
            against: against.clone(),
            reference: Amount::PerSecond(median(rates.1)),
            aim: Aim::RatioAtLeast(0.6),
        },
        Figure {
            what: "run: the server's CPU time".into(),
            measured: Amount::Seconds(median(cpus.0)),
            against,
            reference: Amount::Seconds(median(cpus.1)),
            aim: Aim::AtMost(Amount::Seconds(0.006)),
        },
    ])
}

/// What a batch of runs took.
struct Batch {
    /// Runs in a second.
    rate: f64,
    /// Seconds of the server's CPU for one run.
    cpu: f64,
}

async fn batch(client: &Client, server: &Served, address: &str, round: usize) -> Result<Batch> {
    let (before, begin) = (server.cpu()?, Instant::now());
    let runs = (0..RUNS).map(async |number| run(client, address, &format!("{round}-{number}")).await);
    stream::iter(runs).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    let seconds = begin.elapsed().as_secs_f64();
    Ok(Batch { rate: RUNS as f64 / seconds, cpu: (server.cpu()? - before) / RUNS as f64 })
}

/// Asks for a run in a project of its own and reads its stream to the end.
async fn run(client: &Client, address: &str, project: &str) -> Result<()> {
    let request = client.post(address).json(&json!({
        "user_request": "Build a small page that counts",
        "project_id": format!("run-{project}"),
        "workflow_name": traffic::WORKFLOW,
    }));
    let mut pieces = request.send().await?.error_for_status()?.bytes_stream();
    let mut body = Vec::new();
    while let Some(piece) = pieces.next().await {
        body.extend_from_slice(&piece.context("reading the stream")?);
    }
    let end = body.trim_ascii_end().rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    let end = String::from_utf8_lossy(end);
    let ended = end.contains(r#""type":"complete""#) || end.contains("message_stop");
    ensure!(ended, "the stream ended with {end}");
    Ok(())
}

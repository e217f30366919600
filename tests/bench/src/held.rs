//! What a run takes that waits for a model while a client follows its stream: both over TCP, as in real life.
//!
//! The model has begun its answer and says nothing more. The reference is the pass-through, which holds the same two
//! connections and nothing else.

use crate::{
    figure::{Aim, Amount, Figure},
    processes::PASS_THROUGH,
    served::Served,
    traffic,
};
use anyhow::{Context, Result};
use futures::{StreamExt, TryStreamExt, stream};
use orchestrator_fake_provider::{Answer, FakeProvider};
use reqwest::{Client, Response};
use serde_json::json;
use std::{fs, time::Duration};

const RUNS: usize = 1_000;
/// Runs that are held before the first look: what the first few take is taken once.
const WARM_UP: usize = 100;
const AT_ONCE: usize = 16;
/// How much a settled process may still change from one look to the next.
const NOISE: f64 = 256.0 * 1024.0;

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let model = FakeProvider::answering(|_| Answer::stream().then_stall()).await?;
    let program = Served::program(&model.anthropic_url())?;
    program.create_workflow(&Client::builder().no_proxy().build()?, &traffic::workflow()).await?;
    let measured = held(&program, &model, &program.api("/execute"), 0).await?;
    drop(program);
    let folder = tempfile::tempdir()?;
    let bodies = folder.path().join("bodies.json");
    fs::write(&bodies, serde_json::to_vec(&traffic::bodies(&model))?)?;
    let reference = Served::reference(&[PASS_THROUGH, &model.anthropic_url(), &bodies.to_string_lossy()])?;
    let address = format!("{}/execute", reference.base);
    let bare = held(&reference, &model, &address, WARM_UP + RUNS).await?;
    Ok(vec![Figure {
        what: format!("resident memory of a held run with a real stream, {RUNS} at once"),
        measured: Amount::Bytes(measured),
        against: "axum alone: the same connections".into(),
        reference: Amount::Bytes(bare),
        aim: Aim::AtMost(Amount::Bytes(100.0 * 1024.0)),
    }])
}

/// Bytes by which a server grows for each run that it holds. `before` requests came from others.
async fn held(server: &Served, model: &FakeProvider, address: &str, before: usize) -> Result<f64> {
    let _first = hold(address, 0..WARM_UP).await?;
    model.wait_for_requests(before + WARM_UP).await;
    let empty = settled(server).await?;
    let _rest = hold(address, WARM_UP..WARM_UP + RUNS).await?;
    model.wait_for_requests(before + WARM_UP + RUNS).await;
    Ok((settled(server).await? - empty) / RUNS as f64)
}

/// Streams that have begun.
async fn hold(address: &str, numbers: std::ops::Range<usize>) -> Result<Vec<Response>> {
    let client = Client::builder().no_proxy().build()?;
    let starts = numbers.map(async |number| {
        let request = client.post(address).json(&json!({
            "user_request": "Wait",
            "project_id": format!("held-{number}"),
            "workflow_name": traffic::WORKFLOW,
        }));
        let mut response = request.send().await?.error_for_status()?;
        response.chunk().await?.context("the stream is empty")?;
        anyhow::Ok(response)
    });
    stream::iter(starts).buffer_unordered(AT_ONCE).try_collect().await
}

/// Resident bytes of the server, once they have stopped to change.
async fn settled(server: &Served) -> Result<f64> {
    let mut last = server.resident()?;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = server.resident()?;
        if (now - last).abs() < NOISE {
            return Ok(now);
        }
        last = now;
    }
}

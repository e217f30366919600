//! What a run takes that waits for a model while a client follows its stream: both over TCP, as in real life.
//!
//! The model has begun its answer and says nothing more. The reference is the pass-through, which holds the same two
//! connections and nothing else.
//!
//! What is measured is growth of the proportional set: a page that is mapped many times counts once. The runs' instances
//! all map one memory image of their plugin, and the resident set counts it again for each, so that it tells how much is
//! mapped and not how much of a machine's memory a run takes. It is measured as well, to compare with what other tools
//! show.

use crate::{
    figure::{Aim, Amount, Figure},
    folder,
    processes::PASS_THROUGH,
    served::{Served, Taken},
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
    let bodies = folder::new()?.join("bodies.json");
    fs::write(&bodies, serde_json::to_vec(&traffic::bodies(&model))?)?;
    let reference = Served::reference(&[PASS_THROUGH, &model.anthropic_url(), &bodies.to_string_lossy()])?;
    let address = format!("{}/execute", reference.base);
    let bare = held(&reference, &model, &address, WARM_UP + RUNS).await?;
    let figure = |what: &str, of: fn(&Taken) -> f64, aim| Figure {
        what: format!("{what} of a held run with a real stream, {RUNS} at once"),
        measured: Amount::Bytes(of(&measured)),
        against: "axum alone: the same connections".into(),
        reference: Amount::Bytes(of(&bare)),
        aim,
    };
    Ok(vec![
        figure("memory", |taken| taken.share, Aim::AtMost(Amount::Bytes(100.0 * 1024.0))),
        figure("resident memory", |taken| taken.resident, Aim::None),
    ])
}

/// Bytes by which a server grows for each run that it holds. `before` requests came from others.
async fn held(server: &Served, model: &FakeProvider, address: &str, before: usize) -> Result<Taken> {
    let _first = hold(address, 0..WARM_UP).await?;
    model.wait_for_requests(before + WARM_UP).await;
    let empty = settled(server).await?;
    let _rest = hold(address, WARM_UP..WARM_UP + RUNS).await?;
    model.wait_for_requests(before + WARM_UP + RUNS).await;
    let full = settled(server).await?;
    let each = |full: f64, empty: f64| (full - empty) / RUNS as f64;
    Ok(Taken { share: each(full.share, empty.share), resident: each(full.resident, empty.resident) })
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

/// What the server takes, once it has stopped to change.
async fn settled(server: &Served) -> Result<Taken> {
    let mut last = server.memory()?;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = server.memory()?;
        if (now.share - last.share).abs() < NOISE {
            return Ok(now);
        }
        last = now;
    }
}

//! How long a client waits for the first byte of a run's stream.
//!
//! By then the request was checked, the run is in the journal and its first event is committed. The run has nothing to
//! do, so that none is still at work when the next begins. The reference commits one row and answers.

use crate::{
    figure::{Aim, Amount, Figure},
    folder,
    processes::COMMIT,
    sample::median,
    served::Served,
    traffic,
};
use anyhow::{Context, Result};
use reqwest::Client;
use serde_json::json;
use std::time::Instant;

const REQUESTS: usize = 400;
/// Requests that come first and do not count.
const WARM_UP: usize = 50;
const WORKFLOW: &str = "nothing";

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let model = traffic::model().await?;
    let client = Client::builder().no_proxy().build()?;
    let program = Served::program(&model.anthropic_url())?;
    // Without files there is nothing to document.
    let steps = json!([{"agent_type": "documenter", "name": "Only Step"}]);
    program.create_workflow(&client, &json!({"name": WORKFLOW, "steps": steps})).await?;
    let file = folder::new()?.join("rows.sqlite");
    let reference = Served::reference(&[COMMIT, &file.to_string_lossy()])?;
    let (ours, theirs) = (program.api("/execute"), format!("{}/execute", reference.base));
    let (mut measured, mut bare) = (Vec::new(), Vec::new());
    for number in 0..WARM_UP + REQUESTS {
        let (a, b) = (first_byte(&client, &ours, number).await?, first_byte(&client, &theirs, number).await?);
        if number >= WARM_UP {
            measured.push(a);
            bare.push(b);
        }
    }
    Ok(vec![Figure {
        what: "from a request to the first byte of its stream".into(),
        measured: Amount::Seconds(median(measured)),
        against: "axum alone: one commit of SQLite, one event".into(),
        reference: Amount::Seconds(median(bare)),
        aim: Aim::AtMost(Amount::Seconds(0.002)),
    }])
}

/// Seconds until the first byte came. The rest is read as well.
async fn first_byte(client: &Client, address: &str, number: usize) -> Result<f64> {
    let request = client.post(address).json(&json!({
        "user_request": "Document it",
        "project_id": format!("first-{number}"),
        "workflow_name": WORKFLOW,
    }));
    let begin = Instant::now();
    let mut response = request.send().await?.error_for_status()?;
    response.chunk().await?.context("the stream is empty")?;
    let seconds = begin.elapsed().as_secs_f64();
    while response.chunk().await?.is_some() {}
    Ok(seconds)
}

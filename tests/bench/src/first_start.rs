//! How long the very first start takes: an empty data folder, and no code that an earlier start compiled.
//!
//! The reference is the one of every start, a program that does nothing but answer.

use crate::{
    figure::{Aim, Amount, Figure},
    folder, program,
    sample::median_of,
    startup::{bare, orchestrator, time_to_health},
};
use anyhow::Result;

const STARTS: usize = 15;

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    tokio::task::spawn_blocking(measure_starts).await?
}

fn measure_starts() -> Result<Vec<Figure>> {
    let program = program::build()?;
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let data = folder::new()?;
        measured.push(time_to_health(|address| Ok(orchestrator(&program, &data, address)))?);
        reference.push(time_to_health(bare)?);
    }
    Ok(vec![Figure {
        what: "first start, from an empty data folder to healthy".into(),
        measured: Amount::Seconds(median_of(&measured)),
        against: "axum alone: a program that only answers".into(),
        reference: Amount::Seconds(median_of(&reference)),
        aim: Aim::AtMost(Amount::Seconds(0.5)),
    }])
}

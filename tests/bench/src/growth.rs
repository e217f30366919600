//! Whether what it costs to read an answer grows as the answer does, whatever it consists of.
//!
//! An answer is read by the patch engine and by the artifact parser, and a model may send anything. So there is an answer
//! of each construct, over and over: lines, pieces of one long line, parts of a patch, changes of many lines. The time
//! for a byte of each is measured at one size and at four times that, and the figure is that of the construct for which
//! it grew most. A search that begins anew at every line is quadratic, and has a ratio of 4.

mod answers;

use crate::figure::{Aim, Amount, Figure};
use answers::Case;
use anyhow::{Context, Result, ensure};
use orchestrator_artifact::{ArtifactParser, Ending};
use orchestrator_core::RelativePath;
use orchestrator_patch::{MemoryFiles, Options, apply};
use std::{hint::black_box, time::Instant};

/// Bytes of an answer; the other has [`TIMES`] as many.
const BYTES: usize = 32 * 1024;
const TIMES: usize = 4;
/// Times that each answer is read. The fastest counts: what is in the way of a reader is not its own.
const ROUNDS: usize = 7;
/// Seconds below which a time says nothing.
const LEAST: f64 = 200e-6;

/// Seconds that a byte takes in a small answer and in a large one.
struct Growth {
    what: String,
    small: f64,
    large: f64,
}

impl Growth {
    fn ratio(&self) -> f64 {
        self.large / self.small
    }
}

pub(crate) fn measure() -> Result<Vec<Figure>> {
    let (small, large) = (answers::all(BYTES), answers::all(TIMES * BYTES));
    ensure!(small.len() == large.len(), "there are not the same answers of both sizes");
    let mut all = Vec::new();
    for (small, large) in small.iter().zip(&large) {
        all.extend(growth(small, large, "patch engine", patch)?);
        all.extend(growth(small, large, "artifact parser", artifact)?);
    }
    let count = all.len();
    let most = all.into_iter().max_by(|one, other| one.ratio().total_cmp(&other.ratio()));
    let Growth { what, small, large } = most.context("no answer took any time")?;
    Ok(vec![Figure {
        what: format!("time per byte of {} KiB, the most of {count}: {what}", TIMES * BYTES / 1024),
        measured: Amount::Seconds(large),
        against: format!("of {} KiB", BYTES / 1024),
        reference: Amount::Seconds(small),
        aim: Aim::RatioAtMost(2.0),
    }])
}

fn growth(
    small: &Case,
    large: &Case,
    reader: &str,
    read: impl Fn(&Case) -> Result<()>,
) -> Result<Option<Growth>> {
    let time = |case: &Case| -> Result<f64> {
        let mut fastest = f64::INFINITY;
        for _ in 0..ROUNDS {
            let begin = Instant::now();
            read(case)?;
            fastest = fastest.min(begin.elapsed().as_secs_f64());
        }
        Ok(fastest)
    };
    let (of_small, of_large) = (time(small)?, time(large)?);
    let per_byte = |time: f64, case: &Case| time / (case.answer.len() + case.file.len()) as f64;
    Ok((of_large >= LEAST).then(|| Growth {
        what: format!("{}, {reader}", small.name),
        small: per_byte(of_small, small),
        large: per_byte(of_large, large),
    }))
}

fn patch(case: &Case) -> Result<()> {
    let file = (RelativePath::parse(answers::PATH)?, case.file.clone().into_bytes());
    let Ok(outcome) = apply(case.answer.as_bytes(), &MemoryFiles::from([file]), &Options::default());
    black_box(outcome);
    Ok(())
}

/// In chunks as a network delivers them.
fn artifact(case: &Case) -> Result<()> {
    let mut parser = ArtifactParser::new("k3x9ab");
    for chunk in case.answer.as_bytes().chunks(4096) {
        parser.push(chunk, |piece| {
            black_box(piece);
        });
    }
    parser.finish(Ending::Whole, |piece| {
        black_box(piece);
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_read_and_is_about_as_long_as_asked_for_with_its_file() {
        for case in answers::all(2048) {
            let size = case.answer.len() + case.file.len();
            assert!((256..40 * 1024).contains(&size), "{}: {size}", case.name);
            patch(&case).unwrap();
            artifact(&case).unwrap();
        }
    }
}

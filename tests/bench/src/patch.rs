//! What placing patches costs: a place that is found only by likeness against one that is found as it stands, and a large
//! patch over many files against `git apply`, both as whole processes.

use crate::{
    figure::{Aim, Amount, Figure},
    folder, program,
    sample::{median_of, side_by_side},
};
use anyhow::{Context, Result, ensure};
use orchestrator_core::RelativePath;
use orchestrator_patch::{HunkOutcome, MemoryFiles, Options, Strategy, apply, make};
use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Lines of the file in which one place is looked for.
const LINES: usize = 100_000;
/// Files of the large patch, and hunks in each.
const FILES: usize = 200;
const HUNKS: usize = 5;
/// Lines from one hunk to the next.
const APART: usize = 20;
const ROUNDS: usize = 15;

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let by_likeness = by_likeness().await?;
    let against_git = tokio::task::spawn_blocking(against_git).await??;
    Ok(vec![by_likeness, against_git])
}

fn line(at: usize) -> String {
    format!("    let value_{at} = compute({at}, \"{}\");\n", at * 7919 % 10_007)
}

async fn by_likeness() -> Result<Figure> {
    let at = LINES * 2 / 3;
    let path = RelativePath::parse("large.rs")?;
    let content: String = (0..LINES).map(line).collect();
    let files = MemoryFiles::from([(path.clone(), content.clone().into_bytes())]);
    let changed = content.replacen(&line(at), "    let value = other();\n", 1);
    let exact = String::from_utf8(make(&path, Some(content.as_bytes()), Some(changed.as_bytes())))?;
    let reworded = exact.replacen(&format!("compute({}", at - 2), &format!("computed from ({}", at - 2), 1);
    let strategy = |diff: &str| {
        let Ok(outcome) = apply(diff.as_bytes(), &files, &Options::default());
        let hunk = outcome.report.files.first().and_then(|file| file.hunks.first().cloned());
        match hunk.map(|hunk| hunk.outcome) {
            Some(HunkOutcome::Applied(placement)) => Ok(placement.strategy),
            other => Err(anyhow::anyhow!("the hunk was not applied: {other:?}")),
        }
    };
    ensure!(strategy(&exact)? == Strategy::Exact, "the sound diff does not match as it is");
    ensure!(strategy(&reworded)? == Strategy::Similarity, "the reworded diff matches as it is");
    let (measured, reference) =
        side_by_side(ROUNDS, 3, async || strategy(&reworded).map(drop), async || strategy(&exact).map(drop))
            .await?;
    Ok(Figure {
        what: "a place found by likeness in 100,000 lines".into(),
        measured: Amount::Seconds(measured),
        against: "the same place found as it stands".into(),
        reference: Amount::Seconds(reference),
        aim: Aim::RatioAtMost(20.0),
    })
}

fn against_git() -> Result<Figure> {
    let program = program::build()?;
    let place = folder::new()?;
    let mut diff = Vec::new();
    let mut files = Vec::new();
    for number in 0..FILES {
        let path = RelativePath::parse(&format!("src/part{}/file{number}.rs", number % 10))?;
        let old: String = (0..HUNKS * APART).map(|at| line(number * 1000 + at)).collect();
        let change = |at: usize| match at % APART == APART / 2 {
            true => format!("    changed({at});\n    twice({number});\n"),
            false => line(number * 1000 + at),
        };
        let new: String = (0..HUNKS * APART).map(change).collect();
        diff.extend(make(&path, Some(old.as_bytes()), Some(new.as_bytes())));
        files.push((path, old));
    }
    let patch = place.join("large.diff");
    fs::write(&patch, diff)?;
    let ours = || {
        let mut command = Command::new(&program);
        command.args(["patch", "apply"]).arg(&patch);
        apply_with(command, &files)
    };
    let git = || {
        let mut command = Command::new("git");
        command.arg("apply").arg(&patch);
        apply_with(command, &files)
    };
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        // What comes second finds a file system that is still busy with the first, so they take turns in that as well.
        let (one, other) = match round % 2 == 0 {
            true => (ours()?, git()?),
            false => {
                let git = git()?;
                (ours()?, git)
            }
        };
        // The first warms up.
        if round > 0 {
            measured.push(one);
            reference.push(other);
        }
    }
    Ok(Figure {
        what: "1,000 hunks over 200 files".into(),
        measured: Amount::Seconds(median_of(&measured)),
        against: "git apply".into(),
        reference: Amount::Seconds(median_of(&reference)),
        aim: Aim::RatioAtMost(1.0),
    })
}

/// How long `command` takes in a fresh copy of the files.
fn apply_with(mut command: Command, files: &[(RelativePath, String)]) -> Result<Duration> {
    let folder = folder::new()?;
    for (path, content) in files {
        let path = folder.join(path.as_str());
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        fs::write(path, content)?;
    }
    command.current_dir(&folder).stdin(Stdio::null()).stdout(Stdio::null());
    let begin = Instant::now();
    let status = command.status().with_context(|| format!("starting {command:?}"))?;
    let taken = begin.elapsed();
    ensure!(status.success(), "{command:?} ended with {status}");
    let (path, old) = files.last().context("there are files")?;
    ensure!(fs::read_to_string(folder.join(path.as_str()))? != *old, "{command:?} changed nothing");
    Ok(taken)
}

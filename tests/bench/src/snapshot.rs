//! What it costs to record a project in which nothing changed, as before and after most steps: against a warm
//! `git status`, which answers the same question, and in bytes of the store.

use crate::{
    figure::{Aim, Amount, Figure},
    folder,
    sample::side_by_side,
};
use anyhow::{Context, Result, ensure};
use orchestrator_core::ProjectId;
use orchestrator_snapshots::{Cause, KEPT, Snapshots};
use orchestrator_workspace::Workspace;
use std::{
    fs,
    path::Path,
    process::{Command, Output},
    time::Duration,
};

/// Files of the project, and in each of its folders.
const FILES: usize = 10_000;
const IN_A_FOLDER: usize = 50;
const ROUNDS: usize = 15;
/// Snapshots over which their bytes are counted; with those before, no more than are kept.
const COUNTED: usize = 400;
/// After so long neither we nor git have to fear that a file changed within the same moment as they looked at it.
const SETTLED: Duration = Duration::from_secs(3);

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let place = folder::new()?;
    let project = ProjectId::new("large")?;
    let folder = place.join("projects");
    fs::create_dir(&folder)?;
    let workspace = Workspace::open(&folder, &project)?;
    fill(&folder.join("large"))?;
    let git = Git { dir: place.join("git"), files: folder.join("large") };
    git.run(&["init", "--quiet"])?;
    git.run(&["add", "--all"])?;
    git.run(&["-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "--quiet", "--message=all"])?;
    tokio::time::sleep(SETTLED).await;

    let store = place.join("snapshots.sqlite");
    let snapshots = Snapshots::open(&store, KEPT)?;
    let take = || snapshots.take(&project, &workspace, Cause::Imported, None);
    let first = take()?.snapshot;
    ensure!(first.files == FILES as u64, "the snapshot has {} files", first.files);
    let (measured, reference) = side_by_side(
        ROUNDS,
        3,
        async || {
            ensure!(take()?.snapshot.id == first.id, "something changed");
            Ok(())
        },
        async || {
            ensure!(git.run(&["status", "--porcelain"])?.stdout.is_empty(), "git sees a change");
            Ok(())
        },
    )
    .await?;
    // Closed, so that all of it is in the file.
    drop(snapshots);
    let before = fs::metadata(&store)?.len();
    let snapshots = Snapshots::open(&store, KEPT)?;
    for _ in 0..COUNTED {
        snapshots.take(&project, &workspace, Cause::Imported, None)?;
    }
    drop(snapshots);
    let each = fs::metadata(&store)?.len().saturating_sub(before) as f64 / COUNTED as f64;
    Ok(vec![
        Figure {
            what: "a snapshot of 10,000 files that did not change".into(),
            measured: Amount::Seconds(measured),
            against: "git status, warm".into(),
            reference: Amount::Seconds(reference),
            aim: Aim::RatioAtMost(2.0),
        },
        Figure {
            what: "bytes that such a snapshot adds to the store".into(),
            measured: Amount::Bytes(each),
            against: "the files".into(),
            reference: Amount::Bytes(first.bytes as f64),
            aim: Aim::AtMost(Amount::Bytes(4096.0)),
        },
    ])
}

/// Source files of a usual size, no two alike.
fn fill(project: &Path) -> Result<()> {
    for number in 0..FILES {
        let folder = project.join(format!("src/part{}", number / IN_A_FOLDER));
        fs::create_dir_all(&folder)?;
        let content: String =
            (0..40).map(|line| format!("export const value{line} = {};\n", number * line)).collect();
        fs::write(folder.join(format!("file{number}.ts")), content)?;
    }
    Ok(())
}

/// A repository that lies outside of the files, so that the project does not hold it.
struct Git {
    dir: std::path::PathBuf,
    files: std::path::PathBuf,
}

impl Git {
    fn run(&self, args: &[&str]) -> Result<Output> {
        let mut git = Command::new("git");
        git.arg("--git-dir").arg(&self.dir).arg("--work-tree").arg(&self.files).args(args);
        let output = git.current_dir(&self.files).output().context("starting git")?;
        ensure!(output.status.success(), "{git:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(output)
    }
}

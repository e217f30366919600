//! Diffs of single files out of the history of the checkout that this test is built from.

use orchestrator_core::RelativePath;
use orchestrator_patch::make;
use std::process::Command;

/// A file before and after a commit, and the diff between.
pub(crate) struct Sample {
    pub(crate) commit: String,
    pub(crate) path: RelativePath,
    pub(crate) old: String,
    pub(crate) new: String,
    pub(crate) diff: String,
}

/// Up to `most` changes of text files, evenly out of the whole history.
pub(crate) fn samples(most: usize) -> Vec<Sample> {
    let log = git(&[
        "log",
        "--no-merges",
        "--no-renames",
        "--diff-filter=M",
        "--raw",
        "--no-abbrev",
        "--format=%H",
    ]);
    let mut commit = String::new();
    let mut changes = Vec::new();
    for line in log.unwrap_or_default().lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix(':') {
            None => line.clone_into(&mut commit),
            Some(raw) => changes.push((commit.clone(), raw.to_owned())),
        }
    }
    let each = changes.len().div_ceil(most).max(1);
    changes.iter().step_by(each).filter_map(|(commit, raw)| sample(commit, raw)).collect()
}

/// From `:100644 100644 <old> <new> M<tab><path>`, without its colon.
fn sample(commit: &str, raw: &str) -> Option<Sample> {
    let (about, path) = raw.split_once('\t')?;
    let mut words = about.split_whitespace().skip(2);
    let (old, new) = (git(&["cat-file", "blob", words.next()?])?, git(&["cat-file", "blob", words.next()?])?);
    let path = RelativePath::parse(path).ok()?;
    // Files that nobody writes by hand are all alike inside.
    let generated = path.as_str().ends_with("Cargo.lock") || path.as_str().ends_with(".json");
    let diff = String::from_utf8(make(&path, Some(old.as_bytes()), Some(new.as_bytes()))).ok()?;
    let fits = !generated && !diff.is_empty() && diff.len() < 40_000 && !old.is_empty();
    fits.then(|| Sample { commit: commit.get(..10).unwrap_or_default().to_owned(), path, old, new, diff })
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(env!("CARGO_MANIFEST_DIR")).args(args).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}

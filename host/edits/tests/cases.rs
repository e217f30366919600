//! Each folder in `cases` is a test of `apply_diff`: the project in `in`, the answer in `patch`, and either the
//! project afterwards in `out`, or the refusals in `refused.txt`, one per line as `path#hunk: reason`. Where a diff
//! is refused the project must be as it was. To add a case, add a folder.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

use orchestrator_core::{ProjectId, RelativePath};
use orchestrator_edits::{DiffOutcome, Refusal, apply_diff};
use orchestrator_workspace::Workspace;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

type Files = BTreeMap<String, String>;

#[test]
fn every_case_comes_to_what_its_folder_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(root).expect("the cases").map(|entry| entry.expect("a case").path()).collect();
    cases.retain(|case| case.is_dir());
    cases.sort();
    assert!(cases.len() >= 30, "cases are missing: {}", cases.len());
    let failures: Vec<String> = cases.iter().filter_map(|case| run(case).err()).collect();
    assert!(failures.is_empty(), "{} cases fail:\n\n{}", failures.len(), failures.join("\n\n"));
}

fn run(case: &Path) -> Result<(), String> {
    let name = case.file_name().expect("a name").to_string_lossy();
    let before = files(&case.join("in"), "");
    let projects = tempfile::tempdir().expect("a folder");
    let workspace =
        Workspace::open(projects.path(), &ProjectId::new("case").expect("a name")).expect("a workspace");
    for (path, content) in &before {
        workspace.write(&RelativePath::parse(path).expect("a path"), content.as_str()).expect("written");
    }
    let patch = fs::read_to_string(case.join("patch")).expect("a patch");
    let outcome = apply_diff(&workspace, &patch).expect("a sound disk");
    let after = files(workspace.folder(), "");
    match (fs::read_to_string(case.join("refused.txt")), outcome) {
        (Ok(expected), DiffOutcome::Refused(refused)) => {
            let refused: String = refused.iter().map(line).collect();
            same(&name, "refusals", &expected, &refused)?;
            same(&name, "files", &before, &after)
        }
        (Err(_), DiffOutcome::Applied(_)) => same(&name, "files", &files(&case.join("out"), ""), &after),
        (_, outcome) => Err(format!("{name}: {outcome:#?}")),
    }
}

fn same<T: PartialEq + std::fmt::Debug>(
    name: &str,
    what: &str,
    expected: &T,
    found: &T,
) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!("{name}: {what}\nexpected {expected:#?}\nfound    {found:#?}"))
}

fn line(refusal: &Refusal) -> String {
    let Refusal { path, hunk, reason } = refusal;
    let hunk = hunk.map(|hunk| format!("#{hunk}")).unwrap_or_default();
    format!("{path}{hunk}: {reason}\n")
}

/// Every file under `folder`, by its path. A folder that is not there has none.
fn files(folder: &Path, prefix: &str) -> Files {
    let mut found = Files::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.expect("an entry");
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.file_type().expect("a type").is_dir() {
            true => found.extend(files(&entry.path(), &format!("{path}/"))),
            false => drop(found.insert(path, fs::read_to_string(entry.path()).expect("text"))),
        }
    }
    found
}

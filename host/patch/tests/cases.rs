//! Each folder in `cases` is a test of `apply`: the files in `in`, the answer in `patch`, and either the files
//! afterwards in `out`, or why it was refused in `refused.txt`, one refusal a line as `path#hunk: kind: reason`. A
//! `report.txt` holds the report as a model reads it, where that is worth keeping. To add a case, add a folder; with
//! `RENEW_CASES` set, the texts are written anew and shown by `git diff`.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

use orchestrator_core::RelativePath;
use orchestrator_patch::{
    AppliedPatch, Edit, FileReport, HunkOutcome, HunkReport, MemoryFiles, Options, Report, apply, perform,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn every_case_comes_to_what_its_folder_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(root).expect("the cases").map(|entry| entry.expect("a case").path()).collect();
    cases.retain(|case| case.is_dir());
    cases.sort();
    assert!(cases.len() >= 110, "cases are missing: {}", cases.len());
    let failures: Vec<String> = cases.iter().filter_map(|case| run(case).err()).collect();
    assert!(failures.is_empty(), "{} cases fail:\n\n{}", failures.len(), failures.join("\n\n"));
}

fn run(case: &Path) -> Result<(), String> {
    let name = case.file_name().expect("a name").to_string_lossy();
    let mut files = files(&case.join("in"), "");
    let patch = fs::read(case.join("patch")).expect("a patch");
    let target = fs::read_to_string(case.join("target")).ok();
    let target = target.map(|target| RelativePath::parse(target.trim()).expect("a path"));
    let options = Options { target, ..Options::default() };
    let Ok(AppliedPatch { report, edits }) = apply(&patch, &files, &options);
    same_text(&case.join("report.txt"), &report.text())?;
    let refused = refusals(&report);
    let has_out = case.join("out").is_dir();
    if !report.is_applied() {
        if has_out {
            return Err(format!("{name}: refused\n{report}"));
        }
        renew(&case.join("refused.txt"), &refused);
        same_text(&case.join("refused.txt"), &refused)?;
        return if edits.is_empty() { Ok(()) } else { Err(format!("{name}: refused, but {edits:#?}")) };
    }
    if case.join("refused.txt").exists() || !has_out {
        return Err(format!("{name}: applied\n{report}"));
    }
    again_changes_nothing(&name, &patch, &files, &edits, &options)?;
    perform(&mut files, edits);
    let expected = self::files(&case.join("out"), "");
    if expected != files {
        return Err(format!("{name}:\nexpected {}\nfound    {}\n{report}", shown(&expected), shown(&files)));
    }
    Ok(())
}

/// A patch that is sent twice is applied once.
fn again_changes_nothing(
    name: &str,
    patch: &[u8],
    before: &MemoryFiles,
    edits: &[Edit],
    options: &Options,
) -> Result<(), String> {
    if edits.iter().any(|edit| matches!(edit, Edit::Delete { .. } | Edit::Rename { .. })) {
        return Ok(());
    }
    let mut after = before.clone();
    perform(&mut after, edits.to_vec());
    let Ok(again) = apply(patch, &after, options);
    match again.edits.is_empty() {
        true => Ok(()),
        false => Err(format!("{name}: applied a second time\n{}", again.report)),
    }
}

fn same_text(path: &Path, found: &str) -> Result<(), String> {
    if path.exists() {
        renew(path, found);
    }
    match fs::read_to_string(path) {
        Ok(expected) if expected != found => {
            Err(format!("{}:\nexpected\n{expected}\nfound\n{found}", path.display()))
        }
        _ => Ok(()),
    }
}

fn renew(path: &Path, text: &str) {
    if std::env::var_os("RENEW_CASES").is_some() {
        fs::write(path, text).expect("written");
    }
}

fn refusals(report: &Report) -> String {
    report.files.iter().flat_map(of_file).collect()
}

fn of_file(file: &FileReport) -> Vec<String> {
    let whole = file.refused.iter().map(|reason| format!("{}: {reason}\n", file.path));
    whole.chain(file.hunks.iter().filter_map(|hunk| of_hunk(&file.path, hunk))).collect()
}

fn of_hunk(path: &str, hunk: &HunkReport) -> Option<String> {
    let HunkOutcome::Refused(rejection) = &hunk.outcome else { return None };
    let kind = serde_json::to_value(rejection.kind).expect("a name");
    Some(format!("{path}#{}: {}: {}\n", hunk.number, kind.as_str().expect("a name"), rejection.reason))
}

fn shown(files: &MemoryFiles) -> String {
    let one = |(path, content): (&RelativePath, &Vec<u8>)| {
        format!("{path}: {:?}", String::from_utf8_lossy(content))
    };
    files.iter().map(one).collect::<Vec<_>>().join("\n         ")
}

/// Every file under `folder`, by its path. A folder that is not there has none.
fn files(folder: &Path, prefix: &str) -> MemoryFiles {
    let mut found = MemoryFiles::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.expect("an entry");
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.file_type().expect("a type").is_dir() {
            true => found.extend(files(&entry.path(), &format!("{path}/"))),
            false => {
                let content = fs::read(entry.path()).expect("a file");
                found.insert(RelativePath::parse(&path).expect("a path"), content);
            }
        }
    }
    found
}

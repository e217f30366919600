//! Patches of so many files that several threads look at them come to what their parts come to one by one.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

use orchestrator_core::RelativePath;
use orchestrator_patch::{AppliedPatch, FileReport, MemoryFiles, Options, apply, make, perform};

const FILES: usize = 200;

fn path(name: &str) -> RelativePath {
    RelativePath::parse(name).expect("a good path")
}

fn file(number: usize) -> RelativePath {
    path(&format!("src/file{number}.txt"))
}

fn old(number: usize) -> String {
    (0..20).map(|line| format!("line {line} of file {number}\n")).collect()
}

fn new(number: usize) -> String {
    old(number).replacen("line 10", "another line", 1)
}

fn files() -> MemoryFiles {
    (0..FILES).map(|number| (file(number), old(number).into_bytes())).collect()
}

/// A diff for each file, in the order of their numbers.
fn diffs() -> Vec<Vec<u8>> {
    (0..FILES)
        .map(|number| make(&file(number), Some(old(number).as_bytes()), Some(new(number).as_bytes())))
        .collect()
}

fn applied(diffs: &[Vec<u8>], files: &MemoryFiles) -> AppliedPatch {
    let Ok(outcome) = apply(&diffs.concat(), files, &Options::default());
    outcome
}

#[test]
fn the_report_and_the_files_are_those_of_the_parts() {
    let (mut at_once, mut one_by_one) = (files(), files());
    let whole = applied(&diffs(), &at_once);
    perform(&mut at_once, whole.edits);
    let mut reports: Vec<FileReport> = Vec::new();
    for diff in diffs() {
        let part = applied(&[diff], &one_by_one);
        reports.extend(part.report.files);
        perform(&mut one_by_one, part.edits);
    }
    assert_eq!(whole.report.files, reports);
    assert_eq!(at_once, one_by_one);
    assert!((0..FILES).all(|number| at_once.get(&file(number)) == Some(&new(number).into_bytes())));
}

#[test]
fn one_part_that_does_not_fit_refuses_them_all() {
    let mut files = files();
    files.insert(file(FILES / 2), b"something else\n".to_vec());
    let outcome = applied(&diffs(), &files);
    let refused: Vec<&str> = outcome
        .report
        .files
        .iter()
        .filter(|file| !file.is_applied())
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(refused, [file(FILES / 2).as_str()]);
    assert!(outcome.edits.is_empty());
}

#[test]
fn a_part_sees_what_an_earlier_one_made_of_its_file() {
    let mut diffs = diffs();
    let moved = path("moved.txt");
    let rename = format!("diff --git a/{0} b/{moved}\nrename from {0}\nrename to {moved}\n", file(FILES));
    let mut files = files();
    files.insert(file(FILES), old(FILES).into_bytes());
    diffs.insert(0, rename.into_bytes());
    diffs.push(make(&moved, Some(old(FILES).as_bytes()), Some(new(FILES).as_bytes())));
    let outcome = applied(&diffs, &files);
    assert!(outcome.report.is_applied(), "{}", outcome.report.text());
    perform(&mut files, outcome.edits);
    assert_eq!(files.get(&moved), Some(&new(FILES).into_bytes()));
    assert_eq!(files.get(&file(FILES)), None);
}

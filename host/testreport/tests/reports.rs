//! Each file in `tests/cases` is an output. Its first line says what it comes to (`none`, or passed, failed and skipped),
//! its second which command printed it.

use orchestrator_testreport::{Counts, Reader, Report};
use std::{fs, path::Path};

fn read(argv: &str, output: &str) -> Option<Report> {
    let argv: Vec<_> = argv.split(' ').map(String::from).collect();
    let mut reader = Reader::new(&argv);
    output.lines().for_each(|line| reader.line(line));
    reader.finish()
}

#[test]
fn each_output_comes_to_what_its_first_line_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut wrong = Vec::new();
    let mut cases = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let (expected, rest) = text.split_once('\n').unwrap();
        let (argv, output) = rest.split_once('\n').unwrap();
        let report = read(argv.strip_prefix("$ ").unwrap(), output);
        let found = report.map_or("none".to_owned(), |Report { counts, .. }| {
            let Counts { passed, failed, skipped } = counts;
            format!("{passed} {failed} {skipped}")
        });
        cases += 1;
        if found != expected {
            wrong.push(format!("{}: {found}, not {expected}", path.file_name().unwrap().display()));
        }
    }
    wrong.sort();
    assert!(wrong.is_empty(), "of {cases}:\n{}", wrong.join("\n"));
    assert!(cases > 30, "{cases}");
}

#[test]
fn what_was_overwritten_counts_where_nothing_else_does() {
    let overwritten =
        ["Tests:  1 failed, 1 passed, 2 total", "Tests:  1 failed, 2 passed, 3 total", "2 failed"];
    let read = |shown: &[&str]| {
        let mut reader = Reader::new(&["node".into(), "run.js".into()]);
        overwritten.iter().for_each(|line| reader.overwritten_line(line));
        shown.iter().for_each(|line| reader.line(line));
        reader.finish().unwrap().counts
    };
    assert_eq!(read(&["Done"]), Counts { passed: 2, failed: 1, skipped: 0 });
    assert_eq!(read(&["Tests:  3 passed, 3 total"]), Counts { passed: 3, failed: 0, skipped: 0 });
}

#[test]
fn failed_tests_are_named() {
    let report =
        read("npm test", "ok 1 - adds\nnot ok 2 - removes\n# tests 2\n# pass 1\n# fail 1\n").unwrap();
    assert_eq!(report.failures, ["removes"]);
}

/// Lines that are made of what tools count with, and of numbers of any size.
fn counts() -> impl proptest::strategy::Strategy<Value = String> {
    let part = "(Tests: |# (pass|fail|tests) |FAILED \\(failures=|Executed |DONE |1\\.\\.|ok |not ok |Total: |Failed )?\
        ([0-9]{1,25}|18446744073709551615)( of |/|, |: | | \\(|\\))\
        (passed|failed|failures|errors|skipped|tests|total|doctests|pending spec|subtests|subtests failed)?[,|)]? ?";
    proptest::strategy::Strategy::prop_map(proptest::collection::vec(part, 1..6), |parts| parts.concat())
}

proptest::proptest! {
    #[test]
    fn any_counts_are_read_without_a_panic(lines in proptest::collection::vec(counts(), 0..20)) {
        let mut reader = Reader::new(&["npm".into(), "test".into()]);
        for line in &lines {
            reader.line(line);
            reader.overwritten_line(line);
        }
        drop(reader.finish());
    }

    #[test]
    fn any_text_is_read_without_a_panic(lines: Vec<String>) {
        let mut reader = Reader::new(&["npm".into(), "test".into()]);
        lines.iter().for_each(|line| reader.line(line));
        drop(reader.finish());
    }
}

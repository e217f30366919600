use super::*;

fn read(output: &str) -> Report {
    let mut lines = Lines::default();
    output.lines().for_each(|line| lines.line(line));
    lines.finish()
}

#[test]
fn the_usual_summaries_are_understood() {
    for (tool, output, passed, failed, skipped) in [
        ("tap", "# tests 6\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 0", 3, 2, 1),
        ("node", "ℹ tests 4\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 0", 3, 1, 0),
        (
            "cargo",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\ntest result: FAILED. 1 passed; 2 failed; 0 ignored",
            4,
            2,
            1,
        ),
        ("unittest", "Ran 5 tests in 0.001s\n\nFAILED (failures=1, errors=1, skipped=1)", 2, 2, 1),
        ("unittest ok", "Ran 2 tests in 0.001s\n\nOK", 2, 0, 0),
        ("pytest", "==== 1 failed, 3 passed, 2 skipped, 1 error in 0.12s ====", 3, 2, 2),
        ("pytest quiet", "3 passed in 0.01s", 3, 0, 0),
        ("jest", "Tests:       1 failed, 2 skipped, 5 passed, 8 total", 5, 1, 2),
        (
            "vitest",
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[31m1 failed\u{1b}[39m | \u{1b}[32m5 passed\u{1b}[39m (6)",
            5,
            1,
            0,
        ),
        ("mocha", "  5 passing (12ms)\n  1 failing", 5, 1, 0),
        (
            "go",
            "{\"Action\":\"pass\",\"Test\":\"TestA\"}\n{\"Action\":\"fail\",\"Test\":\"TestB\"}\n{\"Action\":\"fail\",\"Package\":\"p\"}",
            1,
            1,
            0,
        ),
    ] {
        assert_eq!(read(output).counts, Some(Counts { passed, failed, skipped }), "{tool}");
    }
}

#[test]
fn failed_tests_are_named_once() {
    for (output, name) in [
        ("not ok 2 - removes an entry\nnot ok 2 - removes an entry", "removes an entry"),
        ("✖ removes (1.2ms)\n✖ failing tests:", "removes"),
        ("test store::tests::removes ... FAILED", "store::tests::removes"),
        ("FAILED tests/test_a.py::test_one - assert 1 == 2", "tests/test_a.py::test_one"),
        ("FAIL: test_one (tests.test_a.A)", "test_one (tests.test_a.A)"),
        ("not ok 3 - later # TODO\nnot ok 4 - now", "now"),
    ] {
        assert_eq!(read(output).failures, [name], "{output}");
    }
}

#[test]
fn other_output_gives_no_counts_rather_than_wrong_ones() {
    for output in
        ["compiled 3 files in 2s", "# pass the salt", "{\"a\":1}", "", "Tests are great", "5 apples"]
    {
        assert_eq!(read(output).counts, None, "{output}");
    }
}

#[test]
fn no_tests_at_all_are_counted_as_none() {
    assert_eq!(read("# tests 0\n# pass 0\n# fail 0").counts, Some(Counts::default()));
    assert_eq!(read("no tests ran in 0.01s").counts, Some(Counts::default()));
    assert_eq!(
        read("running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored").counts,
        Some(Counts::default())
    );
}

#[test]
fn sums_stop_at_the_largest_number() {
    let most = u64::MAX;
    for output in [
        format!("# fail {most}\n# cancelled 2"),
        format!("Ran 3 tests in 0.1s\n\nFAILED (failures={most}, errors=1, skipped={most})"),
        format!("==== 1 failed, {most} errors in 0.12s ===="),
        format!("test result: FAILED. 0 passed; {most} failed\ntest result: FAILED. 0 passed; 1 failed"),
    ] {
        assert_eq!(read(&output).counts.map(|counts| counts.failed), Some(most), "{output}");
    }
}

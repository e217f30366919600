//! What commands, changes and loops come to.

use super::*;
use orchestrator_core::event::ExhaustedReason;
use orchestrator_core::{TestCounts, context::PlannedCommand};

fn outcome(line: &str, exit_code: i32, tests: Option<(u64, u64)>) -> CommandOutcome {
    CommandOutcome {
        argv: line.split(' ').map(String::from).collect(),
        exit_code: Some(exit_code),
        signal: None,
        timed_out: false,
        limit: None,
        truncated: false,
        output: String::new(),
        duration_ms: 1,
        network: None,
        tests: tests.map(|(passed, failed)| TestCounts { passed, failed, ..TestCounts::default() }),
    }
}

/// Step, command, exit code, tests that passed and failed.
type Ran = (&'static str, &'static str, i32, Option<(u64, u64)>);

/// What steps with these commands come to.
fn judged(commands: &[Ran]) -> (VerdictKind, String) {
    let mut evidence = Evidence::default();
    let mut at = "";
    for (step, line, exit_code, tests) in commands {
        if at != *step {
            evidence.begin();
        }
        at = step;
        evidence.command(step, None, &outcome(line, *exit_code, *tests));
    }
    let Verdict { kind, why, .. } = evidence.verdict();
    (kind, why)
}

#[test]
fn what_nobody_ran_is_untested() {
    assert_eq!(judged(&[]), (VerdictKind::Untested, "no command ran".into()));
    let installed = judged(&[("Run", "npm install", 0, None), ("Run", "ls src", 0, None)]);
    assert_eq!(installed, (VerdictKind::Untested, "no command tested or built it".into()));
    assert_eq!(judged(&[("Run", "pytest", 0, Some((0, 0)))]).0, VerdictKind::Untested);
}

#[test]
fn the_report_decides_and_not_the_code() {
    let (kind, why) = judged(&[("Run", "sh -c x", 0, Some((3, 2)))]);
    assert_eq!((kind, why.as_str()), (VerdictKind::Failed, "2 of 5 tests failed (sh -c x, exit code 0)"));
    let (kind, why) = judged(&[("Run", "npm test", 0, Some((5, 0)))]);
    assert_eq!((kind, why.as_str()), (VerdictKind::Tested, "5 tests passed (npm test)"));
    assert_eq!(judged(&[("Run", "npm test", 0, None)]).0, VerdictKind::Tested);
}

#[test]
fn a_failure_stays_until_tests_pass() {
    let failed = ("Run", "npm test", 1, None);
    assert_eq!(judged(&[failed]).0, VerdictKind::Failed);
    assert_eq!(judged(&[failed, ("Build", "npm run build", 0, None)]).0, VerdictKind::Failed);
    assert_eq!(judged(&[failed, ("Look", "ls", 0, None)]).0, VerdictKind::Failed);
    assert_eq!(judged(&[failed, ("Verify", "npm test", 0, Some((1, 0)))]).0, VerdictKind::Tested);
    assert_eq!(
        judged(&[failed, ("Fix", "ls", 0, None), ("Run", "npm test", 0, None)]).0,
        VerdictKind::Tested
    );
}

#[test]
fn a_program_that_failed_is_mended_when_it_succeeds_in_a_later_step() {
    let failed = ("Run", "python3 check.py", 1, None);
    assert_eq!(judged(&[failed, ("Again", "python3 check.py", 0, None)]).0, VerdictKind::Untested);
    assert_eq!(judged(&[failed, ("Again", "python3 other.py", 0, None)]).0, VerdictKind::Failed);
}

#[test]
fn of_programs_that_show_nothing_the_last_counts() {
    let tested = ("Run", "npm test", 0, Some((1, 0)));
    assert_eq!(judged(&[("Run", "grep x y", 1, None), tested]).0, VerdictKind::Tested);
    assert_eq!(judged(&[("Run", "node main.js", 1, None)]).0, VerdictKind::Failed);
}

#[test]
fn what_was_changed_after_its_tests_is_untested() {
    let mut evidence = Evidence::default();
    evidence.change("src/a.js");
    evidence.command("Run", None, &outcome("npm test", 0, Some((1, 0))));
    evidence.change("README.md");
    assert_eq!(evidence.verdict().kind, VerdictKind::Tested);
    evidence.change("src/a.js");
    let Verdict { kind, why, .. } = evidence.verdict();
    assert_eq!(
        (kind, why.as_str()),
        (VerdictKind::Untested, "src/a.js was changed after 1 test passed (npm test)")
    );
}

#[test]
fn what_was_built_and_not_tested_is_built() {
    assert_eq!(judged(&[("Run", "cargo build", 0, None)]).0, VerdictKind::Built);
}

#[test]
fn the_plan_says_which_commands_test_and_loops_are_told() {
    let argv: Vec<_> = ["./check"].map(String::from).to_vec();
    let commands = vec![PlannedCommand { purpose: CommandPurpose::Test, argv }];
    let plan = Plan { commands, ..Plan::default() };
    let mut evidence = Evidence::default();
    evidence.command("Run", Some(&plan), &outcome("./check", 1, None));
    let given_up = ExhaustedLoop { step: "Fix".into(), reason: ExhaustedReason::SameFailure, rounds: 2 };
    evidence.exhaust(given_up);
    let verdict = evidence.verdict();
    assert_eq!((verdict.kind, verdict.loops.len()), (VerdictKind::Failed, 1));
    assert!(verdict.why.contains("the same failure came twice"), "{}", verdict.why);
}

use super::*;
use orchestrator_sdk::{ErrorCode, edits::Refusal, testing::Host};

const DIFF: &str = "The list is shared.\n\n--- a/src/a.js\n+++ b/src/a.js\n@@ -1 +1 @@\n-a\n+b\n";

fn refused(reason: &str) -> DiffOutcome {
    DiffOutcome::Refused(vec![Refusal { path: "src/a.js".into(), hunk: Some(1), reason: reason.into() }])
}

fn project() -> Host {
    Host::new().with_file("src/a.js", "a\n").with_file("test/a.test.js", "test('a', () => assert(1));\n")
}

fn patch_it(host: &Host) -> Result<Patched, Error> {
    host.run(|| patch(Request::new("fix").user("it fails"), &View::look()?))
}

#[test]
fn a_diff_that_fits_is_applied_and_its_reason_shared() {
    let host = project().answer(DIFF);
    let patched = patch_it(&host).unwrap();
    assert_eq!((patched.reason.as_str(), patched.refused), ("The list is shared.", 0));
    assert_eq!(host.thoughts(), ["The list is shared."]);
    assert!(host.diffs()[0].starts_with("--- a/src/a.js"));
}

#[test]
fn the_report_of_a_refused_hunk_goes_back_to_the_model() {
    let host = project().answer(DIFF).answer(DIFF).diff_outcome(refused("line 1 is 'x', not 'a'"));
    let patched = patch_it(&host).unwrap();
    assert_eq!(patched.refused, 1);
    let again = &host.requests()[1].messages;
    assert_eq!(again.len(), 3);
    assert!(again[2].content.contains("src/a.js, hunk 1: line 1 is 'x', not 'a'"));
    assert_eq!(host.thoughts().len(), 1, "the same reason is not shared twice");
}

#[test]
fn after_three_refusals_whole_files_are_asked_for() {
    let host = project()
        .answer(DIFF)
        .answer(DIFF)
        .answer("No diff at all.")
        .diff_outcome(refused("no"))
        .diff_outcome(refused("no"))
        .answer("The list is copied now.\n<file-test path=\"src/a.js\">\nb\n</file-test>");
    let patched = patch_it(&host).unwrap();
    assert_eq!((patched.files.len(), patched.reason.as_str()), (1, "The list is copied now."));
    assert_eq!(host.file("src/a.js").unwrap(), "b\n");
    let last = host.requests().pop().unwrap().messages.pop().unwrap().content;
    assert!(last.contains("holds no unified diff") && last.contains("<file-test"), "{last}");
    assert!(!last.contains("Send the whole diff again"));
}

#[test]
fn a_diff_that_weakens_a_test_is_never_applied() {
    let attack = "--- a/test/a.test.js\n+++ b/test/a.test.js\n@@ -1 +0,0 @@\n-test('a', () => assert(1));\n";
    let host = project().answer(attack).answer(DIFF);
    patch_it(&host).unwrap();
    assert_eq!(host.diffs().len(), 1);
    assert!(host.requests()[1].messages[2].content.contains("weakens the tests"));
}

#[test]
fn whole_files_that_weaken_a_test_are_undone() {
    let attack = "<file-test path=\"test/a.test.js\">\n// nothing left\n</file-test>";
    let host = project().answer("no").answer("no").answer("no").answer(attack);
    let error = patch_it(&host).unwrap_err();
    assert_eq!(error.code, ErrorCode::MalformedAnswer);
    assert!(host.file("test/a.test.js").unwrap().contains("assert(1)"));
}

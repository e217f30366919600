use super::*;
use orchestrator_sdk::{
    ErrorCode,
    testing::{Host, refused_patch},
};

const DIFF: &str = "The list is shared.\n\n--- a/src/a.js\n+++ b/src/a.js\n@@ -1 +1 @@\n-a\n+b\n";
const BLOCK: &str = "It is shared.\n\nsrc/a.js\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n";
const FILES: &str = "The list is copied now.\n<file-test path=\"src/a.js\">\nb\n</file-test>";

fn project() -> Host {
    Host::new().with_file("src/a.js", "a\n").with_file("test/a.test.js", "test('a', () => assert(1));\n")
}

fn refuse(host: Host, times: usize) -> Host {
    (0..times).fold(host, |host, _| host.patch_report(refused_patch("src/a.js", "line 1 is 'x', not 'a'")))
}

fn patch_it(host: &Host) -> Result<Patched, Error> {
    host.run(|| patch(Request::new("fix").user("it fails"), &View::look()?, None))
}

fn asked(host: &Host) -> String {
    host.requests().pop().unwrap().messages.pop().unwrap().content
}

#[test]
fn a_diff_that_fits_is_applied_and_its_reason_shared() {
    let host = project().answer(DIFF);
    let patched = patch_it(&host).unwrap();
    assert_eq!((patched.reason.as_str(), patched.refused), ("The list is shared.", 0));
    assert_eq!(host.thoughts(), ["The list is shared."]);
    assert_eq!(host.diffs(), [DIFF], "all of the answer, so that nothing of it is passed over");
    assert!(host.statuses().is_empty());
}

#[test]
fn the_report_of_a_refused_hunk_goes_back_to_the_model() {
    let host = refuse(project().answer(DIFF).answer(DIFF), 1);
    let patched = patch_it(&host).unwrap();
    assert_eq!(patched.refused, 1);
    let again = &host.requests()[1].messages;
    assert_eq!(again.len(), 3);
    assert!(again[2].content.contains("src/a.js, hunk 1: line 1 is 'x', not 'a'"));
    assert_eq!(host.thoughts().len(), 1, "the same reason is not shared twice");
}

#[test]
fn after_two_repairs_replacements_are_asked_for_and_after_them_whole_files() {
    let host = refuse(project().answer(DIFF).answer(DIFF).answer(DIFF).answer(BLOCK).answer(FILES), 4);
    let patched = patch_it(&host).unwrap();
    assert_eq!((patched.files.len(), patched.reason.as_str()), (1, "The list is copied now."));
    assert_eq!((patched.refused, host.diffs().len(), host.replacements().len()), (4, 3, 1));
    assert_eq!(host.file("src/a.js").unwrap(), "b\n");
    assert!(
        asked(&host).contains("<file-test") && asked(&host).contains("line 1 is 'x'"),
        "{}",
        asked(&host)
    );
    let sent = host.requests();
    assert!(sent[2].messages[4].content.contains("Send the whole diff again"));
    assert!(sent[3].messages[6].content.contains("<<<<<<< SEARCH"));
}

#[test]
fn each_fallback_is_an_event_that_says_what_comes_next() {
    let host = refuse(project().answer(DIFF).answer("No diff at all.").answer(DIFF).answer(BLOCK), 2);
    patch_it(&host).unwrap();
    let next: Vec<_> = host
        .details()
        .iter()
        .map(|detail| serde_json::from_str::<serde_json::Value>(detail).unwrap()["repair"]["next"].clone())
        .collect();
    assert_eq!(next, ["diff", "diff", "replacements"]);
    assert!(host.statuses()[1].contains("holds no unified diff"), "{:?}", host.statuses());
}

#[test]
fn a_patch_that_was_applied_before_is_not_taken_for_a_change() {
    let mut report = refused_patch("src/a.js", "");
    report.outcome = PatchOutcome::AlreadyApplied;
    let host = project().answer(DIFF).answer(DIFF).patch_report(report);
    patch_it(&host).unwrap();
    assert!(host.requests()[1].messages[2].content.contains("in the files already"));
}

#[test]
fn replacements_that_weaken_a_test_are_never_applied() {
    let attack =
        "test/a.test.js\n<<<<<<< SEARCH\ntest('a', () => assert(1));\n=======\n// none\n>>>>>>> REPLACE\n";
    let host = refuse(project().answer(DIFF).answer(DIFF).answer(DIFF).answer(attack).answer(FILES), 3);
    patch_it(&host).unwrap();
    assert!(host.replacements().is_empty());
    assert!(asked(&host).contains("weakens the tests"));
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
    let host = project().answer("no").answer("no").answer("no").answer("no").answer(attack);
    let error = patch_it(&host).unwrap_err();
    assert_eq!(error.code, ErrorCode::MalformedAnswer);
    assert!(host.file("test/a.test.js").unwrap().contains("assert(1)"));
}

#[test]
fn a_whole_file_that_comes_as_it_was_is_not_taken_for_a_change() {
    let same = "<file-test path=\"src/a.js\">\na\n</file-test>\n";
    let other = "<file-test path=\"test/a.test.js\">\nassert(1)\nassert(2)\n</file-test>\n";
    let no = || project().answer("no").answer("no").answer("no").answer("no");
    let error = patch_it(&no().with_file("src/a.js", "a\n").answer(same)).unwrap_err();
    assert!(error.message.contains("nothing was changed"), "{}", error.message);
    let host = no().with_file("src/a.js", "a\n").answer(&format!("{same}{other}"));
    let paths: Vec<_> = patch_it(&host).unwrap().files.into_iter().map(|file| file.path).collect();
    assert_eq!(paths, ["test/a.test.js"]);
}

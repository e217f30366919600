//! A patch that leaves the files as they are makes no edit, and its report does not speak of a change.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

use orchestrator_core::RelativePath;
use orchestrator_patch::{AppliedPatch, MemoryFiles, Options, apply};

fn applied(patch: &str) -> AppliedPatch {
    let path = RelativePath::parse("a.js").expect("a path");
    let files = MemoryFiles::from([(path, b"let a;\nlet b;\nlet c;\n".to_vec())]);
    let Ok(outcome) = apply(patch.as_bytes(), &files, &Options::default());
    outcome
}

#[test]
fn what_changes_nothing_is_refused_in_every_dialect() {
    for patch in [
        "--- a/a.js\n+++ b/a.js\n@@ -1,3 +1,3 @@\n let a;\n let b;\n let c;\n",
        "--- a/a.js\n+++ b/a.js\n@@ -1,3 +1,3 @@\n let a;\n-let b;\n+let b;\n let c;\n",
        "a.js\n<<<<<<< SEARCH\nlet b;\n=======\nlet b;\n>>>>>>> REPLACE\n",
        "*** Begin Patch\n*** Update File: a.js\n@@\n let a;\n-let b;\n+let b;\n*** End Patch\n",
    ] {
        let outcome = applied(patch);
        assert!(!outcome.report.is_applied() && outcome.edits.is_empty(), "{patch}\n{}", outcome.report);
        assert!(outcome.report.text().contains("it changes nothing"), "{}", outcome.report);
    }
}

#[test]
fn what_differs_from_the_file_only_in_what_goes_was_applied_before() {
    for patch in [
        "--- a/a.js\n+++ b/a.js\n@@ -1,3 +1,3 @@\n let a;\n-let b;  \n+let b;\n let c;\n",
        "a.js\n<<<<<<< SEARCH\nlet b;   \n=======\nlet b;\n>>>>>>> REPLACE\n",
        "a.js\n<<<<<<< SEARCH\nlet a;\n  let b;\n=======\nlet a;\nlet b;\n>>>>>>> REPLACE\n",
    ] {
        let outcome = applied(patch);
        assert!(outcome.edits.is_empty(), "{patch}\n{}", outcome.report);
        assert!(!outcome.report.text().contains("was applied.\n"), "{patch}\n{}", outcome.report);
    }
}

#[test]
fn a_series_that_undoes_itself_is_refused() {
    let there = "--- a/a.js\n+++ b/a.js\n@@ -1,3 +1,3 @@\n let a;\n-let b;\n+let x;\n let c;\n";
    let back = "--- a/a.js\n+++ b/a.js\n@@ -1,3 +1,3 @@\n let a;\n-let x;\n+let b;\n let c;\n";
    let outcome = applied(&format!("{there}\n{back}"));
    assert!(!outcome.report.is_applied() && outcome.edits.is_empty(), "{}", outcome.report);
    assert!(outcome.report.text().contains("undoes what another does"), "{}", outcome.report);
}

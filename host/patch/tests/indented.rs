//! Patches that are code blocks by their indentation.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

use orchestrator_core::RelativePath;
use orchestrator_patch::{MemoryFiles, Options, apply, perform};

const BEFORE: &str = "def a():\n    return 1\n\n\ndef b():\n    return 2\n";
const AFTER: &str = "def a():\n    return 1\n\n\ndef b():\n    return 3\n";

const PATCHES: &[&str] = &[
    "*** Begin Patch\n*** Update File: a.py\n@@\n def b():\n-    return 2\n+    return 3\n*** End Patch\n",
    "--- a/a.py\n+++ b/a.py\n@@ -4,3 +4,3 @@\n \n def b():\n-    return 2\n+    return 3\n",
    "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@\n\n def b():\n-    return 2\n+    return 3\n",
    "<<<<<<< SEARCH\ndef b():\n    return 2\n=======\ndef b():\n    return 3\n>>>>>>> REPLACE\n",
];

fn path() -> RelativePath {
    RelativePath::parse("a.py").expect("a path")
}

fn applied(patch: &str) -> Result<String, String> {
    let mut files = MemoryFiles::from([(path(), BEFORE.as_bytes().to_vec())]);
    let Ok(outcome) = apply(patch.as_bytes(), &files, &Options::default());
    if !outcome.report.is_applied() {
        return Err(outcome.report.text());
    }
    perform(&mut files, outcome.edits);
    Ok(String::from_utf8_lossy(&files[&path()]).into_owned())
}

fn indented(patch: &str, margin: &str) -> String {
    patch
        .lines()
        .map(|line| if line.is_empty() { "\n".into() } else { format!("{margin}{line}\n") })
        .collect()
}

#[test]
fn a_code_block_by_indentation_is_read_without_it() {
    for patch in PATCHES {
        for margin in ["    ", "\t", "       "] {
            for (before, after) in
                [("a.py\n\n", ""), ("Here is a.py:\n\n", "\nThat is all.\n"), ("a.py\n", "\n")]
            {
                let text = format!("{before}{}{after}", indented(patch, margin));
                assert_eq!(applied(&text).as_deref(), Ok(AFTER), "{text}");
            }
        }
    }
}

#[test]
fn what_goes_on_at_the_margin_or_is_not_a_code_block_is_refused_with_the_reason() {
    let section = PATCHES[0];
    let at = section.find("+ ").expect("an added line");
    let torn = format!("{}{}", indented(&section[..at], "    "), &section[at..]);
    for text in [torn, indented(section, " "), indented(PATCHES[3], "  ").replace("  <<", "a.py\n\n  <<")] {
        let refused = applied(&text).expect_err("a refusal");
        assert!(refused.contains("behind blanks"), "{text}{refused}");
    }
}

#[test]
fn many_markers_that_are_no_block_are_passed_quickly() {
    let text = format!("{}+come();\n", "    *** Begin Patch\n".repeat(100_000));
    assert!(applied(&text).is_err());
}

//! Tags that other tools have around files, in the lines of a patch.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

use orchestrator_core::RelativePath;
use orchestrator_patch::{MemoryFiles, Options, apply};

/// Why a patch of `a.js` and `a.xml` is refused; nothing where it is applied.
fn refusal(patch: &str) -> Option<String> {
    let path = |path: &str| RelativePath::parse(path).expect("a path");
    let files: MemoryFiles = [
        (path("a.js"), b"const a = 1;\nconst b = 2;\nconst c = 3;\n".to_vec()),
        (path("a.xml"), b"<feed>\n  <a/>\n</feed>\n".to_vec()),
    ]
    .into_iter()
    .collect();
    let Ok(outcome) = apply(patch.as_bytes(), &files, &Options::default());
    (!outcome.report.is_applied()).then(|| outcome.report.text())
}

#[test]
fn half_a_pair_of_tags_refuses_the_patch() {
    for tag in ["</content>", "</file>", "</boltArtifact>", "</content></file>"] {
        for patch in [
            format!("*** Begin Patch\n*** Add File: b.js\n+let b;\n+{tag}\n*** End Patch\n"),
            format!("--- /dev/null\n+++ b/b.vue\n@@ -0,0 +1,2 @@\n+<template/>\n+{tag}\n"),
            format!("a.js\n<<<<<<< SEARCH\nconst c = 3;\n=======\nconst c = 4;\n{tag}\n>>>>>>> REPLACE\n"),
            format!("a.js\n<<<<<<< SEARCH\nconst b = 2;\n=======\nconst b = 3;\n{tag}\n>>>>>>> REPLACE\n"),
            format!(
                "--- a/a.js\n+++ b/a.js\n@@ -2,2 +2,3 @@\n-const b = 2;\n+const b = 3;\n+{tag}\n const c = 3;\n"
            ),
        ] {
            let reason = refusal(&patch).unwrap_or_default();
            assert!(reason.contains("not the file's"), "{patch}\n{reason}");
        }
    }
    let begins = "a.js\n<<<<<<< SEARCH\nconst a = 1;\n=======\n<content>\nconst a = 2;\n>>>>>>> REPLACE\n";
    assert!(refusal(begins).is_some_and(|reason| reason.contains("<content>")));
    let around = "*** Begin Patch\n*** Add File: b.vue\n+<file>\n+<template/>\n+</file>\n*** End Patch\n";
    assert!(refusal(around).is_some_and(|reason| reason.contains("around all of it")));
}

#[test]
fn a_pair_of_tags_is_what_a_file_may_have() {
    for patch in [
        "a.xml\n<<<<<<< SEARCH\n  <a/>\n=======\n  <content>\n    <a/>\n  </content>\n>>>>>>> REPLACE\n",
        "*** Begin Patch\n*** Add File: b.xml\n+<content>\n+  <a/>\n+</content>\n*** End Patch\n",
        "*** Begin Patch\n*** Add File: b.jsx\n+export const B = () =>\n+  <content>\n+    b\n+  </content>\n*** End Patch\n",
        "*** Begin Patch\n*** Add File: footer.html\n+</main>\n+</body>\n+</html>\n*** End Patch\n",
    ] {
        assert_eq!(refusal(patch), None, "{patch}");
    }
}

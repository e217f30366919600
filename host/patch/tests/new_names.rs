//! What a file is called that a patch creates or moves, whatever stands around its name.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

use orchestrator_core::RelativePath;
use orchestrator_patch::{MemoryFiles, Options, apply, perform};

fn files(paths: &[(&str, &str)]) -> MemoryFiles {
    let path = |path: &str| RelativePath::parse(path).expect("a path");
    paths.iter().map(|(name, text)| (path(name), text.as_bytes().to_vec())).collect()
}

/// The names of the files afterwards; why it was refused otherwise.
fn names(patch: &str, before: &[(&str, &str)]) -> Result<Vec<String>, String> {
    let mut files = files(before);
    let Ok(outcome) = apply(patch.as_bytes(), &files, &Options::default());
    if !outcome.report.is_applied() {
        assert!(outcome.edits.is_empty(), "{patch}");
        return Err(outcome.report.text());
    }
    perform(&mut files, outcome.edits);
    Ok(files.keys().map(ToString::to_string).collect())
}

/// All ways in which a patch creates the file `name`.
fn creations(name: &str) -> Vec<String> {
    vec![
        format!("*** Begin Patch\n*** Add File: {name}\n+let a;\n*** End Patch\n"),
        format!("--- /dev/null\n+++ {name}\n@@ -0,0 +1 @@\n+let a;\n"),
        format!("--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+let a;\n"),
        format!("+++ {name}\n@@ -0,0 +1 @@\n+let a;\n"),
        format!("--- {name}\n+++ {name}\n@@ -0,0 +1 @@\n+let a;\n"),
        format!(
            "diff --git a/{name} b/{name}\nnew file mode 100644\n--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+let a;\n"
        ),
        format!("*** Begin Patch\n*** Update File: {name}\n@@\n+let a;\n*** End Patch\n"),
    ]
}

const DECORATED: &[&str] = &[
    "lib/net.js ***",
    "`lib/net.js`",
    "**lib/net.js**",
    "'lib/net.js'",
    "\u{201c}lib/net.js\u{201d}",
    "<lib/net.js>",
    "[lib/net.js](lib/net.js)",
    "lib/net.js (new file)",
    "lib/net.js  # opens sockets",
    "lib/net.js - opens sockets",
    "lib/net.js,",
    "lib/net.js;",
    "lib/net.js:",
    "**`lib/net.js`** (created)",
];

const PLAIN: &[&str] = &[
    "app/[id]/(shop)/+page.svelte",
    "routes/$slug.tsx",
    "My File.md",
    "@scope/x.js",
    "a,b.txt",
    "C# notes.md",
    "it's.md",
    "src/[...all].ts",
];

#[test]
fn a_new_file_has_its_name_and_nothing_that_is_around_it() {
    for name in DECORATED {
        for patch in creations(name) {
            assert_eq!(names(&patch, &[]), Ok(vec!["lib/net.js".into()]), "{patch}");
        }
    }
}

#[test]
fn a_new_file_may_be_called_as_a_file_may_be() {
    for name in PLAIN {
        for patch in creations(name) {
            assert_eq!(names(&patch, &[]), Ok(vec![(*name).into()]), "{patch}");
        }
    }
}

#[test]
fn a_new_file_is_not_called_like_a_sentence_or_like_two() {
    for name in [
        "the new sockets in lib/net.js",
        "lib/net.js, lib/udp.js",
        "lib/net.js and lib/udp.js",
        "lib/net.js -> lib/udp.js",
        "lib/net.js (2)",
        "the sockets",
    ] {
        for patch in creations(name) {
            assert!(names(&patch, &[]).is_err(), "{patch}{:?}", names(&patch, &[]));
        }
    }
}

#[test]
fn a_file_that_is_there_is_called_what_it_is_called() {
    let odd = ["`lib/net.js`", "lib/net.js (new file)", "lib/net.js - old", "the sockets", "a.js, b.js"];
    for name in odd.iter().chain(PLAIN) {
        for patch in [
            format!("*** Begin Patch\n*** Update File: {name}\n@@\n-let a;\n+let b;\n*** End Patch\n"),
            format!("--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-let a;\n+let b;\n"),
            format!("--- {name}\n+++ {name}\n@@ -1 +1 @@\n-let a;\n+let b;\n"),
        ] {
            let before = [(*name, "let a;\n"), ("lib/net.js", "let a;\n")];
            let mut files = files(&before);
            let Ok(outcome) = apply(patch.as_bytes(), &files, &Options::default());
            perform(&mut files, outcome.edits);
            assert_eq!(files.get(*name).map(Vec::as_slice), Some(&b"let b;\n"[..]), "{patch}");
            assert_eq!(files.get("lib/net.js").map(Vec::as_slice), Some(&b"let a;\n"[..]), "{patch}");
        }
    }
    let delete = "*** Begin Patch\n*** Delete File: lib/net.js (new file)\n*** End Patch\n";
    let before = [("lib/net.js", "a\n"), ("lib/net.js (new file)", "a\n")];
    assert_eq!(names(delete, &before), Ok(vec!["lib/net.js".into()]));
}

#[test]
fn a_file_is_moved_to_its_name_and_nothing_that_is_around_it() {
    for name in DECORATED {
        for patch in [
            format!(
                "*** Begin Patch\n*** Update File: a.js\n*** Move to: {name}\n@@\n-let a;\n+let b;\n*** End Patch\n"
            ),
            format!(
                "diff --git a/a.js b/{name}\nsimilarity index 100%\nrename from a.js\nrename to {name}\n"
            ),
        ] {
            assert_eq!(names(&patch, &[("a.js", "let a;\n")]), Ok(vec!["lib/net.js".into()]), "{patch}");
        }
    }
    let two = "*** Begin Patch\n*** Update File: a.js\n*** Move to: b.js, c.js\n*** End Patch\n";
    assert!(names(two, &[("a.js", "let a;\n")]).is_err());
}

#[test]
fn the_name_that_needs_nothing_taken_off_is_right() {
    for plus in ["b/lib/net.js (new file)", "**net.js**", "the new sockets", "`lib/net.js`"] {
        let patch = format!(
            "diff --git a/lib/net.js b/lib/net.js\nnew file mode 100644\n--- /dev/null\n+++ {plus}\n@@ -0,0 +1 @@\n+let a;\n"
        );
        assert_eq!(names(&patch, &[]), Ok(vec!["lib/net.js".into()]), "{patch}");
    }
}

#[test]
fn a_new_file_that_is_called_two_things_is_refused() {
    for plus in ["b/lib/udp.js", "b/Sockets lib/net.js"] {
        let patch = format!(
            "diff --git a/lib/net.js b/lib/net.js\nnew file mode 100644\n--- /dev/null\n+++ {plus}\n@@ -0,0 +1 @@\n+let a;\n"
        );
        assert!(names(&patch, &[]).is_err_and(|refused| refused.contains("the names differ")), "{patch}");
    }
}

#[test]
fn markers_may_be_closed_with_stars_and_written_in_any_case() {
    let change =
        |begin: &str, update: &str, end: &str| format!("{begin}\n{update}\n@@\n-let a;\n+let b;\n{end}\n");
    for patch in [
        change("*** Begin Patch ***", "*** Update File: a.js ***", "*** End Patch ***"),
        change("*** begin patch", "*** update file: a.js", "*** end patch"),
        change("***Begin Patch", "***Update File: a.js", "***End Patch"),
        change("***Begin Patch***", "***Update File: a.js***", "*** End of File ***\n***End Patch***"),
        change("*** Begin Patch", "*** Update File: `a.js`", "*** End Patch"),
    ] {
        let mut files = files(&[("a.js", "let a;\n")]);
        let Ok(outcome) = apply(patch.as_bytes(), &files, &Options::default());
        perform(&mut files, outcome.edits);
        assert_eq!(files.get("a.js").map(Vec::as_slice), Some(&b"let b;\n"[..]), "{patch}{}", outcome.report);
    }
}

#[test]
fn a_section_without_lines_adds_an_empty_file_if_the_patch_goes_on() {
    for patch in [
        "*** Begin Patch\n*** Add File: pkg/empty.py\n*** Delete File: a.js\n*** End Patch\n",
        "*** Begin Patch\n*** Delete File: a.js\n*** Add File: pkg/empty.py\n\n*** End Patch\n",
    ] {
        assert_eq!(names(patch, &[("a.js", "let a;\n")]), Ok(vec!["pkg/empty.py".into()]), "{patch}");
    }
    for patch in [
        "*** Begin Patch\n*** Add File: pkg/empty.py\n",
        "*** Begin Patch\n*** Add File: pkg/empty.py\nimport os\n*** End Patch\n",
        "*** Begin Patch\n*** Add File: pkg/empty.py\n```\n",
    ] {
        assert!(names(patch, &[]).is_err(), "{patch}");
    }
}

#[test]
fn a_line_of_a_new_file_without_its_sign_is_said_to_lack_it() {
    let patch = "*** Begin Patch\n*** Add File: a.py\n+def a():\n    pass\n+a()\n*** End Patch\n";
    let refused = names(patch, &[]).expect_err("a refusal");
    assert!(refused.contains("write '+' before every line of a new file"), "{refused}");
}

#[test]
fn the_prefix_of_a_diff_is_no_folder_and_no_folder_is_taken_for_one() {
    let alone = |name: &str| {
        vec![
            format!("*** Begin Patch\n*** Add File: {name}\n+let a;\n*** End Patch\n"),
            format!("*** Begin Patch\n*** Update File: {name}\n@@\n+let a;\n*** End Patch\n"),
            format!("--- {name}\n+++ {name}\n@@ -0,0 +1 @@\n+let a;\n"),
            format!(
                "*** Begin Patch\n*** Update File: z.js\n*** Move to: {name}\n@@\n-let z;\n+let a;\n*** End Patch\n"
            ),
        ]
    };
    let z = ("z.js", "let z;\n");
    for patch in alone("a/src/n.js") {
        let refused = names(&patch, &[z]).expect_err("whether it is a folder cannot be told");
        assert!(
            refused.contains("folder or the prefix of a diff") && refused.contains("'src/n.js'"),
            "{refused}"
        );
        let with_folder = names(&patch, &[z, ("a/x.js", "")]).expect("there is such a folder");
        assert!(with_folder.contains(&"a/src/n.js".into()), "{patch}");
    }
    let only_new = "--- /dev/null\n+++ a/src/n.js\n@@ -0,0 +1 @@\n+let a;\n";
    assert!(names(only_new, &[]).is_err());
    let folder = "*** Begin Patch\n*** Add File: ./a/src/n.js\n+let a;\n*** End Patch\n";
    assert_eq!(names(folder, &[]), Ok(vec!["a/src/n.js".into()]));
    for certain in [
        "--- /dev/null\n+++ b/a/n.js\n@@ -0,0 +1 @@\n+let a;\n",
        "diff --git a/a/n.js b/a/n.js\nnew file mode 100644\n--- /dev/null\n+++ b/a/n.js\n@@ -0,0 +1 @@\n+let a;\n",
    ] {
        assert_eq!(names(certain, &[]), Ok(vec!["a/n.js".into()]), "{certain}");
    }
}

#[test]
fn a_block_is_of_the_file_that_is_named_before_it_and_of_no_other() {
    let block =
        |old: &str, new: &str| format!("```\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n```\n");
    let (first, second) = (block("let x;", "let y;"), block("let a;", "let b;"));
    let mut applied = 0;
    for name in
        PLAIN.iter().chain(&["user=1.js", "api/{id}.json", "(group)/page.tsx", "+page.svelte", "node.js"])
    {
        for before in [
            "In P:",
            "Then, in `P`:",
            "### P",
            "### `P` (line 3)",
            "\u{6587}\u{4ef6}\u{ff1a}P",
            "<code>P</code>",
            "&quot;P&quot;",
        ] {
            let patch = format!("first.js\n{first}\n{}\n{second}", before.replace('P', name));
            let mut files = files(&[("first.js", "let a;\nlet x;\n"), (*name, "let a;\n")]);
            let Ok(outcome) = apply(patch.as_bytes(), &files, &Options::default());
            let expected = match outcome.report.is_applied() {
                true => ("let a;\nlet y;\n", "let b;\n"),
                false => ("let a;\nlet x;\n", "let a;\n"),
            };
            applied += usize::from(outcome.report.is_applied());
            perform(&mut files, outcome.edits);
            let content =
                |path: &str| files.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            assert_eq!(content("first.js").as_deref(), Some(expected.0), "{patch}");
            assert_eq!(content(name).as_deref(), Some(expected.1), "{patch}");
        }
    }
    assert!(applied >= 80, "only {applied} were applied");
}

#[test]
fn a_listing_is_no_content_for_a_new_file() {
    let lines = |mark: &str| format!("+  1{mark}let a = 1;\n+  2{mark}f(a);\n");
    let creation = |name: &str, mark: &str| {
        [
            format!("*** Begin Patch\n*** Add File: {name}\n{}*** End Patch\n", lines(mark)),
            format!("--- /dev/null\n+++ b/{name}\n@@ -0,0 +1,2 @@\n{}", lines(mark)),
        ]
    };
    for mark in [" | ", ": ", "\u{2192}", "\t", "\u{2502} "] {
        for patch in creation("src/a.js", mark) {
            let refused = names(&patch, &[]).expect_err("a listing");
            assert!(refused.contains("begin with their numbers"), "{refused}");
        }
        for patch in creation("listing.txt", mark) {
            assert!(names(&patch, &[]).is_ok(), "{patch}");
        }
    }
}

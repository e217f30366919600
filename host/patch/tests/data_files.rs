//! Files of data that could be parsed can be parsed after every patch that was applied.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

use orchestrator_core::RelativePath;
use orchestrator_patch::{AppliedPatch, MemoryFiles, Options, apply, make, perform};
use proptest::prelude::*;
use serde_json::Value;

fn path(text: &str) -> RelativePath {
    RelativePath::parse(text).expect("a good path")
}

fn applied(files: &MemoryFiles, patch: &str) -> AppliedPatch {
    let Ok(outcome) = apply(patch.as_bytes(), files, &Options::default());
    outcome
}

const PLAN: &str = "{\n  \"name\": \"plan\",\n  \"steps\": [\n    \"one\",\n    \"two\"\n  ]\n}\n";

fn project() -> MemoryFiles {
    MemoryFiles::from([(path("plan.json"), PLAN.into()), (path("a.txt"), b"one\ntwo\n".to_vec())])
}

#[test]
fn a_lost_comma_refuses_all_of_the_patch() {
    let text = "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n-one\n+1\n two\n";
    for patch in [
        "--- a/plan.json\n+++ b/plan.json\n@@ -3,4 +3,5 @@\n   \"steps\": [\n     \"one\",\n     \"two\"\n+    \"three\"\n   ]\n",
        "--- a/plan.json\n+++ b/plan.json\n@@ -3,3 +3,3 @@\n   \"steps\": [\n-    \"one\",\n+    \"first\"\n     \"two\"\n",
        "plan.json\n<<<<<<< SEARCH\n    \"two\"\n  ]\n=======\n    \"two\"\n>>>>>>> REPLACE\n",
    ] {
        // Blocks and diffs are not written in one text.
        let with_other = if patch.contains("SEARCH") { patch.to_owned() } else { format!("{text}{patch}") };
        let outcome = applied(&project(), &with_other);
        assert!(!outcome.report.is_applied() && outcome.edits.is_empty(), "{}", outcome.report);
        let said = outcome.report.text();
        assert!(
            said.contains("plan.json: refused: the file was valid JSON before and would not be"),
            "{said}"
        );
        assert!(
            outcome.report.files.iter().all(|file| file.path == "plan.json" || file.is_applied()),
            "{said}"
        );
    }
}

#[test]
fn a_series_of_patches_may_break_a_file_in_between() {
    let comma = "--- a/plan.json\n+++ b/plan.json\n@@ -5,2 +5,2 @@\n-    \"two\"\n+    \"two\",\n   ]\n";
    let three = "--- a/plan.json\n+++ b/plan.json\n@@ -5,2 +5,3 @@\n     \"two\",\n+    \"three\"\n   ]\n";
    let outcome = applied(&project(), &format!("{comma}{three}"));
    assert!(outcome.report.is_applied(), "{}", outcome.report);
    assert!(!applied(&project(), comma).report.is_applied());
}

#[test]
fn a_file_that_moves_is_judged_by_its_new_name() {
    let moved = |to: &str| {
        format!(
            "diff --git a/plan.json b/{to}\nrename from plan.json\nrename to {to}\n--- a/plan.json\n+++ b/{to}\n\
             @@ -4,2 +4,2 @@\n-    \"one\",\n+    'one',\n     \"two\"\n"
        )
    };
    assert!(!applied(&project(), &moved("old.json")).report.is_applied());
    assert!(applied(&project(), &moved("old.json5")).report.is_applied());
}

#[test]
fn new_files_and_files_that_go_are_not_judged() {
    let create = "--- /dev/null\n+++ b/new.json\n@@ -0,0 +1 @@\n+{\"a\": }\n";
    assert!(applied(&project(), create).report.is_applied());
    let delete = "diff --git a/plan.json b/plan.json\ndeleted file mode 100644\n";
    assert!(applied(&project(), delete).report.is_applied());
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z,:{}\\[\\]\" ]{0,8}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect()))
        ]
    })
}

fn is_json(content: &[u8]) -> bool {
    serde_json::from_slice::<Value>(content).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn no_patch_makes_invalid_json_of_valid(
        document in document(),
        hits in prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8), 1..4),
        is_block in any::<bool>(),
    ) {
        let old = format!("{}\n", serde_json::to_string_pretty(&document).expect("JSON"));
        let mut lines: Vec<String> = old.lines().map(str::to_owned).collect();
        for (at, what) in hits {
            let at = at.index(lines.len().max(1));
            let Some(line) = lines.get_mut(at) else { break };
            match what {
                0 => drop(lines.remove(at)),
                1 => *line = line.trim_end_matches(',').to_owned(),
                2 => line.push(','),
                _ => *line = line.replace("true", "false").replace('1', "2"),
            }
        }
        let new: String = lines.iter().map(|line| format!("{line}\n")).collect();
        prop_assume!(old != new);
        let patch = if is_block {
            format!("f.json\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n").into_bytes()
        } else {
            make(&path("f.json"), Some(old.as_bytes()), Some(new.as_bytes()))
        };
        let mut files = MemoryFiles::from([(path("f.json"), old.clone().into_bytes())]);
        let Ok(outcome) = apply(&patch, &files, &Options::default());
        if is_json(new.as_bytes()) {
            prop_assert!(outcome.report.is_applied(), "{}", outcome.report);
        }
        perform(&mut files, outcome.edits);
        prop_assert!(is_json(&files[&path("f.json")]), "{}\n{}", String::from_utf8_lossy(&patch), outcome.report);
    }
}

//! The interface as a guest meets it, resource handles included.

use super::*;
use crate::testing::{Project, Recorder, Script, text};
use orchestrator_contract::types::ErrorCode;
use orchestrator_core::Permission;

fn call(project: &Project, granted: bool) -> (EditsCall, Arc<Recorder>) {
    let events = Arc::new(Recorder::default());
    let call = EditsCall {
        grant: Grant {
            plugin: "fixer".into(),
            permission: Permission::WriteFiles,
            granted,
            advice: "nobody granted it".into(),
            denials: Default::default(),
        },
        workspace: Arc::clone(&project.workspace),
        events: Arc::clone(&events) as Arc<dyn EventSink>,
        nonce: "k3x9".into(),
        stream_output: true,
    };
    (call, events)
}

fn open_completion(table: &mut ResourceTable, answer: &str) -> Resource<Completion> {
    let completion = OpenCompletion(Box::new(Script::new([text(answer)])));
    Resource::new_own(table.push(completion).expect("room in the table").rep())
}

#[tokio::test]
async fn a_completion_is_taken_out_of_the_table_and_written() {
    let project = Project::new(&[]);
    let (mut call, events) = call(&project, true);
    let mut table = ResourceTable::new();
    let mut view = EditsView { call: &mut call, table: &mut table };
    let format = view.artifact_format().await.expect("no trap");
    let handle = open_completion(view.table, &format);
    let rep = handle.rep();
    let report = view.write_completion(handle).await.expect("no trap").expect("a report");
    let refused: Vec<_> = report.refused.iter().map(|refusal| refusal.path.as_str()).collect();
    assert_eq!((report.files.len(), report.end.output_tokens), (1, 3));
    assert_eq!(refused, ["src/old.js", "src/greeting.js"]);
    assert_eq!(events.take()[0], "Create src/greet.js");
    view.write_completion(Resource::new_own(rep)).await.expect_err("a handle is good for one use");
}

#[tokio::test]
async fn a_diff_is_announced_file_by_file() {
    let project = Project::new(&[("a.js", "1\n"), ("b.js", "2\n")]);
    let (mut call, events) = call(&project, true);
    let mut view = EditsView { call: &mut call, table: &mut ResourceTable::new() };
    let diff =
        "--- a/a.js\n+++ b/a.js\n@@ -1 +1 @@\n-1\n+one\n--- a/b.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-2\n";
    let report = view.apply_diff(diff.into(), None).await.expect("no trap").expect("a report");
    assert_eq!((report.outcome, report.files.len()), (edits::PatchOutcome::Applied, 2));
    assert_eq!(
        events.take(),
        ["Modify a.js", "a.js += one\n", "complete a.js", "Delete b.js", "complete b.js"]
    );
    let report = view.apply_diff(diff.into(), None).await.expect("no trap").expect("a report");
    assert_eq!((report.outcome, report.files.len()), (edits::PatchOutcome::Refused, 0));
    assert_eq!(report.refused[0].path, "b.js");
    assert!(events.take().is_empty());
}

#[tokio::test]
async fn without_a_grant_nothing_is_written() {
    let project = Project::new(&[]);
    let (mut call, events) = call(&project, false);
    let mut table = ResourceTable::new();
    let mut view = EditsView { call: &mut call, table: &mut table };
    let handle = open_completion(view.table, "<file-k3x9 path=\"a\">1</file-k3x9>");
    let denied = view.write_completion(handle).await.expect("no trap").expect_err("denied");
    assert_eq!(denied.code, ErrorCode::Denied);
    let denied = view.apply_diff(String::new(), None).await.expect("no trap").expect_err("denied");
    assert_eq!(denied.code, ErrorCode::Denied);
    assert!(events.take().is_empty() && project.files().is_empty() && view.table.is_empty());
}

#[tokio::test]
async fn a_refused_hunk_tells_what_differs_and_where_it_may_have_meant() {
    let project = Project::new(&[("a.js", "one();\ntwo();\nthree();\n")]);
    let (mut call, events) = call(&project, true);
    let mut view = EditsView { call: &mut call, table: &mut ResourceTable::new() };
    let hunk = "@@ -1,3 +1,3 @@\n one();\n-too();\n+2();\n three();\n";
    let report = view.apply_diff(hunk.into(), Some("a.js".into())).await.expect("no trap").expect("a report");
    let edits::HunkOutcome::Refused(rejection) = &report.hunks[0].outcome else { panic!("{}", report.text) };
    let divergence = rejection.divergence.as_ref().expect("a line that differs");
    assert_eq!((divergence.line, divergence.found.as_deref()), (Some(2), Some("two();")));
    assert_eq!(rejection.candidates[0].line, 1);
    assert!(events.take().is_empty());
    let bad =
        view.apply_diff(hunk.into(), Some("../a.js".into())).await.expect("no trap").expect_err("a bad path");
    assert_eq!(bad.code, ErrorCode::InvalidInput);
}

#[tokio::test]
async fn the_format_of_replacements_is_one_that_is_understood() {
    let project = Project::new(&[]);
    let (mut call, _) = call(&project, true);
    let mut view = EditsView { call: &mut call, table: &mut ResourceTable::new() };
    let format = view.replacement_format().await.expect("no trap");
    let report = view.apply_replacements(format).await.expect("no trap").expect("a report");
    assert_eq!(report.refused[0].path, "path/to/file.js", "the example was read: {}", report.text);
}

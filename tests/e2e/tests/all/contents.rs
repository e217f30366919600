//! What is in files, as those who watch a run get it.

use orchestrator_e2e::Setup;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a frontend does with a stream: empties an editor when work on its file begins, appends what comes, and closes it
/// when the file goes.
fn editors(events: &[Value]) -> BTreeMap<String, String> {
    let mut editors = BTreeMap::new();
    for event in events {
        let data = &event["data"];
        let text = |field: &str| data[field].as_str().unwrap_or_default().to_owned();
        match (event["type"].as_str().unwrap_or_default(), &*text("status"), &*text("operation")) {
            ("file_operation", "started", _) => drop(editors.insert(text("path"), String::new())),
            ("file_content", ..) => {
                assert_eq!(event["content"], data["chunk"]);
                editors.entry(text("path")).or_default().push_str(&text("chunk"));
            }
            ("file_complete", _, "delete") => drop(editors.remove(&text("path"))),
            ("file_complete", _, "rename") => drop(editors.remove(&text("from"))),
            _ => {}
        }
    }
    editors
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_that_appends_what_comes_has_every_file_at_the_end() {
    let server = Setup::new().start().await;
    let request =
        json!({"user_request": "Build a todo app", "project_id": "p", "workflow_name": "bolt_standard"});
    let transcript = server.api.run(&request).await;
    let editors = editors(&transcript.0);
    let files = server.api.list("/projects/p/files").await;
    let paths: Vec<_> =
        files.as_array().expect("a list").iter().filter_map(|file| file["path"].as_str()).collect();
    // The documenter's step does not stream.
    assert!(paths.contains(&"README.md"), "{paths:?}");
    for path in &paths {
        let content = server.api.get(&format!("/projects/p/files/{path}")).await.text;
        assert_eq!(editors.get(*path), Some(&content), "{path}");
    }
    assert_eq!(editors.len(), paths.len(), "{:?} and {paths:?}", editors.keys());
}

//! What a plugin sees, and what those who watch the run see of it.

use super::*;
use crate::{WorkspaceCall, WorkspaceView, announce};
use orchestrator_contract::{types::ErrorCode, workspace::Host};
use orchestrator_core::{
    EventKind, EventSink, Failure, FileChange, Grant, NewEvent, Permission, event::FileOperationStatus,
};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Recorder(Mutex<Vec<NewEvent>>);

#[async_trait::async_trait]
impl EventSink for Recorder {
    async fn emit(&self, event: NewEvent) -> Result<(), Failure> {
        self.0.lock().expect("a lock").push(event);
        Ok(())
    }

    fn post(&self, event: NewEvent) {
        self.0.lock().expect("a lock").push(event);
    }

    fn progress(&self, _: f32) {}
}

impl Recorder {
    fn take(&self) -> Vec<String> {
        let events = std::mem::take(&mut *self.0.lock().expect("a lock"));
        events.iter().map(|event| short(&event.kind)).collect()
    }
}

fn short(kind: &EventKind) -> String {
    match kind {
        EventKind::FileOperation(operation) => match operation.status {
            FileOperationStatus::Started => format!("{:?} {}", operation.operation, operation.path),
            FileOperationStatus::Discarded => format!("discarded {}", operation.path),
        },
        EventKind::FileContent(content) => format!("{} bytes of {}", content.chunk.len(), content.path),
        EventKind::FileComplete(change) => format!("complete {} {}", change.path, change.size),
        other => other.name().into(),
    }
}

fn grant(permission: Permission, granted: bool) -> Grant {
    Grant {
        plugin: "writer".into(),
        permission,
        granted,
        advice: "nobody granted it".into(),
        denials: Default::default(),
    }
}

fn call(project: &Project, read: bool, write: bool) -> (WorkspaceCall, Arc<Recorder>) {
    let events = Arc::new(Recorder::default());
    let call = WorkspaceCall {
        read: grant(Permission::ReadFiles, read),
        write: grant(Permission::WriteFiles, write),
        workspace: Arc::clone(&project.workspace),
        events: Arc::clone(&events) as Arc<dyn EventSink>,
    };
    (call, events)
}

#[tokio::test]
async fn each_change_is_announced_before_it_is_made_and_after() {
    let project = Project::new();
    let (mut call, events) = call(&project, false, true);
    let mut view = WorkspaceView { call: &mut call };
    let content = "é".repeat(20_000);
    view.write_file("a.md".into(), content).await.expect("no trap").expect("written");
    assert_eq!(
        events.take(),
        [
            "Create a.md",
            "16384 bytes of a.md",
            "16384 bytes of a.md",
            "7232 bytes of a.md",
            "complete a.md 40000"
        ]
    );
    assert_eq!(view.list_files().await.expect("no trap").expect("a grant to write reads").len(), 1);
    view.delete_file("a.md".into()).await.expect("no trap").expect("deleted");
    assert_eq!(events.take(), ["Delete a.md", "complete a.md 0"]);
}

#[tokio::test]
async fn a_change_that_fails_is_taken_back() {
    let project = Project::new();
    let (mut call, events) = call(&project, true, true);
    let mut view = WorkspaceView { call: &mut call };
    let error = view.delete_file("a".into()).await.expect("no trap").expect_err("refused");
    assert_eq!(error.code, ErrorCode::NotFound);
    assert_eq!(events.take(), ["Delete a", "discarded a"]);
}

#[tokio::test]
async fn without_a_grant_nothing_happens() {
    let project = Project::new();
    project.put("a", "1");
    let (mut call, events) = call(&project, false, false);
    let mut view = WorkspaceView { call: &mut call };
    let denied = [
        view.list_files().await.expect("no trap").map(drop),
        view.read_file("a".into()).await.expect("no trap").map(drop),
        view.write_file("a".into(), "2".into()).await.expect("no trap").map(drop),
        view.delete_file("a".into()).await.expect("no trap").map(drop),
    ];
    for outcome in denied {
        assert_eq!(outcome.expect_err("denied").code, ErrorCode::Denied);
    }
    assert!(events.take().is_empty());
    assert_eq!(project.content("a"), "1");
}

#[tokio::test]
async fn a_path_that_goes_up_is_an_error_and_not_a_trap() {
    let project = Project::new();
    let (mut call, _) = call(&project, true, true);
    let mut view = WorkspaceView { call: &mut call };
    let error = view.read_file("../secret".into()).await.expect("no trap").expect_err("refused");
    assert_eq!(error.code, ErrorCode::InvalidInput);
    assert!(error.message.contains("'..' is not allowed"), "{}", error.message);
}

#[tokio::test]
async fn of_changes_that_were_found_text_is_told_as_far_as_there_is_room() {
    let project = Project::new();
    for (name, content) in [("a", "1234"), ("b", "12345"), ("c", "123")] {
        project.put(name, content);
    }
    fs::write(project.folder.join("d.bin"), [0xff]).expect("a file");
    let changes = [("a", 4), ("b", 5), ("c", 3), ("d.bin", 1)].map(|(path, size)| FileChange {
        path: path.into(),
        operation: FileChangeKind::Create,
        from: None,
        size,
        sha256: String::new(),
    });
    let events = Recorder::default();
    announce::found(&events, &project.workspace, &changes, 8).await.expect("told");
    assert_eq!(
        events.take(),
        [
            "Create a",
            "4 bytes of a",
            "complete a 4",
            "complete b 5",
            "Create c",
            "3 bytes of c",
            "complete c 3",
            "complete d.bin 1"
        ]
    );
}

//! Changes that nobody announced.

use super::*;

fn seen(changes: &[orchestrator_core::FileChange]) -> Vec<(&str, FileChangeKind)> {
    changes.iter().map(|change| (change.path.as_str(), change.operation)).collect()
}

#[test]
fn what_others_did_is_found_and_what_the_workspace_did_is_not_told_twice() {
    let project = Project::new();
    for name in ["kept", "changed", "deleted", "own_deleted", "own_changed"] {
        project.put(name, "1");
    }
    let mut before = project.workspace.snapshot().expect("a look");
    project.put("changed", "2");
    project.put("package-lock.json", "{}");
    project.put("node_modules/x/index.js", "x");
    fs::remove_file(project.folder.join("deleted")).expect("deleted");
    project.workspace.write(&path("own_changed"), "2").expect("written");
    project.workspace.write(&path("own_new"), "1").expect("written");
    project.workspace.delete(&path("own_deleted")).expect("deleted");
    project.workspace.rename(&path("kept"), &path("own_renamed")).expect("renamed");

    let changes = project.workspace.changes_since(&mut before).expect("a look");
    use FileChangeKind::{Create, Delete, Modify};
    assert_eq!(seen(&changes), [("changed", Modify), ("deleted", Delete), ("package-lock.json", Create)]);
    assert_eq!(changes[0].sha256, crate::workspace::digest(b"2"));
    assert_eq!(project.workspace.changes_since(&mut before).expect("a look"), []);
}

#[test]
fn a_guest_that_changes_what_the_workspace_wrote_is_noticed_within_the_same_instant() {
    let project = Project::new();
    let mut before = project.workspace.snapshot().expect("a look");
    project.workspace.write(&path("a"), "1").expect("written");
    project.put("a", "2");
    let changes = project.workspace.changes_since(&mut before).expect("a look");
    assert_eq!(seen(&changes), [("a", FileChangeKind::Modify)]);
    project.put("a", "3");
    let changes = project.workspace.changes_since(&mut before).expect("a look");
    assert_eq!(seen(&changes), [("a", FileChangeKind::Modify)]);
}

#[test]
fn a_change_that_a_guest_took_back_is_told() {
    let project = Project::new();
    project.put("a", "1");
    let mut before = project.workspace.snapshot().expect("a look");
    project.workspace.write(&path("a"), "2").expect("written");
    project.put("a", "1");
    let changes = project.workspace.changes_since(&mut before).expect("a look");
    assert_eq!(seen(&changes), [("a", FileChangeKind::Modify)]);
    project.workspace.write(&path("b"), "1").expect("written");
    fs::remove_file(project.folder.join("b")).expect("deleted");
    project.workspace.delete(&path("a")).expect("deleted");
    project.put("a", "1");
    let changes = project.workspace.changes_since(&mut before).expect("a look");
    assert_eq!(seen(&changes), [("a", FileChangeKind::Create), ("b", FileChangeKind::Delete)]);
}

#[test]
fn a_file_that_was_only_touched_is_no_change_while_its_digest_is_known() {
    let project = Project::new();
    project.put("a", "1");
    let mut before = project.workspace.snapshot().expect("a look");
    project.put("a", "1");
    assert_eq!(project.workspace.changes_since(&mut before).expect("a look"), []);
}

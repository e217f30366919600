//! All or nothing.

use super::*;

fn write(name: &str, content: &str) -> FileEdit {
    FileEdit::Write { path: path(name), content: content.into(), executable: None }
}

#[test]
fn several_changes_are_made_together() {
    let project = Project::new();
    for (name, content) in [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")] {
        project.put(name, content);
    }
    let edits = vec![
        write("a", "one"),
        FileEdit::Delete { path: path("b") },
        FileEdit::Rename { from: path("c"), to: path("new/c"), content: None },
        FileEdit::Rename { from: path("d"), to: path("e"), content: Some(b"four".to_vec()) },
        write("f/g/h", "new"),
    ];
    let changes = project.workspace.apply(edits).expect("applied");
    let kinds: Vec<_> = changes.iter().map(|change| (change.path.as_str(), change.operation)).collect();
    use FileChangeKind::{Create, Delete, Modify, Rename};
    assert_eq!(kinds, [("a", Modify), ("b", Delete), ("new/c", Rename), ("e", Rename), ("f/g/h", Create)]);
    assert_eq!(changes[2].from.as_deref(), Some("c"));
    assert_eq!(changes[2].size, 1);
    assert_eq!(project.listed(), ["a", "e", "f/g/h", "new/c"]);
    assert_eq!(project.content("a") + &project.content("new/c") + &project.content("e"), "one3four");
    assert!(project.leftovers().is_empty());
}

#[test]
fn a_change_that_cannot_be_staged_leaves_nothing_behind() {
    let project = Project::new();
    project.put("a", "1");
    let edits = vec![write("a", "one"), write("deep/er/b", "2"), FileEdit::Delete { path: path("missing") }];
    let error = project.workspace.apply(edits).expect_err("refused");
    assert!(matches!(error, WorkspaceError::NotFound(_)), "{error:?}");
    assert_eq!(project.content("a"), "1");
    assert!(!project.folder.join("deep").exists());
    assert!(project.leftovers().is_empty());
}

#[test]
fn a_failing_rename_puts_back_what_was_done_before_it() {
    let project = Project::new();
    for name in ["a", "b", "c"] {
        project.put(name, name);
    }
    // The fourth change fails when it is committed: by then the fifth has made `x` a folder.
    let edits = vec![
        write("a", "changed"),
        FileEdit::Delete { path: path("b") },
        FileEdit::Rename { from: path("c"), to: path("d"), content: None },
        write("x", "a file"),
        write("x/y", "under it"),
    ];
    let error = project.workspace.apply(edits).expect_err("refused");
    assert!(matches!(error, WorkspaceError::NotAFile(_)), "{error:?}");
    assert_eq!(project.listed(), ["a", "b", "c"]);
    assert_eq!(project.content("a") + &project.content("b") + &project.content("c"), "abc");
    assert!(!project.folder.join("x").exists());
    assert!(project.leftovers().is_empty());
}

#[test]
fn a_rename_hides_no_file_and_a_path_is_named_once() {
    let project = Project::new();
    project.put("a", "1");
    project.put("b", "2");
    let error = project.workspace.rename(&path("a"), &path("b")).expect_err("refused");
    assert!(matches!(error, WorkspaceError::Taken(_)), "{error:?}");
    let error = project.workspace.apply(vec![write("a", "x"), write("a", "y")]).expect_err("refused");
    assert!(matches!(error, WorkspaceError::NamedTwice(_)), "{error:?}");
    assert_eq!(project.content("a") + &project.content("b"), "12");
}

#[test]
fn a_file_over_the_limit_is_not_written() {
    let project = Project::new();
    let content = vec![b'x'; usize::try_from(crate::FILE_MAX).expect("it fits") + 1];
    let error = project.workspace.write(&path("big"), content).expect_err("refused");
    assert!(matches!(error, WorkspaceError::TooLarge { .. }), "{error:?}");
    assert!(project.listed().is_empty() && project.leftovers().is_empty());
}

#[test]
fn a_replaced_file_keeps_its_mode_but_lends_nobodys_rights() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new();
    project.put("run.sh", "#!/bin/sh\n");
    let file = project.folder.join("run.sh");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o4755)).expect("a mode");
    project.workspace.write(&path("run.sh"), "#!/bin/sh\necho\n").expect("written");
    assert_eq!(fs::metadata(&file).expect("metadata").permissions().mode() & 0o7777, 0o755);
}

#[test]
fn a_write_below_a_file_says_what_is_in_the_way() {
    let project = Project::new();
    project.put("a", "1");
    let error = project.workspace.write(&path("a/b"), "2").expect_err("refused");
    assert!(matches!(error, WorkspaceError::UnderAFile(_)), "{error:?}");
}

#[test]
fn many_files_are_made_together_and_leave_nothing_staged() {
    let project = Project::new();
    project.put("d0/0", "old");
    let edits = (0..200).map(|at| write(&format!("d{}/{at}", at % 7), &at.to_string()));
    let changes = project.workspace.apply(edits.collect()).expect("applied");
    assert_eq!((changes.len(), project.listed().len()), (200, 200));
    assert_eq!(project.content("d0/0") + &project.content("d1/197"), "0197");
    assert!(project.leftovers().is_empty());
}

#[test]
fn names_of_files_that_are_being_written_are_refused() {
    let project = Project::new();
    project.put("a", "1");
    let ours = "src/.orchestrator-staged-1";
    for edit in [write(ours, "1"), FileEdit::Rename { from: path("a"), to: path(ours), content: None }] {
        let error = project.workspace.apply(vec![edit]).expect_err("refused");
        assert!(matches!(error, WorkspaceError::Reserved(_)), "{error:?}");
    }
    assert_eq!(project.listed(), ["a"]);
}

#[test]
fn nothing_is_written_where_version_control_keeps_what_its_tools_run() {
    let project = Project::new();
    project.put("src/a.js", "1");
    for place in [
        ".git/hooks/pre-commit",
        "sub/.GIT/config",
        "git~1/config",
        ".g\u{200c}it/config",
        ".hg/hgrc",
        ".git",
    ] {
        let write = FileEdit::Write { path: path(place), content: b"x".to_vec(), executable: None };
        let rename = FileEdit::Rename { from: path("src/a.js"), to: path(place), content: None };
        for edit in [write, rename] {
            let error = project.workspace.apply(vec![edit]).expect_err("refused");
            assert!(matches!(error, WorkspaceError::LeftOut { .. }), "{place} {error:?}");
            assert!(!error.is_internal(), "{place}");
        }
    }
    assert_eq!(project.listed(), ["src/a.js"]);
}

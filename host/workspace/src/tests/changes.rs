//! Changes that nobody announced.

use super::*;

fn seen(changes: &[orchestrator_core::FileChange]) -> Vec<(&str, FileChangeKind)> {
    changes.iter().map(|change| (change.path.as_str(), change.operation)).collect()
}

fn survey(project: &Project) -> crate::Survey {
    project.workspace.survey(&crate::Survey::default()).expect("a survey")
}

#[test]
fn what_others_did_is_found_and_what_the_workspace_did_is_not_told_twice() {
    let project = Project::new();
    for name in ["kept", "changed", "deleted", "own_deleted", "own_changed"] {
        project.put(name, "1");
    }
    let before = survey(&project);
    project.put("changed", "2");
    project.put("package-lock.json", "{}");
    project.put("node_modules/x/index.js", "x");
    fs::remove_file(project.folder.join("deleted")).expect("deleted");
    project.told(project.workspace.write(&path("own_changed"), "2"));
    project.told(project.workspace.write(&path("own_new"), "1"));
    project.told(project.workspace.delete(&path("own_deleted")));
    project.told(project.workspace.rename(&path("kept"), &path("own_renamed")));

    let (before, changes) = project.workspace.survey_since(&before).expect("a survey");
    use FileChangeKind::{Create, Delete, Modify};
    assert_eq!(seen(&changes), [("changed", Modify), ("deleted", Delete), ("package-lock.json", Create)]);
    assert_eq!(changes[0].sha256, orchestrator_core::Digest::of(b"2").to_string());
    assert_eq!(project.workspace.survey_since(&before).expect("a survey").1, []);
}

#[test]
fn a_guest_that_changes_what_the_workspace_wrote_is_noticed_within_the_same_instant() {
    let project = Project::new();
    let before = survey(&project);
    project.told(project.workspace.write(&path("a"), "1"));
    project.put("a", "2");
    let (before, changes) = project.workspace.survey_since(&before).expect("a survey");
    assert_eq!(seen(&changes), [("a", FileChangeKind::Modify)]);
    project.put("a", "3");
    let (_, changes) = project.workspace.survey_since(&before).expect("a survey");
    assert_eq!(seen(&changes), [("a", FileChangeKind::Modify)]);
}

#[test]
fn a_change_that_a_guest_took_back_is_told() {
    let project = Project::new();
    project.put("a", "1");
    let before = survey(&project);
    project.told(project.workspace.write(&path("a"), "2"));
    project.put("a", "1");
    let (before, changes) = project.workspace.survey_since(&before).expect("a survey");
    assert_eq!(seen(&changes), [("a", FileChangeKind::Modify)]);
    project.told(project.workspace.write(&path("b"), "1"));
    fs::remove_file(project.folder.join("b")).expect("deleted");
    project.told(project.workspace.delete(&path("a")));
    project.put("a", "1");
    let (_, changes) = project.workspace.survey_since(&before).expect("a survey");
    assert_eq!(seen(&changes), [("a", FileChangeKind::Create), ("b", FileChangeKind::Delete)]);
}

#[test]
fn a_file_that_was_only_touched_is_no_change_while_its_digest_is_known() {
    let project = Project::new();
    project.put("a", "1");
    let before = survey(&project);
    project.put("a", "1");
    assert_eq!(project.workspace.survey_since(&before).expect("a survey").1, []);
}

#[test]
fn a_time_that_was_set_back_hides_no_change() {
    let project = Project::new();
    project.put("a", "1");
    let file = fs::File::options().write(true).open(project.folder.join("a")).expect("a file");
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    file.set_modified(long_ago).expect("a time");
    let before = survey(&project);
    project.put("a", "2");
    file.set_modified(long_ago).expect("a time");
    let (_, changes) = project.workspace.survey_since(&before).expect("a survey");
    assert_eq!(seen(&changes), [("a", FileChangeKind::Modify)]);
}

#[test]
fn a_survey_that_is_kept_saves_the_reading_and_says_the_same() {
    let project = Project::new();
    project.put("src/a", "1");
    project
        .workspace
        .apply(vec![FileEdit::Write { path: path("run.sh"), content: b"x".to_vec(), executable: Some(true) }])
        .expect("written");
    let first = survey(&project);
    let second = project.workspace.survey(&first).expect("a survey");
    assert!(first.has_same_files(&second));
    let files: Vec<_> = second.files().map(|(path, file)| (path.as_str(), file.is_executable())).collect();
    assert_eq!(files, [("run.sh", true), ("src/a", false)]);
}

#[test]
fn sparse_files_beyond_measure_are_not_read() {
    let project = Project::new();
    project.put("a.js", "a");
    let known = survey(&project);
    let sparse = std::fs::File::create(project.folder.join("sparse")).expect("a file");
    sparse.set_len(1 << 40).expect("a file system that has sparse files");
    let refused = project.workspace.survey_since(&known).expect_err("a TiB is not read");
    assert!(matches!(refused, WorkspaceError::TooMuchToRead), "{refused}");
    sparse.set_len(1 << 20).expect("it is made small again");
    assert_eq!(project.workspace.survey(&known).expect("a survey").files().len(), 2);
}

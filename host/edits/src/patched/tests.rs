//! What lies between the engine and the disk. Where hunks belong is tested in `orchestrator-patch`.

use super::*;
use crate::testing::Project;

fn refused(patched: Result<Patched, WorkspaceError>) -> Report {
    let Patched { report, changes } = patched.expect("a sound disk");
    assert!(!report.is_applied() && changes.is_empty(), "it was applied: {report}");
    report
}

fn changes(patched: Result<Patched, WorkspaceError>) -> Vec<FileChange> {
    let Patched { report, changes } = patched.expect("a sound disk");
    assert!(report.is_applied(), "it was refused: {report}");
    changes
}

/// Diffs that name their files.
fn apply_named(project: &Project, diff: &str) -> Result<Patched, WorkspaceError> {
    apply_diff(&project.workspace, diff, None)
}

#[test]
fn all_files_are_changed_or_none() {
    let project = Project::new(&[("a", "1\n"), ("b", "2\n")]);
    let first = "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+one\n--- /dev/null\n+++ b/c\n@@ -0,0 +1 @@\n+3\n";
    let bad = format!("{first}--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n");
    let report = refused(apply_named(&project, &bad));
    let hunks = report.files.iter().flat_map(|file| &file.hunks);
    assert_eq!(hunks.filter(|hunk| hunk.is_refused()).count(), 1, "{report}");
    assert_eq!((project.content("a"), project.files().len()), (Some("1\n".into()), 2));
    assert_eq!(changes(apply_named(&project, first)).len(), 2);
    assert_eq!(project.content("a"), Some("one\n".into()));
}

#[test]
fn what_was_applied_before_changes_nothing_and_says_so() {
    let project = Project::new(&[("a", "zero\none\ntwo\n")]);
    let diff = "--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n zero\n-1\n+one\n two\n";
    let patched = apply_named(&project, diff);
    let Patched { report, changes } = patched.expect("a sound disk");
    assert!(
        changes.is_empty() && report.is_applied() && report.text().contains("was applied before"),
        "{report}"
    );
}

#[test]
fn either_kind_of_patch_is_taken_through_either_door() {
    let project = Project::new(&[("a", "1\n2\n")]);
    let block = "a\n<<<<<<< SEARCH\n1\n=======\none\n>>>>>>> REPLACE\n";
    assert_eq!(changes(apply_replacements(&project.workspace, block)).len(), 1);
    assert_eq!(project.content("a"), Some("one\n2\n".into()));
    // What comes is read, whatever was asked for; only what is said of nothing differs.
    let diff = "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\n+1\n";
    assert_eq!(changes(apply_replacements(&project.workspace, diff)).len(), 1);
    let report = refused(apply_replacements(&project.workspace, "All is well.\n"));
    assert!(report.text().contains("no search/replace block"), "{report}");
}

#[test]
fn a_symlink_that_leads_out_is_not_followed() {
    let project = Project::new(&[]);
    std::os::unix::fs::symlink("/etc/hostname", project.workspace.folder().join("f")).expect("a link");
    let report = refused(apply_named(&project, "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"));
    assert!(report.text().contains("leads out of the project"), "{report}");
}

#[test]
fn a_hunk_without_a_file_is_about_the_target() {
    let project = Project::new(&[("a", "1\n")]);
    let hunk = "@@ -1 +1 @@\n-1\n+one\n";
    refused(apply_named(&project, hunk));
    let target = RelativePath::parse("a").expect("a path");
    assert_eq!(changes(apply_diff(&project.workspace, hunk, Some(target))).len(), 1);
}

#[cfg(unix)]
#[test]
fn a_new_file_is_executable_where_its_mode_says_so() {
    let project = Project::new(&[]);
    let new = |name: &str, mode: &str| {
        format!(
            "diff --git a/{name} b/{name}\nnew file mode {mode}\n--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+x\n"
        )
    };
    let diff = new("run", "100755") + &new("text", "100644");
    assert_eq!(changes(apply_named(&project, &diff)).len(), 2);
    let survey = project.workspace.survey(&orchestrator_workspace::Survey::default()).expect("a survey");
    let executable = |name: &str| survey.file(name).map(|file| file.is_executable());
    assert_eq!((executable("run"), executable("text")), (Some(true), Some(false)));
}

#[test]
fn a_new_file_is_not_made_beside_one_that_other_systems_take_for_it() {
    let project = Project::new(&[("src/App.js", "1\n"), ("Docs/a.md", "1\n")]);
    let create = |name: &str| format!("--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+1\n");
    for (name, twin) in [("src/app.js", "src/App.js"), ("docs/b.md", "Docs/b.md")] {
        let said = refused(apply_named(&project, &create(name))).text();
        assert!(said.contains(&format!("'{twin}' differs from '{name}' only in the case")), "{said}");
    }
    let both = format!("{}{}", create("x/New.js"), create("x/new.js"));
    refused(apply_named(&project, &both));
    let moved = "diff --git a/src/App.js b/src/app.js\nsimilarity index 100%\nrename from src/App.js\nrename to src/app.js\n";
    assert_eq!(changes(apply_named(&project, moved)).len(), 1);
    assert_eq!(project.files(), ["Docs/a.md", "src/app.js"]);
}

#[test]
fn a_file_is_found_by_a_name_that_looks_like_its_own() {
    let project = Project::new(&[("cafe\u{301}/e\u{301}.js", "1\n")]);
    let diff = "--- a/caf\u{e9}/\u{e9}.js\n+++ b/caf\u{e9}/\u{e9}.js\n@@ -1 +1 @@\n-1\n+2\n";
    assert_eq!(changes(apply_named(&project, diff)).len(), 1);
    assert_eq!(project.files(), ["cafe\u{301}/e\u{301}.js"]);
    assert_eq!(project.content("cafe\u{301}/e\u{301}.js").as_deref(), Some("2\n"));
}

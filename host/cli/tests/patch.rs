//! `orchestrator patch` as a process: what it changes, what it prints and what it exits with.

#![allow(clippy::unwrap_used, reason = "what goes wrong in a test fails it")]

#[path = "common/said.rs"]
mod said;

use said::text;
use serde_json::Value;
use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

const DIFF: &str = "--- a/a.txt\n+++ b/a.txt\n@@ -9,9 +9,9 @@\n one\n-two\n+TWO\n three\n```\n";

fn place(files: &[(&str, &str)]) -> TempDir {
    let place = TempDir::new().unwrap();
    for (path, content) in files {
        let path = place.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    place
}

/// Runs the program in `folder`, with nothing of this process's environment.
fn patch(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orchestrator"));
    command.arg("patch").args(args).env_clear().current_dir(folder);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that refuses its call is gone before it has read anything.
    match child.stdin.take().unwrap().write_all(input.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        written => written.unwrap(),
    }
    child.wait_with_output().unwrap()
}

fn read(folder: &TempDir, path: &str) -> String {
    fs::read_to_string(folder.path().join(path)).unwrap()
}

/// Every file in the folder, to see that nothing is left behind.
fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_diff_on_standard_input_changes_the_current_folder() {
    let place = place(&[("a.txt", "one\ntwo\nthree\n")]);
    let output = patch(place.path(), &["apply"], DIFF);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    insta::assert_snapshot!(text(&output.stdout), @r"
    The patch was applied.
    a.txt
      hunk 1: fits at line 1 (-8 from its header)
    ");
    assert_eq!(
        (read(&place, "a.txt").as_str(), names(&place)),
        ("one\nTWO\nthree\n", vec!["a.txt".to_owned()])
    );
    let again = patch(place.path(), &["apply"], DIFF);
    assert_eq!(again.status.code(), Some(0));
    assert!(text(&again.stdout).contains("was applied before, at line 1"), "{again:?}");
}

#[test]
fn a_refused_patch_changes_nothing_and_exits_with_1() {
    let place = place(&[("a.txt", "one\ntwo\nthree\n"), ("b.txt", "x\n")]);
    let diff = format!("{DIFF}--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-y\n+z\n");
    let output = patch(place.path(), &["apply"], &diff);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text(&output.stdout).contains("b.txt\n  hunk 1: refused: "), "{output:?}");
    assert_eq!(read(&place, "a.txt"), "one\ntwo\nthree\n");
}

#[test]
fn no_file_is_made_beside_one_that_other_systems_take_for_the_same() {
    for (there, new) in [("src/App.js", "src/app.js"), ("Src/x", "src/y"), ("caf\u{e9}.js", "cafe\u{301}.js")]
    {
        let place = place(&[(there, "1\n")]);
        let diff = format!("--- /dev/null\n+++ b/{new}\n@@ -0,0 +1 @@\n+2\n");
        let output = patch(place.path(), &["apply"], &diff);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("take the two for one"), "{output:?}");
        assert!(!place.path().join(new).exists(), "{new}");
        if there.starts_with('S') {
            continue;
        }
        // One that moves away itself is beside nothing.
        let diff = format!("--- a/{there}\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n{diff}");
        assert_eq!(patch(place.path(), &["apply"], &diff).status.code(), Some(0), "{new}");
    }
}

#[test]
fn a_check_says_what_would_be_and_changes_nothing() {
    let place = place(&[("in/a.txt", "one\ntwo\nthree\n"), ("p.diff", DIFF)]);
    let output = patch(place.path(), &["apply", "--check", "--json", "--dir", "in", "p.diff"], "");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&answer["applied"], &answer["changed"]), (&true.into(), &0.into()), "{answer}");
    assert_eq!(answer["files"][0]["hunks"][0]["outcome"], "applied");
    let output = patch(place.path(), &["apply", "--check", "--dir", "in", "p.diff"], "");
    assert!(text(&output.stdout).starts_with("The patch can be applied.\n"), "{output:?}");
    assert_eq!(read(&place, "in/a.txt"), "one\ntwo\nthree\n");
}

#[test]
fn search_and_replace_blocks_and_hunks_for_a_target_are_taken_too() {
    let place = place(&[("a.txt", "one\ntwo\nthree\n")]);
    let block = "a.txt\n<<<<<<< SEARCH\ntwo\n=======\n2\n>>>>>>> REPLACE\n";
    assert_eq!(patch(place.path(), &["apply"], block).status.code(), Some(0));
    let hunk = "@@\n-2\n+TWO\n three\n";
    assert_eq!(patch(place.path(), &["apply", "--target", "a.txt"], hunk).status.code(), Some(0));
    assert_eq!(read(&place, "a.txt"), "one\nTWO\nthree\n");
}

#[test]
fn what_is_made_of_two_folders_leads_from_one_to_the_other() {
    let old =
        place(&[("a.txt", "one\ntwo\n"), ("gone.txt", "x"), ("src/b.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n")]);
    let new =
        place(&[("a.txt", "one\r\ntwo\n"), ("new/c.txt", "c"), ("src/b.txt", "1\n2\n3\n4\n6\n7\n8\n9\nten")]);
    let made =
        patch(Path::new("/"), &["make", old.path().to_str().unwrap(), new.path().to_str().unwrap()], "");
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let applied = patch(old.path(), &["apply"], text(&made.stdout));
    assert_eq!(applied.status.code(), Some(0), "{}\n{}", text(&made.stdout), text(&applied.stdout));
    let none =
        patch(Path::new("/"), &["make", old.path().to_str().unwrap(), new.path().to_str().unwrap()], "");
    assert_eq!(text(&none.stdout), "");
    assert!(!old.path().join("gone.txt").exists());
}

#[test]
fn a_wrong_call_and_a_missing_folder_exit_with_2() {
    let place = place(&[("a.txt", "one\n")]);
    for args in [
        &["apply", "--dir", "missing"][..],
        &["apply", "missing.diff"],
        &["apply", "--target", "../a"],
        &["make", ".", "a.txt"],
    ] {
        let output = patch(place.path(), args, DIFF);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[cfg(unix)]
#[test]
fn symlink_swap_neither_a_link_out_of_the_folder_nor_a_file_behind_one_is_touched() {
    let outside = place(&[("a.txt", "one\ntwo\nthree\n")]);
    let place = place(&[]);
    std::os::unix::fs::symlink(outside.path(), place.path().join("out")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("a.txt"), place.path().join("a.txt")).unwrap();
    for diff in [
        DIFF.to_owned(),
        DIFF.replace("/a.txt", "/out/a.txt"),
        "--- /dev/null\n+++ b/out/new\n@@ -0,0 +1 @@\n+x\n".into(),
    ] {
        let output = patch(place.path(), &["apply"], &diff);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{diff}{output:?}");
    }
    assert_eq!((read(&outside, "a.txt").as_str(), names(&outside).len()), ("one\ntwo\nthree\n", 1));
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_mode_when_it_changes_and_when_it_moves() {
    use std::os::unix::fs::PermissionsExt;
    let place = place(&[("run.sh", "one\ntwo\n"), ("in/move.sh", "x\n")]);
    for path in ["run.sh", "in/move.sh"] {
        fs::set_permissions(place.path().join(path), fs::Permissions::from_mode(0o750)).unwrap();
    }
    let diff = "--- a/run.sh\n+++ b/run.sh\n@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n\
        diff --git a/in/move.sh b/out/far/moved.sh\nrename from in/move.sh\nrename to out/far/moved.sh\n";
    let output = patch(place.path(), &["apply"], diff);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for path in ["run.sh", "out/far/moved.sh"] {
        let mode = fs::metadata(place.path().join(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o750, "{path}");
    }
    assert_eq!(
        (read(&place, "run.sh"), read(&place, "out/far/moved.sh")),
        ("ONE\ntwo\n".into(), "x\n".into())
    );
    assert!(!place.path().join("in/move.sh").exists());
}

#[cfg(unix)]
#[test]
fn a_new_file_is_executable_where_its_mode_says_so_and_others_keep_theirs() {
    use std::os::unix::fs::PermissionsExt;
    let place = place(&[("a.txt", "one\ntwo\nthree\n")]);
    let mode = |path: &str| fs::metadata(place.path().join(path)).unwrap().permissions().mode() & 0o111;
    let diff = format!(
        "{}diff --git a/run b/run\nnew file mode 100755\n--- /dev/null\n+++ b/run\n@@ -0,0 +1 @@\n+#!/bin/sh\n",
        DIFF.strip_suffix("```\n").unwrap()
    );
    let output = patch(place.path(), &["apply"], &diff);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!((mode("run"), mode("a.txt")), (0o111, 0));
    let changed = "diff --git a/a.txt b/a.txt\nold mode 100644\nnew mode 100755\n";
    let output = patch(place.path(), &["apply"], changed);
    assert!(output.status.code() == Some(1) && text(&output.stdout).contains("chmod"), "{output:?}");
}

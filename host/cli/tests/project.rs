//! `orchestrator project` as a process: a project comes in, is looked at, changes, goes back and goes out.

#![allow(clippy::unwrap_used, reason = "what goes wrong in a test fails it")]

mod common;

use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};
use tempfile::TempDir;

/// A data folder, and beside it whatever a test brings in.
struct Shop(TempDir);

impl Shop {
    fn new() -> Self {
        let place = Self(TempDir::new().unwrap());
        fs::create_dir(place.path().join("data")).unwrap();
        common::share_compiled_code(&place.path().join("data"));
        place.put("shop/index.html", "<p>Hello</p>\n");
        place.put("shop/src/app.js", "let sum = 1;\n");
        place.put("shop/node_modules/x/index.js", "no");
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, path: &str, content: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// What the project's own folder has in a file.
    fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.path().join("data/projects").join(path)).ok()
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orchestrator"));
        command.arg("project").args(args).env_clear().current_dir(self.path());
        command.env("HOME", self.path()).envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.args(["--data-dir", "data"]).output().unwrap()
    }

    /// Standard output of a call that has to succeed.
    fn out(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, args: &[&str]) -> Vec<Value> {
        serde_json::from_str(&self.out(&[args, &["--json"]].concat())).unwrap()
    }

    /// What a call that has to fail says.
    fn complaint(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

fn paths(files: &[Value]) -> Vec<&str> {
    files.iter().map(|file| file["path"].as_str().unwrap()).collect()
}

#[test]
fn a_folder_comes_in_without_what_tools_bring_and_can_be_looked_at() {
    let place = Shop::new();
    insta::assert_snapshot!(place.out(&["import", "shop", "shop"]), @r"
    + index.html
    + src/app.js
    ");
    assert_eq!(paths(&place.json(&["files", "shop"])), ["index.html", "src/app.js"]);
    let projects = place.json(&["list"]);
    assert_eq!((projects.len(), &projects[0]["project_id"]), (1, &Value::from("shop")));
    insta::assert_snapshot!(place.out(&["list"]), @r"
    PROJECT  FILES  SIZE  LAST RUN
    shop     2      26 B  -
    ");
}

#[test]
fn settings_are_taken_before_the_command_and_behind_it() {
    let place = Shop::new();
    place.out(&["import", "shop", "shop"]);
    let before = place.run(&["--log", "error", "list"]);
    assert!(String::from_utf8_lossy(&before.stdout).contains("shop"), "{before:?}");
}

#[test]
fn what_changed_is_shown_and_taken_back() {
    let place = Shop::new();
    place.out(&["import", "shop", "shop"]);
    place.put("shop/src/app.js", "let sum = 2;\n");
    assert!(place.complaint(&["import", "shop", "shop"]).contains("--replace"));
    insta::assert_snapshot!(place.out(&["import", "shop", "shop", "--replace"]), @"~ src/app.js");

    let snapshots = place.json(&["snapshots", "shop"]);
    let first = snapshots.iter().rev().find(|one| one["files"] == 2).unwrap()["id"].as_str().unwrap();
    insta::assert_snapshot!(place.out(&["diff", "shop", "--from", first]), @r"
    diff --git a/src/app.js b/src/app.js
    --- a/src/app.js
    +++ b/src/app.js
    @@ -1 +1 @@
    -let sum = 1;
    +let sum = 2;
    ");
    let said = place.out(&["restore", "shop", &first[..8]]);
    assert!(
        said.starts_with("~ src/app.js\nTo take this back: orchestrator projects restore shop "),
        "{said}"
    );
    assert_eq!(place.read("shop/src/app.js").as_deref(), Some("let sum = 1;\n"));
    let back = said.trim_end().rsplit(' ').next().unwrap();
    place.out(&["restore", "shop", back]);
    assert_eq!(place.read("shop/src/app.js").as_deref(), Some("let sum = 2;\n"));
}

#[test]
fn what_went_out_as_an_archive_comes_in_again() {
    let place = Shop::new();
    place.out(&["import", "shop", "shop"]);
    for name in ["shop.zip", "shop.tar.gz"] {
        assert_eq!(place.out(&["export", "shop", "--output", name]).trim_end(), name);
        let copy = name.replace('.', "-");
        place.out(&["import", &copy, name]);
        assert_eq!(place.read(&format!("{copy}/src/app.js")).as_deref(), Some("let sum = 1;\n"));
        assert_eq!(paths(&place.json(&["files", &copy])), ["index.html", "src/app.js"]);
    }
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".partial")), "{left:?}");
}

#[test]
fn what_cannot_come_in_is_left_out_by_name_and_keeps_nothing_else_out() {
    let place = Shop::new();
    place.put("shop/.DS_Store", "x");
    place.put("shop/src/aux.rs", "x");
    place.put("shop/SRC/app.js", "x");
    place.put("shop/.orchestrator-staged-0-1", "x");
    place.put("shop/.git", "gitdir: ../elsewhere");
    fs::write(place.path().join("shop/large.bin"), vec![0; (4 << 20) + 1]).unwrap();
    std::os::unix::fs::symlink("index.html", place.path().join("shop/link")).unwrap();
    let output = place.run(&["import", "shop", "shop"]);
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap(), @r"
    + index.html
    + SRC/app.js
    ");
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap(), @r#"
    orchestrator: .DS_Store was left out: macOS or Windows keeps it for itself; it is no file of a project
    orchestrator: .git was left out: it leads to a repository that does not come along
    orchestrator: .orchestrator-staged-0-1 was left out: the orchestrator keeps names that begin so for itself: rename it
    orchestrator: large.bin was left out: the file is larger than 4194304 bytes, which is the limit
    orchestrator: link was left out: links are not brought in
    orchestrator: node_modules/ was left out: in a folder that projects leave out
    orchestrator: src/app.js was left out: some systems cannot tell its name from that of "SRC", which came first
    orchestrator: src/aux.rs was left out: its name cannot be used: "aux" is a device name on Windows
    "#);
}

#[test]
fn a_repository_comes_in_and_runs_nothing_of_its_own() {
    let place = Shop::new();
    let git = |args: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]);
        let done = git.args(args).current_dir(place.path().join("shop")).output().unwrap();
        assert!(done.status.success(), "{args:?}: {done:?}");
    };
    git(&["init", "--quiet"]);
    place.put("shop/.gitattributes", "* filter=evil\n");
    git(&["config", "filter.evil.smudge", "touch ../ran; cat"]);
    place.put("shop/.git/hooks/post-checkout", "#!/bin/sh\ntouch ../ran\n");
    git(&["add", "index.html", "src", ".gitattributes"]);
    git(&["commit", "--quiet", "--message", "first"]);
    let address = format!("file://{}", place.path().join("shop").display());
    let cloned = place.run(&["import", "cloned", &address]);
    assert!(cloned.status.success() && cloned.stderr.is_empty(), "{cloned:?}");
    assert_eq!(paths(&place.json(&["files", "cloned"])), [".gitattributes", "index.html", "src/app.js"]);
    assert!(!place.path().join("ran").exists());
}

#[test]
fn what_there_is_not_is_named_with_the_way_out() {
    let place = Shop::new();
    insta::assert_snapshot!(place.complaint(&["files", "shop"]), @"orchestrator: there is no project 'shop'; there is none yet");
    insta::assert_snapshot!(place.complaint(&["import", "shop", "nowhere"]), @"orchestrator: 'nowhere' is no folder, no file and no address of a git repository: give one of these");
    insta::assert_snapshot!(place.complaint(&["import", "shop", "shop/index.html"]), @r#"orchestrator: the archive cannot be read: it is text that begins with "<p>Hello</p>": only zip and tar.gz files can be read"#);
    place.out(&["import", "shop", "shop"]);
    insta::assert_snapshot!(place.complaint(&["restore", "shop", "0123456789"]), @"orchestrator: project 'shop' has no snapshot '0123456789': it was never taken, or given up since; the list of the project's snapshots has those that there are");
    place.put("zip.zip", "no archive");
    insta::assert_snapshot!(place.complaint(&["import", "other", "zip.zip"]), @r#"orchestrator: the archive cannot be read: it is text that begins with "no archive": only zip and tar.gz files can be read"#);
}

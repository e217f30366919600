//! What reaches a terminal of what models and projects wrote. The terminal is one that `script` makes.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// Sets the title of a window, and clears the screen.
const OBEYED: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J";

/// What the command prints on a terminal, and what it prints into a pipe.
fn printed(folder: &Path, words: &[&str]) -> [String; 2] {
    let program = env!("CARGO_BIN_EXE_orchestrator");
    let mut on_terminal = Command::new("script");
    let command = format!("'{program}' {}", words.join(" "));
    on_terminal.args(["--quiet", "--command", &command, "/dev/null"]);
    let mut into_pipe = Command::new(program);
    into_pipe.args(words);
    [on_terminal, into_pipe].map(|mut command| {
        let data = folder.join("data");
        command.current_dir(folder).env("ORCHESTRATOR_DATA_DIR", data).stdin(Stdio::null());
        let output = command.output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    })
}

#[test]
fn a_terminal_is_shown_what_it_would_obey_and_a_pipe_gets_it_as_it_is() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    fs::write(folder.join("old.js"), "a\n").unwrap();
    fs::write(folder.join("new.js"), format!("a\n{OBEYED}\n")).unwrap();
    fs::write(
        folder.join("bad.diff"),
        format!("--- a/none{OBEYED}.js\n+++ b/none{OBEYED}.js\n@@ -1 +1 @@\n-x\n+y\n"),
    )
    .unwrap();
    for words in [
        &["patch", "make", "old.js", "new.js"][..],
        &["patch", "apply", "bad.diff"],
        &["patch", "apply", "--check", "bad.diff"],
    ] {
        let [terminal, pipe] = printed(folder, words);
        assert!(!terminal.contains('\u{1b}') && !terminal.contains('\u{7}'), "{words:?}: {terminal:?}");
        assert!(terminal.contains("u{1b}") || !pipe.contains('\u{1b}'), "{words:?}: {terminal:?}");
    }
    // The control: what was shown does hold it.
    assert!(printed(folder, &["patch", "make", "old.js", "new.js"])[1].contains(OBEYED));
}

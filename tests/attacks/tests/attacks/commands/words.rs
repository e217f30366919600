//! What a command is called, and what goes with it.

use crate::wall::refused_behind_the_wall_alone;
use orchestrator_attacks::{Scene, Setup, can_confine_commands, step};
use serde_json::json;
use std::{fs, path::Path};

/// The text of a script.
pub(crate) fn script(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A policy in which the attacker may start what these patterns accept.
fn starts(patterns: &str) -> Setup {
    let permissions = r#"permissions = ["read-files", "write-files", "command"]"#;
    Setup::new().policy(&format!("[plugin.attacker]\n{permissions}\nprograms = [{patterns}]\n"))
}

const SHELL_SYNTAX: [&str; 7] = [
    "; touch made",
    "$(touch made)",
    "`touch made`",
    "| touch made",
    "&& touch made",
    "x\ntouch made",
    "> made",
];

#[tokio::test(flavor = "multi_thread")]
async fn c1_shell_syntax_reaches_programs_as_it_is() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let words = SHELL_SYNTAX.map(str::to_owned);
    let verdict = scene.verdict("C1_words.py", &words).await;
    assert_eq!(verdict.refused().detail, json!(words));
    scene.attack(&[step::start(&["python3", "C1_words.py", "zero\0byte"])]).await.all_refused();
    assert!(!scene.project().join("made").exists());
    // The control: a shell does what is in them.
    for word in SHELL_SYNTAX {
        scene.attack(&[step::start(&["sh", "-c", &format!("echo {word}")])]).await.all_done();
        let made = fs::remove_file(scene.project().join("made")).is_ok();
        assert!(made, "in a shell, {word:?} does something");
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_other_names_are_other_programs() {
    if !can_confine_commands() {
        return;
    }
    let scene = starts(r#""python3 {any}*""#).start().await;
    let spellings: [&[&str]; 10] = [
        &["sh", "-c", "true"],
        &["./python3", "-c", "0"],
        &["/usr/bin/python3", "-c", "0"],
        &["/bin/../usr/bin/python3", "-c", "0"],
        &["python3\0x", "-c", "0"],
        &["python3 -c 0"],
        &[" python3", "-c", "0"],
        &["Python3", "-c", "0"],
        &["-c", "0"],
        &["", "python3"],
    ];
    scene.attack(&spellings.map(step::start)).await.all_refused();
    scene.attack(&[step::start(&["python3", "-c", "0"])]).await.all_done();
    scene.unharmed().await;
    // The control: whoever may start them does.
    let granted = starts(r#""sh {any}*", "/usr/bin/python3 {any}*""#).start().await;
    granted.attack(&[spellings[0], spellings[2]].map(step::start)).await.all_done();
}

#[tokio::test(flavor = "multi_thread")]
async fn c3_options_of_the_sandbox_are_words_of_the_program() {
    // Where every word is granted, those that the sandbox would understand reach the program.
    let options = ["--bind", "/", "/", "--dev-bind", "/", "/", "--share-net", "--args", "0", "--"];
    refused_behind_the_wall_alone("C3_options.py", |scene| {
        let secret = scene.canaries.file().display().to_string();
        [vec![secret], options.map(str::to_owned).to_vec()].concat()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c3_options_that_steer_programs_are_denied() {
    if !can_confine_commands() {
        return;
    }
    let scene = starts(r#""python3 {flag}* {path}", "--bind {any}*""#).start().await;
    let secret = scene.canaries.file().display().to_string();
    let denied = [
        step::start(&["python3", "--prefix=/", "a.py"]),
        step::start(&["python3", "--require=../evil.js", "a.py"]),
        step::start(&["python3", "-c", "print(1)", "a.py"]),
        step::start(&["python3", "--", "--script-shell"]),
        step::start(&["python3", &secret]),
        step::start(&["python3", "../p/a.py"]),
        // Granted, and no program: it is not taken for an option of what starts it.
        step::start(&["--bind", "/", "/", "cat", &secret]),
    ];
    scene.attack(&denied).await.all_refused();
    let fine = [step::write("a.py", "print('ran')"), step::start(&["python3", "-B", "a.py"])];
    assert_eq!(scene.attack(&fine).await.last().output(), "ran\n");
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c4_variables_that_load_code_are_refused() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let steering = [
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "NODE_OPTIONS",
        "GIT_SSH_COMMAND",
        "BASH_ENV",
        "ENV",
        "PYTHONSTARTUP",
        "PYTHONPATH",
        "npm_config_script_shell",
        "HTTPS_PROXY",
        "https_proxy",
        "PATH",
        "HOME",
        "A=B",
    ];
    let start = |name: &str| step::start_with(&["sh", "-c", "true"], &json!({"environment": {name: "./x"}}));
    scene.attack(&steering.map(start)).await.all_refused();
    let harmless = json!({"environment": {"NODE_ENV": "test"}});
    let said = scene.attack(&[step::start_with(&["sh", "-c", "echo $NODE_ENV"], &harmless)]).await;
    assert_eq!(said.last().output(), "test\n");
    // The control: set by the command itself, they do run the project's files.
    scene.verdict("C4_variables.sh", &[]).await.succeeded();
    scene.unharmed().await;
}

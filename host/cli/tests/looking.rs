//! Looking at what is there: it leaves nothing behind, and tells what is in force.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

mod common;
#[path = "common/said.rs"]
mod said;
#[path = "common/serving.rs"]
mod serving;

use said::{refused, text};
use serving::Place;
use std::fs;

/// Everything below a folder, but for code that tests share.
fn inside(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| name != "cache");
    names.sort_unstable();
    names
}

#[test]
fn looking_into_a_folder_of_something_else_leaves_nothing_in_it() {
    let place = Place::new();
    let folder = place.0.path().join("elsewhere");
    fs::create_dir(&folder).unwrap();
    common::share_compiled_code(&folder);
    fs::write(folder.join("notes.txt"), "mine").unwrap();
    let looks: [&[&str]; 8] = [
        &["runs"],
        &["projects"],
        &["agents"],
        &["workflows"],
        &["health"],
        &["audit"],
        &["plugins"],
        &["token", "list"],
    ];
    for args in looks {
        let mut look = place.program(args);
        let output = look.args(["--data-dir", "."]).current_dir(&folder).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
        let is_empty = !["agents", "workflows", "health", "plugins"].contains(&args[0]);
        assert_eq!(text(&output.stdout).starts_with("There is no "), is_empty, "{args:?}: {output:?}");
        assert_eq!(inside(&folder), ["notes.txt"], "{args:?}");
    }
    let run = "01890a5d-ac96-774b-bcce-b302099a8057";
    for args in [&["runs", "cancel", run][..], &["projects", "files", "p"], &["token", "revoke", "ada"]] {
        let mut look = place.program(args);
        let output = look.args(["--data-dir", "."]).current_dir(&folder).output().unwrap();
        assert!(refused(&output).contains("there is no "), "{args:?}: {output:?}");
        assert_eq!(inside(&folder), ["notes.txt"], "{args:?}");
    }
    // What is there of a data folder that is not begun is looked at all the same.
    fs::create_dir_all(folder.join("projects/shop")).unwrap();
    let listed = place.program(["projects", "--data-dir"]).arg(&folder).output().unwrap();
    assert!(text(&listed.stdout).contains("shop"), "{listed:?}");
    assert_eq!(inside(&folder), ["notes.txt", "projects"]);
    // Nor is the usual folder made, nor one for plugins.
    let home = place.0.path().join("home");
    fs::create_dir(&home).unwrap();
    let mut look = place.program(["plugins", "--plugins-dir"]);
    look.arg(home.join("none")).env_remove("ORCHESTRATOR_DATA_DIR").env("HOME", &home);
    assert!(look.output().unwrap().status.success());
    assert_eq!(inside(&home), [""; 0]);
}

#[test]
fn the_settings_in_force_are_shown_with_what_is_refused_and_why() {
    let place = Place::new();
    let config = |args: &[&str]| place.program(["config"].iter().chain(args)).output().unwrap();
    let fine = config(&[]);
    assert!(fine.status.success() && fine.stderr.is_empty(), "{fine:?}");
    let table = text(&fine.stdout);
    assert!(!table.contains("not set") && !table.contains(" -  "), "{table}");
    let row = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(row("log ").contains("info for serve, else warn"), "{table}");
    let json: serde_json::Value = serde_json::from_slice(&config(&["--json"]).stdout).unwrap();
    let of = |name: &str| json.as_array().unwrap().iter().find(|row| row["setting"] == name).unwrap().clone();
    let plugins = place.data().join("plugins");
    assert_eq!(
        (&of("plugins_dir")["value"], &of("plugins_dir")["from"]),
        (&plugins.to_str().unwrap().into(), &"default".into())
    );
    assert_eq!((of("server")["value"].clone(), of("listen")["refused"].clone()), Default::default());

    let file = place.script("max_runs = 0\n[model]\nprovider = 'gpt'\nidle_timeout = 9999");
    let none = place.0.path().join("none.toml");
    let none = none.to_str().unwrap();
    for (args, setting, why) in [
        (&["--max-runs", "0"][..], "max_runs", "from 1 to"),
        (&["--plugin-memory-mib", "lots"], "limits.plugin_memory_mib", "from 16 to"),
        (&["--cors-origin", "nowhere"], "cors_origins", "no origin"),
        (&["--tls-cert", "c.pem"], "tls.cert", "--tls-key"),
        (&["--tls-cert", "c.pem", "--tls-key", "k.pem"], "tls.cert", "cannot be read"),
        (&["--listen", "8000"], "listen", "127.0.0.1:8000"),
        (&["--server", "nowhere"], "server", "http://127.0.0.1:8000"),
        (&["--log", "a=b=c"], "log", "level filter"),
        (&["--policy", none], "policy", "is not there"),
        (&["--model", "anthropic"], "model.provider", "ANTHROPIC_API_KEY"),
        (
            &["--model", "openai", "--openai-base-url", "nowhere"],
            "model.openai_base_url",
            "--openai-base-url",
        ),
        (&["--script", none, "--model", "scripted"], "model.script", "cannot be read"),
        (&["--models-file", none], "model.models_file", "none.toml"),
        (&["--model-effort", "much"], "model.effort", "much"),
    ] {
        let output = config(args);
        let (table, said) = (text(&output.stdout), text(&output.stderr));
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{args:?}: {output:?}");
        assert!(said.starts_with(&format!("orchestrator: {setting}, by --")) && said.contains(why), "{said}");
        let row = table.lines().find(|line| line.split(' ').next() == Some(setting)).unwrap();
        assert!(row.contains("refused: "), "{row}");
        assert_eq!(table.matches("refused: ").count(), 1, "{table}");
    }
    let all = config(&["--json", "--config", file.to_str().unwrap()]);
    let all: Vec<serde_json::Value> = serde_json::from_slice(&all.stdout).unwrap();
    let refused: Vec<_> =
        all.iter().filter(|row| !row["refused"].is_null()).map(|row| &row["setting"]).collect();
    assert_eq!(
        refused,
        ["max_runs", "model.provider", "model.idle_timeout"],
        "each of them, not the first alone"
    );
}

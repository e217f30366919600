//! What commands do on this machine: with a server that they cannot use, with folders that are not there, and with a
//! reader that goes away.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

mod common;
#[path = "common/said.rs"]
mod said;
#[path = "common/serving.rs"]
mod serving;

use said::{refused, text};
use serving::Place;
use std::{fs, process::Stdio};

const ELSEWHERE: &str = "https://prod.example.org";

#[test]
fn a_command_that_works_here_alone_says_so_where_a_server_is_named() {
    let place = Place::new();
    let looks: [&[&str]; 5] =
        [&["token", "list"], &["audit"], &["plugins"], &["policy", "show"], &["policy", "check"]];
    let changes: [&[&str]; 2] = [&["token", "create", "q9", "--role", "admin"], &["token", "revoke", "q9"]];
    for args in looks.iter().chain(&changes).chain(&[&["serve"][..]]) {
        let output = place.program(args.iter()).args(["--server", ELSEWHERE]).output().unwrap();
        let said = refused(&output);
        assert!(said.contains("not on a server") && said.contains("without --server"), "{said}");
    }
    for args in looks {
        let output = place.program(args).env("ORCHESTRATOR_SERVER", ELSEWHERE).output().unwrap();
        let said = text(&output.stderr);
        assert!(
            output.status.success() && said.contains("not on the server in ORCHESTRATOR_SERVER"),
            "{said}"
        );
    }
    for args in changes {
        let output = place.program(args).env("ORCHESTRATOR_SERVER", ELSEWHERE).output().unwrap();
        assert!(refused(&output).contains("--server ''"), "{output:?}");
    }
    let mut create = place.program(changes[0]);
    let output = create.args(["--server", ""]).env("ORCHESTRATOR_SERVER", ELSEWHERE).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn looking_makes_no_folder_and_no_path_is_empty() {
    let place = Place::new();
    let run = "01890a5d-ac96-774b-bcce-b302099a8057";
    let looks: [&[&str]; 17] = [
        &["runs"],
        &["runs", "list"],
        &["runs", "show", run],
        &["runs", "events", run],
        &["runs", "cancel", run],
        &["projects"],
        &["projects", "files", "p"],
        &["projects", "snapshots", "p"],
        &["projects", "diff", "p"],
        &["projects", "export", "p"],
        &["agents"],
        &["workflows", "show", "debug"],
        &["health"],
        &["audit"],
        &["plugins"],
        &["token", "list"],
        &["token", "revoke", "ada"],
    ];
    for args in looks {
        let folder = place.0.path().join("typo/of/folder");
        let output = place.program(args).arg("--data-dir").arg(&folder).output().unwrap();
        assert!(refused(&output).contains("there is no data folder"), "{args:?}: {output:?}");
        assert!(!place.0.path().join("typo").exists(), "{args:?}");
    }
    for option in ["--data-dir", "--plugins-dir", "--policy", "--models-file", "--config", "--script"] {
        let output = place.program(["runs", option, ""]).current_dir(place.0.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{option}: {output:?}");
        assert!(text(&output.stderr).contains(option), "{output:?}");
    }
    let file = place.0.path().join("o.toml");
    fs::write(&file, "data_dir = ''").unwrap();
    let output = place.program(["runs", "--config", file.to_str().unwrap()]).output().unwrap();
    assert!(refused(&output).contains("'data_dir'"), "{output:?}");
}

#[test]
fn the_options_of_a_list_work_without_the_word_and_not_in_front_of_another() {
    let place = Place::new();
    for plural in ["runs", "projects", "agents", "workflows", "project", "agent", "workflow"] {
        let bare = place.program([plural, "--json"]).output().unwrap();
        let said = place.program([plural, "list", "--json"]).output().unwrap();
        assert!(bare.status.success() && text(&bare.stdout).starts_with('['), "{bare:?}");
        assert_eq!(text(&bare.stdout), text(&said.stdout));
    }
    for args in [["--limit", "2"], ["--status", "failed"], ["--project", "x"], ["--workflow", "debug"]] {
        let output = place.program([&["runs"][..], &args].concat()).output().unwrap();
        assert!(
            output.status.success() && text(&output.stdout).to_lowercase().contains("no run"),
            "{output:?}"
        );
    }
    let output = place.program(["runs", "--limit", "2", "list"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--limit belongs behind 'list'"), "{output:?}");
    let settings = place.program(["runs", "--log", "debug", "list"]).output().unwrap();
    assert!(settings.status.success(), "settings go anywhere: {settings:?}");
    for number in ["abc", "-1", "0", "1.5"] {
        let limit = format!("--limit={number}");
        let output = place.program(["runs", &limit]).output().unwrap();
        let said = text(&output.stderr);
        assert!(said.contains("--limit") && said.contains("whole number, 1 or more"), "{said}");
    }
}

#[test]
fn a_reader_that_goes_away_ends_looking_quietly_and_a_run_not_at_all() {
    let place = Place::new();
    for args in [&["config"][..], &["models"], &["agents"], &["openapi"], &["completions", "bash"]] {
        let mut process = place.program(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(process.stdout.take());
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
    }
    let script = place.script(include_str!("common/quick.toml"));
    let args = ["run", "a page", "--project", "page", "--workflow", "quick_iteration", "--script"];
    let mut run = place.program(args);
    let mut process = run.arg(script).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(process.stdout.take());
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let listed = place.program(["runs", "--json"]).output().unwrap();
    assert!(text(&listed.stdout).contains(r#""status": "succeeded""#), "{listed:?}");
    assert!(place.data().join("projects/page/index.html").is_file());
}

#[cfg(unix)]
#[test]
fn a_server_whose_lines_nobody_reads_serves_and_stops_in_order() {
    use std::{io::BufReader, process::Command};

    let place = Place::new();
    let mut server = serving::Server::start(place.program(["serve", "--model", "scripted"]));
    let nobody = BufReader::new(Command::new("true").stdout(Stdio::piped()).spawn().unwrap().stdout.unwrap());
    drop(std::mem::replace(&mut server.stdout, nobody));
    assert_eq!(server.get("/health")["status"], "healthy");
    let id = server.process.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(server.process.wait().unwrap().success());
}

#[test]
fn an_archive_has_a_name_that_says_what_it_is() {
    let place = Place::new();
    let source = place.0.path().join("source");
    fs::create_dir(&source).unwrap();
    fs::write(source.join("a.txt"), "a").unwrap();
    let source = source.to_str().unwrap();
    assert!(place.program(["projects", "import", "p", source]).output().unwrap().status.success());
    let export = |name: &str, more: &[&str]| {
        let mut command = place.program(["projects", "export", "p", "--output", name]);
        command.args(more).current_dir(place.0.path()).output().unwrap()
    };
    for name in ["x.rar", "x", "x.tar", "zip", "x.gz"] {
        assert!(refused(&export(name, &[])).contains("--format"), "{name}");
        assert!(!place.0.path().join(name).exists());
    }
    for (name, begins) in [("x.zip", "PK"), ("x.tar.gz", "\u{1f}"), ("X.TGZ", "\u{1f}")] {
        assert!(export(name, &[]).status.success(), "{name}");
        assert!(fs::read(place.0.path().join(name)).unwrap().starts_with(begins.as_bytes()), "{name}");
    }
    let mut archive = place.program(["projects", "export", "p", "--output", "-"]);
    let mut process = archive.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(process.stdout.take());
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "a reader that went away: {output:?}");
    assert!(export("x.jar", &["--format", "zip"]).status.success(), "as it was asked for");
    let help = place.program(["projects", "export", "-h"]).output().unwrap();
    assert!(text(&help.stdout).contains("[possible values: zip,"), "{help:?}");
}

#[test]
fn a_policy_file_has_to_be_there_only_where_somebody_named_it() {
    let place = Place::new();
    let output = place.program(["policy", "check"]).output().unwrap();
    assert!(output.status.success() && text(&output.stdout).contains("need not be"), "{output:?}");
    let none = place.0.path().join("none.toml");
    let none = none.to_str().unwrap();
    for args in [&["policy", "check", none][..], &["policy", "check", "--policy", none]] {
        assert!(refused(&place.program(args).output().unwrap()).contains("is not there"), "{args:?}");
    }
}

#[test]
fn a_mark_at_the_beginning_of_a_file_is_no_part_of_it() {
    let place = Place::new();
    let file = |name: &str, text: &str| {
        let path = place.0.path().join(name);
        fs::write(&path, format!("\u{feff}{text}")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let prompt = file("prompt.md", "Be nice.");
    let done = |args: &[&str]| {
        let output = place.program(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
        text(&output.stdout).to_owned()
    };
    done(&["agents", "set-prompt", "writer", "--file", &prompt]);
    assert_eq!(done(&["agents", "show", "writer", "--prompt"]), "Be nice.");
    let steps = r#"{"name": "mine", "steps": [{"agent_type": "writer", "name": "Write"}]}"#;
    done(&["workflows", "create", &file("mine.json", steps)]);
    done(&["policy", "check", &file("policy.toml", "version = 1")]);
    done(&["config", "--config", &file("o.toml", "log = 'debug'")]);
}

#[test]
fn tables_fit_eighty_columns_where_there_is_no_terminal() {
    let place = Place::new();
    let long = "w".repeat(70);
    let file = place.0.path().join("long.json");
    let step = r#"{"agent_type": "writer", "name": "Write"}"#;
    fs::write(&file, format!(r#"{{"name": "{long}", "steps": [{step}]}}"#)).unwrap();
    let file = file.to_str().unwrap();
    assert!(place.program(["workflows", "create", file]).output().unwrap().status.success());
    for args in [
        &["config"][..],
        &["plugins"],
        &["policy", "show"],
        &["audit"],
        &["workflows"],
        &["workflows", "show", "bolt_standard"],
        &["agents"],
        &["models"],
    ] {
        let output = place.program(args).output().unwrap();
        let table = text(&output.stdout);
        let wide = table.lines().find(|line| line.chars().count() > 80);
        assert!(output.status.success() && wide.is_none(), "{args:?}: {wide:?}");
    }
    let listed = place.program(["workflows"]).output().unwrap();
    assert!(text(&listed.stdout).lines().any(|line| line.split(' ').next() == Some(&long)), "{listed:?}");
}

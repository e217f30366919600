//! The command line itself: its help, its completion scripts, what it refuses and how; and what the log says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

mod common;
#[path = "common/said.rs"]
mod said;
#[path = "common/serving.rs"]
mod serving;

use said::{refused, text};
use serving::{HOLD, Place, Server};
use std::{fs, io::Read as _, process::Command};

/// Every command that takes settings, and some below those.
const COMMANDS: [&[&str]; 28] = [
    &["serve"],
    &["run"],
    &["runs"],
    &["runs", "list"],
    &["runs", "show"],
    &["runs", "events"],
    &["runs", "cancel"],
    &["runs", "delete"],
    &["projects"],
    &["projects", "import"],
    &["projects", "export"],
    &["projects", "delete"],
    &["agents"],
    &["agents", "show"],
    &["agents", "set-prompt"],
    &["agents", "set-model"],
    &["workflows"],
    &["workflows", "show"],
    &["workflows", "create"],
    &["workflows", "delete"],
    &["models"],
    &["health"],
    &["plugins"],
    &["policy", "show"],
    &["token", "create"],
    &["token", "revoke"],
    &["audit"],
    &["config"],
];

/// What the program prints, in a window of 80 columns.
fn prints(place: &Place, args: &[&str]) -> String {
    let output = place.program(args).env("COLUMNS", "80").output().unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    text(&output.stdout).to_owned()
}

/// The sentence with which it ends.
fn refuses(place: &Place, args: &[&str]) -> String {
    refused(&place.program(args).output().unwrap()).to_owned()
}

#[test]
fn short_help_has_a_commands_own_options_and_fits_the_window() {
    let place = Place::new();
    for command in COMMANDS {
        let help = prints(&place, &[command, &["-h"]].concat());
        let own = help.split("Examples:").next().unwrap();
        assert!(!own.contains("--data-dir") && !help.contains("Settings:\n"), "{help}");
        assert!(help.replace('\n', " ").contains("are flags as well: see --help"), "{help}");
        let wide = own.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "of {command:?}");
        // An example is one line, to be copied.
        let examples = help.split("Examples:\n").nth(1).and_then(|rest| rest.split("\n\n").next());
        for line in examples.unwrap_or_default().lines() {
            assert!(line.starts_with("  orchestrator ") && line.len() <= 80, "{line:?} of {command:?}");
        }
    }
    insta::assert_snapshot!("help", prints(&place, &["-h"]));
    insta::assert_snapshot!("help_run", prints(&place, &["run", "-h"]));
    insta::assert_snapshot!("help_runs", prints(&place, &["runs", "-h"]));
    insta::assert_snapshot!("help_runs_list", prints(&place, &["runs", "list", "-h"]));
    insta::assert_snapshot!("help_agents", prints(&place, &["agents", "-h"]));
    insta::assert_snapshot!("help_workflows", prints(&place, &["workflows", "-h"]));
    insta::assert_snapshot!("help_projects", prints(&place, &["projects", "-h"]));
}

#[test]
fn long_help_has_the_settings_below_a_commands_own_options() {
    let place = Place::new();
    for command in COMMANDS {
        let help = prints(&place, &[command, &["--help"]].concat());
        let (own, settings) =
            help.split_once("\nSettings:\n").unwrap_or_else(|| panic!("{command:?}: {help}"));
        assert!(own.contains("Print help") && !own.contains("--data-dir"), "{own}");
        assert!(settings.contains("--data-dir") && settings.contains("--server"), "{settings}");
        assert!(!help.contains("see --help."), "{help}");
    }
}

#[test]
fn there_is_a_completion_script_for_every_shell() {
    let place = Place::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = prints(&place, &["completions", shell]);
        for word in ["runs", "agents", "set-prompt", "workflows", "models", "projects", "health", "follow"] {
            assert!(script.contains(word), "{word} for {shell}");
        }
        for word in ["bolt_standard", "quick_iteration", "debug", "cancelled", "planner"] {
            assert!(script.contains(word) || ["elvish", "powershell"].contains(&shell), "{word} for {shell}");
        }
    }
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_and_the_workflow() {
    let place = Place::new();
    let script = place.0.path().join("completion.bash");
    fs::write(&script, prints(&place, &["completions", "bash"])).unwrap();
    let completed = |words: &str| {
        let ask = format!(
            "source {}; COMP_WORDS=(orchestrator {words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _orchestrator orchestrator \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; \
             echo \"${{COMPREPLY[@]}}\"",
            script.display()
        );
        let output = Command::new("bash").args(["-c", &ask]).output().unwrap();
        text(&output.stdout).trim_end().to_owned()
    };
    assert_eq!(completed("run --workflow ''"), "bolt_standard quick_iteration debug");
    assert_eq!(completed("runs list --workflow q"), "quick_iteration");
    assert_eq!(completed("runs list --status ca"), "cancelled");
    assert_eq!(completed("agents set-p"), "set-prompt");
    assert_eq!(completed("workf"), "workflows workflow");
    for alias in ["project", "agent", "workflow", "model", "plugin"] {
        assert!(completed(&format!("{alias} --serv")).contains("--server"), "after {alias}");
    }
    assert_eq!((completed("workflow sh"), completed("tokens cr")), ("show".into(), "create".into()));
    assert_eq!(completed("token create ada --role ''"), "viewer runner admin");
    assert_eq!(completed("tokens create ada --role a"), "admin");
    assert_eq!(completed("projects export p --format ''"), "zip tar.gz");
}

#[test]
fn the_word_of_a_command_is_no_request_unless_it_is_meant() {
    let place = Place::new();
    insta::assert_snapshot!(refuses(&place, &["run", "list"]), @"orchestrator: 'list' says nothing of what to build; did you mean `orchestrator runs`? If not: orchestrator run -- list");
    assert!(refuses(&place, &["run", "status", "--project", "p"]).contains("`orchestrator runs`"));
    assert!(!place.data().join("journal.lock").exists(), "nothing was opened");
    let script =
        place.script("[[reply]]\nagent = 'planner'\nerror = { code = 'denied', message = 'not for you' }");
    let args = ["run", "--json", "--script", script.to_str().unwrap(), "--", "list"];
    let output = place.program(args).output().unwrap();
    assert!(text(&output.stdout).contains(r#""user_request":"list""#), "{output:?}");
}

#[test]
fn models_are_listed_with_contexts_and_prices() {
    let place = Place::new();
    let file = place.script(
        "[[openai.model]]\nid = 'mine:7b'\ncontext_tokens = 32_000\n[openai.aliases]\nsonnet = 'mine:7b'",
    );
    let args = ["models", "--model", "openai", "--models-file", file.to_str().unwrap()];
    let table = prints(&place, &args);
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    let mine = table.lines().find(|line| line.starts_with("mine:7b")).unwrap();
    assert!(mine.contains("sonnet") && mine.contains("32,000") && mine.ends_with("-"), "{mine}");
    let models: serde_json::Value =
        serde_json::from_str(&prints(&place, &["models", "--model", "anthropic", "--json"])).unwrap();
    let opus = models.as_array().unwrap().iter().find(|model| model["aliases"][0] == "opus").unwrap();
    assert!(opus["context_tokens"].as_u64() > Some(0) && opus["output_usd_per_million"].as_f64() > Some(0.0));
}

#[test]
fn a_complaint_names_a_setting_as_it_was_given() {
    let place = Place::new();
    let by_flag = refuses(&place, &["run", "hello", "--openai-base-url", "example.org"]);
    assert!(by_flag.contains("the address in --openai-base-url cannot be used"), "{by_flag}");
    let file = place.0.path().join("o.toml");
    fs::write(&file, "[model]\nopenai_base_url = 'example.org'\n").unwrap();
    let by_file = refuses(&place, &["run", "hello", "--config", file.to_str().unwrap()]);
    let named = format!("the address in model.openai_base_url in {} cannot be used", file.display());
    assert!(by_file.contains(&named), "{by_file}");
    let by_flag = refuses(&place, &["run", "hello", "--model-idle-timeout", "soon"]);
    assert!(by_flag.contains("--model-idle-timeout is 'soon'"), "{by_flag}");
    let mut by_variable = place.program(["run", "hello"]);
    let by_variable = by_variable.env("OPENAI_BASE_URL", "example.org").output().unwrap();
    assert!(text(&by_variable.stderr).contains("the address in OPENAI_BASE_URL cannot be used"));
}

#[test]
fn what_is_no_id_says_what_one_looks_like() {
    for args in [["audit", "--run", "123"], ["runs", "show", "123"]] {
        let output = Place::new().program(args).output().unwrap();
        let said = text(&output.stderr);
        assert!(said.contains("'123'") && said.contains("`orchestrator runs` lists them"), "{said}");
        assert_eq!(output.status.code(), Some(2));
    }
}

#[cfg(unix)]
#[test]
fn the_log_has_a_line_for_each_turn_of_a_run_and_none_for_probes() {
    let place = Place::new();
    let script = place.script(HOLD);
    let log = place.0.path().join("log");
    let program = place.program(["serve".as_ref(), "--script".as_ref(), script.as_os_str()]);
    let mut serve = Command::new("sh");
    serve.args(["-c", "exec \"$0\" \"$@\" 2>\"$LOG\""]).arg(program.get_program()).args(program.get_args());
    serve.env_clear().envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let server = Server::start({
        serve.env("LOG", &log);
        serve
    });
    let run = server.begin_run();
    server.get("/health");
    let mut head = String::new();
    server.send("HEAD", "/runs", &serde_json::Value::Null).read_to_string(&mut head).unwrap();
    assert!(head.contains(" 200 "), "{head}");
    let queued = serde_json::json!({"user_request": "more", "project_id": "p", "if_busy": "queue"});
    let mut second = server.send("POST", "/execute", &queued);
    let mut answer = [0; 12];
    second.read_exact(&mut answer).unwrap();
    let mut ended = String::new();
    let path = format!("/runs/{run}/cancel");
    server.send("POST", &path, &serde_json::Value::Null).read_to_string(&mut ended).unwrap();
    let log = fs::read_to_string(log).unwrap();
    let line = |what: &str| {
        let of_run = |line: &&str| line.contains(&format!("run_id={run}")) && line.contains(what);
        log.lines().find(of_run).unwrap_or_else(|| panic!("no '{what}' in {log}"))
    };
    let named = r#"project="p" workflow="bolt_standard" actor="local""#;
    assert!(line("run started").contains(named));
    let end = line("run ended");
    assert!(end.contains(named) && end.contains(r#"status="cancelled""#), "{end}");
    assert!(end.contains("duration_ms=") && end.contains("error=\"The run was cancelled"), "{end}");
    let waits = log.lines().find(|line| line.contains("run waits for its project")).unwrap();
    assert!(waits.contains(&format!("behind={run}")), "{waits}");
    assert!(log.contains("/execute"), "other requests are told: {log}");
    assert!(!log.contains("/health") && !log.contains("HEAD"), "{log}");
}

#[test]
fn a_run_here_is_in_the_log_when_that_is_asked_for() {
    let place = Place::new();
    let script =
        place.script("[[reply]]\nagent = 'planner'\nerror = { code = 'denied', message = 'not for you' }");
    let args = ["run", "a page", "--project", "p", "--log", "orchestrator_workflow=info", "--script"];
    let output = place.program(args).arg(script).output().unwrap();
    let log = text(&output.stderr);
    let lines: Vec<_> = log.lines().filter(|line| line.contains("run_id=")).collect();
    let [started, ended] = lines.as_slice() else { panic!("{log}") };
    assert!(started.contains("run started") && started.contains(r#"actor="cli""#), "{started}");
    assert!(ended.contains(r#"status="failed""#) && ended.contains("not for you"), "{ended}");
}

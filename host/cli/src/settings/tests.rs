use super::*;
use clap::{Args as _, Command, FromArgMatches as _};

fn flags(arguments: &[&str]) -> Flags {
    let command = Flags::augment_args(Command::new("test").no_binary_name(true));
    Flags::from_arg_matches(&command.try_get_matches_from(arguments).unwrap()).unwrap()
}

fn with_file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orchestrator.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path.to_str().unwrap().to_owned())
}

fn value(settings: &Settings, key: &str) -> (String, String) {
    let value = settings.get(key).unwrap();
    (value.text.clone(), value.source.to_string())
}

fn nothing(_: &str) -> Option<String> {
    None
}

fn some(name: &str) -> Option<String> {
    match name {
        "ORCHESTRATOR_LISTEN" => Some("127.0.0.1:2".into()),
        "ORCHESTRATOR_MAX_RUNS" => Some(" ".into()),
        "RUST_LOG" => Some("debug".into()),
        "XDG_CONFIG_HOME" => Some("/nonexistent".into()),
        _ => None,
    }
}

#[test]
fn a_flag_wins_over_a_variable_over_the_file_over_the_default() {
    let (_folder, path) = with_file("listen = '127.0.0.1:3'\nmax_runs = 7\nlog = 'trace'");
    let resolve =
        |arguments: &[&str], environment| Settings::resolve_with(&flags(arguments), environment).unwrap();
    let all = resolve(&["--listen", "127.0.0.1:1", "--config", &path], some);
    assert_eq!(value(&all, "listen"), ("127.0.0.1:1".into(), "--listen".into()));
    let variable = resolve(&["--config", &path], some);
    assert_eq!(value(&variable, "listen"), ("127.0.0.1:2".into(), "ORCHESTRATOR_LISTEN".into()));
    assert_eq!(value(&variable, "max_runs"), ("7".into(), path.clone()), "an empty variable is not set");
    assert_eq!(value(&variable, "log"), ("debug".into(), "RUST_LOG".into()));
    let none = resolve(&[], |name| (name == "XDG_CONFIG_HOME").then(|| "/nonexistent".to_owned()));
    assert_eq!(value(&none, "listen"), ("127.0.0.1:8000".into(), "default".into()));
}

#[test]
fn the_file_knows_tables_lists_and_paths_relative_to_itself() {
    let (folder, path) = with_file(
        "data_dir = 'data'\ncors_origins = ['http://a', 'http://b']\n[model]\nprovider = 'scripted'\nscript = '/s.toml'\n",
    );
    let settings = Settings::resolve_with(&flags(&["--config", &path]), nothing).unwrap();
    assert_eq!(settings.data_dir().unwrap(), folder.path().join("data"));
    assert_eq!(value(&settings, "model.script").0, "/s.toml");
    assert_eq!(settings.server(true).unwrap().origins.len(), 2);
    let config = settings.config().unwrap();
    assert_eq!(config.model.script.as_deref(), Some(std::path::Path::new("/s.toml")));
}

#[test]
fn mistakes_in_the_file_name_the_key() {
    let complaint = |text: &str| {
        let (folder, path) = with_file(text);
        let error = Settings::resolve_with(&flags(&["--config", &path]), nothing).unwrap_err();
        let known: Vec<_> = every_setting().map(|setting| setting.key).collect();
        error
            .to_string()
            .replace(folder.path().to_str().unwrap(), "DIR")
            .replace(&known.join(", "), "EVERY KEY")
    };
    insta::assert_snapshot!(complaint("[model]\nprovder = 'auto'"), @"the configuration file DIR/orchestrator.toml has an unknown key 'model.provder'; known: EVERY KEY");
    insta::assert_snapshot!(complaint("listen = 8000"), @"'listen' in the configuration file DIR/orchestrator.toml has to be a string");
    insta::assert_snapshot!(complaint("cors_origins = 'http://a'"), @"'cors_origins' in the configuration file DIR/orchestrator.toml has to be an array of strings");
    insta::assert_snapshot!(complaint("listen = "), @"
    the configuration file DIR/orchestrator.toml is not TOML: TOML parse error at line 1, column 10
      |
    1 | listen = 
      |          ^
    string values must be quoted, expected literal string
    ");
    insta::assert_snapshot!(complaint("model = 'auto'"), @"the configuration file DIR/orchestrator.toml has an unknown key 'model'; known: EVERY KEY");
    let missing = Settings::resolve_with(&flags(&["--config", "/nonexistent.toml"]), nothing);
    insta::assert_snapshot!(missing.unwrap_err(), @"the configuration file /nonexistent.toml cannot be read: No such file or directory (os error 2)");
}

#[test]
fn values_that_make_no_sense_say_where_they_were_set() {
    let complaint = |arguments: &[&str]| {
        let settings = Settings::resolve_with(&flags(arguments), nothing).unwrap();
        let first = settings.config().map(drop).map_err(|error| error.to_string());
        let second = settings.server(true).map(drop).map_err(|error| error.to_string());
        first.and(second).unwrap_err()
    };
    insta::assert_snapshot!(complaint(&["--data-dir", "x", "--max-runs", "0"]), @"the setting max_runs, '0' by --max-runs, cannot be used: give a whole number from 1 to 1000000");
    insta::assert_snapshot!(complaint(&["--data-dir", "x", "--plugin-memory-mib", "lots"]), @"the setting limits.plugin_memory_mib, 'lots' by --plugin-memory-mib, cannot be used: give a whole number from 16 to 4096");
    insta::assert_snapshot!(complaint(&["--data-dir", "x", "--cors-origin", "http://a", "--cors-origin", "localhost:3000"]), @"the setting cors_origins, 'localhost:3000' by --cors-origin, cannot be used: 'localhost:3000' is no origin: give scheme, host and port alone, such as http://localhost:3000, or '*' for any");
}

#[test]
fn the_defaults_shown_are_the_defaults_of_the_library() {
    let settings = Settings::resolve_with(&flags(&["--data-dir", "x"]), nothing).unwrap();
    let config = settings.config().unwrap();
    let library = orchestrator::Config::new("x", orchestrator::ModelConfig::default());
    assert_eq!(config.model, library.model);
    assert_eq!((config.limits.runs, &config.limits.sandbox), (library.limits.runs, &library.limits.sandbox));
    assert_eq!(config.limits.snapshots, library.limits.snapshots);
    let (server, library) = (settings.server(true).unwrap(), orchestrator_server::ServerConfig::default());
    assert_eq!((server.origins, server.import_max), (library.origins, library.import_max));
    assert_eq!(
        (server.requests_per_second, server.requests_at_once, server.streams_at_once, server.tls),
        (library.requests_per_second, library.requests_at_once, library.streams_at_once, library.tls)
    );
}

#[test]
fn a_certificate_and_its_key_come_together() {
    let tls = |arguments: &[&str]| {
        let settings = Settings::resolve_with(&flags(arguments), nothing).unwrap();
        settings.server(false).map(|server| server.tls.is_some()).map_err(|error| error.to_string())
    };
    assert_eq!(tls(&[]), Ok(false));
    assert_eq!(tls(&["--tls-cert", "c.pem", "--tls-key", "k.pem"]), Ok(true));
    insta::assert_snapshot!(tls(&["--tls-cert", "c.pem"]).unwrap_err(), @"the setting tls.cert, 'c.pem' by --tls-cert, cannot be used: its key is missing; give --tls-key as well");
    insta::assert_snapshot!(tls(&["--tls-key", "k.pem"]).unwrap_err(), @"the setting tls.key, 'k.pem' by --tls-key, cannot be used: its certificate is missing; give --tls-cert as well");
}

#[test]
fn a_server_that_others_reach_answers_to_any_name() {
    let settings = Settings::resolve_with(&flags(&["--allowed-host", "a.example"]), nothing).unwrap();
    assert_eq!(settings.server(true).unwrap().hosts, Some(vec!["a.example".to_owned()]));
    assert_eq!(settings.server(false).unwrap().hosts, None);
}

#[test]
fn every_setting_is_documented() {
    let page = include_str!("../../../../docs/configuration.md");
    for setting in every_setting() {
        assert!(
            page.contains(&format!("`{}`", setting.key)),
            "{} is not in docs/configuration.md",
            setting.key
        );
        assert!(page.contains(&format!("`--{}`", setting.flag)), "--{}", setting.flag);
        for variable in setting.variables {
            assert!(page.contains(&format!("`{variable}`")), "{variable}");
        }
    }
}

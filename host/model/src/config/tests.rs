use super::*;

fn config(variables: &[(&str, &str)]) -> Result<ModelConfig, ModelConfigError> {
    let value =
        |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    ModelConfig::from_env(value)
}

fn name_of(variables: &[(&str, &str)]) -> &'static str {
    provider(&config(variables).unwrap(), &Chance::seeded(1)).unwrap().name()
}

fn problem(variables: &[(&str, &str)]) -> String {
    match config(variables).map(|config| provider(&config, &Chance::seeded(1))) {
        Ok(Ok(provider)) => panic!("{} was made", provider.name()),
        Ok(Err(error)) | Err(error) => error.to_string(),
    }
}

#[test]
fn auto_takes_the_first_provider_whose_key_is_there() {
    assert_eq!(name_of(&[]), "scripted");
    assert_eq!(name_of(&[("OPENAI_API_KEY", "sk-o")]), "openai");
    assert_eq!(name_of(&[("OPENAI_API_KEY", "sk-o"), ("ANTHROPIC_API_KEY", "sk-a")]), "anthropic");
    assert_eq!(name_of(&[("ANTHROPIC_API_KEY", " "), ("OPENAI_API_KEY", "")]), "scripted");
}

#[test]
fn whoever_names_an_address_gets_no_script() {
    let local = ("OPENAI_BASE_URL", "http://localhost:11434/v1");
    assert_eq!(name_of(&[local]), "openai");
    assert_eq!(name_of(&[("ANTHROPIC_BASE_URL", "http://localhost:4000")]), "anthropic");
    assert_eq!(name_of(&[local, ("ANTHROPIC_API_KEY", "sk-a")]), "anthropic", "a key says more");
}

#[test]
fn a_chosen_provider_is_kept_whatever_keys_there_are() {
    assert_eq!(name_of(&[(KIND_VARIABLE, "scripted"), ("ANTHROPIC_API_KEY", "sk-a")]), "scripted");
    assert_eq!(
        name_of(&[(KIND_VARIABLE, "openai"), ("OPENAI_BASE_URL", "http://localhost:11434/v1")]),
        "openai"
    );
}

#[test]
fn every_mistake_names_its_variable_and_the_way_out() {
    insta::assert_snapshot!(problem(&[(KIND_VARIABLE, "gemini")]), @"model provider 'gemini' does not exist: set ORCHESTRATOR_MODEL_PROVIDER to auto, anthropic, openai or scripted");
    insta::assert_snapshot!(problem(&[(KIND_VARIABLE, "anthropic")]), @"model provider 'anthropic' needs a key: set ANTHROPIC_API_KEY, or set ORCHESTRATOR_MODEL_PROVIDER to scripted to replay a script");
    insta::assert_snapshot!(problem(&[(KIND_VARIABLE, "openai")]), @"model provider 'openai' needs a key: set OPENAI_API_KEY, or OPENAI_BASE_URL alone for a service that asks for none, or set ORCHESTRATOR_MODEL_PROVIDER to scripted to replay a script");
    insta::assert_snapshot!(problem(&[(IDLE_TIMEOUT_VARIABLE, "soon")]), @"ORCHESTRATOR_MODEL_IDLE_TIMEOUT is 'soon': give seconds from 1 to 3600, such as 90");
    insta::assert_snapshot!(problem(&[(EFFORT_VARIABLE, "planner=hard")]), @"ORCHESTRATOR_MODEL_EFFORT has 'planner=hard': there is no effort 'hard': give none, minimal, low, medium, high, xhigh or max; say one level for all agents, or agent=level, with commas between");
    assert!(problem(&[(FIRST_TOKEN_TIMEOUT_VARIABLE, "0")]).contains("FIRST_TOKEN_TIMEOUT is '0'"));
    for nonsense in ["0", "-1", "NaN", "inf", "1e9"] {
        assert!(problem(&[(IDLE_TIMEOUT_VARIABLE, nonsense)]).contains("1 to 3600"), "{nonsense}");
    }
    assert!(problem(&[(MODELS_FILE_VARIABLE, "/nowhere.toml")]).contains("/nowhere.toml"));
    assert!(problem(&[(SCRIPT_VARIABLE, "/nowhere.toml")]).contains("/nowhere.toml"));
}

#[test]
fn a_key_with_a_line_end_inside_is_refused_without_showing_it() {
    for (kind, variable) in [("anthropic", "ANTHROPIC_API_KEY"), ("openai", "OPENAI_API_KEY")] {
        let problem = problem(&[(KIND_VARIABLE, kind), (variable, "sk-secret\nx-evil: 1")]);
        assert!(problem.contains(variable) && !problem.contains("sk-secret"), "{problem}");
    }
}

#[test]
fn debug_output_shows_no_key() {
    let config = config(&[("ANTHROPIC_API_KEY", "sk-secret-a"), ("OPENAI_API_KEY", "sk-secret-o")]).unwrap();
    assert!(!format!("{config:?}").contains("sk-secret"));
}

#[test]
fn every_variable_is_read() {
    let config = config(&[
        (KIND_VARIABLE, "scripted"),
        (SCRIPT_VARIABLE, "s.toml"),
        (MODELS_FILE_VARIABLE, "m.toml"),
        (IDLE_TIMEOUT_VARIABLE, "2.5"),
        (FIRST_TOKEN_TIMEOUT_VARIABLE, "30"),
        (EFFORT_VARIABLE, "planner=high"),
        ("ANTHROPIC_BASE_URL", " http://a "),
        ("OPENAI_BASE_URL", "http://o"),
    ]);
    let expected = ModelConfig {
        kind: ProviderKind::Scripted,
        script: Some("s.toml".into()),
        models_file: Some("m.toml".into()),
        manner: Manner {
            waits: Waits { first: Duration::from_secs(30), gap: Duration::from_millis(2500) },
            efforts: Efforts::parse("planner=high").unwrap(),
            ..Manner::default()
        },
        anthropic: EndpointConfig {
            base_url: Some("http://a".into()),
            base_url_from: Some("ANTHROPIC_BASE_URL".into()),
            ..EndpointConfig::default()
        },
        openai: EndpointConfig {
            base_url: Some("http://o".into()),
            base_url_from: Some("OPENAI_BASE_URL".into()),
            ..EndpointConfig::default()
        },
    };
    assert_eq!(config.unwrap(), expected);
}

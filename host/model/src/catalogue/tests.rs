use super::*;

const OWN: &str = r#"
[openai.aliases]
haiku = "tiny"
sonnet = "qwen3:8b"

[[openai.model]]
id = "tiny"
max_output_tokens = 2000
temperature_max = 2.0
context_tokens = 8192

[[openai.model]]
id = "gpt-5.5"
thinking_tokens = 100_000
effort = "high"
"#;

fn own(text: &str) -> Result<Catalogue, CatalogueError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("models.toml");
    std::fs::write(&path, text).unwrap();
    Catalogue::load(Some(&path))
}

fn problem(text: &str) -> String {
    own(text).unwrap_err().problem
}

#[test]
fn the_built_in_file_has_every_alias_at_each_provider() {
    let catalogue = Catalogue::load(None).unwrap();
    for models in [&catalogue.anthropic, &catalogue.openai] {
        for alias in ["haiku", "sonnet", "opus"] {
            let row = models.resolve(alias).unwrap();
            assert!(row.listed && row.prices.is_some(), "{alias}");
        }
    }
}

#[test]
fn every_built_in_model_that_thinks_has_room_for_it() {
    let catalogue = Catalogue::load(None).unwrap();
    for row in catalogue.anthropic.rows().iter().chain(catalogue.openai.rows()) {
        let thinks = !row.efforts.is_empty();
        assert_eq!(thinks, row.thinking_tokens >= 32_000, "{}", row.id);
        assert!(row.token_limit(8192, 0).unwrap() <= row.max_output_tokens, "{}", row.id);
    }
}

#[test]
fn an_own_file_adds_to_what_is_known_and_what_it_says_counts() {
    let (built_in, own) = (Catalogue::load(None).unwrap(), own(OWN).unwrap());
    assert_eq!(own.anthropic, built_in.anthropic);
    let id = |name: &str| own.openai.resolve(name).unwrap().id.clone();
    assert_eq!((id("haiku"), id("sonnet")), ("tiny".into(), "qwen3:8b".into()));
    assert_eq!(id("opus"), built_in.openai.resolve("opus").unwrap().id, "an alias that it does not mention");
    let (before, after) =
        (built_in.openai.resolve("gpt-5.5").unwrap(), own.openai.resolve("gpt-5.5").unwrap());
    let expected =
        ModelRow { thinking_tokens: 100_000, effort: Some(Effort::High), ..before.clone().into_owned() };
    assert_eq!(*after, expected, "a row keeps what the own file does not mention");
    assert!(own.openai.resolve("gpt-5.4").unwrap().listed);
}

#[test]
fn a_value_of_nothing_takes_away_what_the_program_knows() {
    let off = "[[anthropic.model]]\nid = 'claude-haiku-4-5'\ntemperature_max = 0\ncontext_tokens = 0\nefforts = []\n";
    let row = own(off).unwrap().anthropic.resolve("claude-haiku-4-5").unwrap().into_owned();
    assert_eq!((row.temperature_max, row.context_tokens), (None, None));
    assert_eq!(row.max_output_tokens, 64_000);
}

#[test]
fn a_model_without_a_row_is_asked_with_what_none_rejects() {
    let catalogue = Catalogue::load(None).unwrap();
    let row = catalogue.openai.resolve("meta/llama-9").unwrap();
    assert_eq!((row.listed, row.temperature(Some(0.3)), row.effort(Some(Effort::High))), (false, None, None));
    assert_eq!(row.token_limit_parameter, TokenLimitParameter::None, "its own limit is not known");
    let row = catalogue.anthropic.resolve("claude-next-7").unwrap();
    assert_eq!(row.token_limit(8192, 0), Ok(32_000), "the format demands a limit");
    for no_id in ["", "two words", "a\nb", &"x".repeat(201)] {
        let unknown = catalogue.openai.resolve(no_id).unwrap_err();
        assert_eq!(unknown.valid[..3], ["haiku", "opus", "sonnet"]);
    }
}

#[test]
fn at_the_providers_own_address_a_mistyped_alias_is_found_before_anything_is_sent() {
    let catalogue = Catalogue::load(None).unwrap();
    let (claude, gpt) = (catalogue.anthropic, catalogue.openai);
    let accepts = |models: &Arc<Models>, own, name| Known::new(Arc::clone(models), own).resolve(name).is_ok();
    assert!(
        accepts(&claude, true, "claude-next-7") && accepts(&gpt, true, "o9") && accepts(&gpt, true, "opus")
    );
    assert!(!accepts(&claude, true, "sonet") && !accepts(&claude, true, "gpt-6-astra"));
    assert!(!accepts(&gpt, true, "sonet") && !accepts(&gpt, true, "meta/llama-9"));
    assert!(accepts(&gpt, false, "mistral") && accepts(&gpt, false, "meta/llama-9"));
}

#[test]
fn mistakes_in_a_file_are_named_with_their_place() {
    assert!(problem("[openai").contains("line 1"));
    assert!(problem(&OWN.replace("max_output_tokens", "max_output_token")).contains("max_output_token"));
    insta::assert_snapshot!(problem(&OWN.replace("2000", "0")), @"[[openai.model]] 'tiny': max_output_tokens is 0; give at least 1, or leave it out");
    insta::assert_snapshot!(problem(&OWN.replace("id = \"tiny\"", "id = \"gpt-5.5\"")), @"[[openai.model]] 'gpt-5.5': the id is there twice; keep one row");
    insta::assert_snapshot!(problem(&OWN.replace("qwen3:8b", "qwen 3")), @"[openai.aliases] sonnet: 'qwen 3' is no model's id");
    insta::assert_snapshot!(problem(&OWN.replace("= 2.0", "= -1.0")), @"[[openai.model]] 'tiny': temperature_max must be 0 to 2; 0 when it takes none");
    assert!(problem(&OWN.replace("\"high\"", "\"hard\"")).contains("hard"));
    let missing = Catalogue::load(Some(Path::new("/nowhere/models.toml"))).unwrap_err();
    assert!(
        missing.to_string().starts_with("models file '/nowhere/models.toml': it cannot be read: "),
        "{missing}"
    );
}

use super::*;

const OWN: &str = r#"
[openai.aliases]
haiku = "tiny"
sonnet = "big"
opus = "big"

[[openai.model]]
id = "tiny"
max_output_tokens = 2000
temperature_max = 2.0

[[openai.model]]
id = "big"
max_output_tokens = 8000
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
        for alias in ALIASES {
            let id = &models.resolve(alias).unwrap().id;
            assert_eq!(&models.resolve(id).unwrap().id, id);
        }
    }
}

#[test]
fn an_unknown_model_lists_aliases_and_ids() {
    let unknown = own(OWN).unwrap().openai.resolve("huge").unwrap_err();
    assert_eq!(unknown.valid, ["haiku", "opus", "sonnet", "tiny", "big"]);
    assert_eq!((&*unknown.provider, &*unknown.model), ("openai", "huge"));
}

#[test]
fn an_own_file_replaces_the_sections_that_it_mentions_and_no_others() {
    let (built_in, own) = (Catalogue::load(None).unwrap(), own(OWN).unwrap());
    assert_eq!(own.anthropic, built_in.anthropic);
    assert_eq!(own.openai.resolve("haiku").unwrap().id, "tiny");
    assert!(own.openai.resolve("gpt-5.5").is_err());
}

#[test]
fn a_row_lowers_what_the_model_cannot_do_and_drops_what_it_rejects() {
    let models = own(OWN).unwrap().openai;
    let (tiny, big) = (models.resolve("tiny").unwrap(), models.resolve("big").unwrap());
    assert_eq!(
        (tiny.temperature(Some(0.7)), big.temperature(Some(0.7)), tiny.temperature(None)),
        (Some(0.7), None, None)
    );
    assert_eq!((tiny.token_limit(4096), big.token_limit(4096)), (2000, 4096));
    let claude = Catalogue::load(None).unwrap().anthropic;
    assert_eq!(claude.resolve("claude-haiku-4-5").unwrap().temperature(Some(1.7)), Some(1.0));
}

#[test]
fn mistakes_in_a_file_are_named_with_their_place() {
    assert!(problem("[openai").contains("line 1"));
    assert!(
        problem(&OWN.replace("max_output_tokens = 8000", "max_output_token = 8000"))
            .contains("max_output_token")
    );
    insta::assert_snapshot!(problem(&OWN.replace("8000", "0")), @"[[openai.model]] 'big': max_output_tokens is 0; give at least 1");
    insta::assert_snapshot!(problem(&OWN.replace("\"tiny\"", "\"big\"")), @"[[openai.model]] 'big': the id is there twice; keep one row");
    insta::assert_snapshot!(problem(&OWN.replace("opus = \"big\"", "opus = \"huge\"")), @"[openai.aliases] opus: there is no [[openai.model]] with id 'huge'");
    insta::assert_snapshot!(problem(&OWN.replace("opus = \"big\"", "")), @"[openai.aliases]: 'opus' is missing; say which model it stands for");
    insta::assert_snapshot!(problem(&OWN.replace("= 2.0", "= -1.0")), @"[[openai.model]] 'tiny': temperature_max must be above 0 and at most 2; leave it out when it takes none");
    let missing = Catalogue::load(Some(Path::new("/nowhere/models.toml"))).unwrap_err();
    assert!(
        missing.to_string().starts_with("models file '/nowhere/models.toml': it cannot be read: "),
        "{missing}"
    );
}

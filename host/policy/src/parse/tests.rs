use super::*;
use proptest::prelude::*;

fn problems(text: &str) -> String {
    parse(text, "policy.toml").expect_err("it has mistakes").to_string()
}

#[test]
fn every_mistake_is_told_at_once_with_its_line_and_the_nearest_key() {
    let text = r#"version = 2
[default]
permissions = ["model"]
[plugin.writer]
permission = ["write-files"]
network = []
[plugin.tester]
permissions = ["comand", "read_files", 7]
programs = ["npm te*t", "@tst", "{any}"]
network = ["npm", "*.example.org:443"]
[plugin.tester.limits]
memory = 512
cpu = "1year"
wall = "5ms"
handels = 3
[program.test]
exe = "npm"
argv = ["test"]
[program.none]
args = []
"#;
    insta::assert_snapshot!(problems(text));
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let message = problems("version = 1\n\n[plugin.writer\n");
    assert!(message.starts_with("policy.toml:3: it is not TOML"), "{message}");
}

#[test]
fn a_file_without_a_version_is_refused() {
    assert_eq!(problems(""), "policy.toml:1: it has no version; begin it with: version = 1");
}

#[test]
fn a_named_program_may_have_words_with_blanks() {
    let text = "version = 1\n[plugin.a]\nprograms = [\"@x\"]\n[program.x]\nexe = \"x\"\nargs = [\"a b\", \"{path}*\"]\n";
    let document = parse(text, "p").expect("it is right");
    let programs = &document.plugins["a"].programs.as_ref().expect("it has some").value;
    let argv = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    assert!(programs[0].accepts(&argv(&["x", "a b", "c"])));
    assert!(!programs[0].accepts(&argv(&["x", "a", "b", "c"])));
}

#[test]
fn a_file_made_to_be_large_is_refused() {
    assert!(problems(&"#\n".repeat(SIZE_MAX)).contains("at most 1048576 are read"));
}

proptest! {
    #[test]
    fn no_text_panics(text: String) {
        let _ = parse(&text, "p");
    }

    #[test]
    fn no_key_that_is_not_known_passes(key in "[a-z_]{1,12}", table in 0_usize..4) {
        let (head, known): (_, &[&str]) = match table {
            0 => ("", &TOP),
            1 => ("[defaults]\n", &RULES),
            2 => ("[plugin.x]\n", &RULES),
            _ => ("[program.x]\nexe = \"x\"\n", &PROGRAM),
        };
        prop_assume!(!known.contains(&key.as_str()));
        let text = format!("version = 1\n{head}{key} = 1\n");
        let message = problems(&text);
        let expected = format!("has no key '{key}'");
        prop_assert!(message.contains(&expected), "{}", message);
    }
}

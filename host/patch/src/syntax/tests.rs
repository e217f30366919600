//! What is told of a file that breaks, and what is not judged.

use super::*;
use proptest::prelude::*;

fn told(path: &str, before: &str, after: &str) -> Option<String> {
    breaks(path, before.as_bytes(), after.as_bytes()).map(|broken| broken.to_string())
}

#[test]
fn a_broken_file_is_told_with_the_parsers_words_and_the_lines_that_would_be_there() {
    assert_eq!(
        told("data/p.json", "{\n  \"a\": 1\n}\n", "{\n  \"a\": 1\n  \"b\": 2\n}\n").as_deref(),
        Some(
            "the file was valid JSON before and would not be afterwards: expected `,` or `}` at line 3 column 3 \
             (line 2 would be `  \"a\": 1`, line 3 would be `  \"b\": 2`)"
        )
    );
    let toml = told("Cargo.toml", "[a]\nb = 1\n", "[a]\nb = \"1\nc = 2\n").expect("broken");
    assert!(toml.contains("valid TOML before") && toml.contains("at line 2 column "), "{toml}");
    let yaml = told("ci.yml", "a:\n  b: 1\n", "a:\n  b: 1\n c: 2\n").expect("broken");
    assert!(yaml.contains("valid YAML before") && yaml.contains("at line 3 column "), "{yaml}");
}

#[test]
fn every_way_to_break_a_file_is_seen_in_every_kind_of_file() {
    let cases = [
        ("package-lock.json", "{\"a\": [1, 2]}", "{\"a\": [1, 2}"),
        ("plot.IPYNB", "{\"a\": [\"x\\n\",\n\"y\"]}", "{\"a\": [\"x\\n\"\n\"y\"]}"),
        ("site.webmanifest", "{}", ""),
        ("package.json", "{\"a\": 1}", "{\"a\": 1} // one"),
        ("package.json", "{\"a\": 1}", "{\"a\": 1,}"),
        ("tsconfig.json", "{\"a\": 1, // one\n}", "{\"a\": 1 // one\n\"b\": 2}"),
        (".vscode/settings.json", "{}", "{\"a\" 1}"),
        ("Cargo.lock", "a = 1\n", "a = 1\na = 2\n"),
        ("pyproject.toml", "[a]\n", "[a\n"),
        ("docker-compose.yaml", "a: [1, 2]\n", "a: [1, 2\nb: 3\n"),
        ("x.yml", "a: b\n", "a: b: c\n"),
        ("x.yml", "a:\n  b: c\n", "a:\n\tb: c\n"),
        (".github/workflows/ci.yml", "a: ${{ x }}\n", "a: ${{ x }}\n b: 1\n"),
        ("marked.json", "\u{feff}{}", "\u{feff}{"),
    ];
    for (path, before, after) in cases {
        assert!(told(path, before, after).is_some(), "{path}: {after}");
        assert_eq!(told(path, after, before), None, "{path} is mended");
    }
    assert!(
        breaks("a.json", b"{}", b"\"\xff\"").is_some_and(|broken| broken.to_string().contains("not UTF-8"))
    );
}

#[test]
fn what_stays_sound_or_was_not_or_is_another_language_is_not_judged() {
    let cases = [
        ("a.json", "{\"a\": 1}", "{\"a\": 2}"),
        ("a.json", "{\"a\": 1 1}", "{\"a\": 1,,}"),
        ("tsconfig.build.json", "{\"a\": 1}", "{\n// why\n\"a\": 1, /* or\n not */ \"b\": \"//\",\n}"),
        (".eslintrc.json", "{}", "{ // why\n}"),
        ("a.jsonc", "{}", "{\"a\": [1,],}"),
        ("a.json5", "{}", "{a: 'b'}"),
        ("a.jsonl", "{}", "{}\n{}"),
        ("a.js", "{}", "{"),
        ("json", "{}", "{"),
        ("x.yaml", "a: 1\n", "---\na: 1\n---\nb: !Ref x\nc: !Sub [y, {z: 1}]\n"),
        ("x.yaml", "a: &x {b: 1}\n", "a: &x {b: 1}\nc: *x\nd: |\n  e: f: g\n"),
        ("x.yaml", "\u{feff}a: 1\r\n", "\u{feff}a: 1\r\nb: 2\r\n"),
        ("templates/x.yaml", "a: {{ .Values.x }}\n", "a: {{ .Values.x }}-{{ .Values.y }}\n"),
        ("templates/x.yaml", "a: 1\n", "{{- if .x }}\na: 1\n{{- end }}\n"),
        ("templates/x.yaml", "a: 1\n", "{% if x %}\na: 1\n{% endif %}\n"),
        ("x.toml", "a = 1\n", "a = 1\nb = [\n  2, # two\n]\n"),
    ];
    for (path, before, after) in cases {
        assert_eq!(told(path, before, after), None, "{path}: {after}");
    }
    let deep = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    for path in ["a.json", "a.yaml"] {
        assert_eq!(told(path, &deep(100), &deep(50_000)), None, "{path}");
    }
    let toml = |levels| format!("a = {}", deep(levels));
    assert_eq!(told("a.toml", &toml(20), &toml(50_000)), None);
    let key = |levels| format!("{}a = 1", "a.".repeat(levels));
    assert_eq!(told("a.toml", &key(20), &key(50_000)), None);
    let large = "[1]".to_owned() + &" ".repeat(CHECKED_MAX);
    assert_eq!(told("a.json", &large, "["), None);
}

#[test]
fn a_key_that_comes_twice_is_told() {
    let cases = [
        ("a.json", "{\"a\": 1}", "{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}}"),
        ("a.json", "{\"a\": 1}", "{\"a\": 1, \"\\u0061\": 2}"),
        ("a.json", "{\"a\": [{}]}", "{\"x\": [{\"a\": \"}\", \"a\": []}]}"),
        ("tsconfig.json", "{}", "{\"a\": 1, // \"b\"\n\"a\": 2,}"),
        ("a.toml", "a = 1\n", "a = 1\n\"a\" = 2\n"),
        ("a.yaml", "a: 1\n", "a: 1\nb: 2\na: 3\n"),
        ("a.yaml", "a: 1\n", "a: 1\n\"a\": 3\n"),
        ("a.yaml", "a: 1\n", "- x: {b: [1, {c: d}], b: 2}\n"),
        ("a.yaml", "a: 1\n", "a: 1\n---\nk: &x\n  y: 1\n  y: 2\n"),
    ];
    for (path, before, after) in cases {
        assert!(told(path, before, after).is_some(), "{path}: {after}");
        assert_eq!(told(path, after, after), None, "it had one before: {after}");
    }
    assert_eq!(
        told("a.json", "{\n  \"a\": 1\n}", "{\n  \"a\": 1,\n  \"a\": 2\n}").as_deref(),
        Some(
            "the file had every key once before and would not afterwards: the key \"a\" is there twice at line 3 column 3 \
             (line 2 would be `  \"a\": 1,`, line 3 would be `  \"a\": 2`)"
        )
    );
    for (path, before, after) in [
        ("a.json", "{}", "{\"a\": {\"a\": [{\"a\": \"a\"}, {\"a\": \"a\"}]}, \"b\": \"a\"}"),
        ("a.json", "{}", "[\"a\", \"a\", {\"a\": [\"a\", \"a\"]}]"),
        ("a.yaml", "a: 1\n", "a: {a: a, b: [a, a]}\nb: a\n---\na: 2\n"),
        ("a.yaml", "a: 1\n", "1: a\n'1': b\n? [x, y]\n: z\n? [x, y]\n: z\n"),
        ("a.yaml", "a: &x {b: 1}\n", "a: &x {b: 1}\nc:\n  <<: *x\n  <<: *x\n  b: *x\n"),
    ] {
        assert_eq!(told(path, before, after), None, "{path}: {after}");
    }
}

#[test]
fn a_file_that_had_comments_is_judged_as_one_that_may_have_them() {
    let before = "{\n  // why\n  \"a\": 1,\n}\n";
    for path in ["settings.json", "data/x.json", "renovate.json"] {
        let said = told(path, before, "{\n  // why\n  \"a\": 1\n  \"b\": 2\n}\n").expect("broken");
        assert!(said.contains("valid JSON (with comments) before"), "{path}: {said}");
        assert!(told(path, before, "{\"a\": 1, \"a\": 2}").is_some(), "{path}");
        assert_eq!(told(path, before, "{\n  // why not\n  \"a\": 2,\n}\n"), None, "{path}");
        assert_eq!(told(path, before, "{\"a\": 1}"), None, "{path}");
    }
    let one = "{ // why\n\"a\": 1,\n}";
    for path in [
        "cspell.json",
        "pyrightconfig.json",
        ".babelrc",
        "nx.json",
        ".oxlintrc.json",
        "x/wrangler.jsonc",
        "apps/tsconfig.app.json",
    ] {
        assert_eq!(told(path, "{}", one), None, "{path}");
    }
    assert!(told("package.json", "{}", one).is_some());
}

proptest! {
    #[test]
    fn blanking_comments_keeps_every_character_in_its_place(text in r#"[a"\\/*,\]}é \n]{0,60}"#) {
        let blanked = comments::blanked(&text);
        prop_assert_eq!(blanked.lines().count(), text.lines().count());
        prop_assert!(blanked.len() == text.len(), "{:?}", blanked);
    }

    #[test]
    fn no_bytes_make_it_panic(before in any::<Vec<u8>>(), after in "[\\[{}\\]:,\"'#|>&*! \n\ta-c=.-]{0,60}") {
        for path in ["a.json", "tsconfig.json", "a.toml", "a.yaml"] {
            let _ = breaks(path, &before, after.as_bytes());
            let _ = breaks(path, after.as_bytes(), &before);
            let _ = breaks(path, if path == "a.toml" { b"" } else { b"{}" }, after.as_bytes());
        }
    }
}

use super::*;
use proptest::prelude::*;

fn argv(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

fn accepts(pattern: &str, line: &str) -> bool {
    Pattern::parse(pattern).unwrap().accepts(&argv(line))
}

#[test]
fn words_are_compared_one_by_one() {
    assert!(accepts("npm test", "npm test"));
    assert!(!accepts("npm test", "npm test --prefix=/"));
    assert!(!accepts("npm test", "npm"));
    assert!(!accepts("npm test", "/tmp/npm test"));
    assert!(
        !Pattern::parse("npm test").unwrap().accepts(&["npm test".to_owned()]),
        "an argument with a blank is one"
    );
    assert!(!Pattern::parse("npm test").unwrap().accepts(&[]));
}

#[test]
fn what_may_come_often_or_be_missing() {
    assert!(accepts("node {flag}* {path}", "node --test --watch src/a.js"));
    assert!(accepts("node {flag}* {path}", "node src/a.js"));
    assert!(!accepts("node {flag}* {path}", "node src/a.js src/b.js"));
    assert!(!accepts("pip install {package}+", "pip install"));
    assert!(accepts("pip install {package}+", "pip install pytest>=8 rich"));
    assert!(accepts("npm run {build|lint} {flag}?", "npm run lint"));
    assert!(!accepts("npm run {build|lint} {flag}?", "npm run deploy"));
}

#[test]
fn escape_by_argument_is_refused() {
    for argument in
        ["/etc/passwd", "../x", "a/../../x", "-e", "--eval=1", "", "http://x", "@/etc/x", "a\nb", "a;b"]
    {
        assert!(!Takes::Path.accepts(argument), "{argument:?} is no path");
    }
    for argument in ["--output=/etc/x", "--output=../x", "-", "--", "-=x", "x", "--x=$(id)", "--x=a\nb"] {
        assert!(!Takes::Flag.accepts(argument), "{argument:?} is no flag");
    }
    for argument in
        ["git+https://x/y", "file:../x", "https://x/y", "../x", "./x", "-r", "a/b", "@a", "x@file:/y", "x y"]
    {
        assert!(!Takes::Package.accepts(argument), "{argument:?} is no package");
    }
    for argument in ["left-pad", "@types/node", "react@^19.0.0", "@types/node@20.x", "pytest>=8,<9", "a==1"] {
        assert!(Takes::Package.accepts(argument), "{argument:?} is a package");
    }
}

#[test]
fn patterns_that_say_more_than_they_mean_are_refused() {
    for pattern in [
        "",
        "  ",
        "npm te*t",
        "* test",
        "{any} x",
        "{npm|node}* x",
        "npm {test",
        "npm {nothing}",
        "npm {a||b}",
        "npm te?t",
    ] {
        assert!(Pattern::parse(pattern).is_err(), "{pattern:?}");
    }
    let error = Pattern::parse("npm {pth}").unwrap_err().to_string();
    assert!(error.contains("there is no type 'pth'; there are any, flag, path"), "{error}");
}

#[test]
fn a_pattern_made_to_be_slow_is_not() {
    let pattern = format!("x {}", ["{any}*"; 60].join(" "));
    let line = format!("x {} /", ["a"; 255].join(" "));
    assert!(accepts(&pattern, &line));
    assert!(!accepts(&format!("{pattern} never"), &line));
}

proptest! {
    /// Patterns of literals accept exactly themselves, so no argument list that differs in any way is let through.
    #[test]
    fn literals_accept_nothing_else(
        words in prop::collection::vec("[a-z]{1,4}", 1..6),
        given in prop::collection::vec("[a-z ]{0,4}", 0..6),
    ) {
        let pattern = Pattern::of_words(words.iter().map(String::as_str)).unwrap();
        prop_assert!(pattern.accepts(&words));
        prop_assert_eq!(pattern.accepts(&given), given == words);
    }

    /// An accepted list has, beyond the literals, only arguments of the type.
    #[test]
    fn repeated_types_let_nothing_else_through(given in prop::collection::vec("[-a-z./=@0-9 ]{0,6}", 0..6)) {
        let pattern = Pattern::parse("npm {path}*").unwrap();
        let line: Vec<_> = std::iter::once("npm".to_owned()).chain(given.clone()).collect();
        prop_assert_eq!(pattern.accepts(&line), given.iter().all(|argument| is_path(argument)));
    }

    #[test]
    fn an_accepted_path_stays_in_the_project(path: String) {
        if is_path(&path) {
            prop_assert!(!path.starts_with('/') && !path.split('/').any(|part| part == ".."));
        }
    }

    #[test]
    fn no_text_panics(text: String, argv: Vec<String>) {
        if let Ok(pattern) = Pattern::parse(&text) {
            let _ = pattern.accepts(&argv);
        }
    }
}

use super::*;
use std::path::{Component, Path};

#[test]
fn ordinary_paths_pass() {
    for path in [
        "a",
        "src/App.tsx",
        ".env",
        ".github/workflows/ci.yml",
        "app/[id]/page.tsx",
        "Übung/π.md",
        "com.rs",
        "COM10",
    ] {
        assert_eq!(RelativePath::parse(path).map(|p| p.to_string()), Ok(path.to_owned()));
    }
    assert_eq!(RelativePath::parse("./src/a.js").map(|p| p.to_string()), Ok("src/a.js".into()));
}

#[test]
fn zip_slip_absolute_drive_and_device_paths_are_refused() {
    let refused = [
        ("", PathError::Empty),
        ("./", PathError::Empty),
        ("../secret", PathError::Parent),
        ("a/../../secret", PathError::Parent),
        ("/etc/passwd", PathError::Absolute),
        (".//etc/passwd", PathError::Absolute),
        ("//server/share", PathError::Absolute),
        ("C:/Windows", PathError::Character(':')),
        ("..\\secret", PathError::Character('\\')),
        ("a.txt::$DATA", PathError::Character(':')),
        ("a\0.js", PathError::Character('\0')),
        ("a\nb", PathError::Character('\n')),
        ("a//b", PathError::EmptyComponent),
        ("a/./b", PathError::EmptyComponent),
        ("a/", PathError::EmptyComponent),
        (".", PathError::EmptyComponent),
        (".git./config", PathError::Edge(".git.".into())),
        ("a /b", PathError::Edge("a ".into())),
        ("src/nul.js", PathError::Reserved("nul".into())),
        ("Com1", PathError::Reserved("Com1".into())),
        ("com\u{b9}.txt", PathError::Reserved("com\u{b9}".into())),
        ("conin$", PathError::Reserved("conin$".into())),
    ];
    for (path, error) in refused {
        assert_eq!(RelativePath::parse(path), Err(error), "{path:?}");
    }
    assert_eq!(RelativePath::parse(&"x/".repeat(600)), Err(PathError::TooLong(1200)));
    assert_eq!(RelativePath::parse(&["x"; 65].join("/")), Err(PathError::TooDeep(65)));
    assert!(matches!(RelativePath::parse(&"x".repeat(256)), Err(PathError::ComponentTooLong(_))));
}

#[test]
fn names_that_systems_take_for_one_fold_alike() {
    for (one, other) in [
        ("App.js", "app.js"),
        ("\u{e9}", "e\u{301}"),
        ("stra\u{df}e", "STRASSE"),
        ("\u{fb01}", "fi"),
        ("\u{212a}", "k"),
        ("\u{3c3}", "\u{3c2}"),
    ] {
        assert_eq!(folded(one), folded(other), "{one} {other}");
    }
    assert_ne!(folded("e"), folded("\u{e9}"));
}

proptest::proptest! {
    #[test]
    fn what_is_plain_breaks_no_rule(text in r"([a-cA-F_.-]{0,4}|con|NUL|lpt1|com1\.x|aux\.)(/([a-cnu_.-]{0,4}|con|prn|\.\.|x{250,258})){0,4}|(x/){60,66}x") {
        if is_plain(&text) {
            proptest::prop_assert!(text.split('/').all(|component| check_component(component).is_ok()), "{text}");
            proptest::prop_assert!(text.split('/').count() <= DEPTH_MAX && text.len() <= PATH_MAX);
        }
    }

    #[test]
    fn an_accepted_path_never_leaves_its_folder(text in r"[a-zA-Z./\\:\x00 ~é]{0,40}|\PC{0,40}") {
        if let Ok(path) = RelativePath::parse(&text) {
            for component in Path::new(path.as_str()).components() {
                proptest::prop_assert!(matches!(component, Component::Normal(_)), "{:?}", path);
            }
            proptest::prop_assert_eq!(RelativePath::parse(path.as_str()), Ok(path));
        }
    }
}

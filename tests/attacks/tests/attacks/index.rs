//! The table of attacks and the tests are about the same things.

use orchestrator_attacks::index::{Control, PARTS, Shown, entries, page};
use std::{collections::BTreeSet, env, fs, path::Path, process::Command};

/// The names of the tests of this program, without their modules.
fn tests() -> BTreeSet<String> {
    let program = env::current_exe().expect("a program knows where it is");
    let listed = Command::new(program).arg("--list").output().expect("it lists its tests");
    let listed = String::from_utf8(listed.stdout).expect("names are text");
    let names = listed.lines().filter_map(|line| line.strip_suffix(": test"));
    names.map(|name| name.rsplit("::").next().unwrap_or(name).to_owned()).collect()
}

/// The id that a test is named after: `f1_…` is of F1.
fn id_of(test: &str) -> Option<String> {
    let (id, _) = test.split_once('_')?;
    let mut letters = id.chars();
    let known = letters.next().is_some_and(|letter| "fcnhw".contains(letter));
    (known && !letters.as_str().is_empty() && letters.all(|it| it.is_ascii_digit()))
        .then(|| id.to_uppercase())
}

#[test]
fn every_attack_of_the_list_has_its_line() {
    for (letter, count, _, entries) in PARTS {
        let wanted: Vec<_> = (1..=count).map(|number| format!("{letter}{number}")).collect();
        let there: Vec<_> = entries.iter().map(|entry| entry.id.to_owned()).collect();
        assert_eq!(there, wanted);
    }
}

#[test]
fn every_test_of_the_table_is_there_and_every_test_is_in_the_table() {
    let tests = tests();
    let mut told = BTreeSet::new();
    for entry in entries() {
        let Shown::By(names, control) = entry.shown else { continue };
        assert!(!names.is_empty(), "{} has no test", entry.id);
        let control = if let Control::Test(name) = control { Some(name) } else { None };
        for name in names.iter().copied().chain(control) {
            assert!(tests.contains(name), "{}: there is no test '{name}'", entry.id);
            told.insert(name.to_owned());
        }
        let own = names.iter().all(|name| id_of(name).as_deref() == Some(entry.id));
        assert!(own, "tests of {} are named after it: {names:?}", entry.id);
    }
    let untold: Vec<_> = tests.iter().filter(|test| id_of(test).is_some() && !told.contains(*test)).collect();
    assert!(untold.is_empty(), "not in the table: {untold:?}");
}

#[test]
fn most_attacks_are_made() {
    let made = entries().filter(|entry| !matches!(entry.shown, Shown::LeftOut(_))).count();
    println!("{made} of {} attacks are made", entries().count());
    assert!(made * 20 > entries().count() * 19, "what is left out is the exception");
}

#[test]
fn tests_and_controls_elsewhere_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let is_there = |id: &str, path: &str| {
        let (file, test) = path.split_once("::").unwrap_or_else(|| panic!("{id}: no test in {path}"));
        let text = fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(text.contains(&format!("fn {test}(")), "{id}: {file} has no test '{test}'");
    };
    for entry in entries() {
        let (paths, control) = match entry.shown {
            Shown::By(_, control) => (&[][..], control),
            Shown::Elsewhere(paths, control) => (paths, control),
            Shown::LeftOut(_) => continue,
        };
        paths.iter().for_each(|path| is_there(entry.id, path));
        if let Control::Elsewhere(path) = control {
            is_there(entry.id, path);
        }
    }
}

/// Renew with `ORCHESTRATOR_RENEW=1 cargo nextest run --workspace -E 'test(the_page_is_up_to_date)'`.
#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/attacks.md");
    if env::var_os("ORCHESTRATOR_RENEW").is_some() {
        fs::write(&path, page()).expect("the page can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/attacks.md is not what the table says; set ORCHESTRATOR_RENEW=1 to renew it"
    );
}

use super::*;
use proptest::prelude::*;

fn asked(permissions: &[Permission]) -> Permissions {
    permissions.iter().copied().collect()
}

const ALL: [Permission; 4] = Permission::ALL;

fn subject<'a>(name: &'a str, built_in: bool) -> Subject<'a> {
    Subject { name, built_in, asked: asked(&ALL), granted: Permissions::default(), programs: &[] }
}

#[test]
fn a_new_plugin_gets_the_model_and_reads_files() {
    let decision = Policy::built_in().unwrap().decide(&subject("haiku", false));
    assert_eq!(decision.permissions, asked(&[Permission::Model, Permission::ReadFiles]));
    assert_eq!(
        decision.waiting().map(|waiting| waiting.permissions),
        Some(vec![Permission::Command, Permission::WriteFiles])
    );
    assert_eq!(decision.network.value, Network::None);
}

#[test]
fn only_runner_and_tester_start_programs_and_planner_and_analyzer_cannot_write() {
    let policy = Policy::built_in().unwrap();
    for name in ["planner", "writer", "runner", "tester", "fixer", "analyzer", "documenter", "enhancer"] {
        let permissions = policy.decide(&subject(name, true)).permissions;
        assert_eq!(permissions.command, ["runner", "tester"].contains(&name), "{name}");
        assert!(!(permissions.write_files && ["planner", "analyzer"].contains(&name)), "{name}");
    }
}

#[test]
fn swapped_wasm_does_not_inherit_what_the_program_grants_its_own() {
    let policy = Policy::built_in().unwrap();
    assert!(policy.decide(&subject("writer", true)).permissions.write_files);
    assert!(!policy.decide(&subject("writer", false)).permissions.write_files);
}

#[test]
fn built_in_plugins_start_builders_and_no_shells() {
    let programs = Policy::built_in().unwrap().decide(&subject("runner", true)).programs;
    let argv = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for line in ["npm test", "node --test", ".venv/bin/python -m pytest", "cargo test", "go test ./..."] {
        programs.check(&argv(line)).unwrap();
    }
    for line in ["sh -c id", "bash", "git push", "curl http://x", "/usr/bin/node x", "./node", "env node"] {
        assert!(programs.check(&argv(line)).is_err(), "{line}");
    }
}

#[test]
fn a_line_of_the_file_replaces_and_settles() {
    let text =
        "version = 1\n[plugin.haiku]\npermissions = [\"write-files\"]\n[plugin.writer]\npermissions = []\n";
    let policy = Policy::parse(text, "policy.toml").unwrap();
    let haiku = policy.decide(&subject("haiku", false));
    assert_eq!(
        (haiku.permissions, haiku.from.as_str()),
        (asked(&[Permission::ReadFiles, Permission::WriteFiles]), "policy.toml:3")
    );
    let granted = Subject { granted: asked(&ALL), ..subject("writer", true) };
    let writer = policy.decide(&granted);
    assert_eq!(writer.permissions, Permissions::default(), "a request does not undo a line of the file");
    assert!(writer.settled_by_file && writer.waiting().is_some_and(|waiting| !waiting.grantable));
}

#[test]
fn a_grant_over_the_api_adds_to_the_defaults() {
    let programs = [Pattern::parse("npm test").unwrap()];
    let granted =
        Subject { granted: asked(&[Permission::Command]), programs: &programs, ..subject("haiku", false) };
    let decision = Policy::built_in().unwrap().decide(&granted);
    assert!(decision.permissions.command && !decision.permissions.write_files);
    assert!(decision.from.ends_with("and a grant over the API"), "{}", decision.from);
    decision.programs.check(&["npm".into(), "test".into()]).unwrap();
}

#[test]
fn a_denial_shows_the_line_and_names_the_grant() {
    let decision = Policy::built_in().unwrap().decide(&subject("haiku", false));
    insta::assert_snapshot!(decision.grant(Permission::WriteFiles).check().unwrap_err().message);
    let modest = Subject { asked: asked(&[Permission::Model]), ..subject("haiku", false) };
    insta::assert_snapshot!(
        Policy::built_in().unwrap().decide(&modest).grant(Permission::Command).check().unwrap_err().message
    );
}

#[test]
fn the_line_that_a_denial_shows_grants() {
    let waiting = Policy::built_in().unwrap().decide(&subject("haiku", false)).waiting().unwrap();
    let policy = Policy::parse(&format!("version = 1\n{}\n", waiting.policy), "policy.toml").unwrap();
    assert_eq!(policy.decide(&subject("haiku", false)).waiting(), None);
}

#[test]
fn limits_are_taken_key_by_key_from_the_nearest() {
    let text =
        "version = 1\n[defaults.limits]\nmemory = \"64MiB\"\ncpu = \"5s\"\n[plugin.a.limits]\ncpu = \"1s\"\n";
    let limits = Policy::parse(text, "p").unwrap().decide(&subject("a", false)).limits;
    assert_eq!((limits.memory, limits.cpu), (Some(64 << 20), Some(Duration::from_secs(1))));
    assert_eq!(limits.events_per_second, Some(10_000));
}

#[test]
fn what_is_shown_names_every_place() {
    let text = "version = 1\n[plugin.writer.limits]\nmemory = \"64MiB\"\n[quarantine]\nstrikes = 5\n";
    let policy = Policy::parse(text, "policy.toml").unwrap();
    assert_eq!(policy.quarantine().strikes, 5);
    let rows = policy.rows();
    let shown: Vec<_> =
        rows.iter().map(|row| format!("{} {} = {} ({})", row.of, row.key, row.value, row.from)).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn another_file_is_another_digest() {
    let of = |text| Policy::parse(text, "p").unwrap().digest().to_owned();
    assert_ne!(of("version = 1"), of("version = 1\n"));
    assert_ne!(of("version = 1"), Policy::built_in().unwrap().digest());
}

proptest! {
    /// Nobody gets what they did not ask for, and nobody gets what neither policy nor request grants.
    #[test]
    fn a_grant_needs_both_sides(asks: [bool; 4], grants: [bool; 4], lines: Option<[bool; 4]>, built_in: bool) {
        let pick = |flags: [bool; 4]| {
            let names: Vec<_> = ALL.iter().zip(flags).filter_map(|(name, on)| on.then_some(*name)).collect();
            (asked(&names), names)
        };
        let text = lines.map_or("version = 1".to_owned(), |lines| {
            let names: Vec<_> = pick(lines).1.into_iter().map(Permission::as_str).collect();
            format!("version = 1\n[plugin.writer]\npermissions = {names:?}\n")
        });
        let policy = Policy::parse(&text, "p").unwrap();
        let subject = Subject {
            name: "writer", built_in, asked: pick(asks).0, granted: pick(grants).0, programs: &[],
        };
        let base = if built_in { asked(&[Permission::Model, Permission::ReadFiles, Permission::WriteFiles]) } else { asked(&[Permission::Model, Permission::ReadFiles]) };
        let given = lines.map_or_else(|| base.union(pick(grants).0), |lines| pick(lines).0);
        prop_assert_eq!(policy.decide(&subject).permissions, pick(asks).0.intersection(given));
    }
}

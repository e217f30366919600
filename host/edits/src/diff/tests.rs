//! What holds for every diff. Single cases are folders in `tests/cases`.

use super::*;
use crate::testing::Project;
use proptest::prelude::*;

fn content_of(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn path(text: &str) -> RelativePath {
    RelativePath::parse(text).expect("a good path")
}

/// Spoils every number in a diff's hunk headers.
fn with_wrong_numbers(diff: &str) -> String {
    diff.lines()
        .map(|line| if line.starts_with("@@") { "@@ -7,1 +9,4 @@\n".into() } else { format!("{line}\n") })
        .collect()
}

#[test]
fn a_file_of_equal_lines_and_a_hunk_of_them_take_no_time() {
    let project = Project::new(&[("f", &"x\n".repeat(200_000))]);
    let hunk = " x\n".repeat(100_000);
    let diff = format!("--- a/f\n+++ b/f\n@@\n{hunk}-y\n+z\n");
    let DiffOutcome::Refused(refused) = apply_diff(&project.workspace, &diff).expect("a sound disk") else {
        panic!("a line that is not there was found");
    };
    assert!(refused[0].reason.contains("expected \"y\""), "{refused:?}");
}

#[test]
fn a_diff_over_the_limits_is_refused() {
    let project = Project::new(&[]);
    let hunks = "@@\n-a\n+b\n".repeat(HUNKS_MAX + 1);
    for diff in ["x".repeat(DIFF_MAX + 1), format!("--- a/f\n+++ b/f\n{hunks}")] {
        let outcome = apply_diff(&project.workspace, &diff).expect("a sound disk");
        let DiffOutcome::Refused(refused) = outcome else { panic!("it was applied") };
        assert!(refused[0].reason.ends_with("send it in parts"), "{refused:?}");
    }
}

#[test]
fn a_symlink_that_leads_out_is_not_followed() {
    let project = Project::new(&[]);
    std::os::unix::fs::symlink("/etc/hostname", project.workspace.folder().join("f")).expect("a link");
    let diff = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n";
    let outcome = apply_diff(&project.workspace, diff).expect("a sound disk");
    let DiffOutcome::Refused(refused) = outcome else { panic!("it was applied") };
    assert!(refused[0].reason.contains("leads out of the project"), "{refused:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_leaves_the_files_alone_or_changes_them_without_a_panic(
        parts in prop::collection::vec(prop_oneof![
            Just("--- a/f\n+++ b/f\n"), Just("--- /dev/null\n+++ b/g\n"), Just("diff --git a/f b/f\n"), Just("@@ -1 +1 @@\n"),
            Just("@@\n"), Just(" a\n"), Just("-b\n"), Just("+c\n"), Just("\n"), Just("```\n"), Just("\\ No newline\n"),
            Just("rename from f\nrename to h\n"), Just("deleted file mode 1\n"), Just("é"),
        ], 0..20)
    ) {
        let project = Project::new(&[("f", "a\nb\n")]);
        let outcome = apply_diff(&project.workspace, &parts.concat()).expect("a sound disk");
        if matches!(outcome, DiffOutcome::Refused(_)) {
            prop_assert_eq!(project.content("f"), Some("a\nb\n".to_owned()));
            prop_assert_eq!(project.files(), ["f"]);
        }
    }

    #[test]
    fn a_true_diff_leads_to_the_new_file_whatever_its_numbers_say(
        old in prop::collection::vec("[a-z -]{0,6}", 0..30).prop_map(|lines| {
            // Lines that differ, so that every hunk has one place.
            lines.into_iter().enumerate().map(|(at, line)| format!("{line}{at}")).collect::<Vec<_>>()
        }),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3, "[a-z+-]{1,6}"), 1..6),
    ) {
        let mut new = old.clone();
        for (at, what, line) in edits {
            let at = at.index(new.len() + 1);
            match what {
                0 => new.insert(at, line),
                1 if at < new.len() => drop(new.remove(at)),
                _ if at < new.len() => new[at] = line,
                _ => new.push(line),
            }
        }
        let (old, new) = (content_of(&old), content_of(&new));
        prop_assume!(old != new);
        let diff = diffy::create_patch(&old, &new).to_string();
        let diff = diff.replacen("--- original\n+++ modified\n", "--- a/f\n+++ b/f\n", 1);
        let answer = format!("Here:\n```diff\n{}```\n", with_wrong_numbers(&diff));
        let project = Project::new(&[("f", old.as_str())]);
        let outcome = apply_diff(&project.workspace, &answer).expect("a sound disk");
        prop_assert!(matches!(outcome, DiffOutcome::Applied(_)), "{:?}\n{}", outcome, answer);
        prop_assert_eq!(project.content("f"), Some(new));
        prop_assert!(project.workspace.exists(&path("f")).expect("an answer"));
    }
}

//! What holds for every patch. Single cases are folders in `cases`.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

use orchestrator_core::RelativePath;
use orchestrator_patch::{HunkOutcome, MemoryFiles, Options, apply, make, perform};
use proptest::prelude::*;

fn path(text: &str) -> RelativePath {
    RelativePath::parse(text).expect("a good path")
}

fn one_file(content: &[u8]) -> MemoryFiles {
    MemoryFiles::from([(path("f"), content.to_vec())])
}

/// Lines that differ, so that every hunk has one place.
fn distinct() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-z ]{0,6}", 0..40)
        .prop_map(|lines| lines.into_iter().enumerate().map(|(at, line)| format!("{line}{at:03}")).collect())
}

/// Inputs that would take minutes, or longer, if any part of the engine took the product of two lengths. That they come to
/// an end is the test; how long they take is measured by `make bench`.
#[test]
fn quadratic_blowup_inputs_come_to_an_end() {
    let equal = "abcdef\n".repeat(200_000);
    let header = "--- a/f\n+++ b/f\n";
    let patches = [
        format!("{header}@@\n{}-y\n+z\n", " x\n".repeat(100_000)),
        format!("{header}@@\n{}-alpha beta\n+z\n", " abcdef\n".repeat(400)),
        format!("{header}@@ -1,999999 +1,999999 @@\n{}", "--- a\n+++ b\n\n".repeat(90_000)),
        format!("```\n{header}@@\n{}```\n", "abcdef\n".repeat(150_000)),
        format!("diff --git {}\n", "a b/".repeat(250_000)),
        "<<<<<<< SEARCH\n=======\n".repeat(45_000),
        format!("{header}@@\n {}\n-c\n+d\n", "xz ".repeat(300_000)),
        format!("{header}{}", "@@\n abcdef\n-y\n+z\n".repeat(1001)),
    ];
    for patch in patches {
        let Ok(outcome) = apply(patch.as_bytes(), &one_file(equal.as_bytes()), &Options::default());
        assert!(!outcome.report.is_applied(), "{:.200}", patch);
    }
}

type Edits = Vec<(prop::sample::Index, u8, String)>;

fn edits() -> impl Strategy<Value = Edits> {
    prop::collection::vec((any::<prop::sample::Index>(), 0..3_u8, "[A-Z+-]{4,8}"), 1..6)
}

fn edited(old: &[String], edits: Edits) -> Vec<String> {
    let mut new = old.to_vec();
    for (at, what, line) in edits {
        let at = at.index(new.len() + 1);
        match what {
            0 => new.insert(at, line),
            1 if at < new.len() => drop(new.remove(at)),
            _ if at < new.len() => new[at] = line,
            _ => new.push(line),
        }
    }
    new
}

fn text(lines: &[String], end: &str) -> Vec<u8> {
    lines.iter().map(|line| format!("{line}{end}")).collect::<String>().into_bytes()
}

/// Spoils every number in a diff's hunk headers.
fn with_wrong_numbers(diff: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(diff);
    let line = |line: &str| {
        if line.starts_with("@@") { "@@ -700,1 +900,4 @@\n".into() } else { format!("{line}\n") }
    };
    text.split_terminator('\n').map(line).collect::<String>().into_bytes()
}

/// A diff whose hunks have at most as many lines of context at their ends, and headers that say so.
fn with_context(diff: &str, most_above: usize, most_below: usize) -> String {
    let (head, hunks) = diff.split_at(diff.find("@@").expect("a hunk"));
    let mut found = head.to_owned();
    for hunk in hunks.split("@@ -").skip(1) {
        let lines: Vec<&str> = hunk.split_inclusive('\n').skip(1).collect();
        let is_context = |line: &&&str| line.starts_with(' ');
        let (above, below) =
            (lines.iter().take_while(is_context).count(), lines.iter().rev().take_while(is_context).count());
        let left_out = above.saturating_sub(most_above);
        let lines = &lines[left_out..lines.len() - below.saturating_sub(most_below)];
        let start: usize =
            hunk.split([',', ' ']).next().and_then(|start| start.parse().ok()).expect("a number");
        let count = |without: char| lines.iter().filter(|line| !line.starts_with(without)).count();
        found += &format!(
            "@@ -{0},{1} +{0},{2} @@\n{3}",
            start + left_out,
            count('+'),
            count('-'),
            lines.concat()
        );
    }
    found
}

/// Bytes that make trouble for whoever reads lines.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let lines = prop::collection::vec(
        prop_oneof![
            Just(&b"a\n"[..]),
            Just(&b"b\n"[..]),
            Just(&b"a\r\n"[..]),
            Just(&b"\r"[..]),
            Just(&b"\n"[..]),
            Just(&b"\xff"[..]),
            Just(&b"- c\n"[..]),
            Just(&b"@@\n"[..]),
            Just(&b"  d"[..])
        ],
        0..16,
    );
    // A byte order mark is one at the beginning only; elsewhere it is a character that nobody writes.
    (any::<bool>(), lines).prop_map(|(marked, lines)| {
        let mark: &[u8] = if marked { b"\xef\xbb\xbf" } else { b"" };
        [mark.to_vec(), lines.concat()].concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_diff_that_was_made_leads_from_one_content_to_the_other(old in bytes(), new in bytes()) {
        let diff = make(&path("f"), Some(&old), Some(&new));
        prop_assume!(!diff.is_empty());
        let mut files = one_file(&old);
        let Ok(outcome) = apply(&diff, &files, &Options::default());
        // Of equal lines a diff cannot always tell which are meant; then it has to be refused.
        prop_assume!(outcome.report.is_applied());
        perform(&mut files, outcome.edits);
        prop_assert_eq!(files, one_file(&new), "{}\n{}", String::from_utf8_lossy(&diff), outcome.report);
    }

    #[test]
    fn a_true_diff_of_distinct_lines_is_applied_whatever_its_numbers_say(
        old in distinct(), edits in edits(), end in prop_oneof![Just("\n"), Just("\r\n")], wrong in any::<bool>(),
    ) {
        let new = edited(&old, edits);
        let (old, new) = (text(&old, end), text(&new, end));
        prop_assume!(old != new);
        let mut diff = make(&path("f"), Some(&old), Some(&new));
        if wrong {
            diff = [b"Here:\n```diff\n".to_vec(), with_wrong_numbers(&diff), b"```\n".to_vec()].concat();
        }
        let mut files = one_file(&old);
        let Ok(outcome) = apply(&diff, &files, &Options::default());
        prop_assert!(outcome.report.is_applied(), "{}\n{}", outcome.report, String::from_utf8_lossy(&diff));
        perform(&mut files, outcome.edits);
        prop_assert_eq!(&files, &one_file(&new));
    }

    #[test]
    fn a_diff_that_is_cut_off_is_refused_or_leads_to_the_same(
        old in distinct(), edits in edits(), at in any::<prop::sample::Index>(), above in 0..4_usize, below in 1..4_usize,
    ) {
        let new = text(&edited(&old, edits), "\n");
        let old = text(&old, "\n");
        prop_assume!(old != new);
        let diff = String::from_utf8(make(&path("f"), Some(&old), Some(&new))).expect("text makes text");
        let diff = with_context(&diff, above, below);
        let lines: Vec<&str> = diff.split_inclusive('\n').collect();
        let kept = 4 + at.index(lines.len() - 3);
        // Nobody can tell where a patch ends that stops between two hunks.
        prop_assume!(lines.get(kept).is_some_and(|next| !next.starts_with("@@")) && !lines[kept - 1].starts_with("@@"));
        let Ok(outcome) = apply(lines[..kept].concat().as_bytes(), &one_file(&old), &Options::default());
        prop_assert!(!outcome.report.is_applied(), "{}\n{}", outcome.report, lines[..kept].concat());
    }

    #[test]
    fn a_diff_that_is_sent_twice_is_applied_once(old in distinct(), at in any::<prop::sample::Index>(), line in "[A-Z]{4,8}") {
        let mut new = old.clone();
        new.insert(at.index(old.len() + 1), line);
        let (old, new) = (text(&old, "\n"), text(&new, "\n"));
        let diff = make(&path("f"), Some(&old), Some(&new));
        let Ok(again) = apply(&diff, &one_file(&new), &Options::default());
        prop_assert!(again.report.is_applied() && again.edits.is_empty(), "{}\n{}", again.report, String::from_utf8_lossy(&diff));
        let hunks = &again.report.files[0].hunks;
        let already = |hunk: &orchestrator_patch::HunkReport| matches!(hunk.outcome, HunkOutcome::AlreadyApplied { .. });
        prop_assert!(hunks.iter().all(already));
    }

    #[test]
    fn a_line_that_was_replaced_before_is_not_replaced_again(old in distinct(), at in any::<prop::sample::Index>(), line in "[A-Z]{1,5}") {
        prop_assume!(!old.is_empty());
        let mut new = old.clone();
        new[at.index(old.len())] = line;
        let (old, new) = (text(&old, "\n"), text(&new, "\n"));
        let diff = make(&path("f"), Some(&old), Some(&new));
        let Ok(again) = apply(&diff, &one_file(&new), &Options::default());
        prop_assert!(again.report.is_applied() && again.edits.is_empty(), "{}\n{}", again.report, String::from_utf8_lossy(&diff));
    }

    #[test]
    fn any_text_is_applied_or_refused_and_what_is_refused_changes_nothing(
        parts in prop::collection::vec(prop_oneof![
            Just("--- a/f\n+++ b/f\n"), Just("--- /dev/null\n+++ b/g\n"), Just("diff --git a/f b/f\n"), Just("@@ -1 +1 @@\n"),
            Just("@@\n"), Just(" a\n"), Just("-b\n"), Just("+c\n"), Just("\n"), Just("```\n"), Just("\\ No newline\n"),
            Just("rename from f\nrename to h\n"), Just("deleted file mode 1\n"), Just("é"), Just("<<<<<<< SEARCH\n"),
            Just("=======\n"), Just(">>>>>>> REPLACE\n"), Just("f\n"), Just("-- \n2.1\n"), Just("   a\n"), Just("b\n"),
        ], 0..24),
    ) {
        let files = MemoryFiles::from([(path("f"), b"a\nb\n\n  a\nb".to_vec())]);
        let Ok(outcome) = apply(parts.concat().as_bytes(), &files, &Options::default());
        prop_assert!(outcome.report.is_applied() || outcome.edits.is_empty());
        prop_assert!(!outcome.report.text().is_empty());
    }

    #[test]
    fn any_bytes_are_taken_without_a_panic(patch in prop::collection::vec(any::<u8>(), 0..200), base in prop::collection::vec(any::<u8>(), 0..60)) {
        let Ok(outcome) = apply(&[b"--- a/f\n+++ b/f\n@@\n".to_vec(), patch].concat(), &one_file(&base), &Options::default());
        prop_assert!(outcome.report.is_applied() || outcome.edits.is_empty());
    }
}

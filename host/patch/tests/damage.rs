//! Diffs from this project's own history, injured in every way that models are known to injure them, and applied to
//! the files as they were. What is applied must come to what the commit came to; anything else is the one result that
//! is not allowed. What is refused costs a round with the model, so it is counted too. The table is in
//! `docs/patching.md`; `cargo test -p orchestrator-patch --test damage -- --nocapture` prints it.
//!
//! Without a history (an archive of the sources, a shallow copy) there is nothing to injure: the test says so and ends.

#![allow(clippy::expect_used, reason = "the helpers of a test may fail loudly, like the test")]

#[path = "damage/fixed.rs"]
mod fixed;
#[path = "damage/history.rs"]
mod history;
#[path = "damage/injuries.rs"]
mod injuries;

use history::Sample;
use orchestrator_patch::{MemoryFiles, Options, apply, perform};

/// Most diffs that are injured; every so many of the history, so that the same are taken each time.
const SAMPLES: usize = 150;
/// A history that is cut off shows less than this.
const ENOUGH: usize = 5;

#[derive(Default)]
struct Count {
    applied: usize,
    refused: usize,
    wrong: Vec<String>,
}

#[test]
fn no_injury_leads_to_a_wrong_file() {
    let mut samples = history::samples(SAMPLES);
    if samples.len() < ENOUGH {
        eprintln!("left out: there is no history to take diffs from ({} found)", samples.len());
        return;
    }
    samples.push(fixed::sample());
    println!("{:<52} {:>8} {:>8} {:>8}", "injury", "applied", "refused", "WRONG");
    let mut wrong = Vec::new();
    for injury in injuries::ALL {
        let mut count = Count::default();
        for sample in &samples {
            if let Some(diff) = (injury.injure)(sample) {
                judge(sample, &diff, injury, &mut count);
            }
        }
        println!("{:<52} {:>8} {:>8} {:>8}", injury.name, count.applied, count.refused, count.wrong.len());
        assert!(count.applied + count.refused > 0, "nothing could be injured by {}", injury.name);
        if injury.must_be_refused {
            assert_eq!(count.applied, 0, "{} was applied", injury.name);
        }
        wrong.extend(count.wrong);
    }
    assert!(wrong.is_empty(), "{} are wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

fn judge(sample: &Sample, diff: &str, injury: &injuries::Injury, count: &mut Count) {
    let mut files = MemoryFiles::from([(sample.path.clone(), (injury.file)(&sample.old).into_bytes())]);
    let options = Options { target: Some(sample.path.clone()), ..Options::default() };
    let Ok(outcome) = apply(diff.as_bytes(), &files, &options);
    if !outcome.report.is_applied() {
        count.refused += 1;
        return;
    }
    perform(&mut files, outcome.edits);
    let expected = (injury.file)(&sample.new);
    if files.get(&sample.path).map(Vec::as_slice) == Some(expected.as_bytes()) {
        count.applied += 1;
    } else {
        let found = files
            .get(&sample.path)
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .unwrap_or_default();
        let difference =
            orchestrator_patch::make(&sample.path, Some(expected.as_bytes()), Some(found.as_bytes()));
        let difference = String::from_utf8_lossy(&difference).into_owned();
        count.wrong.push(format!(
            "{} on {} of {}:\n{diff}\n{}\nthe result is off by\n{difference}",
            injury.name, sample.path, sample.commit, outcome.report
        ));
    }
}

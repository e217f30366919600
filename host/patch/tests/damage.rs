//! Diffs from this project's own history, injured in every way that models are known to injure them, and applied to
//! the files as they were. What is applied must come to what the commit came to; anything else is the one result that
//! is not allowed. What is refused costs a round with the model, so it is counted too. The table is in
//! `docs/patching-figures.md`; `cargo test -p orchestrator-patch --test damage -- --nocapture` prints it.
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
/// Most that a second file is added to, which is done in some two hundred ways.
const SAMPLES_OF_NAMES: usize = 12;
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
    samples.extend(fixed::samples());
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

/// As above, for a second file that is named in one way or another. Whatever the way, its hunks go there or nowhere.
#[test]
fn no_way_to_name_a_file_leads_to_another() {
    let mut samples = history::samples(SAMPLES_OF_NAMES);
    samples.extend(fixed::samples());
    let injury = injuries::Injury { second: true, ..injuries::ALL[0] };
    let (mut wrong, mut total) = (Vec::new(), Count::default());
    for form in injuries::FORMS {
        let mut count = Count::default();
        for (sample, frame) in samples.iter().flat_map(|sample| injuries::FRAMES.map(|frame| (sample, frame)))
        {
            judge(sample, &injuries::named(sample, form, frame), &injury, &mut count);
        }
        println!(
            "{:<72} {:>8} {:>8} {:>8}",
            form.replace('\n', " "),
            count.applied,
            count.refused,
            count.wrong.len()
        );
        total.applied += count.applied;
        total.refused += count.refused;
        wrong.extend(count.wrong);
    }
    println!("{:<72} {:>8} {:>8} {:>8}", "in all", total.applied, total.refused, wrong.len());
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n\n{}",
        wrong.len(),
        wrong.iter().take(5).cloned().collect::<String>()
    );
    assert!(
        total.applied > total.refused * 4,
        "{} refused of {}",
        total.refused,
        total.applied + total.refused
    );
}

fn judge(sample: &Sample, diff: &str, injury: &injuries::Injury, count: &mut Count) {
    let (first, second) = (sample.path.clone(), injuries::second_path());
    let files_of = |content: &str, other: &str| {
        let content = (injury.file)(content).into_bytes();
        MemoryFiles::from([(first.clone(), content), (second.clone(), other.to_owned().into_bytes())])
    };
    let mut files = files_of(&sample.old, &sample.old);
    let options = Options { target: Some(sample.path.clone()), ..Options::default() };
    let Ok(outcome) = apply(diff.as_bytes(), &files, &options);
    if !outcome.report.is_applied() {
        count.refused += 1;
        return;
    }
    perform(&mut files, outcome.edits);
    let expected = files_of(&sample.new, if injury.second { &sample.new } else { &sample.old });
    if files == expected {
        count.applied += 1;
    } else {
        let of = |files: &MemoryFiles, path| files.get(path).cloned().unwrap_or_default();
        let difference = [&first, &second].map(|path| {
            let made = orchestrator_patch::make(path, Some(&of(&expected, path)), Some(&of(&files, path)));
            String::from_utf8_lossy(&made).into_owned()
        });
        let difference = difference.concat() + &format!("{:?}", files.keys());
        count.wrong.push(format!(
            "{} on {} of {}:\n{diff}\n{}\nthe result is off by\n{difference}",
            injury.name, sample.path, sample.commit, outcome.report
        ));
    }
}

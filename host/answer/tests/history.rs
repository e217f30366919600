//! Hardly a change that was meant is taken for an omission: files of the history of the checkout that this test is built from,
//! as they were and as the commit left them. A sample of the changes; all of them with `ORCHESTRATOR_EVERY_CHANGE` set.

use orchestrator_answer::omission;
use std::process::Command;

/// Changes that are looked at.
const SAMPLE: usize = 200;
/// Of so many changes one may be taken for an omission. Over the whole history it is one in some hundreds
/// (`docs/patching-figures.md`), but which ones a sample has is chance.
const ALARM_IN: usize = 50;

#[test]
fn hardly_a_change_of_the_history_leaves_something_out() {
    let log =
        git(&["log", "--no-merges", "--no-renames", "--diff-filter=M", "--raw", "--no-abbrev", "--format="]);
    let mut seen = 0;
    let mut alarms = Vec::new();
    let log = log.unwrap_or_default();
    let changes: Vec<&str> = log.lines().filter_map(|line| line.strip_prefix(':')).collect();
    let each = match std::env::var_os("ORCHESTRATOR_EVERY_CHANGE") {
        Some(_) => 1,
        None => changes.len().div_ceil(SAMPLE).max(1),
    };
    for raw in changes.iter().step_by(each) {
        let Some((about, path)) = raw.split_once('\t') else { continue };
        let mut blobs = about.split_whitespace().skip(2).map_while(|blob| git(&["cat-file", "blob", blob]));
        let (Some(old), Some(new)) = (blobs.next(), blobs.next()) else { continue };
        seen += 1;
        if let Some(found) = omission::find(path, &old, &new) {
            alarms.push(format!("{about} {path}: {found}"));
        }
    }
    println!("{} alarms in {seen} changes", alarms.len());
    assert!(alarms.len() * ALARM_IN <= seen.max(ALARM_IN), "{}", alarms.join("\n"));
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(env!("CARGO_MANIFEST_DIR")).args(args).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}

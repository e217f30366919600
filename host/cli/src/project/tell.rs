//! What `orchestrator projects` prints.

use crate::{clean::clean, error::CliError, output, units};
use orchestrator::{Cause, GuessedNames, Imported, ProjectFile, ProjectSummary, Snapshot, event::Moment};

/// What is said in place of lists that hold nothing.
pub(super) const NO_PROJECTS: &str = "There is no project yet; `orchestrator run \"Build …\"` makes one, and `orchestrator projects import` brings one in";
pub(super) const NO_FILES: &str = "There are no files";
pub(super) const NO_SNAPSHOTS: &str = "There is no snapshot yet; each step of a run takes one";

/// How a file was changed, as a mark in front of its path.
fn mark(change: &orchestrator::FileChange) -> &'static str {
    match change.operation {
        orchestrator::FileChangeKind::Create => "+",
        orchestrator::FileChangeKind::Modify => "~",
        orchestrator::FileChangeKind::Delete => "-",
        orchestrator::FileChangeKind::Rename => ">",
    }
}

pub(super) fn changes(changes: &[orchestrator::FileChange]) -> Result<(), CliError> {
    if changes.is_empty() {
        return output::line("Nothing changed: the files are the same");
    }
    changes.iter().try_for_each(|change| output::line(&format!("{} {}", mark(change), clean(&change.path))))
}

/// What did not come in with an import or did not go, or came in under a name that is a conclusion.
pub(crate) fn left_out(imported: &Imported, say: impl Fn(&str)) {
    for left in &imported.skipped {
        say(&format!("{} was left out: {}", clean(&left.name), clean(&left.reason)));
    }
    if let more @ 1.. = imported.skipped_total.saturating_sub(imported.skipped.len()) {
        say(&format!("{more} more were left out"));
    }
    for kept in &imported.kept {
        say(&format!("{} was kept: {}", clean(&kept.name), clean(&kept.reason)));
    }
    if let more @ 1.. = imported.kept_total.saturating_sub(imported.kept.len()) {
        say(&format!("{more} more were kept"));
    }
    let Some(guessed) = &imported.guessed_names else { return };
    let doubt = doubt(guessed);
    for path in &guessed.paths {
        say(&format!("{} is not UTF-8 in the archive: read as {}{doubt}", clean(path), guessed.encoding));
    }
    if let more @ 1.. = guessed.total.saturating_sub(guessed.paths.len()) {
        say(&format!("{more} more names were read as {}{doubt}", guessed.encoding));
    }
}

fn doubt(guessed: &GuessedNames) -> String {
    match (guessed.doubtful, guessed.others.as_slice()) {
        (false, _) => String::new(),
        (true, []) => ", which is doubtful: look at the name".to_owned(),
        (true, others) => {
            format!(", which is doubtful: it may be {} as well, and another name", others.join(" or "))
        }
    }
}

pub(super) fn projects(projects: &[ProjectSummary]) -> Vec<[String; 4]> {
    let head = ["PROJECT", "FILES", "SIZE", "LAST RUN"].map(str::to_owned);
    let row = |project: &ProjectSummary| {
        let run = project.last_run.map_or_else(|| "-".to_owned(), |run| run.to_string());
        [project.project_id.to_string(), project.files.to_string(), units::size(project.bytes), run]
    };
    std::iter::once(head).chain(projects.iter().map(row)).collect()
}

pub(super) fn files(files: &[ProjectFile]) -> Vec<[String; 3]> {
    let head = ["PATH", "SIZE", "SHA-256"].map(str::to_owned);
    let row = |file: &ProjectFile| {
        [
            clean(file.path.as_str()),
            units::size(file.size),
            file.sha256.get(..12).unwrap_or_default().to_owned(),
        ]
    };
    std::iter::once(head).chain(files.iter().map(row)).collect()
}

pub(super) fn snapshots(snapshots: &[Snapshot]) -> Vec<[String; 5]> {
    let head = ["SNAPSHOT", "TIME", "FILES", "SIZE", "TAKEN"].map(str::to_owned);
    let row = |snapshot: &Snapshot| {
        let id = snapshot.id.get(..12).unwrap_or(&snapshot.id).to_owned();
        let time = units::moment(snapshot.time);
        [id, time, snapshot.files.to_string(), units::size(snapshot.bytes), cause(&snapshot.cause)]
    };
    std::iter::once(head).chain(snapshots.iter().map(row)).collect()
}

fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Step { step, attempt, moment, .. } => {
            let side = if *moment == Moment::Before { "before" } else { "after" };
            let again = if *attempt > 1 { format!(", attempt {attempt}") } else { String::new() };
            format!("{side} '{}'{again}", clean(step))
        }
        Cause::RunEnded { run_id } => format!("at the end of run {run_id}"),
        Cause::BeforeRestore => "before a restore".to_owned(),
        Cause::Restored { from } => format!("after restoring {:.12}", clean(from)),
        Cause::BeforeImport => "before an import".to_owned(),
        Cause::Imported => "after an import".to_owned(),
        Cause::BeforeChange => "before a change".to_owned(),
        Cause::Changed { path } => format!("after changing {}", clean(path)),
    }
}
